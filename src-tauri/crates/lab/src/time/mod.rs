//! Time of a run. Owns the three clocks (the world's, the machine's wall, the machine's monotonic one), everything that
//! waits on them, and the order in which what waits is woken. Outlives every life of the process that is played. Never
//! moves while something can still run. Tested here and in `tests/time.rs`.

mod drive;
mod tide;
mod waits;

pub use drive::drive;
pub use tide::{Machine, Standstill, Tide};
