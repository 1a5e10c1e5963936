//! Everything that can be answered. Amounts are `{value, unit}` with the value a decimal string in the base unit;
//! instants are RFC 3339 in UTC; spans are whole seconds. No answer ever holds a secret.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, IntentState, Level, PowerState, Proof, Receipt, Severity};
use tidegate_meter::{AccountId, ChannelId, GuardId, Lang, MeterId, Quantity, Reason, RowId, Target, Time};
use tidegate_store::{AuditVerdict, DeliveryState};
use ts_rs::TS;

use crate::config::Plan;

mod meters;
mod program;
mod setup;

pub use meters::{
    GuardMeterView, GuardView, LastGood, MeterGuardView, MeterView, MetersView, ModeName, OutcomeName,
    WhyView, WindowView,
};
pub use program::{
    BackupView, DemoView, GuardDefaults, LanguageChoice, QuietHoursView, RestoredView, SettingsView,
    ThemeChoice,
};
pub use setup::{
    CatalogueView, ChannelKindEntry, ChoiceEntry, ContractView, DefaultsView, DraftView, FieldEntry,
    FindingView, ItemsView, PolicyEntry, ProviderEntry, TemplateEntry, TriedView,
};

/// One answer; each variant is named by the requests that give it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "response", content = "data", rename_all = "snake_case")]
pub enum Response {
    /// It is done, and durable.
    Done,
    /// The program that answers.
    Version(VersionView),
    /// The engine as a whole.
    Status(StatusView),
    /// Accounts in the schedule.
    Accounts(Vec<AccountView>),
    /// Meters with their guards.
    Meters(MetersView),
    /// Servers as found.
    Targets(Vec<TargetView>),
    /// What a change does, or did.
    Plan(Plan),
    /// A text.
    Text(String),
    /// Guards.
    Guards(Vec<GuardView>),
    /// What arming froze, or would freeze.
    Armed(ArmedView),
    /// The action that was begun; when no guard process runs it has also ended.
    Planned(Box<ActionView>),
    /// Actions.
    Actions(Vec<ActionView>),
    /// Alerts.
    Alerts(Vec<AlertView>),
    /// Channels.
    Channels(Vec<ChannelView>),
    /// The platform's word on a test message.
    Tested(TestedView),
    /// Deliveries.
    Deliveries(Vec<DeliveryView>),
    /// History of a meter.
    History(Vec<PointView>),
    /// What a guard would have done.
    Replay(Vec<ReplayView>),
    /// The audit chain's verdict.
    AuditVerdict(
        #[ts(
            type = "{ verdict: \"intact\", head: { seq: number, hash: string } } | { verdict: \"broken\", seq: number, fault: string }"
        )]
        AuditVerdict,
    ),
    /// Audit rows.
    Audit(Vec<AuditView>),
    /// Lapses.
    Lapses(Vec<LapseView>),
    /// Names of vault items.
    VaultItems(VaultView),
    /// Findings of a look at the program's own footing.
    Doctor(Vec<FootingView>),
    /// Every configured item.
    Items(ItemsView),
    /// What saving would do.
    Draft(DraftView),
    /// A try of an account.
    Tried(Box<TriedView>),
    /// What there is to choose from.
    Catalogue(Box<CatalogueView>),
    /// The settings.
    Settings(Box<SettingsView>),
    /// Copies of the database.
    Backups(Vec<BackupView>),
    /// One copy of the database.
    Backup(BackupView),
    /// What a restore did.
    Restored(RestoredView),
    /// The demonstration.
    Demo(DemoView),
}

/// The program that answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct VersionView {
    /// `tidegate`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of these requests; another one is refused by the link.
    pub protocol: u32,
}

