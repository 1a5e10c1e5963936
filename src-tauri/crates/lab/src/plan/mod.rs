//! What is played, as plain data: the cast, and what happens when. Owns the words of a plan, their text as JSON and what
//! a sound plan is; drawing one from a seed stands in `draw`. A plan holds everything that a run depends on, so that it
//! can be shrunk, printed and kept, and means the same after the drawing has changed.

mod draw;
mod sound;

pub use draw::Shape;

use serde::{Deserialize, Serialize};
use tidegate_guard::{Belts, IntentState, Limit, RestartPolicy, Step};
use tidegate_meter::Time;
use tidegate_sim::{Curve, Fault};

/// The version of the words below. A kept plan of another version is refused, not guessed at.
pub const VERSION: u32 = 1;

/// One run: who is there, and what happens when. Seconds are since [`Plan::start`] unless they say otherwise.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`VERSION`].
    pub version: u32,
    /// Whence every chance of the run comes: ids, jitter, the simulated keys.
    pub seed: u64,
    /// What is asked of it.
    pub mode: Mode,
    /// The true time when it begins.
    pub start: Time,
    /// It lasts so many seconds.
    pub span_s: u64,
    /// The user's zone: `Asia/Shanghai`.
    pub zone: String,
    /// Where the database stands.
    pub storage: Storage,
    /// Accounts with servers and traffic packages.
    pub clouds: Vec<CloudPlan>,
    /// Accounts with money at providers that are told as data.
    pub purses: Vec<PursePlan>,
    /// Main accounts with sub-accounts and a bill.
    pub mains: Vec<MainPlan>,
    /// Machines whose proxy kernel is counted.
    pub devices: Vec<DevicePlan>,
    /// Subscriptions of proxy services.
    pub subscriptions: Vec<SubscriptionPlan>,
    /// Dates on which something is due.
    pub renewals: Vec<RenewalPlan>,
    /// Where messages go, the first is asked first.
    pub sinks: Vec<SinkPlan>,
    /// What happens, in the order of time.
    pub events: Vec<Timed>,
    /// From here on every fault is mended, in [`Mode::Liveness`].
    pub heal_at_s: Option<u64>,
}

/// What is asked of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Faults until the end: nothing bad happens.
    Safety,
    /// Faults, then none: something good happens within its bound.
    Liveness,
}

/// Where the database stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// In memory: the quick way, for plans without crashes of the disk.
    Memory,
    /// In a file of its own.
    File,
}

/// An account at Huawei Cloud.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudPlan {
    /// Its name in the world; the account's id in the configuration is the same.
    pub name: String,
    /// A second key that only acts; else one key does both.
    pub has_act_key: bool,
    /// The usual time between two looks, and the one near a line.
    pub interval_s: u64,
    /// See there.
    pub interval_near_s: u64,
    /// Its servers.
    pub servers: Vec<ServerPlan>,
    /// Its traffic packages, each guarded by one guard unless it has none.
    pub packages: Vec<PackagePlan>,
}

/// A server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerPlan {
    /// Its name.
    pub name: String,
    /// What it sends while it runs.
    pub traffic: Curve,
    /// It is off at the beginning.
    pub is_off: bool,
    /// Somebody locked it at the provider: never to be touched.
    pub is_locked: bool,
    /// The user protects it in the configuration.
    pub is_protected: bool,
}

/// A traffic package of one or several servers of its account.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackagePlan {
    /// Its name.
    pub name: String,
    /// The names of the servers that it pays for.
    pub servers: Vec<String>,
    /// Bytes of a cycle, and of them used when the run begins.
    pub quota: i64,
    /// See there.
    pub used: i64,
    /// The provider's number runs so far behind, and moves in such steps.
    pub lag_s: u64,
    /// See there.
    pub step_s: u64,
    /// When it was bought: its cycles turn by this date.
    pub bought: Option<Time>,
    /// It ends with its first cycle.
    pub is_once: bool,
    /// Who guards it.
    pub guard: Option<GuardPlan>,
}

