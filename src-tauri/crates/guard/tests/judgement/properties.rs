//! The invariants, over random sequences of looks: truth, lies, blindness, clock jumps, windows and broken belts.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_guard::{
    ActionKind, Belts, Decision, Facts, GuardSpec, GuardState, IntentState, Limit, Mode, Observation,
    OpenIntent, PowerState, StopManner, TargetFacts, clear, judge,
};
use tidegate_meter::{
    AsOf, Blind, Outcome, Quantity, Reading, Reason, Target, Time, Unit, Window, WindowKind,
};

use crate::common::*;

/// One look, as drawn.
#[derive(Clone, Debug)]
struct Look {
    /// Minutes since the look before; negative when the wall clock was set back.
    wait: i64,
    kind: Kind,
    facts: Facts,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Burned this many hundred megabytes since the last truth.
    Burn(i64),
    /// Topped up to this many gigabytes.
    TopUp(i64),
    /// Any numbers at all, in any order of size.
    Odd(Option<i64>, Option<i64>, Option<i64>, Unit),
    /// The last reading once more.
    Again,
    /// A number of the window before or after this one.
    OtherWindow(i64, i64),
    Blind(Reason),
}

/// Thirty days, the `index`-th of them.
fn nth_window(index: i64) -> Window {
    let days = 43_200;
    Window::told(WindowKind::Cycle, at(index * days), Some(at((index + 1) * days)))
}

fn any_kind() -> impl Strategy<Value = Kind> {
    let amount = || prop::option::of(prop_oneof![-2_i64..3, -GB..300 * GB, any::<i64>()]);
    prop_oneof![
        12 => (0_i64..40).prop_map(Kind::Burn),
        1 => (0_i64..=200).prop_map(Kind::TopUp),
        2 => (amount(), amount(), amount(), prop::sample::select(vec![Unit::Bytes, Unit::Credits, Unit::Days]))
            .prop_map(|(used, limit, left, unit)| Kind::Odd(used, limit, left, unit)),
        2 => Just(Kind::Again),
        1 => (-1_i64..=1, 0_i64..=200).prop_map(|(shift, left)| Kind::OtherWindow(shift, left)),
        2 => prop::sample::select(Reason::ALL.to_vec()).prop_map(Kind::Blind),
    ]
}

fn any_power() -> impl Strategy<Value = Option<PowerState>> {
    prop_oneof![
        8 => Just(Some(PowerState::Running)),
        1 => Just(Some(PowerState::Stopped)),
        1 => Just(None),
        1 => Just(Some(PowerState::Other { word: "ERROR".to_owned() })),
    ]
}

