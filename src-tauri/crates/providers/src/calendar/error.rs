//! What can be wrong with a cycle as a person wrote it.

use super::limits::{EVERY_DAYS_MAX, EVERY_MONTHS_MAX};

/// What a cycle's `day` is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayForm {
    /// 1 to 7.
    Weekday,
    /// 1 to 31.
    DayOfMonth,
    /// `MM-DD`.
    DayOfYear,
    /// `YYYY-MM-DD`.
    Date,
}

impl DayForm {
    /// What is allowed, as an error says it.
    #[must_use]
    pub const fn allowed(self) -> &'static str {
        match self {
            Self::Weekday => "1 to 7, Monday is 1",
            Self::DayOfMonth => "1 to 31",
            Self::DayOfYear => "MM-DD, such as 02-29",
            Self::Date => "a date YYYY-MM-DD",
        }
    }
}

/// A cycle or its day that cannot be understood. Says what is allowed; never repeats what was written, which may be
/// anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CycleError {
    /// The cycle is none of the known ones.
    #[error(
        "cycle is weekly, monthly, yearly, \"every N days\" (1 to {EVERY_DAYS_MAX}), \"every N months\" (1 to \
         {EVERY_MONTHS_MAX}), once or trial"
    )]
    Cycle,
    /// The day does not fit the cycle.
    #[error("day for this cycle is {}", .0.allowed())]
    Day(DayForm),
}