/// A guard of a package; its id is `<account>-<package>`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardPlan {
    /// Its warning steps.
    pub steps: Vec<Step>,
    /// Its line.
    pub limit: Option<Limit>,
    /// The countdown of its actions.
    pub countdown_s: u64,
    /// Its belts.
    pub belts: Belts,
    /// What the link can carry, if it is told.
    pub bandwidth_mbit: Option<u32>,
    /// A forced stop has its own consent.
    pub is_forced: bool,
    /// What happens to a server that somebody starts again.
    pub restart: RestartPolicy,
    /// What it stopped is started when the next cycle has begun.
    pub starts_after_reset: bool,
    /// It is armed at the beginning; else it watches.
    pub is_armed: bool,
}

/// Money at a provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PursePlan {
    /// Its name in the world and its account's id.
    pub name: String,
    /// `deepseek`, `openai`, …: one of `tidegate_sim::balances`.
    pub provider: String,
    /// What is left at the beginning: `12.50`.
    pub left: String,
    /// Warns below these amounts.
    pub steps: Vec<Step>,
    /// Seconds between two looks.
    pub interval_s: u64,
}

/// A main account at Volcengine with prepaid sub-accounts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainPlan {
    /// Its name in the world and its account's id.
    pub name: String,
    /// Its bill runs so far behind.
    pub bill_lag_s: u64,
    /// Seconds between two looks.
    pub interval_s: u64,
    /// Its sub-accounts.
    pub users: Vec<UserPlan>,
}

/// A sub-account with what it was given and what it spends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserPlan {
    /// Its name.
    pub name: String,
    /// What it was given: `100`; nothing: it is not guarded.
    pub allocated: Option<String>,
    /// What it spends in a day: `24.5`.
    pub per_day: String,
    /// Its access keys; its API keys; its instances.
    pub keys: u32,
    /// It may log in at the console.
    pub has_login: bool,
    /// Its guard is armed at the beginning.
    pub is_armed: bool,
}

/// A machine whose proxy kernel is counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevicePlan {
    /// Its name: the account's id, and the device's.
    pub name: String,
    /// It is watched by an agent there and hands in; else the guard watches it itself.
    pub is_agent: bool,
    /// Bytes in a second, down; a tenth of it goes up.
    pub rate: u64,
    /// It is silent between its busy spells: seconds busy out of each hour.
    pub busy_s: u64,
}

/// A subscription of a proxy service, told of by its panel. Its guard only warns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionPlan {
    /// Its name: the account's id.
    pub name: String,
    /// Bytes of a month, and of them used when the run begins.
    pub total: u64,
    /// See there.
    pub used: u64,
    /// Bytes in a second that the panel bills.
    pub rate: u64,
    /// Warns at these.
    pub steps: Vec<Step>,
    /// Seconds between two looks.
    pub interval_s: u64,
}

/// A date on which something is due.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewalPlan {
    /// Its id.
    pub name: String,
    /// Due so many days after the beginning.
    pub in_days: i16,
    /// Reminds so many days before.
    pub remind: Vec<u16>,
}

/// A message platform of the world, as a channel of the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkPlan {
    /// `feishu`, `dingtalk`, `wecom`, `slack`, `webhook`; also its channel's id.
    pub kind: String,
}

/// Something that happens.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// So many seconds after the beginning.
    pub at_s: u64,
    /// Not then, but from then on when an action comes to a moment of its own, for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upon: Option<Upon>,
    /// What.
    pub deed: Deed,
}

/// A moment in the life of an action: where most can go wrong at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upon {
    /// The state that any action comes to.
    pub state: IntentState,
    /// So many milliseconds later.
    pub after_ms: u64,
}

/// What can happen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Deed {
    /// Somebody or something at the provider.
    World(WorldDeed),
    /// The person whose guard it is.
    User(UserDeed),
    /// The machine that the guard runs on.
    Machine(MachineDeed),
    /// The disk that its database is on.
    Disk(DiskDeed),
}

