//! Records as they are answered: actions, alerts, deliveries, history, audit rows, lapses; the newest first, each with
//! the line that a person reads.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, IntentState, PowerState, Proof, Receipt, Severity};
use tidegate_meter::{AccountId, ChannelId, GuardId, MeterId, Quantity, RowId, Target, Time};
use tidegate_store::DeliveryState;
use ts_rs::TS;

/// An action.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ActionView {
    /// Which.
    #[ts(type = "string")]
    pub id: RowId,
    /// The guard that decided; null when a person asked.
    #[ts(type = "string | null")]
    pub guard: Option<GuardId>,
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// The meter it was decided on.
    #[ts(type = "string | null")]
    pub meter: Option<MeterId>,
    /// What.
    #[ts(type = "\"warn\" | \"stop\" | \"start\"")]
    pub action: ActionKind,
    /// On what.
    #[ts(type = "{ kind: string, id: string, name: string, region: string }")]
    pub target: Target,
    /// Where it stands.
    #[ts(type = "string")]
    pub state: IntentState,
    /// When it is, or was, due.
    #[ts(type = "string")]
    pub due: Time,
    /// Failed tries.
    pub tries: u32,
    /// The provider's receipt.
    #[ts(type = "{ job: string | null, request: string | null, at: string } | null")]
    pub receipt: Option<Receipt>,
    /// What shows that it took effect.
    #[ts(type = "Record<string, unknown> | null")]
    pub proof: Option<Proof>,
    /// Where it stands, in words.
    #[serde(default)]
    pub state_text: String,
    /// Who decided: the guard's id, or the person's way in (`window`, `cli`, `tray`, `api`).
    #[serde(default)]
    pub by: String,
    /// A person asked for it.
    #[serde(default)]
    pub by_person: bool,
    /// The sentence at the decision; null when a person asked.
    #[serde(default)]
    pub why: Option<String>,
    /// The power state read before the request left.
    #[serde(default)]
    #[ts(type = "Record<string, string> | null")]
    pub before: Option<PowerState>,
    /// The power state that ended it.
    #[serde(default)]
    #[ts(type = "Record<string, string> | null")]
    pub after: Option<PowerState>,
    /// When its request left.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub sent_at: Option<Time>,
    /// When it is tried again after a failure.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub retry_at: Option<Time>,
    /// What went wrong last, as the provider or Tidegate said it.
    #[serde(default)]
    pub error: Option<String>,
    /// What a person can do about it.
    #[serde(default)]
    pub next: Option<String>,
    /// It can be called off.
    #[serde(default)]
    pub cancellable: bool,
    /// Its countdown runs: it can be held, or ended now.
    #[serde(default)]
    pub holdable: bool,
    /// It is a verified stop that can be undone.
    #[serde(default)]
    pub restorable: bool,
    /// Its transitions, oldest first.
    pub events: Vec<ActionEventView>,
    /// When it was made.
    #[ts(type = "string")]
    pub created_at: Time,
    /// When it last changed.
    #[ts(type = "string")]
    pub updated_at: Time,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// One transition of an action.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ActionEventView {
    /// To.
    #[ts(type = "string")]
    pub to: IntentState,
    /// That state in words.
    #[serde(default)]
    pub text: String,
    /// When.
    #[ts(type = "string")]
    pub at: Time,
    /// Its facts.
    #[ts(type = "unknown")]
    pub facts: serde_json::Value,
}

/// An alert.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct AlertView {
    /// Which.
    #[ts(type = "string")]
    pub id: RowId,
    /// The guard; null for the program itself.
    #[ts(type = "string | null")]
    pub guard: Option<GuardId>,
    /// Whose meter.
    #[ts(type = "string | null")]
    pub account: Option<AccountId>,
    /// Which meter.
    #[ts(type = "string | null")]
    pub meter: Option<MeterId>,
    /// Its key within guard, meter and window.
    pub key: String,
    /// How loud.
    #[ts(type = "\"info\" | \"warning\" | \"critical\"")]
    pub severity: Severity,
    /// One line in the asked language.
    pub title: String,
    /// What Tidegate did, does or will do about it; empty when the message does not say.
    #[serde(default)]
    pub sentence: String,
    /// What a person can do; empty when there is nothing to do.
    #[serde(default)]
    pub next: String,
    /// Neither resolved nor acknowledged nor quiet: it asks for a person.
    #[serde(default)]
    pub asks: bool,
    /// Raised.
    #[ts(type = "string")]
    pub raised_at: Time,
    /// Resolved.
    #[ts(type = "string | null")]
    pub resolved_at: Option<Time>,
    /// Acknowledged, and why.
    #[ts(type = "[string, string] | null")]
    pub acknowledged: Option<(Time, String)>,
    /// Quiet until then.
    #[ts(type = "string | null")]
    pub snoozed_until: Option<Time>,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// A delivery.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct DeliveryView {
    /// Which.
    #[ts(type = "string")]
    pub id: RowId,
    /// Where to.
    #[ts(type = "string")]
    pub channel: ChannelId,
    /// The alert it tells of.
    #[ts(type = "string | null")]
    pub alert: Option<RowId>,
    /// The action it tells of.
    #[ts(type = "string | null")]
    pub action: Option<RowId>,
    /// The message's code.
    pub code: String,
    /// One line in the asked language.
    pub title: String,
    /// Where it stands.
    #[ts(type = "\"pending\" | \"sending\" | \"delivered\" | \"refused\" | \"expired\"")]
    pub state: DeliveryState,
    /// Tries.
    pub tries: u32,
    /// Whether an earlier copy may have arrived.
    pub repeat: bool,
    /// The last refusal.
    pub error: Option<String>,
    /// Where it stands and what comes next, in words.
    #[serde(default)]
    pub next: String,
    /// It can be tried again by hand.
    #[serde(default)]
    pub retryable: bool,
    /// Made.
    #[ts(type = "string")]
    pub created_at: Time,
    /// Not before.
    #[ts(type = "string")]
    pub next_at: Time,
    /// Delivered.
    #[ts(type = "string | null")]
    pub delivered_at: Option<Time>,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// One point of history; raw amounts in the meter's base unit as decimal strings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct PointView {
    /// When it was true.
    #[ts(type = "string")]
    pub as_of: Time,
    /// Left.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// Used.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub used: Option<Quantity>,
}

/// What a guard would have done on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ReplayView {
    /// Which meter.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// The report: readings, when it would have warned and acted, lead times, false stops.
    #[ts(type = "Record<string, unknown>")]
    pub report: serde_json::Value,
}

/// An audit row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct AuditView {
    /// Its number.
    #[ts(type = "number")]
    pub seq: i64,
    /// When.
    #[ts(type = "string")]
    pub at: Time,
    /// Who.
    pub actor: String,
    /// What.
    pub event: String,
    /// All of it in one line.
    #[serde(default)]
    pub text: String,
    /// The facts.
    #[ts(type = "unknown")]
    pub facts: serde_json::Value,
    /// The hash.
    pub hash: String,
}

/// A span in which nothing was guarding.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct LapseView {
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
    /// `asleep`, `stopped`, `offline`, `clock`.
    pub cause: String,
    /// The cause in words.
    #[serde(default)]
    pub text: String,
}
