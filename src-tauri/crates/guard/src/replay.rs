//! The same judgement over stored history: when a changed spec would have warned and acted.
//! Cannot reach a channel or a target: it owns no way to one, only types. Tested in `tests/judgement/replaying.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Blind, Outcome, Quantity, Reading, Reason, Target, TargetId, TargetKind, Time, Window};

use crate::judge::judge_in_place;
use crate::{
    ActionKind, Decision, Facts, GuardSpec, GuardState, IntentState, Mode, Observation, OpenIntent,
    PlanCause, PowerState, limits,
};

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
    /// The window was exhausted before the stop could take effect.
    Late,
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

/// Judges `history` (oldest first) with `spec` as if it had been armed to stop, on one simulated running target. The
/// history goes on as it really did, so after an action the target counts as stopped until its window ends or the meter
/// recovers.
#[must_use]
pub fn replay(
    spec: &GuardSpec,
    history: impl IntoIterator<Item = Reading>,
    options: &ReplayOptions,
) -> Replay {
    let mut run = Run::new(spec, options);
    for reading in history {
        run.take(reading);
    }
    run.close(false);
    run.replay
}

/// A replay under way.
struct Run {
    spec: GuardSpec,
    state: GuardState,
    seen: Observation,
    decisions: Vec<Decision>,
    replay: Replay,
    segment: Segment,
    sent: Vec<Time>,
}

/// What happened since the window began.
#[derive(Default)]
struct Segment {
    warnings: usize,
    actions: usize,
    limit: Option<Time>,
    exhausted: Option<Time>,
}

/// The one target of a replay. It exists nowhere.
fn simulated() -> Option<Target> {
    Some(Target {
        kind: TargetKind::Server,
        id: TargetId::new("replay").ok()?,
        name: String::new(),
        region: String::new(),
    })
}

impl Run {
    fn new(spec: &GuardSpec, options: &ReplayOptions) -> Self {
        let targets: Vec<Target> = simulated().into_iter().collect();
        let mut spec = spec.clone();
        spec.action = ActionKind::Stop;
        spec.mode = Mode::Armed {
            until: Time::from_ms(i64::MAX),
            targets: targets.clone(),
        };
        let facts = Facts {
            lag: options.lag,
            ..Facts::supposed(targets)
        };
        Self {
            spec,
            state: GuardState::default(),
            seen: Observation {
                outcome: Outcome::Blind(Blind::new(Reason::Missing, "")),
                facts,
            },
            decisions: Vec::new(),
            replay: Replay::default(),
            segment: Segment::default(),
            sent: Vec::new(),
        }
    }

    fn take(&mut self, reading: Reading) {
        let now = reading.fetched_at();
        self.replay.readings = self.replay.readings.saturating_add(1);
        self.advance(now);
        let before = self.window();
        self.seen.outcome = Outcome::Known(reading);
        judge_in_place(&self.spec, &mut self.state, &self.seen, now, &mut self.decisions);
        // A countdown that was called off is no action, whatever else this look ended.
        if self
            .decisions
            .iter()
            .any(|decision| matches!(decision, Decision::Cancel { .. }))
        {
            self.seen.facts.open = None;
            self.replay.actions.pop();
        }
        if before != self.window() {
            self.close(before.is_some());
        }
        for decision in std::mem::take(&mut self.decisions) {
            self.record(decision, now);
        }
        let left = self.state.last_reading().and_then(Reading::headroom);
        if left.is_some_and(|left| left.raw() <= 0) && self.segment.exhausted.is_none() {
            self.segment.exhausted = Some(now);
            self.replay.exhausted.push(now);
        }
    }

    fn window(&self) -> Option<Time> {
        self.state.ladder.window.map(|window| window.start)
    }

    /// What time alone brings: a countdown that ran out, actions that no longer count.
    fn advance(&mut self, now: Time) {
        if self.seen.facts.open.is_some_and(|open| open.due <= now) {
            self.seen.facts.open = None;
            self.power(&PowerState::Stopped);
            self.sent.push(now);
        }
        if self.sent.is_empty() {
            return;
        }
        self.sent.retain(|sent| now.since(*sent) < limits::COUNT_SPAN);
        let count = u32::try_from(self.sent.len()).ok();
        self.seen.facts.actions_guard = count;
        self.seen.facts.actions_all = count;
        for target in &mut self.seen.facts.targets {
            target.actions = count;
        }
    }

    fn power(&mut self, power: &PowerState) {
        for target in &mut self.seen.facts.targets {
            target.power = Some(power.clone());
        }
    }

    fn record(&mut self, decision: Decision, now: Time) {
        match decision {
            Decision::RaiseStep {
                key, window, facts, ..
            } => {
                if key.starts_with("limit") {
                    self.segment.limit.get_or_insert(now);
                }
                self.replay.warnings.push(ReplayWarning {
                    key,
                    at: now,
                    window,
                    headroom: facts.headroom,
                    lead: None,
                });
            }
            Decision::Plan {
                due, window, cause, ..
            } => self.plan(due, window, &cause),
            Decision::ResolveStep {
                key, by_new_window, ..
            } if key.starts_with("limit") && !by_new_window => {
                self.power(&PowerState::Running);
                if self.window().is_none() {
                    self.close(true);
                }
            }
            Decision::Cancel { .. }
            | Decision::ResolveStep { .. }
            | Decision::RemindStep { .. }
            | Decision::RaiseBlind { .. }
            | Decision::ResolveBlind { .. } => {}
        }
    }

    fn plan(&mut self, due: Time, window: Option<Window>, cause: &PlanCause) {
        self.seen.facts.open = Some(OpenIntent {
            action: ActionKind::Stop,
            state: IntentState::Planned,
            due,
        });
        self.replay.actions.push(ReplayAction {
            at: due,
            window,
            headroom: cause.facts.headroom,
            lead: None,
            verdict: ReplayVerdict::Open,
        });
    }

    /// The window is over (`complete`), or the history is.
    fn close(&mut self, complete: bool) {
        let segment = std::mem::take(&mut self.segment);
        for warning in self.replay.warnings.iter_mut().skip(segment.warnings) {
            let limit = segment.limit.filter(|limit| *limit >= warning.at);
            warning.lead = limit.map(|limit| limit.since(warning.at));
        }
        for action in self.replay.actions.iter_mut().skip(segment.actions) {
            let effective = action.at.plus(self.spec.stop_latency);
            action.lead = segment
                .exhausted
                .filter(|at| *at >= action.at)
                .map(|at| at.since(action.at));
            action.verdict = match segment.exhausted {
                Some(at) if at >= effective => ReplayVerdict::Saved,
                Some(_) => ReplayVerdict::Late,
                None if complete => ReplayVerdict::False,
                None => ReplayVerdict::Open,
            };
            if action.verdict == ReplayVerdict::False {
                self.replay.false_stops = self.replay.false_stops.saturating_add(1);
            }
        }
        self.segment.warnings = self.replay.warnings.len();
        self.segment.actions = self.replay.actions.len();
        self.seen.facts.open = None;
        self.power(&PowerState::Running);
    }
}
