//! Whether a guard would act on what a broken answer told. Owns an armed guard whose lines lie just below what the whole
//! answer tells, and the looks that it is shown.

use std::time::Duration;

use tidegate_guard::{
    ActionKind, Belts, Decision, Facts, GuardSpec, GuardState, Limit, Mode, Observation, RestartPolicy, judge,
};
use tidegate_meter::{AsOf, Outcome, Quantity, Reading, Target, TargetKind, Time, Unit};

use super::judge::Trial;
use super::mutant::Mutant;

const INTERVAL: Duration = Duration::from_secs(300);

/// A meter with an armed guard close to its value.
pub(crate) struct NearLine {
    whole: Reading,
    spec: GuardSpec,
}

impl NearLine {
    /// Over a meter that tells what is left; `None` where nothing is left to stop for. Proves that it would stop.
    pub(crate) fn over(whole: &Reading) -> Option<Self> {
        let left = whole.remaining().filter(|left| left.raw() > 1_000)?;
        let line = left.scaled(999, 1000).unwrap();
        let near = Self {
            whole: whole.clone(),
            spec: spec(line, whole.fetched_at()),
        };
        let below = line.scaled(999, 1000).unwrap();
        let crossed = Reading::new(
            None,
            whole.limit(),
            Some(below),
            whole.window(),
            whole.as_of(),
            whole.fetched_at(),
        );
        let crossed = Outcome::Known(crossed.unwrap());
        assert!(near.stops(Some(&crossed), 3), "this guard never stops");
        Some(near)
    }

    /// Told once, nothing stops whatever it says; told three times, only what is another truth does.
    pub(crate) fn judge(&self, trial: &mut Trial, mutant: &Mutant, outcome: Option<&Outcome>) {
        if self.stops(outcome, 1) {
            trial.complain(mutant, "one answer stops a server");
        }
        if self.stops(outcome, 3) && trial.truth(mutant).is_none() {
            trial.complain(mutant, "three answers stop a server");
        }
    }

    /// Whether the guard plans a stop when, after two looks at the whole, it is shown this so many times, five minutes
    /// apart, and the whole again. A meter that is not told (`None`) is not shown.
    fn stops(&self, outcome: Option<&Outcome>, times: usize) -> bool {
        let whole = Outcome::Known(self.whole.clone());
        let told = outcome.into_iter().cycle().take(times);
        let looks = [&whole, &whole].into_iter().chain(told).chain([&whole]);
        let mut state = GuardState::default();
        let mut now = self.whole.fetched_at();
        looks.into_iter().any(|outcome| {
            now = now.plus(INTERVAL);
            let seen = Observation {
                outcome: fetched(outcome, now),
                facts: Facts::supposed([target()]),
            };
            let judgement = judge(&self.spec, &state, &seen, now);
            state = judgement.state;
            judgement
                .decisions
                .iter()
                .any(|decision| matches!(decision, Decision::Plan { .. }))
        })
    }
}

/// The outcome as fetched then.
fn fetched(outcome: &Outcome, now: Time) -> Outcome {
    let Outcome::Known(told) = outcome else {
        return outcome.clone();
    };
    let as_of = match told.as_of() {
        AsOf::Fetch(_) => AsOf::Fetch(now),
        // As fresh as can be: what is old is not acted on anyway.
        AsOf::Provider(_) => AsOf::Provider(now),
    };
    let again = Reading::new(
        told.used(),
        told.limit(),
        told.remaining(),
        told.window(),
        as_of,
        now,
    );
    Outcome::Known(again.unwrap())
}

fn target() -> Target {
    Target {
        kind: TargetKind::Server,
        id: "s1".parse().unwrap(),
        name: "s1".to_owned(),
        region: String::new(),
    }
}

fn spec(line: Quantity, now: Time) -> GuardSpec {
    GuardSpec {
        id: "g".parse().unwrap(),
        steps: Vec::new(),
        limit: Some(Limit::Headroom(line)),
        action: ActionKind::Stop,
        mode: Mode::Armed {
            until: now.plus(Duration::from_secs(86_400)),
            targets: vec![target()],
        },
        countdown: Duration::from_secs(60),
        interval: INTERVAL,
        stop_latency: Duration::from_secs(60),
        bandwidth_mbit: None,
        belts: Belts {
            window_settle: Duration::ZERO,
            start_grace: Duration::ZERO,
            ..Belts::default()
        },
        forced: false,
        restart: RestartPolicy::default(),
        start_after_reset: false,
        reminder: Duration::from_secs(6 * 3600),
        hysteresis: Quantity::from_raw(10_000, Unit::Percent),
    }
}
