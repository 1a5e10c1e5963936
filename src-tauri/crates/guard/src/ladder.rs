//! The ladder of a window: which steps are crossed, which were told. Owns crossing, hysteresis, the choice of the one
//! step that is told, re-arming after a top-up and the turn to a new window. Never judges the number of one window
//! against another: the caller turns the ladder first. Tested in `tests/judgement/ladder.rs`.

use std::cmp::Ordering;

use tidegate_meter::{Quantity, Reading, Time, Unit, Window};

use crate::line::Line;
use crate::state::{Alert, Ladder, Rung};
use crate::{Forecast, GuardSpec, Severity, Step, limits};

/// The numbers a ladder is compared with.
pub(crate) struct View<'a> {
    pub(crate) reading: &'a Reading,
    pub(crate) forecast: &'a Forecast,
    pub(crate) line: &'a Line,
}

/// A step that was told and is no longer crossed.
pub(crate) struct Resolved {
    pub(crate) key: String,
    pub(crate) window: Option<Window>,
    pub(crate) end: End,
}

/// What ended an alert.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The numbers came back over the step.
    Recovered,
    /// The window is over.
    NewWindow,
    /// A person took the step away, or moved the limit: the numbers say nothing.
    Edited,
}

/// A step that is told.
pub(crate) struct Raised {
    pub(crate) key: String,
    pub(crate) step: Option<Step>,
    pub(crate) severity: Severity,
}

/// The key of a step, unique in its guard and meter: `share:70`, `headroom:bytes:20000000000`, `run_out:172800`,
/// `limit`.
pub(crate) fn key_of(step: Option<Step>) -> String {
    match step {
        None => "limit".to_owned(),
        Some(Step::Share(percent)) => format!("share:{}", percent.decimal()),
        Some(Step::Headroom(amount)) => format!("headroom:{}:{}", amount.unit(), amount.decimal()),
        Some(Step::RunOut(span)) => format!("run_out:{}", span.as_secs()),
    }
}

impl Ladder {
    /// Begins the ladder of `window`: every open alert of this one is over, and what was passed stays known.
    pub(crate) fn turn(&mut self, resolved: &mut Vec<Resolved>) {
        let window = self.window;
        for rung in &mut self.rungs {
            rung.crossed = false;
            settle(rung, window, End::NewWindow, resolved);
        }
    }

    /// Compares every step with the numbers. Returns the one that is told, if any was newly crossed.
    pub(crate) fn climb(
        &mut self,
        spec: &GuardSpec,
        view: &View<'_>,
        topped_up: bool,
        now: Time,
        resolved: &mut Vec<Resolved>,
    ) -> Option<Raised> {
        self.move_limit(spec, view, resolved);
        self.descend(spec, view, resolved);
        if topped_up {
            let below = self.rungs.iter_mut().filter(|rung| !rung.crossed);
            below.for_each(|rung| rung.spent = false);
        }
        let whole = view.reading.limit();
        let mut highest: Option<Option<Step>> = None;
        for step in watched(spec) {
            if is_crossed(step, view) == Some(true) && self.pass(spec, step) {
                let higher = highest.is_none_or(|known| order(step, known, whole) == Ordering::Greater);
                highest = if higher { Some(step) } else { highest };
            }
        }
        let step = highest?;
        let severity = severity_of(spec, step, whole);
        let rung = self.rungs.iter_mut().find(|rung| rung.step == step)?;
        rung.alert = Some(Alert {
            severity,
            told: now,
            acknowledged: false,
            snoozed: None,
        });
        Some(Raised {
            key: rung.key(),
            step,
            severity,
        })
    }

    /// A limit that a person moved is another line: passing the old one in this window says nothing about it. Where it is
    /// crossed as well, the open alert tells it already, and goes on with its snooze.
    fn move_limit(&mut self, spec: &GuardSpec, view: &View<'_>, resolved: &mut Vec<Resolved>) {
        let window = self.window;
        let rung = self.rungs.iter_mut().find(|rung| rung.step.is_none());
        let Some((rung, limit)) = rung.zip(spec.limit) else {
            return;
        };
        // A state from before the limit was kept in it: it is taken for the one in force.
        if *rung.limit.get_or_insert(limit) == limit {
            return;
        }
        let Some(over) = view.line.over else {
            return;
        };
        rung.limit = Some(limit);
        if !(rung.crossed && over) {
            rung.crossed = false;
            rung.spent = false;
            settle(rung, window, End::Edited, resolved);
        }
    }