fn any_target() -> impl Strategy<Value = TargetFacts> {
    let ids = prop::sample::select(vec!["s1", "s2", "s3"]);
    let protected = prop_oneof![8 => Just(Some(false)), 1 => Just(Some(true)), 1 => Just(None)];
    (ids, any_power(), protected, prop::bool::weighted(0.05)).prop_map(|(id, power, protected, again)| {
        TargetFacts {
            power,
            protected,
            started_after_our_stop: again,
            ..running(id)
        }
    })
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let count = || prop_oneof![8 => (0_u32..3).prop_map(Some), 1 => Just(Some(10)), 1 => Just(None)];
    let open = prop::option::weighted(
        0.2,
        Just(OpenIntent {
            action: ActionKind::Stop,
            state: IntentState::Planned,
            due: at(0),
        }),
    );
    let can_act = prop_oneof![10 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    let targets = prop::collection::vec(any_target(), 0..4);
    (
        targets,
        count(),
        count(),
        open,
        prop::bool::weighted(0.95),
        can_act,
    )
        .prop_map(|(targets, guard, all, open, may_act, can_act)| Facts {
            targets,
            actions_guard: guard,
            actions_all: all,
            open,
            may_act,
            can_act,
            ..Facts::inert()
        })
}

fn any_look() -> impl Strategy<Value = Look> {
    let wait = prop_oneof![20 => 1_i64..10, 4 => 10_i64..2000, 1 => -3000_i64..0, 1 => 20_000_i64..50_000];
    (wait, any_kind(), any_facts()).prop_map(|(wait, kind, facts)| Look { wait, kind, facts })
}

fn any_spec() -> impl Strategy<Value = GuardSpec> {
    let texts = prop::sample::select(vec![
        "50%", "70%", "85%", "95%", "100%", "20 GB", "5 GB", "1d", "6h",
    ]);
    let limit = prop::sample::select(vec!["10 GB", "98%", "predictive 5 GB", "0 B"]);
    (
        prop::collection::vec(texts, 0..6),
        prop::option::weighted(0.9, limit),
        prop::bool::weighted(0.8),
        prop::option::of(1_u32..200),
        1_u8..4,
    )
        .prop_map(|(steps, limit, armed, bandwidth_mbit, agreeing)| {
            let far = Time::from_ms(MARCH + 3_000 * 86_400_000);
            let armed_mode = Mode::Armed {
                until: far,
                targets: vec![server("s1"), server("s2")],
            };
            GuardSpec {
                steps: steps
                    .into_iter()
                    .collect::<HashSet<_>>()
                    .into_iter()
                    .map(step)
                    .collect(),
                limit: limit.map(|text: &str| text.parse::<Limit>().expect("a limit")),
                mode: if armed { armed_mode } else { Mode::Watch },
                bandwidth_mbit,
                belts: Belts {
                    agreeing,
                    ..Belts::default()
                },
                ..spec()
            }
        })
}

/// Turns drawn looks into observations, as a world would: time, window and the true value run on.
struct Story {
    minute: i64,
    left: i64,
    last: Option<Reading>,
    window: i64,
}

impl Story {
    fn new() -> Self {
        Self {
            minute: 100,
            left: 200 * GB,
            last: None,
            window: 0,
        }
    }

    fn tell(&mut self, look: &Look) -> (Observation, Time) {
        self.minute = (self.minute + look.wait).max(100);
        let now = at(self.minute);
        let window = self.minute.div_euclid(43_200);
        if window != self.window {
            (self.window, self.left) = (window, 200 * GB);
        }
        let outcome = match &look.kind {
            Kind::Burn(part) => {
                self.left = (self.left - part * GB / 10).max(0);
                self.truth(self.left, window)
            }
            Kind::TopUp(left) => {
                self.left = left * GB;
                self.truth(self.left, window)
            }
            Kind::OtherWindow(shift, left) => self.truth(left * GB, window + shift),
            Kind::Odd(used, limit, left, unit) => {
                let amount = |raw: &Option<i64>| raw.map(|raw| Quantity::from_raw(raw, *unit));
                let (used, limit, left) = (amount(used), amount(limit), amount(left));
                let window = Some(nth_window(window));
                Reading::new(used, limit, left, window, AsOf::Fetch(now), now).map_or_else(
                    |_| Outcome::Blind(Blind::new(Reason::Shape, "test")),
                    Outcome::Known,
                )
            }
            Kind::Again => match self.last.clone() {
                Some(reading) => Outcome::Known(reading),
                None => Outcome::Blind(Blind::new(Reason::Missing, "test")),
            },
            Kind::Blind(reason) => Outcome::Blind(Blind::new(*reason, "test")),
        };
        if let Outcome::Known(reading) = &outcome {
            self.last = Some(reading.clone());
        }
        let seen = Observation {
            outcome,
            facts: look.facts.clone(),
        };
        (seen, now)
    }

    fn truth(&self, left: i64, window: i64) -> Outcome {
        Outcome::Known(within(left, 200 * GB, self.minute, Some(nth_window(window))))
    }
}

/// Judges a whole story and shows each judgement with what it was made from.
fn each(
    spec: &GuardSpec,
    looks: &[Look],
    mut check: impl FnMut(
        &GuardState,
        &Observation,
        Time,
        &tidegate_guard::Judgement<GuardState>,
    ) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut story = Story::new();
    let mut state = GuardState::default();
    for look in looks {
        let (seen, now) = story.tell(look);
        let judgement = judge(spec, &state, &seen, now);
        check(&state, &seen, now, &judgement)?;
        state = judgement.state;
    }
    Ok(())
}

fn any_looks() -> impl Strategy<Value = Vec<Look>> {
    prop::collection::vec(any_look(), 1..80)
}

fn targets_of(decision: &Decision) -> Option<&Vec<Target>> {
    match decision {
        Decision::Plan { targets, .. } => Some(targets),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// S2, S8: the list is frozen at arming, and a protected, unreadable or unmapped target is on none.
    #[test]
    fn targets_planned_are_frozen_and_mapped_and_running_and_unprotected(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |_, seen, _, judgement| {
            for target in judgement.decisions.iter().filter_map(targets_of).flatten() {
                let Mode::Armed { targets: frozen, .. } = &spec.mode else {
                    return Err(TestCaseError::fail("planned while watching"));
                };
                prop_assert!(frozen.contains(target));
                let mapped = seen.facts.targets.iter().find(|facts| facts.target.id == target.id).expect("mapped");
                prop_assert_eq!(&mapped.power, &Some(PowerState::Running));
                prop_assert_eq!(mapped.protected, Some(false));
            }
            for targets in judgement.decisions.iter().filter_map(targets_of) {
                let distinct: HashSet<&Target> = targets.iter().collect();
                prop_assert_eq!(distinct.len(), targets.len());
            }
            Ok(())
        })?;
    }

    /// S3: unknown, stale, negative or odd data never yields a stop.
    #[test]
    fn no_sequence_of_blind_and_odd_outcomes_ever_plans(
        spec in any_spec(),
        looks in prop::collection::vec(any_look(), 1..60),
        reasons in prop::collection::vec(prop::sample::select(Reason::ALL.to_vec()), 1..60),
    ) {
        // Truth is only ever blindness, minus one, nothing of nothing, or a number of another window.
        let looks: Vec<Look> = looks.into_iter().zip(reasons.into_iter().cycle()).map(|(look, reason)| {
            let kind = match look.kind {
                Kind::Burn(_) => Kind::Blind(reason),
                Kind::TopUp(_) => Kind::Odd(None, None, Some(-1), Unit::Bytes),
                Kind::Odd(..) => Kind::Odd(Some(0), Some(0), Some(0), Unit::Bytes),
                Kind::OtherWindow(..) => Kind::OtherWindow(-1, 1),
                kind => kind,
            };
            Look { kind, ..look }
        }).collect();
        each(&spec, &looks, |_, _, _, judgement| {
            prop_assert!(judgement.decisions.iter().all(|decision| targets_of(decision).is_none()));
            Ok(())
        })?;
    }

    /// S3, S4: a plan comes only from a reading that is believed, and is over the line.
    #[test]
    fn a_plan_comes_only_from_a_believed_reading_over_the_line(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |_, seen, now, judgement| {
            if judgement.decisions.iter().any(|decision| targets_of(decision).is_some()) {
                let reading = seen.outcome.reading().expect("a plan without a reading");
                prop_assert_eq!(judgement.state.last_reading(), Some(reading));
                prop_assert!(judgement.why.over);
                prop_assert!(judgement.why.blind.is_none());
                prop_assert!(reading.window().is_none_or(|window| window.contains(now)));
                prop_assert!(reading.headroom().is_some_and(|left| !left.is_negative() || left.unit() != Unit::Bytes));
                prop_assert!(seen.facts.open.is_none());
            }
            Ok(())
        })?;
    }

    /// S5: a guard that is not armed, expired, without credential or lease never plans and is never cleared.
    #[test]
    fn an_unarmed_guard_neither_plans_nor_clears(spec in any_spec(), looks in any_looks(), how in 0..4) {
        let mut spec = spec;
        let mut looks = looks;
        match how {
            0 => spec.mode = Mode::Watch,
            1 => spec.mode = Mode::Armed { until: at(0), targets: vec![server("s1")] },
            2 => looks.iter_mut().for_each(|look| look.facts.can_act = Some(false)),
            _ => looks.iter_mut().for_each(|look| look.facts.may_act = false),
        }
        each(&spec, &looks, |state, seen, now, judgement| {
            prop_assert!(judgement.decisions.iter().all(|decision| targets_of(decision).is_none()));
            let (action, manner) = (ActionKind::Stop, StopManner::Soft);
            prop_assert!(clear(&spec, state, seen, &server("s1"), action, manner, now).is_err());
            Ok(())
        })?;
    }

    /// S6: what is planned never exceeds what the counts leave.
    #[test]
    fn planned_actions_stay_below_the_belts(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |_, seen, _, judgement| {
            for targets in judgement.decisions.iter().filter_map(targets_of) {
                let count = u32::try_from(targets.len()).expect("few");
                prop_assert!(seen.facts.actions_guard.expect("counted") + count <= spec.belts.actions_guard);
                prop_assert!(seen.facts.actions_all.expect("counted") + count <= spec.belts.actions_all);
            }
            Ok(())
        })?;
    }

    /// S7: no stop within the grace after an observed start.
    #[test]
    fn no_target_is_planned_within_its_grace(spec in any_spec(), looks in any_looks(), ago in 0_u64..30) {
        let mut story = Story::new();
        let mut state = GuardState::default();
        for mut look in looks {
            for target in &mut look.facts.targets {
                target.started_at = Some(at((story.minute + look.wait).max(100)).minus(minutes(ago)));
            }
            let (seen, now) = story.tell(&look);
            let judgement = judge(&spec, &state, &seen, now);
            let plans = judgement.decisions.iter().any(|decision| targets_of(decision).is_some());
            prop_assert!(!plans || ago >= 15);
            state = judgement.state;
        }
    }

    /// S13, S15, S18: across windows, top-ups, lies and clock jumps.
    #[test]
    fn each_window_and_key_is_raised_at_most_once(spec in any_spec(), looks in any_looks()) {
        let mut told = HashSet::new();
        each(&spec, &looks, |_, _, _, judgement| {
            for decision in &judgement.decisions {
                if let Decision::RaiseStep { key, window, .. } = decision {
                    let start = window.map(|window| window.start);
                    prop_assert!(told.insert((start, key.clone())), "{key} twice in {start:?}");
                }
            }
            Ok(())
        })?;
    }

    /// Each resolve pairs one raise that is open.
    #[test]
    fn each_resolve_pairs_one_open_raise(spec in any_spec(), looks in any_looks()) {
        let mut open = HashSet::new();
        let mut blind = false;
        each(&spec, &looks, |_, _, _, judgement| {
            for decision in &judgement.decisions {
                let start = |window: &Option<Window>| window.map(|window| window.start);
                match decision {
                    Decision::RaiseStep { key, window, .. } => prop_assert!(open.insert((start(window), key.clone()))),
                    Decision::ResolveStep { key, window, .. } => {
                        prop_assert!(open.remove(&(start(window), key.clone())), "{key} was not open");
                    }
                    Decision::RemindStep { key, window, .. } => {
                        prop_assert!(open.contains(&(start(window), key.clone())), "{key} is not open");
                    }
                    Decision::RaiseBlind { .. } => prop_assert!(!std::mem::replace(&mut blind, true)),
                    Decision::ResolveBlind { .. } => prop_assert!(std::mem::replace(&mut blind, false)),
                    Decision::Plan { .. } | Decision::Cancel { .. } => {}
                }
            }
            Ok(())
        })?;
    }

    /// At most one message for steps in one judgement.
    #[test]
    fn one_judgement_tells_at_most_one_step(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |_, _, _, judgement| {
            prop_assert!(raised(judgement).len() <= 1);
            Ok(())
        })?;
    }

    /// S12: the same look again changes neither ladder, history nor forecast, and decides nothing new.
    #[test]
    fn a_reading_judged_again_changes_nothing(spec in any_spec(), looks in any_looks(), later in 0_i64..30) {
        each(&spec, &looks, |_, seen, now, judgement| {
            if seen.outcome.reading().is_some() && judgement.why.blind.is_none() {
                let seen = Observation { facts: Facts { open: None, ..seen.facts.clone() }, ..seen.clone() };
                let again = judge(&spec, &judgement.state, &seen, now.plus(Duration::from_secs(later.unsigned_abs())));
                prop_assert_eq!(&again.state, &judgement.state);
                prop_assert!(again.decisions.is_empty(), "{:?}", again.decisions);
                prop_assert_eq!(again.why.forecast, judgement.why.forecast);
            }
            Ok(())
        })?;
    }

    /// S17: no top-up ever makes a rate negative; S16: rates and bounds stay in the meter's unit.
    #[test]
    fn rates_are_never_negative_and_keep_the_unit(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |_, _, now, judgement| {
            if let tidegate_guard::Forecast::Known { hourly, hourly_upper, .. } = judgement.state.forecast(&spec, now) {
                prop_assert!(!hourly.is_negative() && hourly.raw() <= hourly_upper.raw());
                let unit = judgement.state.last_reading().map(Reading::unit);
                prop_assert_eq!(Some(hourly.unit()), unit);
            }
            Ok(())
        })?;
    }

    /// S18: a wall clock that jumps, and nothing else, decides nothing.
    #[test]
    fn a_jump_of_the_wall_clock_alone_decides_nothing(
        spec in any_spec(), looks in any_looks(), jump in -2_000_000_i64..2_000_000,
    ) {
        each(&spec, &looks, |_, seen, now, judgement| {
            if seen.outcome.reading().is_none() {
                return Ok(());
            }
            let facts = Facts { open: None, ..seen.facts.clone() };
            let seen = Observation { outcome: seen.outcome.clone(), facts };
            let jumped = judge(&spec, &judgement.state, &seen, Time::from_ms(now.ms() + jump * 60_000));
            for decision in &jumped.decisions {
                let harmless = matches!(decision, Decision::RemindStep { .. } | Decision::RaiseBlind { .. } | Decision::ResolveBlind { .. });
                prop_assert!(harmless, "{decision:?}");
            }
            Ok(())
        })?;
    }

    /// What is stored is what was judged.
    #[test]
    fn every_state_survives_json_and_stays_small(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |_, _, _, judgement| {
            let text = serde_json::to_string(&judgement.state).expect("json");
            prop_assert!(text.len() <= 6144, "{} bytes", text.len());
            prop_assert_eq!(&serde_json::from_str::<GuardState>(&text).expect("state"), &judgement.state);
            Ok(())
        })?;
    }

    /// The check just before sending never allows what judgement would not.
    #[test]
    fn nothing_is_cleared_that_a_belt_blocks(spec in any_spec(), looks in any_looks()) {
        each(&spec, &looks, |state, seen, now, _| {
            let (action, manner) = (ActionKind::Stop, StopManner::Soft);
            if let Ok(permit) = clear(&spec, state, seen, &server("s1"), action, manner, now) {
                prop_assert!(seen.outcome.reading().is_some());
                prop_assert_eq!(permit.target(), &server("s1"));
                let facts = seen.facts.targets.iter().find(|facts| facts.target == server("s1")).expect("mapped");
                prop_assert_eq!(&facts.power, &Some(PowerState::Running));
                prop_assert_eq!(facts.protected, Some(false));
                prop_assert!(seen.facts.actions_guard.is_some_and(|actions| actions < 3));
            }
            Ok(())
        })?;
    }
}
