//! The judgement: from a spec, a state and one observation to a new state, decisions and the reasons.
//!
//! Owns the ladder, blind alerts, burn and forecast, the limit, the belts, the overshoot contract, replay, what a
//! subscription was used and whether it is used elsewhere, and the vocabulary of actions that engine, store and channels share. Pure: no async, no I/O, no clock; never reaches a
//! channel or a target. The same code judges live, in replay, in the simulator and in tests.
//! Tested in `tests/judgement/`: each sentence of the design is a test, each invariant a property over random stories.

pub mod action;
mod admit;
pub mod allowance;
mod belts;
mod blind;
mod burn;
mod clear;
mod contract;
mod decision;
mod exposure;
mod facts;
mod forecast;
mod judge;
mod ladder;
mod lag;
pub mod leak;
pub mod limits;
mod line;
mod mark;
mod multiplier;
mod pace;
mod permit;
mod piece;
pub mod quota;
mod replay;
mod spec;
mod state;
mod threshold;
mod validate;
mod why;

pub use action::{ActionKind, IntentState, PowerState, Proof, Receipt, StopManner};
pub use burn::{Change, change};
pub use clear::clear;
pub use contract::contract;
pub use decision::{Decision, Judgement, Level, PlanCause, Severity, StepFacts};
pub use facts::{Facts, FastSignal, Observation, OpenIntent, OtherMeter, TargetFacts};
pub use forecast::{Behind, Contract, Forecast, RunOut};
pub use judge::judge;
pub use lag::{LagLearner, learn_lag};
pub use line::is_over;
pub use mark::{Hourly, Passed};
pub use multiplier::{Multiplier, MultiplierError};
pub use permit::{Consent, Permit};
pub use piece::{Hatch, Piece, PieceState, PieceTold, PieceWhy};
pub use replay::{Replay, ReplayAction, ReplayOptions, ReplayVerdict, ReplayWarning, replay};
pub use spec::{Belts, GuardSpec, Limit, Mode, RestartPolicy, SpecError, Step, compares};
pub use state::GuardState;
pub use threshold::{parse_amount, print_amount};
pub use why::{Belt, Why};
