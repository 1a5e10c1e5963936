//! The judgement: one look in, a new state, decisions and the sentence out. Owns the order in which the rules are asked;
//! the rules themselves stand in their modules. Pure: the same look, state and time give the same answer, live, in
//! replay, in the simulator and in tests. Tested in `tests/judgement/`.

use std::time::Duration;

use tidegate_meter::{Blind, Outcome, Reading, Reason, Target, Time, Unit};

use crate::admit::{self, Admission};
use crate::belts::{self, Check, Scene, Sight};
use crate::burn::Change;
use crate::ladder::{End, Raised, Resolved, View};
use crate::line::{Line, line};
use crate::state::Over;
use crate::{
    ActionKind, Decision, Facts, Forecast, GuardSpec, GuardState, IntentState, Judgement, Level, Observation,
    PlanCause, Severity, StepFacts, Why, limits,
};

/// What a look changed, before it is put into decisions.
#[derive(Default)]
pub(crate) struct News {
    blind: Option<Decision>,
    resolved: Vec<Resolved>,
    raised: Option<Raised>,
    reminded: Option<String>,
    doubt: Option<Blind>,
}

/// Judges one look at a meter. `state` is what the judgement before it returned (`GuardState::default()` at first);
/// store the new state and the decisions in one transaction: no decision is ever made twice from the stored state.
#[must_use]
pub fn judge(spec: &GuardSpec, state: &GuardState, seen: &Observation, now: Time) -> Judgement<GuardState> {
    let mut next = state.clone();
    let mut decisions = Vec::new();
    let (why, doubt) = judge_in_place(spec, &mut next, seen, now, &mut decisions);
    Judgement {
        level: next.level,
        state: next,
        decisions,
        why,
        doubt,
    }
}

/// [`judge`] on a state that nobody else needs: what a replay of millions of readings can afford.
pub(crate) fn judge_in_place(
    spec: &GuardSpec,
    state: &mut GuardState,
    seen: &Observation,
    now: Time,
    decisions: &mut Vec<Decision>,
) -> (Why, Option<Blind>) {
    let mut news = News::default();
    let sight = look(spec, state, &seen.outcome, &seen.facts, now, &mut news);
    if matches!(sight, Sight::Believed | Sight::Replayed) {
        let whole = state.last.as_ref().and_then(Reading::limit);
        news.reminded = state.ladder.remind(spec, whole, now);
    }
    state.level = level(spec, state);
    let compared = compare(spec, state, &seen.facts, sight, now);
    let scene = Scene {
        spec,
        state,
        facts: &seen.facts,
        line: &compared,
        sight,
        now,
    };
    let check = scene.check();
    let action = act(&scene, &check);
    let why = explain(&scene, check);
    let doubt = news.doubt.take();
    publish(&scene, news, action, &why, decisions);
    (why, doubt)
}

/// Takes the look in: what of it is believed changes the state.
pub(crate) fn look(
    spec: &GuardSpec,
    state: &mut GuardState,
    outcome: &Outcome,
    facts: &Facts,
    now: Time,
    news: &mut News,
) -> Sight {
    let lag = facts.lag.or_else(|| state.lag());
    let (sight, blind) = match outcome {
        Outcome::Blind(blind) => (Sight::Blind, blind.clone()),
        Outcome::Known(reading) => match admit::admit(spec, state, reading, lag, now) {
            Admission::Believed {
                change,
                confirmed,
                clock_back,
            } => {
                if clock_back || confirmed {
                    state.over = Over::default();
                }
                let believed = Believed {
                    reading,
                    change,
                    facts,
                    lag,
                    now,
                };
                believed.take_in(spec, state, confirmed, news);
                return Sight::Believed;
            }
            Admission::Replayed if state.last.as_ref() == Some(reading) => return Sight::Replayed,
            Admission::Replayed if state.quarantine.as_ref() == Some(reading) => {
                news.doubt = Some(jumped());
                return Sight::Doubtful;
            }
            // An older fetch, told late: no truth about now, and none lost.
            Admission::Replayed => return Sight::Blind,
            Admission::Doubtful => {
                state.quarantine = Some(reading.clone());
                (Sight::Doubtful, jumped())
            }
            Admission::OtherWindow => {
                let detail = "the number belongs to another window";
                (Sight::OtherWindow, Blind::new(Reason::Stale, detail))
            }
            Admission::Refused(blind) => (Sight::Blind, blind),
        },
    };
    let truth = state.last.as_ref().map(Reading::fetched_at);
    news.blind = state.blind.miss(spec, &blind, truth, now);
    news.doubt = outcome.reading().map(|_| blind);
    sight
}

