//! Seeded worlds over the real engine. A seed draws a [`plan::Plan`]; [`run::run`] plays it in virtual time with the real
//! judge, engine, store, adapters and texts against the simulated clouds; [`check`] holds what happened against the
//! promises, one check for each invariant; what breaks one is shrunk, told in words and kept.
//!
//! Owns time, the stage and the judging of a run. Never touches a real network or the machine's clock: its runtime has
//! neither sockets nor timers. Tested in `tests/` and by every run of `tidegated sim run`.

pub mod bugbase;
pub mod check;
pub mod differential;
pub mod life;
pub mod limits;
pub mod line;
pub mod many;
pub mod plan;
pub mod run;
pub mod seed;
pub mod shrink;
mod stage;
pub mod story;
pub mod time;
