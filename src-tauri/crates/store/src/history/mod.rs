//! What a meter said over time. Owns the compact form of raw readings, the hours and days folded from them, and the
//! thinned line of a chart. Exact: no value is averaged, every kept value was read once.
//!
//! Raw readings stand in spans (runs of equal unit, window and source of time); a reading itself is the time since the
//! span's base and what remains. It stands among the recent looks of all meters first and is filed in its place later. Hours and days keep count, first, last, minimum and maximum.
//! Tested in `tests/store/history.rs` and below each part.

mod chart;
mod figures;
mod fold;
mod folded;
mod outline;
mod raw;
mod recent;
mod segment;
mod stream;
mod thin;
mod varint;

pub(crate) use chart::chart;
pub(crate) use fold::{fold, prune};
pub(crate) use folded::folded;
pub(crate) use raw::Place;
pub(crate) use recent::{Newest, Whose, count, file, forget, newest, note};
pub(crate) use stream::{Cursor, page};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * HOUR_MS;