    /// Steps that are no longer crossed, and those that the spec no longer has.
    fn descend(&mut self, spec: &GuardSpec, view: &View<'_>, resolved: &mut Vec<Resolved>) {
        let window = self.window;
        for rung in self.rungs.iter_mut().filter(|rung| rung.crossed) {
            let gone = match rung.step {
                None => spec.limit.is_none(),
                Some(step) => !spec.steps.contains(&step),
            };
            let recovered = || is_recovered(rung.step, view, spec.hysteresis) == Some(true);
            let end = if gone { End::Edited } else { End::Recovered };
            if gone || recovered() {
                rung.crossed = false;
                settle(rung, window, end, resolved);
            }
        }
    }

    /// Records a crossed step. True when it is newly passed and may be told.
    fn pass(&mut self, spec: &GuardSpec, step: Option<Step>) -> bool {
        if let Some(rung) = self.rungs.iter_mut().find(|rung| rung.step == step) {
            let fires = !rung.crossed && !rung.spent;
            if fires {
                rung.rearmed = rung.rearmed.saturating_add(1);
            }
            rung.crossed = true;
            rung.spent = true;
            return fires;
        }
        if self.rungs.len() >= limits::RUNGS {
            self.rungs
                .retain(|rung| rung.step.is_none_or(|step| spec.steps.contains(&step)));
        }
        self.rungs.push(Rung {
            step,
            crossed: true,
            spent: true,
            rearmed: 0,
            alert: None,
            limit: spec.limit.filter(|_| step.is_none()),
        });
        true
    }

    /// Whether the limit, or any step in force, is crossed; and whether it is the limit or the last step.
    pub(crate) fn crossed(&self, spec: &GuardSpec, whole: Option<Quantity>) -> Option<Severity> {
        let crossed = self.rungs.iter().filter(|rung| rung.crossed);
        crossed.map(|rung| severity_of(spec, rung.step, whole)).max()
    }

    /// The critical alert that is due to be told again: one message for the highest, the others count as told.
    pub(crate) fn remind(&mut self, spec: &GuardSpec, whole: Option<Quantity>, now: Time) -> Option<String> {
        let mut highest: Option<Option<Step>> = None;
        for rung in &mut self.rungs {
            let Some(alert) = rung.alert.as_mut() else {
                continue;
            };
            // Told in the future: the wall clock went back since. Count from now on, tell nothing.
            alert.told = alert.told.min(now);
            if !alert.is_due(now, spec) {
                continue;
            }
            alert.told = now;
            let higher = |known| order(rung.step, known, whole) == Ordering::Greater;
            if highest.is_none_or(higher) {
                highest = Some(rung.step);
            }
        }
        let step = highest?;
        self.rungs.iter().find(|rung| rung.step == step).map(Rung::key)
    }
}

impl Alert {
    fn is_due(&self, now: Time, spec: &GuardSpec) -> bool {
        self.severity == Severity::Critical
            && !self.acknowledged
            && self.snoozed.is_none_or(|until| until <= now)
            && now.since(self.told) >= spec.reminder
    }
}

fn settle(rung: &mut Rung, window: Option<Window>, end: End, resolved: &mut Vec<Resolved>) {
    if rung.alert.take().is_some() {
        resolved.push(Resolved {
            key: rung.key(),
            window,
            end,
        });
    }
}

/// The steps of a spec, then its limit as `None`.
fn watched(spec: &GuardSpec) -> impl Iterator<Item = Option<Step>> + '_ {
    let limit = spec.limit.map(|_| None);
    spec.steps.iter().copied().map(Some).chain(limit)
}

/// The limit and the last step are critical, every other step is a warning.
fn severity_of(spec: &GuardSpec, step: Option<Step>, whole: Option<Quantity>) -> Severity {
    let last = || {
        !spec
            .steps
            .iter()
            .any(|other| order(Some(*other), step, whole) == Ordering::Greater)
    };
    if step.is_none() || last() {
        Severity::Critical
    } else {
        Severity::Warning
    }
}

/// Which of two steps is the later one: the limit after every step, a level after a run-out, less left after more.
fn order(one: Option<Step>, other: Option<Step>, whole: Option<Quantity>) -> Ordering {
    let (Some(a), Some(b)) = (one, other) else {
        return one.is_none().cmp(&other.is_none());
    };
    match (a, b) {
        (Step::RunOut(a), Step::RunOut(b)) => b.cmp(&a),
        (Step::RunOut(_), _) => Ordering::Less,
        (_, Step::RunOut(_)) => Ordering::Greater,
        (Step::Share(a), Step::Share(b)) => a.raw().cmp(&b.raw()),
        (Step::Headroom(a), Step::Headroom(b)) => b.raw().cmp(&a.raw()),
        (Step::Share(share), Step::Headroom(left)) => share_against(share, left, whole),
        (Step::Headroom(left), Step::Share(share)) => share_against(share, left, whole).reverse(),
    }
}