/// What happens at the provider. Things go by their names in the plan.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "does")]
#[expect(
    missing_docs,
    reason = "the fields are what their names say, and the variants tell them"
)]
pub enum WorldDeed {
    /// A lie begins; its own `for_s` and `times` end it.
    Lie { fault: Fault },
    /// A server is started or stopped by hand.
    Power { server: String, on: bool },
    /// A server sends by another curve from now on.
    Traffic { server: String, curve: Curve },
    /// A package gets more in its present cycle.
    TopUp { package: String, bytes: i64 },
    /// The provider corrects what was used, up or down.
    Correct { package: String, bytes: i64 },
    /// A new package takes the old one's place after an overlap.
    Renew { package: String, overlap_s: u64 },
    /// A package is given back.
    Unsubscribe { package: String },
    /// A foreign server of that name appears in the account.
    Foreign { cloud: String, server: String },
    /// The first key of an account is replaced; the configuration does not know.
    RotateKey { cloud: String },
    /// What is left at a purse is this from now on.
    Money { purse: String, left: String },
    /// Somebody else's hands at a main account, in the simulator's own words.
    Volcengine { main: String, deed: serde_json::Value },
    /// A proxy kernel restarts: its counters begin at nothing.
    KernelRestart { device: String },
    /// A proxy kernel tells something else than it counted, for so long.
    KernelLie {
        device: String,
        lie: KernelLie,
        for_s: u64,
    },
    /// A panel tells something else than it billed, for so long.
    PanelLie {
        subscription: String,
        word: PanelWord,
        for_s: u64,
    },
    /// A panel counts anew, before its month is over.
    PanelReset { subscription: String },
    /// Every answer takes so long from now on.
    Latency { ms: u64 },
}

/// What a proxy kernel can tell wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelLie {
    /// Its totals begin at nothing, for good, and its connections go on.
    Reset,
    /// Its totals are a tenth lower.
    Back,
    /// Everything is told as nothing.
    Zero,
    /// Half of everything.
    Half,
    /// Everything in another unit: a thousandth.
    OtherUnit,
    /// No connection is listed.
    NoConnections,
    /// No list at all.
    NoList,
    /// Every snapshot breaks off.
    CutOff,
    /// A page for people instead of a snapshot, as a gateway answers 502.
    Page,
    /// It is silent, and does not hang up.
    Silent,
    /// It hangs up and is away.
    Lost,
    /// Snapshots come a minute apart.
    Slow,
}

/// What a panel can tell wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelWord {
    /// Nothing is used.
    Zero,
    /// Half of what is used.
    Half,
    /// What is used, in another unit: a thousandth.
    OtherUnit,
    /// More than there is.
    Above,
    /// Words instead of numbers.
    Garbage,
    /// Numbers that no ledger holds.
    Huge,
    /// Nodes, and nothing of usage.
    Silent,
    /// Usage in every second answer.
    Sometimes,
    /// Usage in pseudo nodes.
    Pseudo,
    /// A page for people, with 200, with 502.
    Page,
    /// See there.
    BadGateway,
    /// 403.
    Refused,
    /// 200, and nothing.
    Empty,
    /// Nobody listens.
    Gone,
    /// A redirect to somebody else.
    Elsewhere,
}

/// What the person does. Guards go by their ids, `<account>-<package>` or `<account>-<user>`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "does")]
#[expect(
    missing_docs,
    reason = "the fields are what their names say, and the variants tell them"
)]
pub enum UserDeed {
    /// Arms a guard for so long.
    Arm { guard: String, for_s: u64 },
    /// Back to watching.
    Disarm { guard: String },
    /// Stops every countdown of a guard.
    Cancel { guard: String },
    /// Leaves a guard's messages and actions out for so long.
    Snooze { guard: String, for_s: u64 },
    /// Sees every open alert of a guard.
    Acknowledge { guard: String },
    /// All automatic actions rest for so long.
    Pause { for_s: u64 },
    /// They are taken up again.
    Resume,
    /// A server is protected in the configuration from now on.
    Protect { cloud: String, server: String },
    /// A person starts again what a guard stopped.
    Restore { guard: String },
    /// A guard gets another line.
    Limit { guard: String, limit: Limit },
    /// A sub-account is given more.
    Allocate {
        main: String,
        user: String,
        amount: String,
    },
    /// A draft is tried over what is stored: nothing may come of it.
    WhatIf { guard: String, limit: Limit },
}

