//! What a report tells of a day or a week, as facts: exact amounts, names as data, no sentence.
//!
//! Owns the shape, which is stored with the report and travels in the outbox; the words stand in `catalogue/report`. What
//! was not watched is `None` and never nothing. Never decides when a report is made. Tested by the snapshots of
//! `tests/report.rs`.

mod guarding;
mod subscription;
mod traffic;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::{KindBytes, RowId, Span, Time, Zone};

pub use guarding::{AuditMark, LapseFacts, LowFacts, ReportAction, ReportAlert};
pub use subscription::{LeakFacts, LeakVerdict, LeftFacts, ResetFacts, SubscriptionFacts};
pub use traffic::{DayFacts, DeviceFacts, DeviceHeard, SharedBytes, TrafficFacts, UsualFacts};

/// Of how many days.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// One day.
    Daily,
    /// The seven days that end with one.
    Weekly,
}

impl ReportKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Daily, Self::Weekly];

    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// How many days it tells of.
    #[must_use]
    pub const fn days(self) -> i32 {
        match self {
            Self::Daily => 1,
            Self::Weekly => 7,
        }
    }
}

/// Why a report was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportCause {
    /// Its hour came.
    Scheduled,
    /// Its hour had passed while nothing ran.
    Late,
    /// A person sent it.
    ByHand,
    /// A person looks at what would be sent; it was not.
    Preview,
}

/// Days before this report's of which none was made: nothing ran at their hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MissedDays {
    /// The first.
    pub from: Date,
    /// The last.
    pub through: Date,
    /// What they come to together; `None` when no device was watched on any of them.
    pub sum: Option<KindBytes>,
}

/// All that a report tells.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReportFacts {
    /// Its id: one for each kind and day, and a new one each time a person sends it.
    pub id: RowId,
    /// Of how many days.
    pub kind: ReportKind,
    /// The first day.
    pub from: Date,
    /// The last day, itself in it.
    pub through: Date,
    /// In whose days.
    pub zone: Zone,
    /// The same as instants, without its end.
    pub window: Span,
    /// The last day is in it to its end.
    pub whole: bool,
    /// When it was made.
    pub made_at: Time,
    /// Why.
    pub cause: ReportCause,
    /// Days that it speaks for because they had no report.
    pub missed: Option<MissedDays>,
    /// The version of the program.
    pub version: String,
    /// Proxy traffic; `None` when there is no device.
    pub traffic: Option<TrafficFacts>,
    /// Subscriptions, the shortest first.
    pub subscriptions: Vec<SubscriptionFacts>,
    /// Alerts of these days, and those of before that are open; newest first.
    pub alerts: Vec<ReportAlert>,
    /// How many more there are.
    pub alerts_more: usize,
    /// Actions of these days, newest first.
    pub actions: Vec<ReportAction>,
    /// How many more there are.
    pub actions_more: usize,
    /// Balances and quotas that are past a step of their guard, the worst first.
    pub low: Vec<LowFacts>,
    /// How many more are guarded, and above their steps.
    pub calm: usize,
    /// Spans in which nothing was guarding, newest first.
    pub lapses: Vec<LapseFacts>,
    /// The end of the audit chain: whoever keeps a report can prove later that nothing before it was changed.
    pub audit: Option<AuditMark>,
}

impl ReportFacts {
    /// Nothing flowed, nothing was told, nothing was done: what `quiet_when_idle` leaves out.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let still = self.traffic.as_ref().is_none_or(TrafficFacts::is_still);
        still && self.alerts.is_empty() && self.actions.is_empty()
    }
}