/// The engine as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct StatusView {
    /// Now.
    #[ts(type = "string")]
    pub at: Time,
    /// The loops run.
    pub running: bool,
    /// The answering process holds the lease.
    pub holder: bool,
    /// The worst level of any guard.
    #[ts(type = "\"calm\" | \"warning\" | \"critical\" | \"blind\"")]
    pub level: Level,
    /// Accounts.
    pub accounts: Vec<AccountView>,
    /// Guards that act, and until when.
    #[ts(type = "Array<[string, string]>")]
    pub armed: Vec<(GuardId, Time)>,
    /// Actions that have not ended.
    #[ts(type = "Array<string>")]
    pub open: Vec<RowId>,
    /// Automatic actions are paused until then.
    #[ts(type = "string | null")]
    pub paused_until: Option<Time>,
    /// Messages that wait.
    pub deliveries_waiting: usize,
    /// Conditions of the program itself that need a person: name and one line.
    pub conditions: Vec<(String, String)>,
}

/// One account in the schedule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct AccountView {
    /// Which.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Whether it is read.
    pub enabled: bool,
    /// The reason why nothing of it can be read, if so.
    #[ts(type = "string | null")]
    pub reason: Option<Reason>,
    /// The detail of the reason.
    pub detail: Option<String>,
    /// Looked at last.
    #[ts(type = "string | null")]
    pub looked_at: Option<Time>,
    /// Looked at next.
    #[ts(type = "string | null")]
    pub next_at: Option<Time>,
    /// The interval in force, in seconds.
    #[ts(type = "number")]
    pub interval: u64,
    /// Meters known.
    pub meters: usize,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// A server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TargetView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// What.
    #[ts(type = "{ kind: string, id: string, name: string, region: string }")]
    pub target: Target,
    /// On the protect list.
    pub protected: bool,
    /// The last state read: `running`, `stopped`, …; null when none was.
    #[ts(type = "Record<string, string> | null")]
    pub power: Option<PowerState>,
    /// When it was read.
    #[ts(type = "string | null")]
    pub power_at: Option<Time>,
    /// Stopped by us, verified, and not started again since.
    #[ts(type = "string | null")]
    pub stopped_by_us_at: Option<Time>,
    /// Still there at the provider.
    pub present: bool,
    /// The meters that measure it.
    #[ts(type = "Array<string>")]
    pub meters: Vec<MeterId>,
    /// Public addresses.
    pub addresses: Vec<String>,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// What arming froze.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ArmedView {
    /// Which guard.
    #[ts(type = "string")]
    pub guard: GuardId,
    /// Until when.
    #[ts(type = "string")]
    pub until: Time,
    /// What it may stop, and nothing else.
    #[ts(type = "Array<{ kind: string, id: string, name: string, region: string }>")]
    pub targets: Vec<Target>,
}

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

/// A channel; secrets as references.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ChannelView {
    /// Which.
    #[ts(type = "string")]
    pub id: ChannelId,
    /// Its kind.
    pub kind: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Its language.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub language: Lang,
    /// Its secrets by reference: `env:NAME`, `vault:NAME`.
    pub secrets: std::collections::BTreeMap<String, String>,
    /// When it last took a message.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub last_success: Option<Time>,
    /// What it said when it last did not take one, and when; null once it took one after that.
    #[serde(default)]
    #[ts(type = "[string, string] | null")]
    pub last_error: Option<(Time, String)>,
    /// Messages that wait for it.
    #[serde(default)]
    pub waiting: usize,
}

/// The platform's word on a test message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TestedView {
    /// Which channel.
    #[ts(type = "string")]
    pub channel: ChannelId,
    /// When it was taken.
    #[ts(type = "string")]
    pub at: Time,
    /// The platform's word.
    pub word: String,
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
}

/// The vault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct VaultView {
    /// Its backend.
    pub backend: String,
    /// Names of its items.
    pub items: Vec<String>,
}

/// One thing the program stands on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FootingView {
    /// What was looked at: `home`, `database`, `lease`, `vault`, `clock`, `disk`, `link`, `account:ID`, `channel:ID`.
    pub what: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// What to do, when it does not hold.
    pub next: Option<String>,
}
