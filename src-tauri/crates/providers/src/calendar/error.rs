//! What can be wrong with a cycle as a person wrote it.

use super::limits::{EVERY_DAYS_MAX, EVERY_MONTHS_MAX};

/// A cycle or its day that cannot be understood. Says what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CycleError {
    /// The cycle itself is none of the known ones.
    #[error(
        "cycle: {0:?} is none of weekly, monthly, yearly, \"every N days\" (1 to {EVERY_DAYS_MAX}), \
         \"every N months\" (1 to {EVERY_MONTHS_MAX}), once, trial"
    )]
    Cycle(String),
    /// The day does not fit the cycle.
    #[error("day: {day:?} does not fit the cycle {cycle:?}; allowed is {allowed}")]
    Day {
        /// The cycle as written.
        cycle: String,
        /// The day as written.
        day: String,
        /// What this cycle takes, such as `1 to 7, Monday is 1`.
        allowed: &'static str,
    },
}

impl CycleError {
    /// Which of the two fields is wrong: `cycle` or `day`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Cycle(_) => "cycle",
            Self::Day { .. } => "day",
        }
    }

    /// What is allowed there.
    #[must_use]
    pub fn allowed(&self) -> &'static str {
        match self {
            Self::Cycle(_) => "weekly, monthly, yearly, \"every N days\", \"every N months\", once, trial",
            Self::Day { allowed, .. } => allowed,
        }
    }
}
