//! What judgement decides. Data only: nothing here can reach a channel or a target.

use serde::{Deserialize, Serialize};
use tidegate_meter::{Blind, Quantity, Reason, Target, Time, Window};

use crate::{ActionKind, RunOut, Step, Why};

/// How loud an alert is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look today.
    Warning,
    /// Money or service is at stake now.
    Critical,
}

/// The state of a guard on one meter, worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No step crossed.
    #[default]
    Calm,
    /// A step crossed.
    Warning,
    /// The last step or the limit crossed.
    Critical,
    /// No truth.
    Blind,
}

impl Level {
    /// The stored and shown name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Blind => "blind",
        }
    }
}

/// The numbers a step alert is told with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepFacts {
    /// What is left.
    pub headroom: Option<Quantity>,
    /// The whole of the window.
    pub whole: Option<Quantity>,
    /// Share used in percent.
    pub share: Option<Quantity>,
    /// When it runs out, when a rate is known.
    pub run_out: Option<RunOut>,
    /// The reading's own time.
    pub as_of: Time,
}

/// Why an action is planned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlanCause {
    /// The facts at the decision.
    pub facts: StepFacts,
    /// The sentence.
    pub why: Why,
}

/// One thing to record and to do. Each is edge-triggered: the state that comes with it never decides it again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// A step was newly crossed: the highest one; lower ones are recorded as passed in the state.
    RaiseStep {
        /// Unique within guard, meter and window: `share:70`, `headroom:bytes:20000000000`, `run_out:172800`, `limit`.
        key: String,
        /// Which step; `None` for the limit itself (watch mode, or blocked by a belt: it says what it would do).
        step: Option<Step>,
        /// How loud.
        severity: Severity,
        /// The window it belongs to.
        window: Option<Window>,
        /// The numbers.
        facts: StepFacts,
        /// What the guard will do, or why not.
        why: Box<Why>,
    },
    /// A critical alert nobody acknowledged is told again.
    RemindStep {
        /// The key it was raised with.
        key: String,
        /// The window it belongs to.
        window: Option<Window>,
        /// The numbers now.
        facts: StepFacts,
        /// The sentence now.
        why: Box<Why>,
    },
    /// A raised step is no longer crossed, or its window ended.
    ResolveStep {
        /// The key it was raised with.
        key: String,
        /// The window it was raised in.
        window: Option<Window>,
        /// The numbers now, when known.
        facts: Option<StepFacts>,
        /// Ended by a new window rather than by recovery.
        by_new_window: bool,
        /// Ended because a person took the step away or moved the limit: nothing recovered, and there is nothing to tell.
        by_edit: bool,
    },
    /// No truth for longer than the guard allows, or at once for a reason that needs a person.
    RaiseBlind {
        /// Reason and detail.
        blind: Blind,
        /// The last look that gave truth, if there ever was one.
        since: Option<Time>,
    },
    /// Truth again.
    ResolveBlind {
        /// The reason it was raised with.
        reason: Reason,
        /// Since when it was blind.
        since: Time,
    },
    /// Act: the frozen targets, at the due time.
    Plan {
        /// What.
        action: ActionKind,
        /// On what, by name; never more than was frozen.
        targets: Vec<Target>,
        /// When: the countdown's end.
        due: Time,
        /// The window it belongs to.
        window: Option<Window>,
        /// Why.
        cause: Box<PlanCause>,
    },
    /// Call the planned action off: the reason for it is gone.
    Cancel {
        /// The sentence now.
        why: Box<Why>,
    },
}

/// The answer of a judgement.
#[derive(Clone, PartialEq, Debug)]
pub struct Judgement<S> {
    /// The state to store in the same transaction.
    pub state: S,
    /// What to record and do, in order.
    pub decisions: Vec<Decision>,
    /// The sentence.
    pub why: Why,
    /// The level to show.
    pub level: Level,
    /// Why the reading of this look was not believed; such a meter is blind, whatever number it showed. `None` when it
    /// was believed, or there was none.
    pub doubt: Option<Blind>,
}
