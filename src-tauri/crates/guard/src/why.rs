//! Why a guard did or did not act: data, rendered at the edge in zh or en.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Reason, Target, Time};

use crate::{Forecast, IntentState, Limit};

/// A restriction that blocks an action now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "belt")]
pub enum Belt {
    /// The guard only watches.
    Watch,
    /// The arming expired.
    Expired {
        /// When.
        at: Time,
    },
    /// A second agreeing reading from a different fetch is awaited.
    Agreeing {
        /// Seen.
        seen: u8,
        /// Needed.
        needed: u8,
    },
    /// The reading is too old to act on.
    Old {
        /// Its age.
        age: Duration,
        /// The most allowed.
        allowed: Duration,
    },
    /// The value jumped or fell to nothing; a second reading is awaited.
    Quarantined,
    /// The window has just begun.
    Settling {
        /// Until then.
        until: Time,
    },
    /// A target was started a moment ago.
    Grace {
        /// Which.
        target: Target,
        /// Until then.
        until: Time,
    },
    /// This guard acted as often as it may in 24 h.
    GuardCount {
        /// Actions.
        actions: u32,
        /// The most allowed.
        allowed: u32,
    },
    /// A target was acted on, by whichever guards, as often as one guard may act in 24 h.
    TargetCount {
        /// Which.
        target: Target,
        /// Actions.
        actions: u32,
        /// The most allowed.
        allowed: u32,
    },
    /// All guards together acted as often as they may in 24 h.
    AllCount {
        /// Actions.
        actions: u32,
        /// The most allowed.
        allowed: u32,
    },
    /// A target is protected.
    Protected {
        /// Which.
        target: Target,
    },
    /// A target was not among those frozen at arming.
    NotFrozen {
        /// Which.
        target: Target,
    },
    /// Another meter of the target is not over the line: the target is still paid for.
    Covered {
        /// Which target.
        target: Target,
        /// The name of that meter.
        meter: String,
    },
    /// No target is known for this meter.
    NoTarget,
    /// Somebody started it again after our stop: suspended until the window resets.
    Suspended {
        /// Which.
        target: Target,
    },
    /// A person paused automatic actions.
    Paused {
        /// Until then.
        until: Time,
    },
    /// A person holds this guard.
    Held {
        /// Until then.
        until: Time,
    },
    /// The credential that acts is missing.
    NoCredential,
    /// Another copy of the program holds the lease, or writes are not durable.
    NotHolder,
    /// Something a belt needs could not be read.
    Unreadable {
        /// What: `power`, `protect`, `actions`, `credential`, `clock`, `negative`, `other_package`.
        what: String,
    },
    /// The last window's number may not be judged against the new window.
    OtherWindow,
    /// No limit or no action is set.
    NoAction,
    /// Every frozen target is stopped, stopping or gone already.
    NothingRunning,
    /// A forced stop asks for a consent of its own, which was not given.
    NoConsent,
    /// For a start: the meter is still over its line.
    StillOver,
    /// For a stop: the fresh reading is not over the line.
    NotOver,
}

/// The one sentence about a guard, as data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Why {
    /// What is left, when known.
    pub headroom: Option<Quantity>,
    /// How far above the line it is; negative below it; `None` when not known or no line.
    pub distance: Option<Quantity>,
    /// The lower bound of what is truly left, for a predictive limit.
    pub lower_bound: Option<Quantity>,
    /// The line.
    pub limit: Option<Limit>,
    /// Burn and forecast.
    pub forecast: Option<Forecast>,
    /// Blind, and since when.
    pub blind: Option<(Reason, Time)>,
    /// Whether the line is crossed.
    pub over: bool,
    /// Below the reserve of a predictive limit, and left alone: at the fastest pace that was seen something is left at
    /// the end of the window.
    #[serde(default)]
    pub lasts: bool,
    /// What blocks an action, first reason first. Empty and `over`: it acts.
    pub belts: Vec<Belt>,
    /// An action in flight.
    pub acting: Option<(IntentState, Time)>,
}
