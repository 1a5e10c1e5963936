//! What happened, as one batch per transaction: for `run --json`, `demo --json`, the window and the tray.
//! Every event was durable before it is told, but for readings that decided nothing: those are durable within a minute,
//! and told at once. Never holds a secret.

use jiff::civil::Date;
use serde::Serialize;
use tidegate_guard::{ActionKind, Level, PowerState, Proof, Receipt, Severity, Why};
use tidegate_meter::{
    AccountId, Blind, ChannelId, DeviceId, GuardId, MailboxId, MeterId, Quantity, Reason, RenewalId, RowId,
    Target, TargetId, Time, Window,
};
use tidegate_store::DeliveryState;

/// The events of one transaction, in order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ChangeBatch {
    /// Counts up by one from the start of the process.
    pub seq: u64,
    /// When it became durable.
    pub at: Time,
    /// What happened.
    pub events: Vec<Event>,
}

/// One thing that happened. Its JSON has the field `event` with the name below in snake case.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "field names are the design's words; each variant says what it means"
)]
pub enum Event {
    /// A look that gave truth.
    Reading {
        at: Time,
        account: AccountId,
        meter: MeterId,
        name: String,
        used: Option<Quantity>,
        limit: Option<Quantity>,
        remaining: Option<Quantity>,
        window: Option<Window>,
        as_of: Time,
        level: Level,
    },
    /// A look that gave none, told on each change of the reason.
    Unread {
        at: Time,
        account: AccountId,
        meter: Option<MeterId>,
        blind: Blind,
    },
    /// A step was crossed.
    Step {
        at: Time,
        alert: RowId,
        account: AccountId,
        guard: GuardId,
        meter: MeterId,
        key: String,
        step: String,
        severity: Severity,
        remaining: Option<Quantity>,
        share: Option<Quantity>,
        why: Why,
    },
    /// An unacknowledged critical alert was told again.
    Reminder {
        at: Time,
        guard: GuardId,
        meter: MeterId,
        key: String,
    },
    /// A step is no longer crossed.
    Resolved {
        at: Time,
        guard: GuardId,
        meter: MeterId,
        key: String,
        by_new_window: bool,
    },
    /// A blind alert.
    Blind {
        at: Time,
        alert: RowId,
        account: AccountId,
        guard: GuardId,
        meter: MeterId,
        blind: Blind,
        since: Option<Time>,
    },
    /// Its end.
    BlindResolved {
        at: Time,
        guard: GuardId,
        meter: MeterId,
        reason: Reason,
        since: Time,
    },
    /// An action was decided; its countdown runs.
    Planned {
        at: Time,
        intent: RowId,
        guard: Option<GuardId>,
        meter: Option<MeterId>,
        account: AccountId,
        action: ActionKind,
        target: Target,
        due: Time,
    },
    /// It was checked again and is cleared to leave.
    Rechecked { at: Time, intent: RowId, target: Target },
    /// The request is leaving.
    Sent { at: Time, intent: RowId, target: Target },
    /// The provider took it on.
    Accepted {
        at: Time,
        intent: RowId,
        target: Target,
        receipt: Receipt,
    },
    /// Still waiting for the provider's state.
    Verifying {
        at: Time,
        intent: RowId,
        target: Target,
        power: Option<PowerState>,
    },
    /// The provider's state says so.
    Verified {
        at: Time,
        intent: RowId,
        target: Target,
        proof: Proof,
    },
    /// Refused or without effect.
    Failed {
        at: Time,
        intent: RowId,
        target: Target,
        detail: String,
        retry_at: Option<Time>,
    },
    /// The answer was lost.
    Unknown {
        at: Time,
        intent: RowId,
        target: Target,
        detail: String,
    },
    /// Called off.
    Cancelled {
        at: Time,
        intent: RowId,
        target: Target,
        by: String,
    },
    /// Given up.
    Abandoned {
        at: Time,
        intent: RowId,
        target: Target,
        detail: String,
    },
    /// Its countdown was lengthened by a person.
    Held { at: Time, intent: RowId, until: Time },
    /// The end of its countdown moved otherwise: ended by a person, or set anew after a sleep.
    Due { at: Time, intent: RowId, due: Time },
    /// A message waits, is on its way, or was given up as too old.
    Delivery {
        at: Time,
        delivery: RowId,
        channel: ChannelId,
        state: DeliveryState,
    },
    /// A message was taken by its platform.
    Delivered {
        at: Time,
        delivery: RowId,
        channel: ChannelId,
        code: String,
        repeat: bool,
    },
    /// A message was not taken.
    Undelivered {
        at: Time,
        delivery: RowId,
        channel: ChannelId,
        code: String,
        detail: String,
        retry_at: Option<Time>,
    },
    /// A reminder of a renewal was told: so many days before its due date, 0 on the day, negative when overdue.
    RenewalDue {
        at: Time,
        alert: RowId,
        renewal: RenewalId,
        due: Date,
        days: i64,
    },
    /// A renewal was marked as paid through a date, or the mark was taken back.
    RenewalMarked {
        at: Time,
        renewal: RenewalId,
        paid: Option<Date>,
    },
    /// Nothing was guarding for a while.
    Lapse {
        at: Time,
        start: Time,
        end: Time,
        cause: String,
    },
    /// A guard was armed or disarmed.
    Mode {
        at: Time,
        guard: GuardId,
        armed_until: Option<Time>,
    },
    /// Accounts, channels or guards changed.
    Configured {
        at: Time,
        accounts: usize,
        channels: usize,
        guards: usize,
    },
    /// A target's power state changed.
    Power {
        at: Time,
        account: AccountId,
        target: Target,
        power: PowerState,
    },
    /// The list of an account's servers changed.
    Targets { at: Time, account: AccountId },
    /// A person put a target on the protect list, or took it off.
    Protected {
        at: Time,
        account: AccountId,
        target: TargetId,
        protected: bool,
    },
    /// An account was looked at; `blind` when nothing of it could be read.
    Looked {
        at: Time,
        account: AccountId,
        next_at: Option<Time>,
        blind: Option<Blind>,
    },
    /// A mailbox was looked into: how many mails were found, or why it could not be read.
    Mailbox {
        at: Time,
        mailbox: MailboxId,
        found: usize,
        blind: Option<Blind>,
    },
    /// A person answered an alert.
    Answered {
        at: Time,
        alert: RowId,
        acknowledged: bool,
        snoozed_until: Option<Time>,
    },
    /// A person paused automatic actions until then, or ended a pause.
    Paused { at: Time, until: Option<Time> },
    /// A channel was tested by a person.
    Tested {
        at: Time,
        channel: ChannelId,
        taken: bool,
    },
    /// Something was done outside the database: `backup.made`, `secrets.saved`, …
    Noted { at: Time, what: String },
    /// The lease was gained or lost.
    Lease { at: Time, holder: bool },
    /// Settings of the program changed.
    Settings { at: Time },
    /// The book of quotas of an account changed: what is granted, charged or ruled for one sub-account, or for any of them.
    Quota {
        at: Time,
        account: AccountId,
        user: Option<TargetId>,
    },
    /// A batch of a device's flows was counted.
    Flows { at: Time, device: DeviceId },
    /// A device was enrolled or ended, is heard of again or no longer.
    Device { at: Time, device: DeviceId },
    /// What passes now is other than it was; at most once in two seconds, never stored.
    Live { at: Time },
    /// A subscription told something, or was checked for leaks.
    Subscription { at: Time, account: AccountId },
    /// A report was made: `daily` or `weekly`, of the days that end with this one.
    Report { at: Time, kind: String, day: Date },
    /// Something of the program itself needs a person.
    Program {
        at: Time,
        condition: String,
        detail: String,
    },
    /// It no longer does.
    ProgramResolved { at: Time, condition: String },
}
