//! The rows as other crates see them, and the writes that make up a batch.
//! Shapes only; the SQL stands in its own modules.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, IntentState, Level, PowerState, Severity};
use tidegate_meter::{
    AccountId, ChannelId, GuardId, MailboxId, MeterId, MeterInfo, Outcome, Reading, RowId, Target, Time,
};

/// One configured account. Its secrets stand in the vault; here are only references.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its slug.
    pub id: AccountId,
    /// Its provider's name: `huawei`.
    pub provider: String,
    /// Its name for people.
    pub name: String,
    /// Whether it is read at all.
    pub enabled: bool,
    /// The provider's parameters and the secret references, as JSON.
    pub config: serde_json::Value,
}

/// One configured channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChannelRow {
    /// Its slug.
    pub id: ChannelId,
    /// Its kind: `feishu`.
    pub kind: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Its parameters and secret references, as JSON.
    pub config: serde_json::Value,
}

/// One configured guard; `config` is the engine's `GuardConfig` as JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GuardRow {
    /// Its slug.
    pub id: GuardId,
    /// Whose meters it watches.
    pub account: AccountId,
    /// Whether it judges at all.
    pub enabled: bool,
    /// The rest, as JSON.
    pub config: serde_json::Value,
}

/// What one mail said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindingRow {
    /// Its id; newer ones are greater.
    pub id: RowId,
    /// In which mailbox.
    pub mailbox: MailboxId,
    /// The server's mark under which `uid` holds.
    pub uid_validity: u32,
    /// The server's number of the mail.
    pub uid: u32,
    /// When it was found.
    pub at: Time,
    /// What it said, as JSON of the engine. `identity` names the mail also under other numbers, `kind` and `certainty`
    /// are filtered by.
    pub body: serde_json::Value,
}

/// The kinds of configured items that share one table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredKind {
    /// A renewal.
    Renewal,
    /// A mailbox.
    Mailbox,
}

impl StoredKind {
    /// The stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Renewal => "renewal",
            Self::Mailbox => "mailbox",
        }
    }
}

/// One configured renewal or mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ItemRow {
    /// Which kind.
    pub kind: StoredKind,
    /// Its slug, unique within its kind.
    pub id: String,
    /// Whether it is used.
    pub enabled: bool,
    /// As configured, secrets by reference, as JSON of the engine.
    pub config: serde_json::Value,
    /// What became of it since, as JSON of the engine; putting the item leaves it.
    pub state: Option<serde_json::Value>,
}

/// The stored state of a guard on one meter. `state` is `tidegate_guard::GuardState` as JSON, opaque here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GuardStateRow {
    /// Which guard.
    pub guard: GuardId,
    /// On which meter of the guard's account.
    pub meter: MeterId,
    /// Counts up by one with each write; a write names the version it was made from.
    pub version: i64,
    /// The state.
    pub state: serde_json::Value,
    /// The level to show.
    pub level: Level,
    /// The sentence: `tidegate_guard::Why` as JSON.
    pub why: serde_json::Value,
    /// When it was judged.
    pub at: Time,
}

/// A known meter with its newest look.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MeterRow {
    /// What it is.
    pub info: MeterInfo,
    /// The newest outcome, blind or known.
    pub outcome: Option<Outcome>,
    /// When it was looked at last.
    pub looked_at: Option<Time>,
    /// The newest reading there ever was, kept while blind.
    pub last_good: Option<Reading>,
    /// The learned lag in milliseconds.
    pub lag_ms: Option<i64>,
}

/// One alert: a raised step or a blindness.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AlertRow {
    /// Its id.
    pub id: RowId,
    /// Which guard raised it; `None` for alerts of the program itself.
    pub guard: Option<GuardId>,
    /// Whose meter.
    pub account: Option<AccountId>,
    /// Which meter.
    pub meter: Option<MeterId>,
    /// Unique with guard, meter and window start: `share:70`, `limit`, `blind:auth`.
    pub key: String,
    /// Start of the window it belongs to, 0 without a window.
    pub window_start: Time,
    /// How loud.
    pub severity: Severity,
    /// When it was raised.
    pub raised_at: Time,
    /// When it was resolved.
    pub resolved_at: Option<Time>,
    /// When a person acknowledged it, with the reason.
    pub acknowledged: Option<(Time, String)>,
    /// Quiet until then.
    pub snoozed_until: Option<Time>,
    /// The message it was raised with, as JSON.
    pub body: serde_json::Value,
}

