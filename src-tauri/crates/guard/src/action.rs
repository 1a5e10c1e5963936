//! The vocabulary of actions: what can be done, the states of an intent and its proof. Shared by engine, store,
//! channels and api; never performs anything. The state table of an intent and its legal transitions stand here.

use serde::{Deserialize, Serialize};
use tidegate_meter::{Target, Time};

/// What a limit asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Nothing but the message.
    #[default]
    Warn,
    /// Stop the targets.
    Stop,
    /// Undo a stop: start what we stopped.
    Start,
}

/// How a target is stopped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopManner {
    /// Ask the guest system to shut down.
    #[default]
    Soft,
    /// Cut the power; separate consent.
    Forced,
}

/// The power state of a target as the provider tells it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "power")]
pub enum PowerState {
    /// Runs, no task in progress.
    Running,
    /// A stop is in progress.
    Stopping,
    /// Stopped.
    Stopped,
    /// A start is in progress.
    Starting,
    /// The provider has no such target.
    Gone,
    /// Anything else: neither running nor stopped.
    Other {
        /// The provider's word.
        word: String,
    },
}

/// What the provider answered to a request it took on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The provider's job id, if it gave one.
    pub job: Option<String>,
    /// The provider's request id, if it gave one.
    pub request: Option<String>,
    /// When the answer came.
    pub at: Time,
}

/// The facts that show an intent took effect on one target.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// On what.
    pub target: Target,
    /// State read before sending.
    pub before: PowerState,
    /// State read that ended the intent.
    pub after: PowerState,
    /// When the ending state was read.
    pub at: Time,
    /// The receipt of the request, `None` when it was already in the wanted state.
    pub receipt: Option<Receipt>,
}

/// Where an intent stands. Every transition is durable before its effect.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// Decided, counting down to its due time.
    Planned,
    /// Checked again at the due time; the request is about to leave.
    Rechecked,
    /// The request left, or was about to: the outcome is not known.
    Sent,
    /// The provider took it on.
    Accepted,
    /// Waiting for the provider's state to say so.
    Verifying,
    /// The provider's state says so. End.
    Verified,
    /// Refused or not taken effect; tried again at a later time, or ended when no try is left.
    Failed,
    /// The answer was lost; the state is read before anything else.
    Unknown,
    /// Called off before anything was sent. End.
    Cancelled,
    /// Given up: a person must look. End.
    Abandoned,
}

impl IntentState {
    /// The stored and shown name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Rechecked => "rechecked",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Verifying => "verifying",
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
        }
    }

    /// Nothing follows.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Verified | Self::Cancelled | Self::Abandoned)
    }

    /// Whether `next` may follow. `Sent` is never followed by `Sent`: a lost answer is resolved by reading the state.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use IntentState as S;
        match self {
            S::Planned => matches!(next, S::Rechecked | S::Cancelled | S::Verified | S::Failed),
            S::Rechecked => matches!(next, S::Sent | S::Cancelled | S::Verified | S::Failed),
            S::Sent => matches!(next, S::Accepted | S::Failed | S::Unknown),
            S::Accepted => matches!(next, S::Verifying),
            S::Verifying => matches!(next, S::Verified | S::Failed | S::Unknown),
            S::Unknown => matches!(next, S::Verifying | S::Verified | S::Failed | S::Abandoned),
            S::Failed => matches!(next, S::Rechecked | S::Cancelled | S::Verified | S::Abandoned),
            S::Verified | S::Cancelled | S::Abandoned => false,
        }
    }
}
