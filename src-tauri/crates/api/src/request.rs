//! Everything that can be asked. One enum, so that the window, the command line and other programs ask alike.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, ChannelId, GuardId, Lang, MailboxId, RowId, TargetId, Time};
use ts_rs::TS;

use crate::door::Scope;

mod chart;
mod export;
mod flows;
mod items;
mod mail;
mod quotas;
mod renewals;
mod secret;
mod setting;

pub use chart::{ChartAsked, HistoryAsked, WhatIfAsked};
pub use export::{Every, ExportAsked, Exported, StatisticsAsked, TrendAsked};
pub use flows::{
    DeviceAsked, EarlierSample, FlowBy, FlowLineAsked, FlowsAsked, ImportFlows, ImportSamples, InviteAgent,
    ReportAsked, ReportSettings, ReportSpan,
};
pub use items::{Item, ItemRef, Items};
pub use mail::FindingsAsked;
pub use quotas::{
    AccountAsked, Allocate, BillAsked, ChangePolicy, CountFrom, CreateSubAccount, LedgerAsked, LinkProject,
    QuotaAsked, QuotaRules, QuotasAsked, SubAccountRef, ToggleProjects, UnlinkProject, WithoutQuota,
};
pub use renewals::{RenewalClear, RenewalMark, RenewalPreview};
pub use secret::{SecretFields, SecretItems, SecretText};
pub use setting::SettingsChange;

