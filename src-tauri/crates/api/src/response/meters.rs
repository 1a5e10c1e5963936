//! Meters and guards as they are answered: values with their age, levels, modes and sentences.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, Level, Why};
use tidegate_meter::{
    AccountId, ChannelId, GuardId, MeterId, MeterKind, Quantity, Reason, Target, Time, WindowKind,
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