/// What happens to the machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "does")]
#[expect(
    missing_docs,
    reason = "the fields are what their names say, and the variants tell them"
)]
pub enum MachineDeed {
    /// It is put to sleep: the world goes on, its monotonic clock does not.
    Sleep { for_s: u64 },
    /// Somebody sets the wall clock.
    JumpWall { ms: i64 },
    /// The process is killed, and started again so much later.
    Crash { at: At, down_s: u64 },
    /// A second copy is started on the same database, and ended so much later.
    SecondCopy { for_s: u64 },
    /// The process is frozen, and goes on so much later as if nothing had been.
    Freeze { for_s: u64 },
    /// The keychain is locked for so long.
    LockKeychain { for_s: u64 },
    /// No network for so long.
    Offline { for_s: u64 },
}

/// Where a process is killed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// Now.
    Now,
    /// Right after so many more commits.
    Commit(u32),
    /// After so many more requests left, before their answer is seen.
    Exchange(u32),
}

/// What happens to the disk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "does")]
#[expect(
    missing_docs,
    reason = "the fields are what their names say, and the variants tell them"
)]
pub enum DiskDeed {
    /// Every commit fails for so long, as on a full disk.
    Full { for_s: u64 },
    /// The commit after so many good ones fails to sync, once.
    FailingCommit { after: u32 },
    /// Bits of the closed database are flipped at the next crash, as many as this, by the plan's seed.
    Flip { bits: u32 },
}

/// Why a text is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// It is no plan at all.
    #[error("not a plan: {0}")]
    Text(String),
    /// It is of another version.
    #[error("version {0}: this program plays version {VERSION}")]
    Version(u32),
    /// It names somebody who is not there, or its times are out of order: the first mistake.
    #[error("not a sound plan: {0}")]
    Unsound(String),
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// The first mistake, with its line and field.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let plan: Self = serde_json::from_str(text).map_err(|error| PlanError::Text(error.to_string()))?;
        plan.sound()
    }

    /// The same plan, if it can be played.
    ///
    /// # Errors
    /// Another version, or the first of its mistakes.
    pub fn sound(self) -> Result<Self, PlanError> {
        if self.version != VERSION {
            return Err(PlanError::Version(self.version));
        }
        match self.mistakes().into_iter().next() {
            None => Ok(self),
            Some(mistake) => Err(PlanError::Unsound(mistake)),
        }
    }

    /// Its text: what [`Self::parse`] reads.
    ///
    /// # Errors
    /// Never for a plan that was drawn or read.
    pub fn text(&self) -> Result<String, PlanError> {
        serde_json::to_string_pretty(self).map_err(|error| PlanError::Text(error.to_string()))
    }

    /// The ids of all guards, each with the bytes of its package; the guard of a sub-account has none.
    #[must_use]
    pub fn guards(&self) -> Vec<(String, i64)> {
        let clouds = self.clouds.iter().flat_map(|cloud| {
            let guarded = cloud.packages.iter().filter(|package| package.guard.is_some());
            guarded.map(|package| (Self::guard_id(&cloud.name, &package.name), package.quota))
        });
        let mains = self.mains.iter().flat_map(|main| {
            let guarded = main.users.iter().filter(|user| user.allocated.is_some());
            guarded.map(|user| (Self::guard_id(&main.name, &user.name), 0))
        });
        clouds.chain(mains).collect()
    }

    /// The id of the guard of a package.
    #[must_use]
    pub fn guard_id(account: &str, package: &str) -> String {
        format!("{account}-{package}")
    }
}
