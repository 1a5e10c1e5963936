//! Meters and guards as they are answered: values with their age, levels, modes and sentences.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, Level, Why};
use tidegate_meter::{
    AccountId, ChannelId, GuardId, MeterId, MeterKind, Quantity, Reason, RowId, Target, Time, WindowKind,
};
use ts_rs::TS;

use super::AccountView;

/// The answer of a check: the shape that `check --json` prints.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct MetersView {
    /// Each meter.
    pub meters: Vec<MeterView>,
    /// Accounts of which nothing could be read; empty when all were.
    pub blind_accounts: Vec<AccountView>,
}

/// One meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct MeterView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Which.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// Its name.
    pub name: String,
    /// What it measures.
    #[ts(type = "\"traffic\" | \"balance\" | \"spending\" | \"renewal\"")]
    pub kind: MeterKind,
    /// `known` or `blind`.
    #[ts(type = "\"known\" | \"blind\"")]
    pub outcome: OutcomeName,
    /// Why blind.
    #[ts(type = "string | null")]
    pub reason: Option<Reason>,
    /// The detail of the reason.
    pub detail: Option<String>,
    /// Used; null while blind: absence is never zero.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub used: Option<Quantity>,
    /// The whole.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub limit: Option<Quantity>,
    /// Left.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// The span it counts in.
    pub window: Option<WindowView>,
    /// When it was true.
    #[ts(type = "string | null")]
    pub as_of: Option<Time>,
    /// When it was fetched.
    #[ts(type = "string | null")]
    pub fetched_at: Option<Time>,
    /// The newest truth while blind.
    pub last_good: Option<LastGood>,
    /// Whether people count it in GiB rather than GB.
    pub binary: bool,
    /// What it measures the use of.
    #[ts(type = "Array<{ kind: string, id: string, name: string, region: string }>")]
    pub targets: Vec<Target>,
    /// Guards on it.
    pub guards: Vec<MeterGuardView>,
    /// The account's name.
    #[serde(default)]
    pub account_name: String,
    /// The worst level of its guards; null when no guard watches it.
    #[serde(default)]
    #[ts(type = "\"calm\" | \"warning\" | \"critical\" | \"blind\" | null")]
    pub level: Option<Level>,
    /// What to show it as.
    #[serde(default)]
    pub state: MeterState,
    /// Since when there is no truth; null while there is, and when there never was any.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub blind_since: Option<Time>,
    /// Whose time `as_of` is.
    #[serde(default)]
    pub as_of_source: Option<AsOfSource>,
    /// How far the provider's numbers run behind, as learned; in milliseconds.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub lag_ms: Option<i64>,
    /// How long it lasts; null while blind and when no guard watches it.
    #[serde(default)]
    pub forecast: Option<ForecastView>,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// Whether there is truth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// There is.
    Known,
    /// There is none.
    Blind,
}

/// What a meter is shown as, the first that holds: `acting` (an action on it or on one of its targets has not ended),
/// `blind`, `stopped` (Tidegate stopped all its targets, and they have not been started since: the line may be crossed,
/// and nothing flows), `critical`, `warning`, `calm`, `unguarded` (no guard watches it).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MeterState {
    /// No guard watches it.
    #[default]
    Unguarded,
    /// No step crossed.
    Calm,
    /// Its targets are stopped by us.
    Stopped,
    /// A step crossed.
    Warning,
    /// No truth.
    Blind,
    /// The last step or the limit crossed.
    Critical,
    /// An action in flight.
    Acting,
}

/// Whose time a value carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AsOfSource {
    /// The provider told it.
    Provider,
    /// The provider tells none: the time of the fetch.
    Fetch,
}

/// How long a meter lasts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "forecast", rename_all = "snake_case")]
pub enum ForecastView {
    /// Enough is known.
    Known {
        /// Used up in an hour, likely.
        #[ts(type = "{ value: string, unit: string }")]
        burn_likely: Quantity,
        /// Used up in an hour, at most.
        #[ts(type = "{ value: string, unit: string }")]
        burn_upper: Quantity,
        /// Readings that it rests on.
        samples: u32,
        /// When it runs out at the upper rate; null: it lasts the window.
        #[ts(type = "string | null")]
        early: Option<Time>,
        /// At the likely rate.
        #[ts(type = "string | null")]
        likely: Option<Time>,
        /// At the lower rate.
        #[ts(type = "string | null")]
        late: Option<Time>,
        /// It may run out before its window ends, at the upper rate.
        ends_before_window: bool,
        /// In words: `runs out in 3–5 days`.
        text: String,
    },
    /// Not enough is known to name a rate.
    Accumulating {
        /// Readings so far.
        samples: u32,
        /// Readings that it takes.
        samples_needed: u32,
        /// From the first reading to the last, in seconds.
        #[ts(type = "number")]
        seconds: u64,
        /// The seconds that it takes.
        #[ts(type = "number")]
        seconds_needed: u64,
        /// Changes of the value so far.
        changes: u32,
        /// Changes that it takes.
        changes_needed: u32,
        /// What is missing, in words.
        text: String,
    },
}

