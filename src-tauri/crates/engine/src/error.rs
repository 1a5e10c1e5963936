//! What can go wrong with a command, as one enum; and the reasons to refuse one, as another.

use tidegate_guard::{IntentState, SpecError, Why};
use tidegate_meter::{
    AccountId, Blind, ChannelId, DeviceId, GuardId, MailboxId, MeterId, RenewalId, RowId, TargetId,
};
use tidegate_providers::ProviderError;
use tidegate_providers::mailbox::RuleError;
use tidegate_store::StoreError;

use crate::quotas::QuotaRefused;

/// A command or a start that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database refused or failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another copy of the program guards on this database; this one only reads.
    #[error("another copy holds the lease: {holder}")]
    NotHolder {
        /// How that copy names itself.
        holder: String,
    },
    /// No such account.
    #[error("there is no account {0}")]
    NoAccount(AccountId),
    /// No such guard.
    #[error("there is no guard {0}")]
    NoGuard(GuardId),
    /// No such channel.
    #[error("there is no channel {0}")]
    NoChannel(ChannelId),
    /// No such mailbox.
    #[error("there is no mailbox {0}")]
    NoMailbox(MailboxId),
    /// No such device.
    #[error("there is no device {0}")]
    NoDevice(DeviceId),
    /// No such intent.
    #[error("there is no action {0}")]
    NoIntent(RowId),
    /// No such alert.
    #[error("there is no open alert {0}")]
    NoAlert(RowId),
    /// No such delivery.
    #[error("there is no delivery {0}")]
    NoDelivery(RowId),
    /// No such meter.
    #[error("the account has no meter {0}")]
    NoMeter(MeterId),
    /// No such target.
    #[error("the account has no target {0}")]
    NoTarget(TargetId),
    /// No such renewal.
    #[error("there is no renewal {0}")]
    NoRenewal(RenewalId),
    /// The configuration contradicts itself; names the item and the field.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Refused for safety; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Box<Refused>),
    /// A stored row has a shape that this version does not read.
    #[error("a stored row cannot be read: {0}")]
    Row(String),
    /// An adapter could not be made, or a secret could not be had.
    #[error("{0}")]
    Blind(String),
    /// The provider refused what a person asked of it, or could not be asked.
    #[error(transparent)]
    Outside(#[from] ProviderError),
}

impl From<QuotaRefused> for EngineError {
    fn from(refused: QuotaRefused) -> Self {
        Refused::Quota(refused).into()
    }
}

impl From<Refused> for EngineError {
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

/// Why a configuration is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Two items of one kind share an id.
    #[error("{kind} {id:?} stands twice")]
    Twice {
        /// `account`, `channel` or `guard`.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// A guard or a route names something that is not there.
    #[error("{item}: {field} names {name:?}, which is not configured")]
    Unknown {
        /// Which item: `guard g1`.
        item: String,
        /// Which field.
        field: &'static str,
        /// What it names.
        name: String,
    },
    /// A value outside its range.
    #[error("{item}: {field} is out of range; allowed is {allowed}")]
    Range {
        /// Which item.
        item: String,
        /// Which field.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A parameter that its provider does not take as it is.
    #[error("{item}: {fault}")]
    Param {
        /// Which item.
        item: String,
        /// The parameter and what is allowed.
        fault: String,
    },
    /// A provider or channel kind that does not exist.
    #[error("{item}: {field} {name:?} does not exist")]
    Kind {
        /// Which item.
        item: String,
        /// Which field.
        field: &'static str,
        /// What it names.
        name: String,
    },
    /// A rule of a mailbox.
    #[error("{item}: {error}")]
    Rule {
        /// Which item.
        item: String,
        /// Which field, and what is allowed there.
        error: RuleError,
    },
    /// A guard's own ranges.
    #[error("guard {guard}: {error}")]
    Spec {
        /// Which guard.
        guard: GuardId,
        /// The field and what is allowed.
        error: SpecError,
    },
}

/// Why a command is refused for safety.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The guard has no limit or no action: there is nothing to arm.
    #[error("guard {0} has no limit with an action; set limit and action first")]
    NothingToArm(GuardId),
    /// No target is known for any meter of the guard.
    #[error(
        "no server or sub-account is known for the meters of guard {0}; map a server by hand or wait for the discovery"
    )]
    NoTargetKnown(GuardId),
    /// The account cannot be read now.
    #[error("the account is blind now ({}: {}); arm when it can be read", .0.reason.name(), .0.detail)]
    AccountBlind(Blind),
    /// A one-off that is settled: it never falls due again.
    #[error("nothing of renewal {0} is due any more")]
    NothingDue(RenewalId),
    /// Nothing was read of the account yet.
    #[error("nothing was read of the account yet; try again after the first look")]
    NotReadYet,
    /// The credential cannot act.
    #[error("the account has no credential that may act")]
    NoCredential,
    /// A span outside its range.
    #[error("{field} is out of range; allowed is {allowed}")]
    Range {
        /// Which.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The intent no longer stands where this is possible.
    #[error("the action is {}; this is possible only before its request left", .0.name())]
    TooLate(IntentState),
    /// The intent stands in a state without this way.
    #[error("the action is {}", .0.name())]
    State(IntentState),
    /// The target is on the protect list.
    #[error("{0} is protected; take it off the protect list first")]
    Protected(TargetId),
    /// Another action on the same target has not ended.
    #[error("action {0} on the same target has not ended")]
    Busy(RowId),
    /// The typed name is not the target's.
    #[error("the typed name is not the name of the target")]
    TypedName,
    /// Restore: what this intent did is not what stands now.
    #[error("{target} is not stopped by this action any more: {detail}")]
    NotOurs {
        /// Which.
        target: TargetId,
        /// What was found instead.
        detail: String,
    },
    /// The loops do not run, and this needs them.
    #[error("the guard process does not run; start it first")]
    NotRunning,
    /// The account is switched off.
    #[error("account {0} is switched off")]
    Disabled(AccountId),
    /// A delivery in a state that is not tried again.
    #[error("the delivery is already on its way or delivered")]
    NotRetryable,
    /// No channel that is switched on takes a report.
    #[error("no channel takes reports; add a channel, or choose another one in the settings of reports")]
    NoTaker,
    /// A belt holds.
    #[error("a belt holds the action")]
    Belt(Box<Why>),
    /// The kernel of a device is watched by an account of ours.
    #[error(
        "device {0} is watched from here by an account; remove or change that account first, or take another name"
    )]
    WatchedHere(DeviceId),
    /// A change of the book of quotas.
    #[error(transparent)]
    Quota(#[from] QuotaRefused),
}
