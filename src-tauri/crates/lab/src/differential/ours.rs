//! Our rule: the real judgement with its defaults, look by look; the real check just before sending; the real contract.
//! The guard watches the end of one cycle and a day of the next; then it is armed, with the reserve that its contract
//! advises, but no more than a quarter of the package.

use std::time::Duration;

use fastrand::Rng;
use tidegate_guard::{
    ActionKind, Belts, Contract, Decision, Facts, FastSignal, Forecast, GuardSpec, GuardState, IntentState,
    Judgement, Limit, Mode, Observation, OpenIntent, RestartPolicy, Step, StopManner, clear, contract, judge,
};
use tidegate_meter::{
    AsOf, Blind, GuardId, Outcome, Quantity, Reading, Reason, Target, TargetId, TargetKind, Time, Unit,
    Window, WindowKind,
};

use super::billing::Billing;
use super::worlds::{ARMED_AT, CYCLE, WARM_UP, World};
use super::{INTERVAL_S, STOP_S};

/// 2026-03-01T16:00:00Z, a midnight in Beijing: when the cycle begins.
const BEGIN_MS: i64 = 1_772_380_800_000;
/// Cloud monitoring tells bytes by periods of five minutes.
const PERIOD_S: i64 = 300;
const COUNTDOWN_S: i64 = 60;

/// What is asked of the judgement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The lower bound against the reserve, with or without the fast signal.
    Predictive {
        /// Cloud monitoring is asked.
        fast: bool,
        /// The reserve in bytes; `None`: as the contract advises.
        reserve: Option<i64>,
    },
    /// All belts and no prediction, with a line of so many bytes.
    Headroom(i64),
}

/// What became of a world under a rule. Seconds count from the beginning of the cycle.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The first warning in the cycle.
    pub warned: Option<i64>,
    /// When traffic ended.
    pub stopped: Option<i64>,
    /// The line, in bytes.
    pub line: i64,
    /// What the contract said when it was armed.
    pub told: Option<Contract>,
    /// It said that nothing is used beyond the package: measured, within the line that was advised, and more was left.
    pub promised: bool,
}

/// One moment at which the meter is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) at: i64,
    /// Nobody answers.
    pub(crate) silent: bool,
}

/// When a world's meter is looked at: every five minutes, a tenth more or less, from the warm-up to the end.
pub(crate) fn looks(world: &World) -> impl Iterator<Item = Look> + '_ {
    let mut rng = Rng::with_seed(world.seed ^ 0x10c4);
    let jitter = INTERVAL_S / 10;
    let next = move |look: &Look| {
        let at = look.at + INTERVAL_S + rng.i64(-jitter..=jitter);
        Some(look_at(world, at))
    };
    let first = look_at(world, 60 - WARM_UP);
    std::iter::successors(Some(first), next).take_while(|look| look.at < CYCLE)
}

fn look_at(world: &World, at: i64) -> Look {
    Look {
        at,
        silent: world
            .silent
            .iter()
            .any(|(from, until)| (*from..*until).contains(&at)),
    }
}

/// Plays a world under `rule` to its stop, or to the end of the cycle. `lie` gives the number that is told instead.
pub(crate) fn play(
    world: &World,
    billing: &Billing,
    mbit: u32,
    rule: Rule,
    lie: &dyn Fn(i64) -> Option<i64>,
) -> Option<Run> {
    let mut guard = Guarded::new(billing, mbit, rule)?;
    for look in looks(world) {
        guard.due(look.at, lie);
        if guard.run.stopped.is_some() {
            break;
        }
        let told = (!look.silent).then(|| lie(look.at).unwrap_or_else(|| billing.told(look.at)));
        guard.look(look.at, told);
    }
    Some(guard.run)
}

/// A guard over a world.
struct Guarded<'a> {
    billing: &'a Billing,
    rule: Rule,
    spec: GuardSpec,
    target: Target,
    state: GuardState,
    facts: Facts,
    monitor: Monitor,
    armed: bool,
    run: Run,
}

impl<'a> Guarded<'a> {
    fn new(billing: &'a Billing, mbit: u32, rule: Rule) -> Option<Self> {
        let target = Target {
            kind: TargetKind::Server,
            id: TargetId::new("server").ok()?,
            name: String::new(),
            region: String::new(),
        };
        Some(Self {
            billing,
            rule,
            spec: spec(mbit)?,
            state: GuardState::default(),
            facts: Facts::supposed([target.clone()]),
            target,
            monitor: Monitor::default(),
            armed: false,
            run: Run::default(),
        })
    }

    /// One look, and what it decided.
    fn look(&mut self, at: i64, told: Option<i64>) {
        if !self.armed && at >= ARMED_AT {
            self.arm();
        }
        let seen = self.observe(at, told);
        let Judgement { state, decisions, .. } = judge(&self.spec, &self.state, &seen, time(at));
        self.state = state;
        for decision in decisions {
            match decision {
                Decision::RaiseStep { .. } if at >= 0 => {
                    self.run.warned.get_or_insert(at);
                }
                Decision::Plan { due, .. } => self.facts.open = Some(planned(due)),
                Decision::Cancel { .. } => self.facts.open = None,
                _ => {}
            }
        }
    }

