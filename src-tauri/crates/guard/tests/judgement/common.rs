//! Builders for the tests of judgement: one armed guard on one traffic package with one running server, and readings
//! in gigabytes at minutes.

use std::time::Duration;

use tidegate_guard::{
    ActionKind, Belts, Decision, Facts, GuardSpec, GuardState, Judgement, Limit, Mode, Observation,
    RestartPolicy, Step, TargetFacts, judge,
};
use tidegate_meter::{
    AsOf, Blind, GuardId, Outcome, Quantity, Reading, Reason, Target, TargetId, TargetKind, Time, Unit,
    Window, WindowKind,
};

pub(crate) const GB: i64 = 1_000_000_000;
/// 2026-03-01T00:00:00Z.
pub(crate) const MARCH: i64 = 1_772_323_200_000;
/// 2026-04-01T00:00:00Z.
pub(crate) const APRIL: i64 = 1_775_001_600_000;

pub(crate) fn at(minutes: i64) -> Time {
    Time::from_ms(MARCH + minutes * 60_000)
}

pub(crate) fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub(crate) fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

pub(crate) fn march() -> Window {
    Window::told(
        WindowKind::Cycle,
        Time::from_ms(MARCH),
        Some(Time::from_ms(APRIL)),
    )
}

pub(crate) fn april() -> Window {
    let end = Time::from_ms(APRIL + 30 * 86_400_000);
    Window::told(WindowKind::Cycle, Time::from_ms(APRIL), Some(end))
}

pub(crate) fn server(id: &str) -> Target {
    Target {
        kind: TargetKind::Server,
        id: TargetId::new(id).expect("an id"),
        name: format!("name of {id}"),
        region: "cn-north-4".to_owned(),
    }
}

pub(crate) fn percent(text: &str) -> Quantity {
    Quantity::parse(text, Unit::Percent).expect("a percentage")
}

pub(crate) fn step(text: &str) -> Step {
    text.parse().expect("a step")
}

pub(crate) fn limit(text: &str) -> Limit {
    text.parse().expect("a limit")
}

/// Watches 70/85/95 % and a line of 10 GB; armed on `s1` for a year; belts as designed.
pub(crate) fn spec() -> GuardSpec {
    GuardSpec {
        id: GuardId::new("g").expect("an id"),
        steps: vec![step("70%"), step("85%"), step("95%")],
        limit: Some(limit("10 GB")),
        action: ActionKind::Stop,
        mode: Mode::Armed {
            until: Time::from_ms(MARCH + 365 * 86_400_000),
            targets: vec![server("s1")],
        },
        countdown: Duration::from_secs(60),
        interval: minutes(5),
        stop_latency: Duration::from_secs(60),
        bandwidth_mbit: None,
        belts: Belts::default(),
        forced: false,
        restart: RestartPolicy::default(),
        start_after_reset: false,
        reminder: hours(6),
        hysteresis: percent("1"),
    }
}

pub(crate) fn watching() -> GuardSpec {
    GuardSpec {
        mode: Mode::Watch,
        ..spec()
    }
}

/// `left` bytes of 200 GB in March, fetched at a minute.
pub(crate) fn reading(left: i64, minute: i64) -> Reading {
    within(left, 200 * GB, minute, Some(march()))
}

pub(crate) fn within(left: i64, whole: i64, minute: i64, window: Option<Window>) -> Reading {
    let now = at(minute);
    let (whole, left) = (Quantity::bytes(whole), Quantity::bytes(left));
    Reading::new(None, Some(whole), Some(left), window, AsOf::Fetch(now), now).expect("a reading")
}

pub(crate) fn running(id: &str) -> TargetFacts {
    TargetFacts::running(server(id))
}

/// Everything readable, one running server, nothing in flight.
pub(crate) fn facts() -> Facts {
    Facts::supposed([server("s1")])
}

pub(crate) fn known(reading: Reading) -> Observation {
    Observation {
        outcome: Outcome::Known(reading),
        facts: facts(),
    }
}

/// A guard that is shown one look after another.
pub(crate) struct Watchman {
    pub(crate) spec: GuardSpec,
    pub(crate) state: GuardState,
    pub(crate) facts: Facts,
}

impl Watchman {
    pub(crate) fn new(spec: GuardSpec) -> Self {
        Self {
            spec,
            state: GuardState::default(),
            facts: facts(),
        }
    }

    /// Past the window's first hour, with 200 GB whole: nothing settles any more.
    pub(crate) fn seen(spec: GuardSpec, left: i64) -> Self {
        let mut watchman = Self::new(spec);
        watchman.look(left, 100);
        watchman
    }

    pub(crate) fn look(&mut self, left: i64, minute: i64) -> Judgement<GuardState> {
        self.show(reading(left, minute), minute)
    }

    pub(crate) fn show(&mut self, reading: Reading, minute: i64) -> Judgement<GuardState> {
        self.take(Outcome::Known(reading), minute)
    }

    pub(crate) fn lose(&mut self, reason: Reason, minute: i64) -> Judgement<GuardState> {
        self.take(Outcome::Blind(Blind::new(reason, "test")), minute)
    }

    pub(crate) fn take(&mut self, outcome: Outcome, minute: i64) -> Judgement<GuardState> {
        let seen = Observation {
            outcome,
            facts: self.facts.clone(),
        };
        let judgement = judge(&self.spec, &self.state, &seen, at(minute));
        self.state = judgement.state.clone();
        judgement
    }
}

/// The keys that were raised.
pub(crate) fn raised(judgement: &Judgement<GuardState>) -> Vec<String> {
    let key = |decision: &Decision| match decision {
        Decision::RaiseStep { key, .. } => Some(key.clone()),
        _ => None,
    };
    judgement.decisions.iter().filter_map(key).collect()
}

/// The keys that were resolved, each with whether a new window ended it.
pub(crate) fn resolved(judgement: &Judgement<GuardState>) -> Vec<(String, bool)> {
    let key = |decision: &Decision| match decision {
        Decision::ResolveStep {
            key, by_new_window, ..
        } => Some((key.clone(), *by_new_window)),
        _ => None,
    };
    judgement.decisions.iter().filter_map(key).collect()
}

/// The ids of the targets that were planned, if anything was.
pub(crate) fn planned(judgement: &Judgement<GuardState>) -> Option<Vec<String>> {
    judgement.decisions.iter().find_map(|decision| match decision {
        Decision::Plan { targets, .. } => Some(targets.iter().map(|target| target.id.to_string()).collect()),
        _ => None,
    })
}

pub(crate) fn cancelled(judgement: &Judgement<GuardState>) -> bool {
    judgement
        .decisions
        .iter()
        .any(|decision| matches!(decision, Decision::Cancel { .. }))
}
