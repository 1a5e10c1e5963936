//! Everything that can be answered. Amounts are `{value, unit}` with the value a decimal string in the base unit;
//! instants are RFC 3339 in UTC; spans are whole seconds. No answer holds a secret but a new token, shown once.

use serde::{Deserialize, Serialize};
use tidegate_guard::{Level, PowerState};
use tidegate_meter::{AccountId, ChannelId, GuardId, Lang, MeterId, Reason, RowId, Target, Time};
use tidegate_store::AuditVerdict;
use ts_rs::TS;

use crate::config::Plan;

mod chart;
mod flows;
mod glance;
mod mail;
mod meters;
mod program;
mod quotas;
mod records;
mod renewals;
mod setup;
mod summary;
mod tokens;

pub use chart::{
    ActedView, BandView, ChartPoints, ChartView, GapView, LimitLineView, MarkerKind, MarkerView, SpanView,
    StepLineView, WarnedView, WhatIfView,
};
pub use flows::{
    BytesView, ConnectionView, CoverageView, DaysLeftView, DeviceState, DeviceView, DevicesView,
    FlowKindsView, FlowLineView, FlowPointView, FlowRestView, FlowRowView, FlowsView, InviteView,
    InvitedView, LeakView, LiveDeviceView, LiveNodeView, LiveView, NodeView, ReportSentView, ReportView,
    ResetView, SubscriptionView, SubscriptionsView,
};
pub use glance::{
    OverviewView, SaidView, StoppedView, TodayView, TrayActionView, TrayLineView, TrayState, TrayView,
};
pub use mail::{MailFindingView, MailRulesView, MailboxView, TriedMailboxView};
pub use meters::{
    AsOfSource, ForecastView, GuardMeterView, GuardView, LastGood, LimitView, MeterGuardView, MeterState,
    MeterView, MetersView, ModeName, OutcomeName, StepView, WhyView, WindowView,
};
pub use program::{
    BackupView, ConfigFileState, ConfigFileView, DemoView, GuardDefaults, LanguageChoice, QuietHoursView,
    RestoredView, SettingsView, ThemeChoice,
};
pub use quotas::{
    AccessKeyView, AllocatedView, AllocationView, AttachedPolicyView, BillProjectView, BillRowView, BillView,
    ClosedDeedView, CloudPolicyView, CloudProjectView, LedgerView, MadeSubAccount, PieceView,
    QuotaAccountView, QuotaDetailView, QuotaProjectView, QuotaRulesView, QuotaView, QuotasView,
};
pub use records::{
    ActionEventView, ActionView, AlertView, AuditView, DeliveryView, LapseView, PointView, ReplayView,
};
pub use renewals::{DuesView, RenewalTotal, RenewalView, RenewalsView, RenewedView};
pub use setup::{
    CatalogueView, ChannelKindEntry, ChoiceEntry, ContractView, DefaultsView, DraftView, FieldEntry,
    FieldForm, FindingView, ItemsView, PolicyEntry, ProviderEntry, TemplateEntry, TriedView,
};
pub use summary::{
    ActionsView, ChecksView, ColumnKind, ColumnView, CountView, DeliveriesView, ExportPage, FiguresView,
    SampleView, StatisticsView, TrendPointView, TrendView,
};

pub use tokens::{MadeToken, ShownOnce, TokenView};

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
    /// A chart of a meter.
    Chart(Box<ChartView>),
    /// A meter's trend.
    Trend(Box<TrendView>),
    /// What happened in a span.
    Statistics(Box<StatisticsView>),
    /// A page of an export.
    Exported(ExportPage),
    /// What a draft of a guard would have done.
    WhatIf(Box<WhatIfView>),
    /// What the tray shows.
    Tray(Box<TrayView>),
    /// What the first page shows.
    Overview(Box<OverviewView>),
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
    /// Mailboxes.
    Mailboxes(Vec<MailboxView>),
    /// What mails said.
    MailFindings(Vec<MailFindingView>),
    /// A try of a mailbox.
    TriedMailbox(Box<TriedMailboxView>),
    /// The built-in rules for mails.
    MailRules(Box<MailRulesView>),
    /// What there is to choose from.
    Catalogue(Box<CatalogueView>),
    /// The settings.
    Settings(Box<SettingsView>),
    /// Copies of the database.
    Backups(Vec<BackupView>),
    /// One copy of the database.
    Backup(BackupView),
    /// Tokens of other programs.
    Tokens(Vec<TokenView>),
    /// A new token, shown once.
    MadeToken(MadeToken),
    /// What a restore did.
    Restored(RestoredView),
    /// The demonstration.
    Demo(DemoView),
    /// Renewals with what they cost.
    Renewals(RenewalsView),
    /// Due dates that are not paid yet.
    Dues(DuesView),
    /// What a mark of a renewal came to.
    Renewed(RenewedView),
    /// Sub-accounts and what is left of their quotas.
    Quotas(QuotasView),
    /// One sub-account.
    Quota(Box<QuotaDetailView>),
    /// Entries of a ledger.
    Ledger(LedgerView),
    /// What an allocation came to.
    Allocated(Box<AllocatedView>),
    /// The bill of a month.
    Bill(BillView),
    /// Projects at the provider.
    CloudProjects(Vec<CloudProjectView>),
    /// Policies that may be attached.
    CloudPolicies(Vec<CloudPolicyView>),
    /// A sub-account or key that was made, its secret shown once.
    MadeSubAccount(MadeSubAccount),
    /// Proxy traffic of some days.
    Flows(Box<FlowsView>),
    /// Proxy traffic over time.
    FlowLine(FlowLineView),
    /// What passes now.
    Live(Box<LiveView>),
    /// Devices.
    Devices(DevicesView),
    /// A new invitation, its code shown once.
    Invited(InvitedView),
    /// The number of the last batch of an earlier system that was taken over; 0 before the first.
    Imported(#[ts(type = "number")] u64),
    /// Subscriptions.
    Subscriptions(SubscriptionsView),
    /// A report.
    Report(Box<ReportView>),
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
    /// All of it in one sentence, in both languages.
    #[serde(default)]
    pub sentence: SaidView,
    /// The followed configuration file; null while none is followed.
    #[serde(default)]
    pub config_file: Option<ConfigFileView>,
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