    /// Sends what fell due before `now`, if the last check allows it.
    fn due(&mut self, now: i64, lie: &dyn Fn(i64) -> Option<i64>) {
        let due = self.facts.open.map(|open| seconds(open.due));
        let Some(at) = due.filter(|due| *due <= now) else {
            return;
        };
        self.facts.open = None;
        // The look just before sending is told the same lie as the one before it.
        let told = lie(at).unwrap_or_else(|| self.billing.told(at));
        let seen = self.observe(at, Some(told));
        let (stop, soft) = (ActionKind::Stop, StopManner::Soft);
        if clear(&self.spec, &self.state, &seen, &self.target, stop, soft, time(at)).is_ok() {
            self.run.stopped = Some(at + STOP_S);
        }
    }

    fn arm(&mut self) {
        self.armed = true;
        let told = contract(&self.spec, self.state.behind(), self.upper());
        let quarter = self.billing.whole(ARMED_AT) / 4;
        let advised = told.reserve_advised.map_or(quarter, Quantity::raw);
        let reserve = advised.min(quarter);
        let line = match self.rule {
            Rule::Predictive { reserve: own, .. } => own.unwrap_or(reserve),
            Rule::Headroom(line) => line,
        };
        let within = told.overshoot.is_some_and(|most| most.raw() <= reserve);
        self.run.promised = told.measured && within && self.billing.left(ARMED_AT) > reserve;
        let mark = Quantity::bytes(line);
        self.spec.limit = Some(match self.rule {
            Rule::Predictive { .. } => Limit::Predictive { reserve: mark },
            Rule::Headroom(_) => Limit::Headroom(mark),
        });
        self.spec.mode = Mode::Armed {
            until: Time::from_ms(i64::MAX),
            targets: vec![self.target.clone()],
        };
        (self.run.line, self.run.told) = (line, Some(told));
    }

    fn upper(&self) -> Option<Quantity> {
        match self.state.forecast(&self.spec, time(ARMED_AT)) {
            Forecast::Known { hourly_upper, .. } => Some(hourly_upper),
            Forecast::Accumulating { .. } => None,
        }
    }

    fn observe(&mut self, at: i64, told: Option<i64>) -> Observation {
        let reading = told.and_then(|left| reading(self.billing.whole(at), left, at));
        if let (Some(left), Rule::Predictive { fast: true, .. }) = (told, self.rule) {
            self.facts.fast = self.monitor.signal(self.billing, left, at);
        }
        Observation {
            outcome: reading.map_or_else(
                || Outcome::Blind(Blind::new(Reason::Transient, "nobody answers")),
                Outcome::Known,
            ),
            facts: self.facts.clone(),
        }
    }
}

/// Cloud monitoring as the adapter asks it: bytes since the look before the number changed.
#[derive(Default)]
struct Monitor {
    left: Option<i64>,
    window: bool,
    seen: i64,
    since: i64,
    observed: bool,
}

impl Monitor {
    fn signal(&mut self, billing: &Billing, left: i64, at: i64) -> Option<FastSignal> {
        let window = at >= 0;
        if self.left.is_none() {
            (self.since, self.window) = (at, window);
        } else if self.left != Some(left) || self.window != window {
            (self.since, self.observed, self.window) = (self.seen, true, window);
        }
        (self.left, self.seen) = (Some(left), at);
        let period = |at: i64| at.div_euclid(PERIOD_S) * PERIOD_S;
        let earliest = period(at - 24 * 3600) + PERIOD_S;
        let (since, until) = (period(self.since).max(earliest), period(at));
        (until > since).then(|| FastSignal {
            bytes: billing.sent(since, until),
            since: time(since),
            until: time(until),
            complete: self.observed && period(self.since) >= earliest,
        })
    }
}

fn time(at: i64) -> Time {
    Time::from_ms(BEGIN_MS + at * 1000)
}

const fn seconds(at: Time) -> i64 {
    (at.ms() - BEGIN_MS) / 1000
}

/// The number of a look, as the adapter would tell it.
fn reading(whole: i64, left: i64, at: i64) -> Option<Reading> {
    let window = if at < 0 {
        Window::told(WindowKind::Cycle, time(-CYCLE), Some(time(0)))
    } else {
        Window::told(WindowKind::Cycle, time(0), Some(time(CYCLE)))
    };
    let (whole, left) = (Some(Quantity::bytes(whole)), Some(Quantity::bytes(left)));
    Reading::new(None, whole, left, Some(window), AsOf::Fetch(time(at)), time(at)).ok()
}

const fn planned(due: Time) -> OpenIntent {
    OpenIntent {
        action: ActionKind::Stop,
        state: IntentState::Planned,
        due,
    }
}

/// A guard as it is set up by default, over a link of `mbit`.
fn spec(mbit: u32) -> Option<GuardSpec> {
    let share = |percent: i64| Step::Share(Quantity::from_raw(percent * 10_000, Unit::Percent));
    let span = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
    Some(GuardSpec {
        id: GuardId::new("guard").ok()?,
        steps: vec![
            share(70),
            share(85),
            share(95),
            Step::RunOut(Duration::from_secs(2 * 86_400)),
        ],
        limit: None,
        action: ActionKind::Stop,
        mode: Mode::Watch,
        countdown: span(COUNTDOWN_S),
        interval: span(INTERVAL_S),
        stop_latency: span(STOP_S),
        bandwidth_mbit: Some(mbit),
        belts: Belts::default(),
        forced: false,
        restart: RestartPolicy::SuspendUntilReset,
        start_after_reset: false,
        reminder: Duration::from_secs(21_600),
        hysteresis: Quantity::from_raw(10_000, Unit::Percent),
    })
}
