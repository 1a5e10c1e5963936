//! A meter over time, and what a draft of a guard would have done on it. Values are exact: raw integers in the unit's
//! smallest step (10^-`scale` of the unit) as decimal strings, instants in milliseconds since 1970.

use serde::{Deserialize, Serialize};
use tidegate_guard::ReplayVerdict;
use tidegate_meter::{AccountId, MeterId, Quantity, Time};
use ts_rs::TS;

/// The line of one meter with all that is drawn on it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ChartView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Which.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// Its name.
    pub name: String,
    /// The unit of every value: `bytes`, `CNY`, `credits`, `days`, `percent`.
    pub unit: String,
    /// Digits after the point: a raw value of 1 is 10^-scale of the unit.
    pub scale: u32,
    /// Whether people count it in GiB rather than GB.
    pub binary: bool,
    /// From.
    #[ts(type = "number")]
    pub start: i64,
    /// To.
    #[ts(type = "number")]
    pub end: i64,
    /// Whether the values are what is left, or what is used where only that is known.
    #[ts(type = "\"remaining\" | \"used\"")]
    pub of: String,
    /// The line, oldest first.
    pub points: ChartPoints,
    /// Where nothing was read: the line is broken there.
    pub gaps: Vec<GapView>,
    /// The windows it counts in.
    pub windows: Vec<SpanView>,
    /// Thresholds of its guards.
    pub steps: Vec<StepLineView>,
    /// Lines of its guards.
    pub limits: Vec<LimitLineView>,
    /// Where it goes from here; null when no rate is known.
    pub forecast: Option<BandView>,
    /// What happened, oldest first.
    pub markers: Vec<MarkerView>,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// A line as two arrays of equal length.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
pub struct ChartPoints {
    /// Instants.
    #[ts(type = "Array<number>")]
    pub at: Vec<i64>,
    /// Raw values.
    pub value: Vec<String>,
}

/// A span without readings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct GapView {
    /// The last reading before it.
    #[ts(type = "number")]
    pub start: i64,
    /// The first reading after it.
    #[ts(type = "number")]
    pub end: i64,
    /// `asleep`, `stopped`, `offline`, `clock` (a lapse), the reason of a blindness (`auth`, `rate`, …), or `unread`.
    pub reason: String,
    /// That in words.
    pub text: String,
}

/// A window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SpanView {
    /// First instant.
    #[ts(type = "number")]
    pub start: i64,
    /// First instant after it; null when it has none, or it is not known.
    #[ts(type = "number | null")]
    pub end: Option<i64>,
    /// The whole, raw.
    pub limit: Option<String>,
}

/// A threshold as a level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct StepLineView {
    /// Whose.
    pub guard: String,
    /// As configured.
    pub text: String,
    /// What is left when it fires, raw; null when that cannot be said yet.
    pub at: Option<String>,
}

/// A limit as a level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LimitLineView {
    /// Whose.
    pub guard: String,
    /// As configured.
    pub text: String,
    /// What is left when it is crossed, raw; null when that cannot be said yet.
    pub at: Option<String>,
    /// It moves with the burn: the level is as of now.
    pub predictive: bool,
}

/// The forecast: three lines from the newest reading to run-out, each cut by the end of the window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BandView {
    /// At the upper rate.
    pub early: ChartPoints,
    /// At the likely rate.
    pub likely: ChartPoints,
    /// At the lower rate.
    pub late: ChartPoints,
}

/// What a marker stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// A threshold was crossed.
    Step,
    /// The line was crossed.
    Limit,
    /// No truth, told.
    Blind,
    /// An action was decided.
    Planned,
    /// An action was called off, or given up.
    Ended,
    /// A stop is proved.
    Stopped,
    /// A start is proved.
    Restored,
    /// A new window began.
    Renewed,
    /// The whole, or what is left, grew within its window.
    ToppedUp,
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MarkerView {
    /// When.
    #[ts(type = "number")]
    pub at: i64,
    /// What.
    pub kind: MarkerKind,
    /// The alert or action, where it is one.
    pub id: Option<String>,
    /// In words.
    pub text: String,
}

/// What a draft of a guard would have done on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct WhatIfView {
    /// Readings judged.
    #[ts(type = "number")]
    pub readings: u64,
    /// The first of them.
    #[ts(type = "string | null")]
    pub from: Option<Time>,
    /// The last of them.
    #[ts(type = "string | null")]
    pub to: Option<Time>,
    /// When it would have warned.
    pub warned: Vec<WarnedView>,
    /// When it would have acted.
    pub acted: Vec<ActedView>,
    /// Actions in windows that ended with something left.
    #[ts(type = "number")]
    pub false_stops: u64,
    /// Windows that were used up without an action in time.
    #[ts(type = "number")]
    pub missed: u64,
    /// All of it in one sentence.
    pub verdict: String,
    /// How far it could overshoot, as a sentence.
    pub contract: String,
    /// Not every warning and action is listed: there were more than one answer holds.
    pub cut: bool,
}

/// A warning that would have been given.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct WarnedView {
    /// When.
    #[ts(type = "string")]
    pub at: Time,
    /// The step as configured; `limit` for the line.
    pub step: String,
    /// What was left.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// From here to the crossing of the line in the same window, in seconds.
    #[ts(type = "number | null")]
    pub lead: Option<u64>,
}

/// An action that would have been taken.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ActedView {
    /// When its request would have left.
    #[ts(type = "string")]
    pub at: Time,
    /// What was left at the decision.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// From here until all was used up in the same window, in seconds; null when it never was.
    #[ts(type = "number | null")]
    pub lead: Option<u64>,
    /// What the history says about it.
    #[ts(type = "\"saved\" | \"late\" | \"false\" | \"open\"")]
    pub verdict: ReplayVerdict,
}