/// One request. Commands change something and are audited with their actor; queries read. Spans are whole seconds,
/// instants RFC 3339 in UTC. Errors are [`crate::ApiError`]; each variant names its own beyond `bad_request`, `store`.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Query: which program answers. Answer: `version`.
    Version,
    /// Query: the engine as a whole. Answer: `status`.
    Status,
    /// Query: every account in the schedule. Answer: `accounts`.
    Accounts,
    /// Query: the newest look at each meter, from the store. Answer: `meters`.
    Meters {
        /// Only of this account.
        #[ts(type = "string | null")]
        account: Option<AccountId>,
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query of the outside: looks at every meter once; never acts. Answer: `meters`. Errors: `not_found`.
    Check {
        /// Only these; empty: all.
        #[ts(type = "Array<string>")]
        accounts: Vec<AccountId>,
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: servers as they were found. Answer: `targets`.
    Targets {
        /// Only of this account.
        #[ts(type = "string | null")]
        account: Option<AccountId>,
    },
    /// Query: reads a configuration text. Answer: `plan` as [`Self::Plan`] without pruning. Errors: `config_invalid`.
    Validate {
        /// The TOML.
        text: String,
    },
    /// Query: what applying the text would do. Answer: `plan`. Errors: `config_invalid`.
    Plan {
        /// The TOML.
        text: String,
        /// Whether what the text does not mention goes.
        prune: bool,
    },
    /// Command: puts the items of the text over what is configured, in one transaction. Answer: `plan`.
    /// Errors: `config_invalid`, `not_holder`.
    Apply {
        /// The TOML.
        text: String,
        /// Whether what the text does not mention goes.
        prune: bool,
    },
    /// Query: the configuration as TOML, secrets as references. Answer: `text`.
    Export,
    /// Query: every guard with each of its meters. Answer: `guards`.
    Guards {
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: what arming would freeze now. Answer: `armed` with nothing changed. Errors: `not_found`, `refused`.
    ArmPreview {
        /// Which.
        #[ts(type = "string")]
        guard: GuardId,
        /// For how long, in seconds.
        #[ts(type = "number")]
        seconds: u64,
    },
    /// Command: lets a guard act until the time is over, on the targets frozen now. Answer: `armed`.
    /// Errors: `not_found`, `refused`, `not_holder`.
    Arm {
        /// Which.
        #[ts(type = "string")]
        guard: GuardId,
        /// For how long, in seconds.
        #[ts(type = "number")]
        seconds: u64,
    },
    /// Command: the guard only watches. Answer: `done`. Errors: `not_found`.
    Disarm {
        /// Which.
        #[ts(type = "string")]
        guard: GuardId,
    },
    /// Command: lengthens the countdown of a planned action. Answer: `done`. Errors: `not_found`, `refused`.
    Hold {
        /// Which.
        #[ts(type = "string")]
        action: RowId,
        /// By how much, in seconds.
        #[ts(type = "number")]
        seconds: u64,
    },
    /// Command: calls an action off before its request leaves. Answer: `done`. Errors: `not_found`, `refused`.
    Cancel {
        /// Which.
        #[ts(type = "string")]
        action: RowId,
    },
    /// Command: ends the countdown of a planned action now. Answer: `done`. Errors: `not_found`, `refused`.
    StopNow {
        /// Which.
        #[ts(type = "string")]
        action: RowId,
    },
    /// Command: a person stops a server by its typed name. Answer: `planned`. Errors: `not_found`, `refused`.
    Stop {
        /// Whose.
        #[ts(type = "string")]
        account: AccountId,
        /// Which.
        #[ts(type = "string")]
        target: TargetId,
        /// The server's name or id as the person confirmed it.
        typed_name: String,
        /// Cut the power instead of asking the guest system.
        forced: bool,
    },
    /// Command: a person starts a server by its typed name. Answer: `planned`. Errors: `not_found`, `refused`.
    Start {
        /// Whose.
        #[ts(type = "string")]
        account: AccountId,
        /// Which.
        #[ts(type = "string")]
        target: TargetId,
        /// The server's name or id as the person confirmed it.
        typed_name: String,
    },
    /// Command: undoes exactly what a verified stop did. Answer: `planned`. Errors: `not_found`, `refused`.
    Restore {
        /// Which stop.
        #[ts(type = "string")]
        action: RowId,
    },
    /// Command: no automatic action until the time is over; watching and messages go on. Answer: `done`.
    Pause {
        /// For how long, in seconds.
        #[ts(type = "number")]
        seconds: u64,
    },
    /// Command: ends a pause. Answer: `done`.
    Resume,
    /// Command: puts a server on or off the protect list. Answer: `done`. Errors: `not_found`.
    Protect {
        /// Whose.
        #[ts(type = "string")]
        account: AccountId,
        /// Which.
        #[ts(type = "string")]
        target: TargetId,
        /// On or off.
        protected: bool,
    },
    /// Query: actions, newest first. Answer: `actions`.
    Actions {
        /// Only those that have not ended.
        open: bool,
        /// At most so many.
        limit: u32,
        /// Only those made before this one.
        #[serde(default)]
        #[ts(optional, type = "string | null")]
        before: Option<RowId>,
        /// Of the texts.
        #[serde(default)]
        #[ts(optional, type = "\"zh-CN\" | \"en\"")]
        lang: Option<Lang>,
    },
    /// Query: alerts, newest first. Answer: `alerts`.
    Alerts {
        /// Only unresolved ones.
        open: bool,
        /// At most so many.
        limit: u32,
        /// Only those made before this one.
        #[serde(default)]
        #[ts(optional, type = "string | null")]
        before: Option<RowId>,
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Command: ends the reminders of an alert. Answer: `done`. Errors: `not_found`.
    Acknowledge {
        /// Which.
        #[ts(type = "string")]
        alert: RowId,
        /// Why; may be empty.
        reason: String,
    },
    /// Command: no reminders of an alert until the time is over. Answer: `done`. Errors: `not_found`.
    Snooze {
        /// Which.
        #[ts(type = "string")]
        alert: RowId,
        /// For how long, in seconds.
        #[ts(type = "number")]
        seconds: u64,
        /// Why; may be empty. Kept in the audit.
        #[serde(default)]
        #[ts(optional, as = "Option<String>")]
        reason: String,
    },
    /// Query: channels as configured, secrets as references. Answer: `channels`.
    Channels,
    /// Command: sends a test message. Answer: `tested`. Errors: `not_found`, `outside`.
    TestChannel {
        /// Which.
        #[ts(type = "string")]
        channel: ChannelId,
    },
    /// Query: deliveries, newest first. Answer: `deliveries`.
    Deliveries {
        /// At most so many.
        limit: u32,
        /// Only those made before this one.
        #[serde(default)]
        #[ts(optional, type = "string | null")]
        before: Option<RowId>,
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Command: tries a refused or expired delivery again. Answer: `done`. Errors: `not_found`, `refused`.
    RetryDelivery {
        /// Which.
        #[ts(type = "string")]
        delivery: RowId,
    },
    /// Query: history of one meter. Answer: `history`. Errors: `not_found`.
    History(HistoryAsked),
    /// Query: what a guard would have done over stored history. Answer: `replay`. Errors: `not_found`.
    Replay {
        /// Which.
        #[ts(type = "string")]
        guard: GuardId,
        /// Another limit than the configured one, in its text form.
        limit: Option<String>,
        /// Other steps than the configured ones.
        steps: Option<Vec<String>>,
        /// How far back.
        days: u32,
    },
    /// Query: a meter over time with all that is drawn on it. Answer: `chart`. Errors: `not_found`.
    Chart(ChartAsked),
    /// Query: what a meter's readings come to over a span: change, rate, lowest, highest, average, thresholds, forecast and
    /// at most 500 points. Answer: `trend`. Errors: `not_found`.
    Trend(TrendAsked),
    /// Query: what happened in a span, counted: alerts, deliveries, actions, checks. Answer: `statistics`.
    Statistics(StatisticsAsked),
    /// Query: a page of an export. Answer: `exported`. Errors: `not_found`.
    ExportHistory(ExportAsked),
    /// Query: what a draft of a guard would have done on one meter's stored history; reaches no channel and no target.
    /// Dropping the request ends the work. Answer: `what_if`. Errors: `not_found`, `config_invalid`.
    WhatIf(WhatIfAsked),
    /// Query: what the tray shows. Answer: `tray`.
    Tray {
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: what the first page of the window shows. Answer: `overview`.
    Overview {
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: checks the whole audit chain. Answer: `audit_verdict`.
    AuditVerify,
    /// Query: audit rows after a number, oldest first; with `before`, newest first. Answer: `audit`.
    Audit {
        /// After this number; 0 from the start.
        #[ts(type = "number")]
        after: i64,
        /// At most so many.
        limit: u32,
        /// The newest before this number, newest first; a number beyond all begins at the end.
        #[serde(default)]
        #[ts(optional, type = "number | null")]
        before: Option<i64>,
        /// Of the texts.
        #[serde(default)]
        #[ts(optional, type = "\"zh-CN\" | \"en\"")]
        lang: Option<Lang>,
    },
    /// Query: spans in which nothing was guarding, newest first. Answer: `lapses`.
    Lapses {
        /// At most so many.
        limit: u32,
        /// Only those that began before this.
        #[serde(default)]
        #[ts(optional, type = "string | null")]
        before: Option<Time>,
        /// Of the texts.
        #[serde(default)]
        #[ts(optional, type = "\"zh-CN\" | \"en\"")]
        lang: Option<Lang>,
    },
    /// Command: a consistent copy of the database. Answer: `done`. Errors: `store`.
    Backup {
        /// The new file; it must not exist.
        file: String,
    },
    /// Query: names of the secrets in the vault, never their values. Answer: `vault_items`. Errors: `outside`.
    VaultList,
    /// Command: stores one item's fields. Answer: `done`. Errors: `outside`.
    VaultSet {
        /// The item.
        item: String,
        /// Its fields; a field that is not named keeps its value.
        #[ts(type = "Record<string, string>")]
        fields: SecretFields,
    },
    /// Command: removes an item. Answer: `done`. Errors: `not_found`, `outside`.
    VaultDelete {
        /// The item.
        item: String,
    },
    /// Query: what could keep the guard from working, each with its next step. Answer: `doctor`.
    Doctor {
        /// Also asks each account's provider.
        outside: bool,
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: every configured item in the fields of the configuration format, secrets as references. Answer: `items`.
    Items,
    /// Query: what saving would do: every mistake beside its field, the plan, the contracts. Answer: `draft`.
    Draft {
        /// What would be put over the configured items.
        items: Items,
        /// What would go.
        remove: Vec<ItemRef>,
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Command: secrets into the vault, then all items in one transaction; a removed account takes its vault items
    /// with it. Answer: `plan`. Errors: `config_invalid`, `outside` (vault), `not_holder`; the vault is then as before.
    Save {
        /// What is put over the configured items.
        items: Items,
        /// What goes.
        remove: Vec<ItemRef>,
        /// Secrets by vault item and field; a field that is not named keeps its value.
        #[ts(type = "Record<string, Record<string, string>>")]
        secrets: SecretItems,
    },
    /// Query of the outside: reads an account that is not saved; stores nothing. Answer: `tried`.
    /// Errors: `config_invalid`.
    TryAccount {
        /// The account.
        #[ts(type = "AccountItem")]
        account: Item,
        /// Its secrets by field, those of the acting credential as `act.ak`; what is not named comes from its reference.
        #[ts(type = "Record<string, string>")]
        secrets: SecretFields,
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Command: sends a test message through a channel that is not saved; stores nothing. Answer: `tested`.
    /// Errors: `config_invalid`, `outside`.
    TryChannel {
        /// The channel.
        #[ts(type = "ChannelItem")]
        channel: Item,
        /// Its secrets by field; what is not named comes from its reference.
        #[ts(type = "Record<string, string>")]
        secrets: SecretFields,
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: every renewal, the most urgent first, and what they cost by currency. Answer: `renewals`.
    Renewals {
        /// Of the words.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: the next 12 due dates of a cycle that are not paid yet. Answer: `dues`. Errors: `bad_request`.
    RenewalPreview(RenewalPreview),
    /// Command: marks a renewal as renewed. Answer: `renewed`. Errors: `not_found`, `refused` (nothing is due), `not_holder`.
    MarkRenewed(RenewalMark),
    /// Command: takes the last mark of a renewal back. Answer: `renewed`. Errors: `not_found`, `not_holder`.
    ClearRenewed(RenewalClear),
    /// Query: the renewals that are switched on as an iCalendar file. Answer: `text`.
    RenewalsIcs {
        /// Of the words.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: sub-accounts with what each was granted, spent and has left. Answer: `quotas`.
    Quotas(QuotasAsked),
    /// Query of the outside: one sub-account with its projects, keys, policies and actions. Answer: `quota`. Errors:
    /// `not_found`.
    Quota(QuotaAsked),
    /// Query: entries of a ledger, newest first. Answer: `ledger`. Errors: `not_found`.
    Ledger(LedgerAsked),
    /// Query: a whole ledger as CSV, oldest first. Answer: `text`. Errors: `not_found`.
    LedgerCsv(SubAccountRef),
    /// Query: what each project cost in a month, and whom it is charged to. Answer: `bill`. Errors: `not_found`.
    Bill(BillAsked),
    /// Query of the outside: the provider's projects. Answer: `cloud_projects`. Errors: `not_found`, `outside`.
    CloudProjects(AccountAsked),
    /// Query of the outside: policies that may be attached. Answer: `cloud_policies`. Errors: `not_found`, `outside`.
    CloudPolicies(AccountAsked),
    /// Command: reads sub-accounts and bill now. Answer: `quotas`. Errors: `not_found`, `outside`, `not_holder`.
    SyncQuotas(QuotasAsked),
    /// Command: grants more, or takes back. Answer: `allocated`. Errors: `not_found`, `bad_request`, `refused` (below
    /// zero, below what is spent, another entry was faster), `not_holder`.
    Allocate(Allocate),
    /// Command: charges a project to a sub-account. Answer: `done`. Errors: `not_found`, `refused` (its shares would be
    /// more than the whole), `not_holder`.
    LinkProject(LinkProject),
    /// Command: charges a project no longer. Answer: `done`. Errors: `not_found`, `not_holder`.
    UnlinkProject(UnlinkProject),
    /// Command: charges one or all projects, or not for now. Answer: `done`. Errors: `not_found`, `refused`.
    ToggleProjects(ToggleProjects),
    /// Command: sets the rules of a sub-account. Answer: `done`. Errors: `not_found`, `bad_request`, `not_holder`.
    QuotaRules(QuotaRules),
    /// Command to the outside: makes a sub-account. Answer: `made_sub_account`, the only one that holds the key's secret.
    /// Errors: `bad_request`, `refused`, `outside`, `not_holder`.
    CreateSubAccount(CreateSubAccount),
    /// Command to the outside: makes another access key. Answer: `made_sub_account`. Errors: `not_found`, `outside`.
    CreateSubAccountKey(SubAccountRef),
    /// Command to the outside: attaches or detaches a policy. Answer: `done`. Errors: `not_found`, `refused`, `outside`.
    ChangePolicy(ChangePolicy),
    /// Query: proxy traffic of calendar days, told apart as asked. Answer: `flows`. Errors: `bad_request`.
    Flows(FlowsAsked),
    /// Query: proxy traffic over time. Answer: `flow_line`. Errors: `bad_request`.
    FlowLine(FlowLineAsked),
    /// Query: what passes now. Answer: `live`.
    Live,
    /// Query: devices that hand in flows, and invitations that wait. Answer: `devices`.
    Devices,
    /// Command: invites an agent: whoever shows the code once becomes that device. Answer: `invited`, the only one that
    /// holds the code. Errors: `bad_request`, `refused` (the device is watched from here), `not_holder`.
    InviteAgent(InviteAgent),
    /// Command: a device hands in nothing any more; its flows stay. Answer: `done`. Errors: `not_found`, `not_holder`.
    EndDevice(DeviceAsked),
    /// Command: takes over flows of an earlier system; those that were before count once. Answer: `imported`, the number of
    /// the last batch that was. Errors: `bad_request`, `not_holder`.
    ImportFlows(ImportFlows),
    /// Command: takes over what a subscription told before. Answer: `done`. Errors: `not_found`, `bad_request`, `not_holder`.
    ImportSamples(ImportSamples),
    /// Query: subscriptions, for how long each lasts, and its newest leak check. Answer: `subscriptions`.
    Subscriptions,
    /// Query: a report as it would be sent now, or was. Answer: `report`. Errors: `bad_request`.
    Report(ReportAsked),
    /// Command: sends a report now, whether it was sent or not. Answer: `report`. Errors: `bad_request`, `not_holder`.
    SendReport(ReportAsked),
    /// Query: mailboxes, and when each was read. Answer: `mailboxes`.
    Mailboxes {
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: what mails said, newest first. Answer: `mail_findings`.
    Findings(FindingsAsked),
    /// Command: looks into a mailbox now; mails stay unread. Answer: `mailboxes` with this one. Errors: `not_found`,
    /// `not_holder`.
    ScanMailbox {
        /// Which.
        #[ts(type = "string")]
        mailbox: MailboxId,
        /// Of the sentences.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query of the outside: logs in to a mailbox that is not saved, and looks; stores nothing, tells nobody. Answer:
    /// `tried_mailbox`. Errors: `config_invalid`.
    TryMailbox {
        /// The mailbox.
        #[ts(type = "MailboxItem")]
        mailbox: Item,
        /// Its secrets by field; what is not named comes from its reference.
        #[ts(type = "Record<string, string>")]
        secrets: SecretFields,
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: the built-in rules for mails. Answer: `mail_rules`.
    MailRules {
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: what there is to choose from. Answer: `catalogue`.
    Catalogue {
        /// Of the texts.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
    /// Query: the settings. Answer: `settings`.
    Settings,
    /// Command: changes the settings that are named. Answer: `settings`. Errors: `bad_request`, `refused`, `outside`.
    SaveSettings {
        /// What changes.
        change: SettingsChange,
    },
    /// Query: tokens of other programs, also revoked ones, the newest first. Answer: `tokens`.
    Tokens,
    /// Command: a new token for another program. Answer: `made_token`, the only one that holds the token itself.
    /// Errors: `refused` (too many, or the name is taken).
    CreateToken {
        /// Its name.
        name: String,
        /// What it may do.
        scopes: Vec<Scope>,
        /// When it ends by itself, in seconds; null: never.
        #[ts(type = "number | null")]
        seconds: Option<u64>,
    },
    /// Command: ends a token at once. Answer: `done`. Errors: `not_found`.
    RevokeToken {
        /// Which.
        #[ts(type = "string")]
        token: RowId,
    },
    /// Query: copies of the database in the program's folder, newest first. Answer: `backups`.
    Backups,
    /// Command: a copy of the database in the program's folder. Answer: `backup`.
    BackupNow,
    /// Command: puts a copy in the place of the database, after a copy of what stands there; guards on. Answer:
    /// `restored`. Errors: `not_found`, `bad_request` (no sound copy), `not_running` (nobody can reopen it here).
    RestoreBackup {
        /// The copy's name, as `backups` tells it.
        name: String,
    },
    /// Command: begins or ends the demonstration: a simulated account whose package runs dry. It keeps apart from what
    /// is real, and ends with the process. Answer: `demo`. Errors: `not_running` (nobody can carry it here).
    Demo {
        /// Begin or end.
        on: bool,
        /// About how many minutes the package lasts, 2 to 60; null: 4.
        minutes: Option<u32>,
        /// Of its names and notices.
        #[ts(type = "\"zh-CN\" | \"en\"")]
        lang: Lang,
    },
}

impl Request {
    /// Whether it says where on this machine to act: a person may at the command line, a page never.
    #[must_use]
    pub const fn names_a_place(&self) -> bool {
        matches!(self, Self::Backup { .. })
    }
}
