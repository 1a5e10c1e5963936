//! What stored rows come to: the figures of a line, counts of what happened, hours and days as they are exported.
//! Shapes only; the counting stands beside the rows.

use serde::{Deserialize, Serialize};
use tidegate_guard::{IntentState, Severity};
use tidegate_meter::{AccountId, ChannelId, Time, Unit};

use crate::DeliveryState;

/// One value at its time of fetch, raw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    /// When it was fetched.
    pub at: Time,
    /// Raw in the meter's unit.
    pub value: i64,
}

/// What a line comes to. Values are what remained, or what was used where only that is known; raw, exact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figures {
    /// The values are what was used.
    pub of_used: bool,
    /// Readings behind it.
    pub readings: u64,
    /// The first value.
    pub first: Sample,
    /// The last value.
    pub last: Sample,
    /// The lowest, the first time.
    pub least: Sample,
    /// The highest, the first time.
    pub most: Sample,
    /// The average over time, rounded to the nearest raw unit: each value counts for as long as it was the newest;
    /// silences that are gaps count for nothing. An interval that was shortened near a limit weighs no more.
    pub average: i64,
    /// What was used up, corrections taken off; negative when corrections outweigh it. Nothing of a new window, a top-up or
    /// a counter that began again.
    pub burned: i64,
    /// The time in which it was, in milliseconds.
    pub burned_ms: i64,
    /// When a window began, a whole or what is left grew, or a counter began again; at most `limits::TOP_UPS`.
    pub events: Vec<Time>,
}

/// Alerts of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AlertCount {
    /// Whose; `None` for alerts of the program itself.
    pub account: Option<AccountId>,
    /// Its key: `share:70`, `limit`, `blind`, …
    pub key: String,
    /// How loud.
    pub severity: Severity,
    /// How many were raised.
    pub raised: u64,
    /// How many of them are resolved.
    pub resolved: u64,
}

/// Deliveries of one channel with one result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeliveryCount {
    /// Which channel.
    pub channel: ChannelId,
    /// Where they stand.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
}

/// Actions of one account in one state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActionCount {
    /// Whose.
    pub account: AccountId,
    /// Where they stand.
    pub state: IntentState,
    /// How many.
    pub count: u64,
}

/// Looks at the meters of one account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LookCount {
    /// Whose.
    pub account: AccountId,
    /// Looks that gave truth.
    pub known: u64,
    /// Looks that gave none.
    pub blind: u64,
}

/// What happened in a span of time, counted by the database.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Statistics {
    /// Alerts raised in it; the most frequent first.
    pub alerts: Vec<AlertCount>,
    /// Deliveries made in it.
    pub deliveries: Vec<DeliveryCount>,
    /// Actions made in it.
    pub actions: Vec<ActionCount>,
    /// Looks, by whole days in UTC that the span touches.
    pub looks: Vec<LookCount>,
}

/// How finely readings are exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// By the hour: the last two years.
    Hour,
    /// By the day in UTC: for ever.
    Day,
}

/// An hour or a day of one meter in one window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoldedRow {
    /// Its begin.
    pub start: Time,
    /// Readings in it.
    pub readings: u64,
    /// The values are what was used.
    pub of_used: bool,
    /// The first value.
    pub first: Sample,
    /// The last value.
    pub last: Sample,
    /// The lowest.
    pub least: Sample,
    /// The highest.
    pub most: Sample,
    /// The newest whole.
    pub whole: Option<i64>,
    /// Start of its window.
    pub window_start: Option<Time>,
}

/// A page of hours or days.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FoldedPage {
    /// Oldest first.
    pub rows: Vec<FoldedRow>,
    /// What the values count; `None` when the meter was never read.
    pub unit: Option<Unit>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Time>,
}
