//! What the engine answers: plans, checks, guards, status. Shapes only; `api` turns them into its own.

use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_guard::{Contract, Forecast, Hourly, Level, Mode, Passed, Replay, Why};
use tidegate_meter::{
    AccountId, Blind, ChannelId, GuardId, MailboxId, MeterId, MeterInfo, Outcome, Reading, RenewalId, RowId,
    Target, Time,
};

use tidegate_providers::FoundTarget;

use crate::config::{GuardConfig, RenewalConfig};

/// What would change between two configurations, by id, for one kind of item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Diff<I> {
    /// New.
    pub added: Vec<I>,
    /// Different.
    pub changed: Vec<I>,
    /// No longer there.
    pub removed: Vec<I>,
    /// The same.
    pub kept: Vec<I>,
}

impl<I> Diff<I> {
    /// Nothing added, changed or removed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// What applying a configuration changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Plan {
    /// Accounts.
    pub accounts: Diff<AccountId>,
    /// Channels.
    pub channels: Diff<ChannelId>,
    /// Guards.
    pub guards: Diff<GuardId>,
    /// Renewals.
    pub renewals: Diff<RenewalId>,
    /// Mailboxes.
    pub mailboxes: Diff<MailboxId>,
    /// Armed guards that go back to watch, because what they would do has changed: limit, action, meter, account,
    /// a forced stop newly allowed, or a belt loosened.
    pub disarmed: Vec<GuardId>,
}

impl Plan {
    /// Nothing would change.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.accounts.is_empty()
            && self.channels.is_empty()
            && self.guards.is_empty()
            && self.renewals.is_empty()
            && self.mailboxes.is_empty()
    }
}

/// What one check of accounts found.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CheckReport {
    /// When it ended.
    pub at: Time,
    /// Each account that was looked at.
    pub accounts: Vec<CheckedAccount>,
    /// Each of their meters.
    pub meters: Vec<CheckedMeter>,
}

impl CheckReport {
    /// Whether any account or meter is blind.
    #[must_use]
    pub fn any_blind(&self) -> bool {
        self.accounts.iter().any(|account| account.blind.is_some())
            || self
                .meters
                .iter()
                .any(|meter| matches!(meter.outcome, Outcome::Blind(_)))
    }
}

/// An account as a check found it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CheckedAccount {
    /// Which.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Why nothing of it could be read, if so.
    pub blind: Option<Blind>,
    /// Meters found.
    pub meters: usize,
    /// How many milliseconds the provider's clock is ahead of this computer's, where it refused a signature for its time
    /// and the account is read by the provider's clock since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
}

/// A meter as a check found it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CheckedMeter {
    /// What it is.
    pub info: MeterInfo,
    /// What the look gave.
    pub outcome: Outcome,
    /// The newest truth there ever was.
    pub last_good: Option<Reading>,
    /// The guards on it.
    pub guards: Vec<CheckedGuard>,
}

/// A guard on one meter.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CheckedGuard {
    /// Which.
    pub id: GuardId,
    /// Its level.
    pub level: Level,
    /// Watch or armed.
    pub mode: Mode,
    /// Its sentence; `None` before the first judgement.
    pub why: Option<Why>,
}

/// A guard with all it watches.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct GuardView {
    /// As configured, with its mode.
    pub config: GuardConfig,
    /// Each of its meters.
    pub meters: Vec<GuardMeterView>,
}

impl GuardView {
    /// How it stands on one meter; `None` for one that it does not watch.
    #[must_use]
    pub fn on(&self, account: &AccountId, meter: &MeterId) -> Option<&GuardMeterView> {
        let mut meters = self.meters.iter();
        meters.find(|on| on.info.account == *account && on.info.id == *meter)
    }
}

/// A guard on one meter, as it stands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct GuardMeterView {
    /// What it is.
    pub info: MeterInfo,
    /// The newest look.
    pub outcome: Option<Outcome>,
    /// The newest truth.
    pub last_good: Option<Reading>,
    /// Its level.
    pub level: Level,
    /// Its sentence.
    pub why: Option<Why>,
    /// How far it can overshoot.
    pub contract: Contract,
    /// When it was judged last.
    pub judged_at: Option<Time>,
    /// Held by a person until then.
    pub held_until: Option<Time>,
    /// How long it lasts, as of now; `None` before the first judgement.
    pub forecast: Option<Forecast>,
    /// The burn in an hour, once enough is known.
    #[serde(skip)]
    pub hourly: Option<Hourly>,
    /// Which of its thresholds are passed.
    #[serde(skip)]
    pub passed: Passed,
}

