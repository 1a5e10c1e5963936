//! The differential table: the rule of the systems before ours (stop when the last reading is below the line) against
//! the real judgement, on the same seeded worlds.
//!
//! Owns the worlds, a ledger of what was truly sent, the number as a provider would tell it, both rules' runs, their
//! scores and the table of `docs/predictive.md`. Pure integers in virtual seconds; no engine, no HTTP, no clock: what is
//! tried here is judgement alone. Never changes a rule of its own accord: a rule that misses a bar is mended in `guard`.
//! Tested in `tests/differential/`; `make predictive` runs all of it and writes the table.

mod billing;
mod lies;
mod naive;
mod ours;
mod score;
mod story;
mod table;
mod traffic;
mod worlds;

pub use billing::{LAGS, Lag, Lie};
pub use lies::{LieRow, lie_rows};
pub use ours::{Rule, Run};
pub use score::{Bars, Row, Tally, percentile, row, rows, tally};
pub(crate) use story::story;
pub use table::{COMMAND, page};
pub use worlds::{Curve, WORLDS, World, worlds};

/// The links that are tried, in Mbit/s.
pub const LINKS: [u32; 4] = [5, 30, 100, 300];
/// A line of the earlier systems, in bytes: their default of 10 GB.
pub const TEN_GB: i64 = 10_000_000_000;
/// Between two looks, in seconds.
pub const INTERVAL_S: i64 = 300;
/// A stop takes so long until traffic ends, in seconds.
pub const STOP_S: i64 = 120;
