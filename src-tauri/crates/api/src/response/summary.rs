//! What history comes to: the trend of a meter, statistics over a span, pages of an export. Amounts are exact decimal strings
//! with their unit, instants RFC 3339 in UTC; what was not read is absent, never zero.

use serde::{Deserialize, Serialize};
use tidegate_guard::{IntentState, Severity};
use tidegate_meter::{AccountId, ChannelId, MeterId, Quantity, Time};
use tidegate_store::DeliveryState;
use ts_rs::TS;

use super::{ForecastView, LimitView, StepView};

/// A value at an instant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SampleView {
    /// When it was fetched.
    #[ts(type = "string")]
    pub at: Time,
    /// What it was.
    #[ts(type = "{ value: string, unit: string }")]
    pub value: Quantity,
}

/// A point of a trend, in the trend's unit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct TrendPointView {
    /// When it was fetched.
    #[ts(type = "string")]
    pub at: Time,
    /// Decimal text.
    pub value: String,
}

/// What the readings of a span come to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FiguresView {
    /// Readings behind them.
    #[ts(type = "number")]
    pub readings: u64,
    /// The first.
    pub first: SampleView,
    /// The last.
    pub last: SampleView,
    /// The lowest.
    pub lowest: SampleView,
    /// The highest.
    pub highest: SampleView,
    /// The average over time: each value counts for as long as it was the newest, silences for nothing.
    #[ts(type = "{ value: string, unit: string }")]
    pub average: Quantity,
    /// Last less first, whatever happened between.
    #[ts(type = "{ value: string, unit: string }")]
    pub change: Quantity,
    /// That as a percentage of the first; null when the first is nothing.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub change_share: Option<Quantity>,
    /// What was used up: new windows, top-ups and counters that began again left out, corrections taken off.
    #[ts(type = "{ value: string, unit: string }")]
    pub burned: Quantity,
    /// That for a day; null when no time lies between two comparable readings.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub burned_daily: Option<Quantity>,
}

/// A meter over a span.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TrendView {
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
    /// Whether people count it in GiB rather than GB.
    pub binary: bool,
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
    /// Whether the values are what is left, or what is used where only that is known.
    #[ts(type = "\"remaining\" | \"used\"")]
    pub of: String,
    /// What they come to; null when nothing was read in the span.
    pub figures: Option<FiguresView>,
    /// When a window began, it was topped up, or a counter began again.
    #[ts(type = "Array<string>")]
    pub events: Vec<Time>,
    /// Silences longer than three intervals and out of the usual pace.
    pub gaps: usize,
    /// How long they were together, in seconds.
    #[ts(type = "number")]
    pub silent: u64,
    /// Thresholds of its guards.
    pub steps: Vec<StepView>,
    /// Lines of its guards.
    pub limits: Vec<LimitView>,
    /// Where it goes from here; null when no guard watches it.
    pub forecast: Option<ForecastView>,
    /// The line, oldest first, at most 500 points; lowest and highest of every stretch are kept.
    pub points: Vec<TrendPointView>,
}

/// How often something was counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct CountView {
    /// What.
    pub name: String,
    /// How often.
    #[ts(type = "number")]
    pub count: u64,
}

/// Deliveries of one channel with one result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DeliveriesView {
    /// Which channel.
    #[ts(type = "string")]
    pub channel: ChannelId,
    /// Where they stand.
    #[ts(type = "\"pending\" | \"sending\" | \"delivered\" | \"refused\" | \"expired\"")]
    pub state: DeliveryState,
    /// How many.
    #[ts(type = "number")]
    pub count: u64,
}

/// Actions of one account in one state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ActionsView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Where they stand.
    #[ts(type = "string")]
    pub state: IntentState,
    /// How many.
    #[ts(type = "number")]
    pub count: u64,
}

/// Checks of one account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ChecksView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Looks at a meter that gave truth.
    #[ts(type = "number")]
    pub known: u64,
    /// Looks at a meter that gave none.
    #[ts(type = "number")]
    pub blind: u64,
    /// The blind share, in percent; null without any look.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub blind_share: Option<Quantity>,
}

/// What happened in a span.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct StatisticsView {
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
    /// Alerts raised.
    #[ts(type = "number")]
    pub alerts: u64,
    /// How many of them are resolved.
    #[ts(type = "number")]
    pub resolved: u64,
    /// By what they tell: `share`, `headroom`, `runout`, `limit`, `blind`, …; the most frequent first.
    pub by_code: Vec<CountView>,
    /// By how loud they are.
    #[ts(type = "Array<[\"info\" | \"warning\" | \"critical\", number]>")]
    pub by_severity: Vec<(Severity, u64)>,
    /// The ten accounts with the most.
    pub top_accounts: Vec<CountView>,
    /// Messages made, by channel and result.
    pub deliveries: Vec<DeliveriesView>,
    /// Actions made, by account and state.
    pub actions: Vec<ActionsView>,
    /// Looks at meters, by account, over the whole days in UTC that the span touches.
    pub checks: Vec<ChecksView>,
}

/// What a column of an export holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text, also from outside: data, never a formula.
    Text,
    /// An instant, RFC 3339 in UTC.
    Time,
    /// An exact decimal.
    Amount,
    /// A whole number.
    Count,
    /// `true` or `false`.
    Flag,
}

/// A column of an export.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ColumnView {
    /// Its name, the same in every language.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A page of an export.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ExportPage {
    /// Its columns, the same on every page of one export.
    pub columns: Vec<ColumnView>,
    /// Its rows, a cell for each column; null: not known. May be empty on a page that is not the last.
    pub rows: Vec<Vec<Option<String>>>,
    /// What the next page is asked with; null on the last.
    pub next: Option<String>,
}