/// What a draft of a guard would have done on one meter.
#[derive(Clone, PartialEq, Debug)]
pub struct WhatIf {
    /// When it would have warned and acted.
    pub replay: Replay,
    /// The first and the last reading judged.
    pub span: Option<(Time, Time)>,
    /// How far it could overshoot.
    pub contract: Contract,
    /// The meter.
    pub info: MeterInfo,
}

/// What arming froze.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Armed {
    /// Which guard.
    pub guard: GuardId,
    /// Until when.
    pub until: Time,
    /// What it may stop, and nothing else.
    pub targets: Vec<Target>,
    /// How far each meter can overshoot.
    pub contracts: Vec<(MeterId, Contract)>,
}

/// What a channel said last; stored, so that a restart forgets nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ChannelHealth {
    /// When it last took a message, a test included.
    pub last_success: Option<Time>,
    /// What it said when it last did not take one, and when; `None` once it took one after that.
    pub last_error: Option<(Time, String)>,
    /// Messages that wait for it; counted when asked.
    #[serde(skip)]
    pub waiting: usize,
}

/// What the trial of an account found; nothing of it is stored.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Why it could not be read, if so.
    pub blind: Option<Blind>,
    /// The provider's site that took the key.
    pub site: Option<String>,
    /// Regions the key may enter.
    pub regions: Vec<String>,
    /// Each meter with its outcome.
    pub meters: Vec<(MeterInfo, Outcome)>,
    /// Whether the running month's bill and the sub-accounts could be read, where the provider has such: their meters need
    /// projects that nobody linked yet.
    pub bill: Option<Result<(), Blind>>,
    /// It is a proxy kernel: what it carries is counted, and it may well have no meter.
    pub kernel: bool,
    /// Servers found.
    pub targets: Vec<FoundTarget>,
    /// Rights the key lacks, each in words.
    pub missing_rights: Vec<String>,
    /// When the reading ended.
    pub at: Option<Time>,
    /// How long all of it took.
    pub took: Duration,
}

/// How the engine stands, without looking at anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Pulse {
    /// The loops run.
    pub running: bool,
    /// This process holds the lease.
    pub holder: bool,
    /// The database takes what is written.
    pub writable: bool,
}

/// The engine as a whole.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Status {
    /// Now.
    pub at: Time,
    /// The loops run.
    pub running: bool,
    /// This process holds the lease.
    pub holder: bool,
    /// The worst level of any guard on any meter.
    pub level: Level,
    /// Each account.
    pub accounts: Vec<AccountStatus>,
    /// Guards that act.
    pub armed: Vec<(GuardId, Time)>,
    /// Actions that have not ended.
    pub open: Vec<RowId>,
    /// Automatic actions are paused until then.
    pub paused_until: Option<Time>,
    /// Messages that wait.
    pub deliveries_waiting: usize,
    /// Conditions of the program itself that need a person.
    pub conditions: Vec<(String, String)>,
}

/// One account in the schedule.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AccountStatus {
    /// Which.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Whether it is read.
    pub enabled: bool,
    /// Why nothing of it can be read, if so.
    pub blind: Option<Blind>,
    /// When it was looked at last.
    pub looked_at: Option<Time>,
    /// When it is looked at next.
    pub next_at: Option<Time>,
    /// The interval in force.
    pub interval: Duration,
    /// Meters known.
    pub meters: usize,
    /// What became of the last discovery of its servers; `None` before the first one of this process.
    pub discovery: Option<DiscoveryStatus>,
}

/// What became of the last discovery.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DiscoveryStatus {
    /// When it was tried.
    pub at: Time,
    /// As of when the list of servers stands.
    pub list_at: Option<Time>,
    /// Why it failed, if it did.
    pub failed: Option<Blind>,
}

/// A renewal as of today.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenewalView {
    /// As configured.
    pub config: RenewalConfig,
    /// Paid through this date.
    pub paid: Option<Date>,
    /// The oldest open due date; `None` when nothing falls due any more.
    pub next: Option<Date>,
    /// When the cycle that ends with it began.
    pub start: Option<Date>,
    /// Days from today to it; negative when overdue.
    pub days: Option<i64>,
    /// How many open due dates have passed.
    pub overdue: usize,
    /// How urgent it is.
    pub state: RenewalState,
    /// The open alert.
    pub alert: Option<RowId>,
}

/// How urgent a renewal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenewalState {
    /// A due date has passed and is not marked.
    Overdue,
    /// It is due today.
    Due,
    /// Its reminders have begun.
    Soon,
    /// Nothing to do yet.
    Ahead,
    /// Nothing falls due any more.
    Settled,
    /// It is switched off.
    Off,
}

/// What marking a renewal, or taking the mark back, came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marked {
    /// Paid through this date.
    pub paid: Option<Date>,
    /// The oldest due date that is still open.
    pub next: Option<Date>,
}