/// A span; `end` null when it never ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct WindowView {
    /// How it came to be.
    #[ts(type = "\"day\" | \"month\" | \"year\" | \"cycle\" | \"life\"")]
    pub kind: WindowKind,
    /// First instant.
    #[ts(type = "string")]
    pub start: Time,
    /// First instant after it.
    #[ts(type = "string | null")]
    pub end: Option<Time>,
}

/// The newest truth there was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct LastGood {
    /// Left.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// Used.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub used: Option<Quantity>,
    /// When it was true.
    #[ts(type = "string")]
    pub as_of: Time,
}

/// A guard on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct MeterGuardView {
    /// Which.
    #[ts(type = "string")]
    pub id: GuardId,
    /// Its level.
    #[ts(type = "\"calm\" | \"warning\" | \"critical\" | \"blind\"")]
    pub level: Level,
    /// `watch` or `armed`.
    #[ts(type = "\"watch\" | \"armed\"")]
    pub mode: ModeName,
    /// Armed until then.
    #[ts(type = "string | null")]
    pub armed_until: Option<Time>,
    /// What it does, or why it does nothing; null before the first judgement.
    pub why: Option<WhyView>,
    /// Its thresholds, in the order of the configuration.
    #[serde(default)]
    pub steps: Vec<StepView>,
    /// Its line.
    #[serde(default)]
    pub limit: Option<LimitView>,
    /// What the line asks for.
    #[serde(default)]
    #[ts(type = "\"warn\" | \"stop\" | \"start\"")]
    pub action: ActionKind,
    /// Before an automatic action, in seconds.
    #[serde(default)]
    #[ts(type = "number")]
    pub countdown: u64,
    /// How far it can overshoot, as a sentence.
    #[serde(default)]
    pub contract: String,
    /// What it may stop while armed, and nothing else.
    #[serde(default)]
    #[ts(type = "Array<{ kind: string, id: string, name: string, region: string }>")]
    pub targets: Vec<Target>,
    /// Held by a person until then.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub held_until: Option<Time>,
    /// Its action that has not ended.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub open_action: Option<RowId>,
}

/// A threshold of a guard on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct StepView {
    /// As configured: `70%`, `20 GB`, `2d`.
    pub text: String,
    /// What is left when it fires; null when that cannot be said yet.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub at: Option<Quantity>,
    /// Crossed now.
    pub crossed: bool,
}

/// The line of a guard on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct LimitView {
    /// As configured: `10 GB`, `98%`, `predictive 5 GB`.
    pub text: String,
    /// What is left when it is crossed; for a predictive line as of now; null when that cannot be said yet.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub at: Option<Quantity>,
    /// It moves with the burn.
    pub predictive: bool,
    /// Crossed now.
    pub crossed: bool,
}

/// Watch or armed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeName {
    /// It warns.
    Watch,
    /// It acts.
    Armed,
}

/// The one sentence of a guard.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct WhyView {
    /// The class: `blind`, `acting`, `under`, `act`, or the first belt that blocks (`watch`, `agreeing`, …).
    pub code: String,
    /// The sentence in the asked language.
    pub text: String,
    /// The facts.
    #[ts(type = "Record<string, unknown>")]
    pub args: Why,
}

/// A guard.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct GuardView {
    /// Which.
    #[ts(type = "string")]
    pub id: GuardId,
    /// Whose meters.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Whether it judges.
    pub enabled: bool,
    /// `watch` or `armed`.
    #[ts(type = "\"watch\" | \"armed\"")]
    pub mode: ModeName,
    /// Armed until then.
    #[ts(type = "string | null")]
    pub armed_until: Option<Time>,
    /// The frozen targets while armed.
    #[ts(type = "Array<{ kind: string, id: string, name: string, region: string }>")]
    pub frozen: Vec<Target>,
    /// Thresholds in their text form.
    pub steps: Vec<String>,
    /// The line in its text form.
    pub limit: Option<String>,
    /// What the line asks for.
    #[ts(type = "\"warn\" | \"stop\" | \"start\"")]
    pub action: ActionKind,
    /// Before an automatic action, in seconds.
    #[ts(type = "number")]
    pub countdown: u64,
    /// Where its messages go; empty: every channel.
    #[ts(type = "Array<string>")]
    pub channels: Vec<ChannelId>,
    /// Each of its meters.
    pub meters: Vec<GuardMeterView>,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// A guard on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct GuardMeterView {
    /// Which.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// Its name.
    pub name: String,
    /// Its level.
    #[ts(type = "\"calm\" | \"warning\" | \"critical\" | \"blind\"")]
    pub level: Level,
    /// Left at the newest truth.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// When that was true.
    #[ts(type = "string | null")]
    pub as_of: Option<Time>,
    /// Whether people count it in GiB rather than GB.
    pub binary: bool,
    /// The sentence.
    pub why: Option<WhyView>,
    /// How far it can overshoot, as a sentence.
    pub contract: String,
    /// Held by a person until then.
    #[ts(type = "string | null")]
    pub held_until: Option<Time>,
}
