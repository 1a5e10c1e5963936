//! What judgement is told besides the outcome. Everything a belt reads is here, and `None` always means "could not be
//! read": then the guard does not act and says so.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Outcome, Reading, Target, Time};

use crate::{ActionKind, IntentState, PowerState};

/// Bytes that the fast signal (cloud monitoring) saw leave since an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FastSignal {
    /// Outbound bytes seen in the span; gaps in the signal are not filled.
    pub bytes: i64,
    /// From here.
    pub since: Time,
    /// Up to here: the end of the newest complete period.
    pub until: Time,
    /// Whether every period of the span was present. An incomplete signal can only raise, never lower, the estimate.
    pub complete: bool,
}

/// What is known of one target now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TargetFacts {
    /// Which target.
    pub target: Target,
    /// Its power state; `None` when it could not be read.
    pub power: Option<PowerState>,
    /// On the protect list; `None` when the list could not be read, which protects it.
    pub protected: Option<bool>,
    /// When it was last seen to start, if ever.
    pub started_at: Option<Time>,
    /// Started by somebody after we had stopped it in this window.
    pub started_after_our_stop: bool,
    /// Automatic actions on it in the last 24 h by any guard, without the one that is being cleared; `None` when they
    /// could not be counted. Two guards of one server have one patience between them.
    #[serde(default)]
    pub actions: Option<u32>,
    /// The other meters of the same kind that measure this target. While one of them is not over the line, the target
    /// is still paid for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherMeter>,
}

impl TargetFacts {
    /// A server that runs, is on no list and was never touched.
    #[must_use]
    pub const fn running(target: Target) -> Self {
        Self {
            target,
            power: Some(PowerState::Running),
            protected: Some(false),
            started_at: None,
            started_after_our_stop: false,
            actions: Some(0),
            others: Vec::new(),
        }
    }
}

/// Another meter of a target, as read in the same look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OtherMeter {
    /// Its name, for people.
    pub name: String,
    /// What this look gave; `None` when it is blind.
    pub now: Option<Reading>,
    /// What the look before gave; `None` when it was blind, or there was none. One number alone is not believed to say
    /// that a meter is used up.
    pub before: Option<Reading>,
}

/// An action of this guard on this meter that has not ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OpenIntent {
    /// What it does: only a stop is called off when the meter recovers.
    pub action: ActionKind,
    /// Where it stands.
    pub state: IntentState,
    /// When it is due.
    pub due: Time,
}

/// The surroundings of a judgement, read in the same instant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// The meter's targets, each with its state.
    pub targets: Vec<TargetFacts>,
    /// Actions of this guard in the last 24 h, without the one that is being cleared; `None` when they could not be
    /// counted. An action is one request to one target.
    pub actions_guard: Option<u32>,
    /// Actions of all guards in the last 24 h, counted likewise; `None` when they could not be counted.
    pub actions_all: Option<u32>,
    /// The action in flight, if any.
    pub open: Option<OpenIntent>,
    /// Automatic actions are paused by a person until then.
    pub paused_until: Option<Time>,
    /// This guard is held by a person until then.
    pub held_until: Option<Time>,
    /// Whether this process holds the lease and its writes are durable.
    pub may_act: bool,
    /// The lag learned for this meter: how far its provider's numbers run behind.
    pub lag: Option<Duration>,
    /// The fast signal, where the provider has one.
    pub fast: Option<FastSignal>,
    /// Whether the credential that acts is present; `None` when the vault could not be read.
    pub can_act: Option<bool>,
}

/// One look at one meter, with its surroundings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Observation {
    /// What the look gave.
    pub outcome: Outcome,
    /// The surroundings.
    pub facts: Facts,
}

impl Facts {
    /// Surroundings in which nothing may be done: what replay and a reader without a lease judge with.
    #[must_use]
    pub fn inert() -> Self {
        Self {
            targets: Vec::new(),
            actions_guard: None,
            actions_all: None,
            open: None,
            paused_until: None,
            held_until: None,
            may_act: false,
            lag: None,
            fast: None,
            can_act: None,
        }
    }

    /// Supposed surroundings in which no belt holds: these servers run, nothing was done lately, and this process may
    /// act. For what-if alone (replay, comparison, measurement); a real deed is cleared with what was read.
    #[must_use]
    pub fn supposed(targets: impl IntoIterator<Item = Target>) -> Self {
        Self {
            targets: targets.into_iter().map(TargetFacts::running).collect(),
            actions_guard: Some(0),
            actions_all: Some(0),
            may_act: true,
            can_act: Some(true),
            ..Self::inert()
        }
    }
}