/// One durable decision to act on named targets.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IntentRow {
    /// Its id.
    pub id: RowId,
    /// The guard that decided; `None` when a person asked.
    pub guard: Option<GuardId>,
    /// Whose targets.
    pub account: AccountId,
    /// The meter it was decided on; `None` when a person asked.
    pub meter: Option<MeterId>,
    /// What.
    pub action: ActionKind,
    /// On what: one target an intent, so that each has its own proof.
    pub target: Target,
    /// Start of the window it belongs to, 0 without one.
    pub window_start: Time,
    /// Where it stands.
    pub state: IntentState,
    /// When it is due.
    pub due: Time,
    /// When the engine looks at it next.
    pub next_at: Time,
    /// Failed tries so far.
    pub tries: u32,
    /// What the states keep between them (receipt, state before, proof, cause, held), as JSON.
    pub detail: serde_json::Value,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// One transition of an intent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IntentEventRow {
    /// Which intent.
    pub intent: RowId,
    /// From.
    pub from: Option<IntentState>,
    /// To.
    pub to: IntentState,
    /// When.
    pub at: Time,
    /// Facts of this transition, as JSON.
    pub facts: serde_json::Value,
}

/// Where a delivery stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits for its time.
    Pending,
    /// Handed to the wire; after a crash it is repeated once, marked as a repeat.
    Sending,
    /// The platform said so.
    Delivered,
    /// The platform refused for good.
    Refused,
    /// Too old to be of use; shown as undelivered.
    Expired,
}

/// One message to one channel.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Its id; its short form stands in the message.
    pub id: RowId,
    /// Where to.
    pub channel: ChannelId,
    /// The alert it tells of, if any.
    pub alert: Option<RowId>,
    /// The intent it tells of, if any.
    pub intent: Option<RowId>,
    /// How loud.
    pub severity: Severity,
    /// `tidegate_channels::Message` as JSON.
    pub message: serde_json::Value,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub tries: u32,
    /// Not before.
    pub next_at: Time,
    /// Whether an earlier copy may have arrived.
    pub repeat: bool,
    /// The last refusal in one short line.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it was delivered.
    pub delivered_at: Option<Time>,
}

/// A span in which nothing was guarding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LapseRow {
    /// From.
    pub start: Time,
    /// To.
    pub end: Time,
    /// `asleep`, `stopped`, `offline`, `clock`.
    pub cause: String,
}

/// One link of the audit chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditRow {
    /// Counts from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: Time,
    /// Who: `engine`, `cli`, `window`, `api`.
    pub actor: String,
    /// What: `guard.armed`, `intent.sent`, …
    pub event: String,
    /// The facts, as canonical JSON.
    pub facts: serde_json::Value,
    /// SHA-256 over the previous hash and this row, hexadecimal.
    pub hash: String,
}

/// What an audit entry says; the store adds number and hash.
#[derive(Clone, PartialEq, Debug)]
pub struct AuditEntry {
    /// When.
    pub at: Time,
    /// Who.
    pub actor: String,
    /// What.
    pub event: String,
    /// The facts.
    pub facts: serde_json::Value,
}

/// A target as the store remembers it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TargetRow {
    /// Whose.
    pub account: AccountId,
    /// What.
    pub target: Target,
    /// On the protect list.
    pub protected: bool,
    /// The last state read, and when.
    pub power: Option<(PowerState, Time)>,
    /// When it was last seen to start.
    pub started_at: Option<Time>,
    /// When we last stopped it, verified; cleared when we start it again.
    pub stopped_by_us_at: Option<Time>,
    /// Still present at the provider.
    pub present: bool,
    /// The meters that measure it.
    pub meters: Vec<MeterId>,
    /// Public addresses.
    pub addresses: Vec<String>,
}

