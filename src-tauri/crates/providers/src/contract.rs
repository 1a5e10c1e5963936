//! What every provider offers to the engine. Owns the traits and the shapes that cross; no provider's own type does.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use tidegate_guard::{FastSignal, Permit, PowerState, Receipt};
use tidegate_meter::{Blind, MeterId, MeterInfo, Outcome, Reason, Target, Time};

use crate::sub_accounts::Bill;
use crate::subscription_info::Usage;

/// One meter as found in one look.
#[derive(Clone, Debug)]
pub struct MeterLook {
    /// What it is, with its targets as mapped now.
    pub info: MeterInfo,
    /// Its value, or why there is none.
    pub outcome: Outcome,
    /// The fast signal since the value last changed, where the provider has one.
    pub fast: Option<FastSignal>,
}

/// What one look at an account gave: every known meter is in it, blind or known; a meter is never silently left out.
#[derive(Clone, Debug)]
pub struct ReadReport {
    /// Each meter.
    pub meters: Vec<MeterLook>,
    /// Meters that are over by the provider's word: expired, given back, or another one is told in their place.
    pub over: BTreeSet<MeterId>,
    /// The bill by project and month, where the provider has sub-accounts: their meters are composed from it and the
    /// book of quotas.
    pub bill: Option<Bill>,
    /// What the panel of a subscription told, where the account is one.
    pub usage: Option<Usage>,
    /// When the look ended.
    pub at: Time,
}

impl ReadReport {
    /// Of meters alone.
    #[must_use]
    pub const fn new(meters: Vec<MeterLook>, at: Time) -> Self {
        Self {
            meters,
            over: BTreeSet::new(),
            bill: None,
            usage: None,
            at,
        }
    }
}

/// A thing found at the provider that can be acted on.
#[derive(Clone, Debug)]
pub struct FoundTarget {
    /// What it is.
    pub target: Target,
    /// The meters that measure it.
    pub meters: Vec<MeterId>,
    /// Public addresses, for recognition.
    pub addresses: Vec<String>,
    /// The outbound bandwidth, where the provider tells it: how fast a limit can be overshot.
    pub bandwidth_mbit: Option<u32>,
}

/// What discovery found.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Meters.
    pub meters: Vec<MeterInfo>,
    /// Targets.
    pub targets: Vec<FoundTarget>,
    /// How old the provider's own list may be (Huawei Config: up to a day); zero when it is live.
    pub age: Duration,
    /// When it was made.
    pub at: Time,
}

/// What the account check found out.
#[derive(Clone, Debug)]
pub struct AccountCheck {
    /// The provider's id of the whole account.
    pub owner: String,
    /// Regions that the key may enter.
    pub regions: Vec<String>,
    /// The site it belongs to, where the provider has several.
    pub site: Option<String>,
}

/// The state of a target now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetState {
    /// Power.
    pub power: PowerState,
    /// When it last started, where the provider tells.
    pub started_at: Option<Time>,
    /// Protected by a tag or lock at the provider; `None` when it could not be read, which protects it.
    pub protected: Option<bool>,
    /// When it was read.
    pub at: Time,
}

/// What the credential may do to targets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rights {
    /// A credential that acts is present. Whether the provider grants the right shows only in use.
    pub can_act: bool,
}

/// The class of a provider's refusal; the same classes as blindness, and those that only actions have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProviderErrorKind {
    /// As a reading would be blind.
    Blind(Reason),
    /// The target is not there.
    Gone,
    /// The target's state does not allow it now; read the state again.
    Conflict,
    /// The answer was lost: the request may or may not have been taken on.
    Lost,
}

/// A provider's refusal in one short line, without secrets.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct ProviderError {
    /// The class.
    pub kind: ProviderErrorKind,
    /// The provider's code and our words; for a missing right it names the right.
    pub detail: String,
    /// How long the provider asked us to wait, if it did.
    pub retry_after: Option<Duration>,
}

impl ProviderError {
    /// As a blind outcome.
    #[must_use]
    pub fn blind(&self) -> Blind {
        let reason = match self.kind {
            ProviderErrorKind::Blind(reason) => reason,
            ProviderErrorKind::Gone => Reason::Missing,
            ProviderErrorKind::Conflict | ProviderErrorKind::Lost => Reason::Transient,
        };
        Blind::new(reason, &self.detail)
    }
}

/// Reads an account.
#[async_trait]
pub trait Source: Send + Sync {
    /// Proves the credential and finds out where it belongs. Cheap; changes nothing.
    async fn check(&self) -> Result<AccountCheck, ProviderError>;
    /// Finds meters and targets; the provider may answer from its own cache while that is young enough.
    async fn discover(&self, force: bool) -> Result<Discovery, ProviderError>;
    /// Looks at every meter once. An error means: every meter of the account is blind for that reason.
    async fn read(&self) -> Result<ReadReport, ProviderError>;
    /// How many milliseconds the provider's clock is ahead of ours, where it refused a signature for its time and was
    /// believed. A person should set the clock right.
    fn clock_ahead_ms(&self) -> Option<i64> {
        None
    }
    /// Takes on what an earlier process was told last, before the first look: a least span between two requests holds
    /// across a restart. A source without one has no use for it.
    async fn recall(&self, _last: ReadReport) {}
    /// Rights that reading lacks, each in words, found out by asking each service once. Changes nothing; what can only
    /// be found out by acting is not asked.
    async fn missing_rights(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Controls the targets of an account.
#[async_trait]
pub trait Control: Send + Sync {
    /// The state of a target now, read live.
    async fn state(&self, target: &Target) -> Result<TargetState, ProviderError>;
    /// Asks for the permitted stop or start; returns when the provider took it on, which is not when it happened.
    async fn act(&self, permit: Permit) -> Result<Receipt, ProviderError>;
    /// Whether the job of a receipt still runs: `None` when the provider no longer knows it. A hint; the state decides.
    async fn progress(&self, target: &Target, receipt: &Receipt) -> Result<Option<bool>, ProviderError>;
    /// What the credential may do.
    async fn rights(&self) -> Rights;
}
