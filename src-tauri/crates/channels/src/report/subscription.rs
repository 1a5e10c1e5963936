//! A subscription in a report, as it stood when the report was made.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Reason, Span, Time};

/// When a subscription is counted anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResetFacts {
    /// On which day.
    pub next: Date,
    /// In how many days, from the report's last.
    pub days: u32,
}

/// For how long a subscription lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "left")]
pub enum LeftFacts {
    /// It runs out within these days.
    RunsOut {
        /// At the fastest rate of the last 7, 14 and 28 days.
        least: u32,
        /// At the slowest.
        most: u32,
    },
    /// It lasts until it is counted anew.
    UntilReset {
        /// What is left over then, at the fastest rate.
        spare: Quantity,
    },
    /// It lasts until it expires.
    UntilExpiry {
        /// What is left over then, at the fastest rate.
        spare: Quantity,
    },
    /// There is no rate to tell it by.
    NoEstimate,
    /// It has no end.
    Unlimited,
    /// Nothing is left.
    UsedUp,
    /// It expired.
    Expired,
}

/// What the two sides of a subscription say of each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeakVerdict {
    /// They agree within the tolerance.
    Agrees,
    /// More was billed than our devices used.
    UsedElsewhere,
    /// Our devices used more than was billed.
    CountedHere,
    /// They differ, for the first time: a panel that books late looks the same.
    SeenOnce,
    /// Too much was not watched.
    NotDecidable,
}

/// The newest comparison of what the panel billed with what our devices used, over the same interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeakFacts {
    /// The interval of both sides.
    pub span: Span,
    /// The verdict.
    pub verdict: LeakVerdict,
    /// What the panel billed.
    pub billed: Quantity,
    /// What our devices used, as it would be billed.
    pub ours: Quantity,
    /// Billed less ours.
    pub difference: Quantity,
    /// How much may differ.
    pub tolerance: Quantity,
    /// The part of the interval in which every device was watched, in percent.
    pub coverage: Quantity,
}

/// A subscription.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubscriptionFacts {
    /// Its name.
    pub name: String,
    /// When what stands here was true; `None`: never read.
    pub as_of: Option<Time>,
    /// Why the newest look gave nothing.
    pub blind: Option<Reason>,
    /// Used.
    pub used: Option<Quantity>,
    /// The whole; `None`: unlimited, or not told.
    pub total: Option<Quantity>,
    /// Left.
    pub remaining: Option<Quantity>,
    /// Used within the report's last day; `None` without a sample of before.
    pub today: Option<Quantity>,
    /// When it expires.
    pub expires_at: Option<Time>,
    /// When it is counted anew.
    pub reset: Option<ResetFacts>,
    /// For how long it lasts.
    pub left: LeftFacts,
    /// The newest leak check.
    pub leak: Option<LeakFacts>,
}