fn jumped() -> Blind {
    Blind::new(
        Reason::Implausible,
        "the value jumped; another reading must agree",
    )
}

/// A reading that is the truth.
struct Believed<'a> {
    reading: &'a Reading,
    change: Change,
    facts: &'a Facts,
    lag: Option<Duration>,
    now: Time,
}

impl Believed<'_> {
    fn take_in(&self, spec: &GuardSpec, state: &mut GuardState, confirmed: bool, news: &mut News) {
        self.turn_window(state, news);
        self.learn(spec, state);
        if let Some(held) = state.quarantine.take().filter(|_| confirmed) {
            self.count(spec, state, &held);
        }
        self.note_jump(state, confirmed);
        let compared = self.count(spec, state, self.reading);
        let truth = state.last.replace(self.reading.clone());
        news.blind = state.blind.end(truth.map(|last| last.fetched_at()), self.now);
        let forecast = state.forecast(spec, self.now);
        let view = View {
            reading: self.reading,
            forecast: &forecast,
            line: &compared,
        };
        let topped_up = matches!(self.change, Change::TopUp(_));
        news.raised = state
            .ladder
            .climb(spec, &view, topped_up, self.now, &mut news.resolved);
    }

    /// Burn and lag. A provider's number fetched once more is the same sample, not another one.
    fn learn(&self, spec: &GuardSpec, state: &mut GuardState) {
        let as_of = self.reading.as_of();
        if self.change == Change::Same && state.last.as_ref().is_some_and(|last| last.as_of() == as_of) {
            return;
        }
        state.burn.observe(self.reading, self.change, spec);
        if matches!(
            self.change,
            Change::Reset | Change::TopUp(_) | Change::Correction(_)
        ) {
            state.lag.restart();
        }
        if matches!(self.change, Change::Burned(_)) {
            state.lag.burned(self.reading);
        }
        state.lag.observe(self.reading);
    }

    /// A fall that a second fetch made believable is in doubt for a while longer; a value that rose again ends that.
    /// Money is added up here from the rows of a bill: there a second reading of all of it is no repetition of one slip.
    fn note_jump(&self, state: &mut GuardState, confirmed: bool) {
        let fell = match self.change {
            Change::Correction(amount) => amount.is_negative(),
            Change::Burned(_) | Change::Same => return,
            Change::TopUp(_) | Change::Reset => false,
        };
        let told = self.reading.unit() == Unit::Bytes;
        state.jumped = (confirmed && fell && told).then_some(self.now);
    }

    /// A new window is a new ladder; the one before is kept, so that a provider that shows it once more repeats nothing.
    fn turn_window(&self, state: &mut GuardState, news: &mut News) {
        let Some(window) = self.reading.window() else {
            return;
        };
        let same = state
            .ladder
            .window
            .is_some_and(|known| known.start == window.start);
        if !same && state.last.is_some() {
            state.ladder.turn(&mut news.resolved);
            let back = admit::is_previous(state, window.start);
            let next = state.previous.take().filter(|_| back).unwrap_or_default();
            state.previous = Some(std::mem::replace(&mut state.ladder, next));
            state.over = Over::default();
            if !back {
                state.lag.turn(window.start);
            }
        }
        state.ladder.window = Some(window);
    }

    /// Compares with the line, and counts the fetch if it is over it.
    fn count(&self, spec: &GuardSpec, state: &mut GuardState, reading: &Reading) -> Line {
        let pace = state.burn.pace(Some(reading));
        let late = state.late(self.lag, reading);
        let compared = line(spec, self.facts, pace, reading, late, self.now);
        if state.over.line != spec.limit || compared.over != Some(true) {
            state.over = Over {
                line: spec.limit,
                ..Over::default()
            };
        }
        if compared.over == Some(true) && state.over.fetched != Some(reading.fetched_at()) {
            state.over.seen = state.over.seen.saturating_add(1).min(limits::AGREEING);
            state.over.fetched = Some(reading.fetched_at());
        }
        compared
    }
}

/// The last reading against the line now; nothing is compared once its window is over.
pub(crate) fn compare(spec: &GuardSpec, state: &GuardState, facts: &Facts, sight: Sight, now: Time) -> Line {
    let current = |last: &&Reading| last.window().is_none_or(|window| window.contains(now));
    let Some(last) = state
        .last
        .as_ref()
        .filter(current)
        .filter(|_| sight != Sight::OtherWindow)
    else {
        return Line::default();
    };
    let lag = facts.lag.or_else(|| state.lag());
    let late = state.late(lag, last);
    line(spec, facts, state.burn.pace(Some(last)), last, late, now)
}

