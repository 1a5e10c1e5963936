//! What a guard watches and may do. Owns the shape, the defaults and the validation of a spec; the text forms of
//! steps and limits (`"70%"`, `"20 GB"`, `"2d"`, `"predictive 5 GB"`) parse and print here.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{GuardId, Quantity, Reading, Target, TargetId, Time, Unit};

use crate::ActionKind;

/// One threshold. Strict: fires when headroom < step, share used ≥ step, or the likely run-out is nearer than step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Share used, in percent.
    Share(Quantity),
    /// What is left, absolute.
    Headroom(Quantity),
    /// Runs out within this span.
    RunOut(Duration),
}

/// The last line: crossing it asks for the action.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Headroom below this.
    Headroom(Quantity),
    /// Share used at or above this percentage.
    Share(Quantity),
    /// The lower bound of what is truly left falls below the reserve.
    Predictive {
        /// What must be left when the server has stopped.
        reserve: Quantity,
    },
}

/// Whether any of the thresholds can be compared with a meter of that unit: one that is told in it, or a share or a
/// run-out, which every unit has. A guard without thresholds compares nothing and takes every unit.
fn counts_in(steps: &[Step], limit: Option<Limit>, unit: Unit) -> bool {
    let own = units(steps, limit);
    let any = |step: &Step| !matches!(step, Step::Headroom(_));
    own.is_empty() || own.contains(&unit) || steps.iter().any(any) || matches!(limit, Some(Limit::Share(_)))
}

/// Whether any of the thresholds says something about that reading: an amount in its unit where it tells what is left, a
/// share where it tells the whole, a run-out where it tells what is left.
#[must_use]
pub fn compares(steps: &[Step], limit: Option<Limit>, reading: &Reading) -> bool {
    let left = reading.headroom().is_some();
    let whole = reading.limit().is_some();
    let amount = |amount: Quantity| left && amount.unit() == reading.unit();
    let step = |step: &Step| match step {
        Step::Headroom(mark) => amount(*mark),
        Step::Share(_) => whole,
        Step::RunOut(_) => left,
    };
    let line = limit.is_some_and(|limit| match limit {
        Limit::Headroom(mark) | Limit::Predictive { reserve: mark } => amount(mark),
        Limit::Share(_) => whole,
    });
    line || steps.iter().any(step)
}

/// The units that the thresholds are told in, each once.
fn units(steps: &[Step], limit: Option<Limit>) -> Vec<Unit> {
    let of_step = |step: &Step| match step {
        Step::Headroom(amount) => Some(amount.unit()),
        Step::Share(_) | Step::RunOut(_) => None,
    };
    let of_limit = limit.and_then(|limit| match limit {
        Limit::Headroom(amount) | Limit::Predictive { reserve: amount } => Some(amount.unit()),
        Limit::Share(_) => None,
    });
    let mut units: Vec<Unit> = steps.iter().filter_map(of_step).chain(of_limit).collect();
    units.sort_unstable();
    units.dedup();
    units
}

impl GuardSpec {
    /// Whether anything could ever be reached.
    pub(crate) const fn has_thresholds(&self) -> bool {
        !self.steps.is_empty() || self.limit.is_some()
    }

    /// Whether any of its thresholds can be compared with a meter of that unit.
    #[must_use]
    pub fn counts_in(&self, unit: Unit) -> bool {
        counts_in(&self.steps, self.limit, unit)
    }

    /// The units that its thresholds are told in, each once.
    #[must_use]
    pub fn units(&self) -> Vec<Unit> {
        units(&self.steps, self.limit)
    }
}

/// What a guard may do by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Mode {
    /// It warns and says what it would do.
    #[default]
    Watch,
    /// It acts until the instant, on the frozen targets only.
    Armed {
        /// When the arming expires by itself.
        until: Time,
        /// The targets frozen at arming, by meter id: nothing else is ever touched.
        targets: Vec<Target>,
    },
}

/// What to do when somebody starts a stopped target again while it is still over the limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartPolicy {
    /// A person decided; the guard only warns until the window resets.
    #[default]
    SuspendUntilReset,
    /// Stop it again, after the grace.
    StopAgain,
}

/// Restrictions that hold even when armed. `Default` is the design's defaults.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Belts {
    /// Readings from different fetches that must agree over the line.
    pub agreeing: u8,
    /// A reading older than the larger of this many intervals and the learned lag is not acted on.
    pub fresh_intervals: u32,
    /// No action this long after a window begins.
    pub window_settle: Duration,
    /// No action this long after an observed start of the target.
    pub start_grace: Duration,
    /// Most actions of this guard in 24 h.
    pub actions_guard: u32,
    /// Most actions of all guards together in 24 h.
    pub actions_all: u32,
    /// Targets that are never touched by this guard, besides the global protect list.
    pub protect: Vec<TargetId>,
}

impl Default for Belts {
    fn default() -> Self {
        Self {
            agreeing: 2,
            fresh_intervals: 3,
            window_settle: Duration::from_secs(3600),
            start_grace: Duration::from_secs(15 * 60),
            actions_guard: 3,
            actions_all: 10,
            protect: Vec::new(),
        }
    }
}

/// A guard on one meter: everything judgement needs to know that does not change with time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GuardSpec {
    /// Which guard.
    pub id: GuardId,
    /// Thresholds that warn, in any order.
    pub steps: Vec<Step>,
    /// The line that asks for the action; `None` only warns.
    pub limit: Option<Limit>,
    /// What the limit asks for.
    pub action: ActionKind,
    /// Watch or armed.
    pub mode: Mode,
    /// Between the decision and the stop; cancel is possible during it.
    pub countdown: Duration,
    /// The account's regular poll interval.
    pub interval: Duration,
    /// How long a stop takes until traffic ends; part of the overshoot.
    pub stop_latency: Duration,
    /// The fastest the targets can send, in Mbit/s (1e6 bit/s), when known.
    pub bandwidth_mbit: Option<u32>,
    /// Restrictions.
    pub belts: Belts,
    /// A forced stop may follow a soft stop that did not take effect: consent given separately.
    pub forced: bool,
    /// After somebody starts a stopped target again.
    pub restart: RestartPolicy,
    /// Start again, once, what this guard stopped when the window resets.
    pub start_after_reset: bool,
    /// Between reminders of an unacknowledged critical alert.
    pub reminder: Duration,
    /// How far back over a step the value must come before the alert resolves, in percent points of the whole (1e-4).
    pub hysteresis: Quantity,
}

/// Why a spec is refused; each names the field and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// A step that is no threshold.
    #[error(
        "steps: {0:?} is no step; use a share used such as \"70%\", a headroom such as \"20 GB\", or a run-out such as \"2d\""
    )]
    Step(String),
    /// A limit that is no limit.
    #[error(
        "limit: {0:?} is no limit; use a headroom such as \"10 GB\", a share used such as \"98%\", or \"predictive 5 GB\""
    )]
    Limit(String),
    /// An amount with a unit that is not known.
    #[error(
        "{field}: {text:?} is no amount; use a number and a unit such as \"20 GB\", \"20 GiB\", \"5 CNY\", \"100 credits\""
    )]
    Amount {
        /// The field.
        field: &'static str,
        /// What was given.
        text: String,
    },
    /// A value outside its range.
    #[error("{field}: {text} is out of range; allowed is {allowed}")]
    Range {
        /// The field.
        field: &'static str,
        /// What was given.
        text: String,
        /// What is allowed.
        allowed: &'static str,
    },
}