/// A share against a headroom: compared by what is left at each. Without a whole a share cannot be crossed: it is less.
fn share_against(share: Quantity, left: Quantity, whole: Option<Quantity>) -> Ordering {
    match whole.and_then(|whole| left_at(whole, share)) {
        Some(left_at_share) => left.raw().cmp(&left_at_share.raw()),
        None => Ordering::Less,
    }
}

/// What is left of `whole` when `share` of it is used, rounded down.
pub(crate) fn left_at(whole: Quantity, share: Quantity) -> Option<Quantity> {
    const HUNDRED: i64 = 1_000_000;
    whole.scaled(HUNDRED.checked_sub(share.raw())?, HUNDRED).ok()
}

/// Crossed now, strictly; `None` when that cannot be said.
fn is_crossed(step: Option<Step>, view: &View<'_>) -> Option<bool> {
    match step {
        None => view.line.over,
        Some(Step::Share(percent)) => share_reached(view.reading, percent),
        Some(Step::Headroom(amount)) => below(view.reading.headroom()?, amount),
        Some(Step::RunOut(span)) => runs_out_within(view, span),
    }
}

/// Back on the right side by more than the hysteresis; `None` when that cannot be said.
fn is_recovered(step: Option<Step>, view: &View<'_>, hysteresis: Quantity) -> Option<bool> {
    match step {
        None => view.line.recovered,
        Some(Step::Share(percent)) => share_recovered(view.reading, percent, hysteresis),
        Some(Step::Headroom(amount)) => headroom_recovered(view.reading, amount, hysteresis),
        // A quarter more time: the likely rate moves by about a tenth between two hourly batches.
        Some(Step::RunOut(span)) => {
            runs_out_within(view, span.saturating_add(span / 4)).map(|within| !within)
        }
    }
}

/// `left < line`, in one unit.
pub(crate) fn below(left: Quantity, line: Quantity) -> Option<bool> {
    left.compare(line).ok().map(Ordering::is_lt)
}

/// `used / whole ≥ percent`, by cross-multiplication. Of a whole of nothing, which only money can be, whatever is used is
/// more than any share.
pub(crate) fn share_reached(reading: &Reading, percent: Quantity) -> Option<bool> {
    let whole = reading.limit().filter(|whole| !whole.is_negative())?;
    let used = reading.used()?;
    if whole.is_zero() {
        return Some(used.raw() > 0);
    }
    used.share_reaches(whole, percent).ok()
}

/// The share used lies below the step by the hysteresis, or by half the step where that is less.
pub(crate) fn share_recovered(reading: &Reading, percent: Quantity, hysteresis: Quantity) -> Option<bool> {
    let margin = hysteresis.raw().min(percent.raw() / 2);
    let mark = Quantity::from_raw(percent.raw().saturating_sub(margin), Unit::Percent);
    let reached_mark = share_reached(reading, mark)?;
    let on_mark = margin > 0 && reading.used()?.share_of(reading.limit()?) == Some(mark);
    Some(!reached_mark || on_mark)
}

/// The headroom is back above the line by the hysteresis' share of the whole, or of the line where no whole is known.
pub(crate) fn headroom_recovered(reading: &Reading, line: Quantity, hysteresis: Quantity) -> Option<bool> {
    let margin = margin(reading.limit().unwrap_or(line), hysteresis)?;
    below(reading.headroom()?, line.plus(margin).ok()?).map(|below| !below)
}

/// `hysteresis` percent points of `whole`.
pub(crate) fn margin(whole: Quantity, hysteresis: Quantity) -> Option<Quantity> {
    const HUNDRED: i64 = 1_000_000;
    whole.scaled(hysteresis.raw().max(0), HUNDRED).ok()
}

fn runs_out_within(view: &View<'_>, span: std::time::Duration) -> Option<bool> {
    match view.forecast {
        Forecast::Accumulating { .. } => None,
        Forecast::Known { run_out, .. } => {
            let likely = run_out.likely;
            Some(likely.is_some_and(|at| at.since(view.reading.as_of().at()) < span))
        }
    }
}