fn level(spec: &GuardSpec, state: &GuardState) -> Level {
    if state.blind.told.is_some() {
        return Level::Blind;
    }
    let whole = state.last.as_ref().and_then(Reading::limit);
    match state.ladder.crossed(spec, whole) {
        None => Level::Calm,
        Some(Severity::Critical) => Level::Critical,
        Some(Severity::Warning | Severity::Info) => Level::Warning,
    }
}

/// What is done about the limit.
enum Action {
    Plan(Vec<Target>),
    Cancel,
}

/// A plan only while no action is in flight, and only on a new reading: the same reading never plans twice.
fn act(scene: &Scene<'_>, check: &Check<'_>) -> Option<Action> {
    let over = scene.sight == Sight::Believed && scene.line.over == Some(true);
    match scene.facts.open {
        None if over && check.general.is_empty() && !check.free.is_empty() => {
            Some(Action::Plan(check.free.iter().copied().cloned().collect()))
        }
        None => None,
        Some(open) => {
            let stops = open.action == ActionKind::Stop && open.state.may_become(IntentState::Cancelled);
            (stops && is_called_off(scene, check)).then_some(Action::Cancel)
        }
    }
}

/// The reason for a running countdown is gone: the meter recovered, its window is over, or a belt is known not to hold.
/// Blindness alone calls nothing off: the check just before sending refuses if it lasts.
fn is_called_off(scene: &Scene<'_>, check: &Check<'_>) -> bool {
    let recovered = scene.sight == Sight::Believed && scene.line.recovered == Some(true);
    recovered || scene.window_over() || check.general.iter().any(belts::calls_off) || scene.none_touchable()
}

/// The sentence.
pub(crate) fn explain(scene: &Scene<'_>, check: Check<'_>) -> Why {
    let state = scene.state;
    let last = state.last.as_ref().filter(|_| !scene.window_over());
    let truth = state.last.as_ref().map(Reading::fetched_at);
    let since = truth.or(state.blind.first).unwrap_or(scene.now);
    let mut belts = check.general;
    belts.extend(check.particular);
    Why {
        headroom: last.and_then(Reading::headroom),
        distance: scene.line.distance,
        lower_bound: scene.line.lower_bound,
        limit: scene.spec.limit,
        forecast: state
            .last
            .is_some()
            .then(|| state.forecast(scene.spec, scene.now)),
        blind: state.blind.reason.map(|reason| (reason, since)),
        over: scene.line.over == Some(true),
        lasts: scene.line.lasts,
        belts,
        acting: scene.facts.open.map(|open| (open.state, open.due)),
    }
}

/// The numbers of the last reading.
fn step_facts(last: &Reading, why: &Why) -> StepFacts {
    let share = last
        .used()
        .zip(last.limit())
        .and_then(|(used, whole)| used.share_of(whole));
    let run_out = match why.forecast {
        Some(Forecast::Known { run_out, .. }) => Some(run_out),
        Some(Forecast::Accumulating { .. }) | None => None,
    };
    StepFacts {
        headroom: last.headroom(),
        whole: last.limit(),
        share,
        run_out,
        as_of: last.as_of().at(),
    }
}

/// What is recorded and done, in order: the end of blindness, what is over, what is new, what is due again, the action.
fn publish(scene: &Scene<'_>, news: News, action: Option<Action>, why: &Why, decisions: &mut Vec<Decision>) {
    decisions.extend(news.blind);
    if news.resolved.is_empty() && news.raised.is_none() && news.reminded.is_none() && action.is_none() {
        return;
    }
    let facts = scene.state.last.as_ref().map(|last| step_facts(last, why));
    for resolved in news.resolved {
        decisions.push(Decision::ResolveStep {
            key: resolved.key,
            window: resolved.window,
            facts: facts.clone(),
            by_new_window: resolved.end == End::NewWindow,
            by_edit: resolved.end == End::Edited,
        });
    }
    let window = scene.state.ladder.window;
    let Some(facts) = facts else {
        return;
    };
    decisions.extend(news.raised.map(|raised| Decision::RaiseStep {
        key: raised.key,
        step: raised.step,
        severity: raised.severity,
        window,
        facts: facts.clone(),
        why: Box::new(why.clone()),
    }));
    decisions.extend(news.reminded.map(|key| Decision::RemindStep {
        key,
        window,
        facts: facts.clone(),
        why: Box::new(why.clone()),
    }));
    decisions.extend(action.map(|action| match action {
        Action::Cancel => Decision::Cancel {
            why: Box::new(why.clone()),
        },
        Action::Plan(targets) => Decision::Plan {
            action: ActionKind::Stop,
            targets,
            due: scene.now.plus(scene.spec.countdown),
            window,
            cause: Box::new(PlanCause {
                facts,
                why: why.clone(),
            }),
        },
    }));
}