/// One change. A batch of them is written in one transaction or not at all.
#[derive(Clone, PartialEq, Debug)]
pub enum Write {
    /// Inserts or replaces an account.
    PutAccount(AccountRow),
    /// Removes an account from watch; its history stays.
    RemoveAccount(AccountId),
    /// Inserts or replaces a channel.
    PutChannel(ChannelRow),
    /// Removes a channel; its undelivered rows are marked refused.
    RemoveChannel(ChannelId),
    /// Inserts or replaces a guard.
    PutGuard(GuardRow),
    /// Removes a guard and its state; its alerts are resolved.
    RemoveGuard(GuardId),
    /// Inserts a renewal or mailbox, or replaces its configuration; the `state` of the row is not written.
    PutItem(ItemRow),
    /// Removes a renewal or mailbox with its state.
    RemoveItem {
        /// Which kind.
        kind: StoredKind,
        /// Its slug.
        id: String,
    },
    /// Replaces the state of a renewal or mailbox that is there.
    ItemState {
        /// Which kind.
        kind: StoredKind,
        /// Its slug.
        id: String,
        /// The state; `None` forgets it.
        state: Option<serde_json::Value>,
    },
    /// Records a look: updates the meter row; every fetch that gave truth becomes a history row, also one that repeats
    /// the value, since burn, belts and replay need to know that it was looked at. The same fetch told twice is one row.
    Look {
        /// The meter.
        info: MeterInfo,
        /// What the look gave.
        outcome: Outcome,
        /// When.
        at: Time,
        /// The learned lag, when it changed.
        lag_ms: Option<i64>,
    },
    /// The meters of an account that are no longer found are marked absent.
    RetainMeters {
        /// Whose.
        account: AccountId,
        /// Those that are there.
        present: Vec<MeterId>,
    },
    /// Inserts or replaces what is known of a target, keeping `protected`, which only a person changes.
    PutTarget(TargetRow),
    /// A person changes the protect list.
    Protect {
        /// Whose.
        account: AccountId,
        /// Which.
        target: tidegate_meter::TargetId,
        /// Protected or not.
        protected: bool,
    },
    /// Replaces a guard state made from `version`; a conflict refuses the whole batch. A first state has version 0.
    GuardState(GuardStateRow),
    /// Inserts an alert; one with the same guard, meter, window and key refuses the whole batch.
    RaiseAlert(AlertRow),
    /// Resolves the open alert of that guard, meter, window and key.
    ResolveAlert {
        /// Which guard.
        guard: Option<GuardId>,
        /// Which meter.
        meter: Option<MeterId>,
        /// Which key.
        key: String,
        /// Which window.
        window_start: Time,
        /// When.
        at: Time,
    },
    /// A person acknowledges or snoozes an alert.
    AnswerAlert {
        /// Which.
        id: RowId,
        /// Acknowledged, with the reason.
        acknowledged: Option<(Time, String)>,
        /// Quiet until then.
        snoozed_until: Option<Time>,
    },
    /// Inserts an intent with its first event.
    Intent(IntentRow, IntentEventRow),
    /// Moves an intent from a state; refused (whole batch) when it stands elsewhere or the move is not legal.
    MoveIntent {
        /// The row as it becomes.
        row: IntentRow,
        /// The transition.
        event: IntentEventRow,
    },
    /// Updates `due`, `next_at` and `detail` of an intent without a transition (polls while verifying, a hold).
    TouchIntent(IntentRow),
    /// Inserts or replaces a delivery.
    Delivery(DeliveryRow),
    /// Records what a mail said; refused (whole batch) when that mail was recorded before.
    Finding(FindingRow),
    /// Changes what belongs to quotas.
    Quota(crate::QuotaWrite),
    /// Changes what belongs to proxy traffic.
    Flow(crate::FlowWrite),
    /// Records a lapse.
    Lapse(LapseRow),
    /// Appends to the audit chain.
    Audit(AuditEntry),
    /// Sets or, with `None`, removes a setting.
    Setting(String, Option<serde_json::Value>),
    /// A new token.
    PutToken(crate::TokenRow),
    /// A token is good for nothing from then on; the first time stays.
    RevokeToken {
        /// Which.
        id: RowId,
        /// When.
        at: Time,
    },
    /// When a token was shown last.
    TokenUsed {
        /// Which.
        id: RowId,
        /// When.
        at: Time,
    },
}

/// Writes that belong together.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Batch {
    /// In order.
    pub writes: Vec<Write>,
}

impl Batch {
    /// Adds a write.
    pub fn push(&mut self, write: Write) {
        self.writes.push(write);
    }
}

/// One point of history.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// When it was true, as the provider or the fetch says.
    pub as_of: Time,
    /// When it was fetched.
    pub fetched_at: Time,
    /// What was left, raw in the meter's unit.
    pub remaining: Option<i64>,
    /// What was used, raw.
    pub used: Option<i64>,
    /// The whole, raw.
    pub limit: Option<i64>,
    /// Start of its window.
    pub window_start: Option<Time>,
}

/// The line of a chart with what it tells beside its points.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChartLine {
    /// The points, oldest first.
    pub points: Vec<Point>,
    /// Where nothing was read: from the last reading before to the first one after; of too many the longest.
    pub gaps: Vec<(Time, Time)>,
    /// The windows it went through.
    pub windows: Vec<WindowRun>,
    /// Where the whole, or what is left, grew within a window.
    pub top_ups: Vec<Time>,
    /// What it comes to; `None` when nothing was read.
    pub figures: Option<crate::Figures>,
    /// How many silences there were, and their milliseconds together, also of those that are not listed as gaps.
    pub silent: (usize, i64),
}

/// A run of readings in one window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowRun {
    /// The window's start; `None` for a meter without windows.
    pub start: Option<Time>,
    /// The first reading of the run.
    pub first: Time,
    /// The newest whole, raw.
    pub whole: Option<i64>,
}

/// What happened to one meter.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Marks {
    /// Alerts raised, newest first.
    pub alerts: Vec<AlertRow>,
    /// Intents made, newest first: those decided on the meter, and those of persons in its account.
    pub intents: Vec<IntentRow>,
    /// Lapses that overlap, newest first.
    pub lapses: Vec<LapseRow>,
}
