//! What is asked about renewals. Dates are `YYYY-MM-DD`, read where they are understood, so that each error names its
//! field.

use serde::{Deserialize, Serialize};
use tidegate_meter::RenewalId;
use ts_rs::TS;

/// A cycle as a person writes it, saved or not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewalPreview {
    /// `weekly`, `monthly`, `yearly`, `every 90 days`, `every 3 months`, `once` or `trial`.
    pub cycle: String,
    /// `1` to `7`, `1` to `31`, `MM-DD`, or a date for the cycles that have one.
    pub day: String,
    /// Paid through this date.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub paid: Option<String>,
    /// Counted from; null: today in the user's zone.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub today: Option<String>,
}

/// A payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewalMark {
    /// Of which renewal.
    #[ts(type = "string")]
    pub renewal: RenewalId,
    /// The due date it was paid for, or the day of the payment; null: what is due by today, else the next due date. The
    /// same date twice is one payment.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub date: Option<String>,
}

/// A mark that was a mistake.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewalClear {
    /// Of which renewal.
    #[ts(type = "string")]
    pub renewal: RenewalId,
}
