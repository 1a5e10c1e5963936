//! Each sentence of the design about the limit: absolute, share, predictive, and the overshoot contract.

use std::time::Duration;

use tidegate_guard::{Behind, Belt, Decision, FastSignal, GuardSpec, Mode, contract};
use tidegate_meter::{Quantity, Time};

use crate::common::*;

fn line(text: &str) -> GuardSpec {
    GuardSpec {
        steps: Vec::new(),
        limit: Some(limit(text)),
        ..spec()
    }
}

#[test]
fn an_absolute_limit_asks_strictly_below_it() {
    let mut guard = Watchman::seen(line("10 GB"), 10 * GB);
    let on_it = guard.look(10 * GB, 105);
    assert!(!on_it.why.over);
    assert_eq!(on_it.why.distance, Some(Quantity::bytes(0)));
    let below = guard.look(10 * GB - 1, 110);
    assert!(below.why.over);
    assert_eq!(below.why.distance, Some(Quantity::bytes(-1)));
}

#[test]
fn a_share_limit_asks_when_the_share_is_reached() {
    let mut guard = Watchman::seen(line("95%"), 20 * GB);
    assert!(!guard.look(10 * GB + 1, 105).why.over);
    let reached = guard.look(10 * GB, 110);
    assert!(reached.why.over);
    assert_eq!(reached.why.distance, Some(Quantity::bytes(0)));
}

#[test]
fn two_agreeing_readings_over_the_line_plan_the_frozen_target_after_the_countdown() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    let first = guard.look(9 * GB, 105);
    assert_eq!(planned(&first), None);
    assert_eq!(first.why.belts, [Belt::Agreeing { seen: 1, needed: 2 }]);
    let second = guard.look(8 * GB, 110);
    assert_eq!(planned(&second), Some(vec!["s1".to_owned()]));
    assert!(
        second.why.belts.is_empty() && second.why.over,
        "nothing blocks: it acts"
    );
    let due = second.decisions.iter().find_map(|decision| match decision {
        Decision::Plan { due, window, .. } => Some((*due, *window)),
        _ => None,
    });
    assert_eq!(due, Some((at(111), Some(march()))));
}

#[test]
fn crossing_the_limit_is_told_once_and_the_plan_comes_beside_it() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.spec.belts.agreeing = 1;
    let crossed = guard.look(9 * GB, 105);
    assert_eq!(raised(&crossed), ["limit"]);
    assert!(planned(&crossed).is_some());
    assert!(raised(&guard.look(8 * GB, 110)).is_empty());
}

#[test]
fn a_watching_guard_says_what_it_would_do_and_does_nothing() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    let crossed = guard.look(9 * GB, 105);
    assert_eq!(raised(&crossed), ["limit"]);
    let told = crossed.decisions.iter().find_map(|decision| match decision {
        Decision::RaiseStep { why, step, .. } => Some((why.belts.first().cloned(), *step)),
        _ => None,
    });
    assert_eq!(told, Some((Some(Belt::Watch), None)));
    assert_eq!(planned(&guard.look(8 * GB, 110)), None);
}

/// One gigabyte an hour for 30 hours, ending with 70 GB left at minute 1800.
fn burning(spec: GuardSpec) -> Watchman {
    let mut guard = Watchman::new(spec);
    for hour in 0..=30 {
        guard.look(100 * GB - hour * GB, hour * 60);
    }
    guard
}

#[test]
fn the_lower_bound_is_the_reading_less_the_upper_burn_until_a_stop_takes_effect() {
    let mut guard = burning(line("predictive 5 GB"));
    guard.facts.lag = Some(hours(1));
    let now = guard.look(69 * GB, 1860);
    // Most burned is 1 GB/h × (age 0 + two looks 10 min + countdown 1 min + stop 1 min + lag 60 min) = 72 min of burn.
    let burned = GB * 72 / 60;
    assert_eq!(now.why.lower_bound, Some(Quantity::bytes(69 * GB - burned)));
}

#[test]
fn the_lower_bound_falls_as_the_reading_ages() {
    let mut guard = burning(line("predictive 5 GB"));
    guard.facts.lag = Some(Duration::ZERO);
    let fresh = guard.look(69 * GB, 1860).why.lower_bound.unwrap();
    let aged = guard
        .lose(tidegate_meter::Reason::Transient, 1920)
        .why
        .lower_bound
        .unwrap();
    assert_eq!(fresh.minus(aged).unwrap(), Quantity::bytes(GB));
}

#[test]
fn a_predictive_limit_asks_before_the_reserve_is_reached() {
    let mut guard = burning(line("predictive 5 GB"));
    guard.facts.lag = Some(hours(1));
    let mut asked_at = None;
    for hour in 31..=99 {
        let left = 100 * GB - hour * GB;
        if guard.look(left, hour * 60).why.over && asked_at.is_none() {
            asked_at = Some(left);
        }
    }
    assert_eq!(
        asked_at,
        Some(6 * GB),
        "6 GB less 72 minutes of 1 GB/h is under 5 GB; 7 GB is not"
    );
}

#[test]
fn the_fast_signal_lowers_the_bound_at_once() {
    let mut guard = burning(line("predictive 5 GB"));
    guard.facts.lag = Some(Duration::ZERO);
    guard.facts.fast = Some(FastSignal {
        bytes: 66 * GB,
        since: at(1800),
        until: at(1859),
        complete: false,
    });
    let now = guard.look(69 * GB, 1860);
    assert_eq!(now.why.lower_bound, Some(Quantity::bytes(3 * GB)));
    assert!(now.why.over);
}

#[test]
fn a_small_fast_signal_never_raises_the_bound() {
    let mut guard = burning(line("predictive 5 GB"));
    let without = guard.look(69 * GB, 1860).why.lower_bound;
    let mut with = burning(line("predictive 5 GB"));
    with.facts.fast = Some(FastSignal {
        bytes: -5,
        since: at(1800),
        until: at(1859),
        complete: true,
    });
    assert_eq!(with.look(69 * GB, 1860).why.lower_bound, without);
}

#[test]
fn without_a_rate_the_bandwidth_bounds_what_may_be_gone() {
    let spec = GuardSpec {
        bandwidth_mbit: Some(5),
        ..line("predictive 5 GB")
    };
    let mut guard = Watchman::seen(spec, 20 * GB);
    guard.facts.lag = Some(hours(1));
    // 5 Mbit/s = 2.25 GB/h, for 72 minutes: 2.7 GB.
    assert_eq!(
        guard.look(20 * GB, 105).why.lower_bound,
        Some(Quantity::bytes(20 * GB - 2_700_000_000))
    );
}

#[test]
fn without_rate_signal_and_bandwidth_the_plain_headroom_is_compared() {
    let mut guard = Watchman::seen(line("predictive 5 GB"), 20 * GB);
    assert_eq!(
        guard.look(20 * GB, 105).why.lower_bound,
        Some(Quantity::bytes(20 * GB))
    );
    assert!(!guard.look(5 * GB, 110).why.over);
    assert!(guard.look(5 * GB - 1, 115).why.over);
}

#[test]
fn a_limit_in_another_unit_cannot_be_compared_and_says_so() {
    let mut guard = Watchman::seen(line("5 CNY"), 20 * GB);
    let judgement = guard.look(GB, 105);
    assert!(!judgement.why.over);
    let doubt = judgement.doubt.unwrap();
    assert_eq!(doubt.reason, tidegate_meter::Reason::Shape);
    assert!(
        doubt.detail.contains("bytes") && doubt.detail.contains("CNY"),
        "{}",
        doubt.detail
    );
}

#[test]
fn the_contract_advises_045_gb_per_hour_and_mbit() {
    let spec = GuardSpec {
        bandwidth_mbit: Some(100),
        countdown: Duration::ZERO,
        belts: tidegate_guard::Belts {
            agreeing: 1,
            ..Default::default()
        },
        ..spec()
    };
    let contract = contract(&spec, measured(54), None);
    // 100 Mbit/s × 0.45 GB/h × (54 + 5 + 1 min) = 45 GB.
    assert_eq!(contract.reserve_advised, Some(Quantity::bytes(45 * GB)));
    assert_eq!(contract.overshoot, contract.reserve_advised);
}

#[test]
fn the_contract_counts_the_countdown_and_each_agreeing_reading_in() {
    let base = GuardSpec {
        bandwidth_mbit: Some(100),
        ..spec()
    };
    let advised = |spec: &GuardSpec| contract(spec, measured(0), None).reserve_advised.unwrap().raw();
    let minute = 750_000_000;
    // Two readings five minutes apart, one minute of countdown, one of stopping.
    assert_eq!(advised(&base), 12 * minute);
    let patient = GuardSpec {
        countdown: minutes(10),
        ..base.clone()
    };
    assert_eq!(advised(&patient) - advised(&base), 9 * minute);
    let careful = GuardSpec {
        belts: tidegate_guard::Belts {
            agreeing: 3,
            ..Default::default()
        },
        ..base.clone()
    };
    assert_eq!(advised(&careful) - advised(&base), 5 * minute);
}

#[test]
fn the_contract_uses_the_upper_burn_where_no_bandwidth_is_known_and_claims_nothing_without_both() {
    let upper = Some(Quantity::bytes(6 * GB));
    assert_eq!(
        contract(&spec(), measured(8), upper).overshoot,
        Some(Quantity::bytes(2 * GB))
    );
    assert_eq!(contract(&spec(), Behind::default(), None).overshoot, None);
}

#[test]
fn a_contract_that_was_not_measured_assumes_a_delay_and_says_so() {
    let told = |lag, measured| contract(&spec(), Behind { lag, measured }, None);
    assert_eq!(
        (told(None, false).lag, told(None, false).measured),
        (hours(3), false),
        "two hours late, and an hour of standing"
    );
    let step = told(Some(minutes(20)), false);
    assert_eq!(
        step.lag,
        minutes(140),
        "the step that was learned says nothing of the delay"
    );
    let known = told(Some(hours(13)), true);
    assert_eq!((known.lag, known.measured), (hours(13), true));
}

fn measured(lag: u64) -> Behind {
    Behind {
        lag: Some(minutes(lag)),
        measured: true,
    }
}

#[test]
fn a_countdown_is_called_off_when_the_meter_recovers_by_the_hysteresis() {
    let mut guard = planned_guard();
    assert!(
        !cancelled(&guard.look(11 * GB, 115)),
        "above the line, within the hysteresis"
    );
    assert!(cancelled(&guard.look(150 * GB, 120)));
}

/// Over the line with a countdown running.
fn planned_guard() -> Watchman {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    assert!(planned(&guard.look(8 * GB, 110)).is_some());
    guard.facts.open = Some(open(tidegate_guard::IntentState::Planned));
    guard
}

fn open(state: tidegate_guard::IntentState) -> tidegate_guard::OpenIntent {
    tidegate_guard::OpenIntent {
        action: tidegate_guard::ActionKind::Stop,
        state,
        due: at(115),
    }
}

#[test]
fn nothing_is_planned_while_an_action_is_in_flight() {
    let mut guard = planned_guard();
    let next = guard.look(7 * GB, 112);
    assert_eq!(planned(&next), None);
    assert_eq!(
        next.why.acting,
        Some((tidegate_guard::IntentState::Planned, at(115)))
    );
}

#[test]
fn what_was_sent_is_never_called_off() {
    let mut guard = planned_guard();
    for state in [
        tidegate_guard::IntentState::Sent,
        tidegate_guard::IntentState::Accepted,
        tidegate_guard::IntentState::Verifying,
        tidegate_guard::IntentState::Unknown,
    ] {
        guard.facts.open = Some(open(state));
        assert!(!cancelled(&guard.look(150 * GB, 120)), "{state:?}");
    }
}

#[test]
fn a_start_in_flight_is_not_called_off_by_a_recovered_meter() {
    let mut guard = planned_guard();
    guard.facts.open = Some(tidegate_guard::OpenIntent {
        action: tidegate_guard::ActionKind::Start,
        ..open(tidegate_guard::IntentState::Planned)
    });
    assert!(!cancelled(&guard.look(150 * GB, 120)));
}

#[test]
fn blindness_alone_calls_nothing_off() {
    let mut guard = planned_guard();
    for round in 0..10 {
        let judgement = guard.lose(tidegate_meter::Reason::Auth, 112 + round);
        assert!(!cancelled(&judgement) && planned(&judgement).is_none());
    }
}

#[test]
fn a_countdown_is_called_off_when_a_belt_is_known_not_to_hold_even_while_blind() {
    let broken: [fn(&mut Watchman); 7] = [
        |guard| guard.spec.mode = Mode::Watch,
        |guard| {
            guard.spec.mode = Mode::Armed {
                until: at(111),
                targets: vec![server("s1")],
            };
        },
        |guard| guard.facts.paused_until = Some(at(5000)),
        |guard| guard.facts.held_until = Some(at(5000)),
        |guard| guard.facts.can_act = Some(false),
        |guard| guard.facts.targets[0].protected = Some(true),
        |guard| guard.spec.limit = None,
    ];
    for (index, break_belt) in broken.into_iter().enumerate() {
        let mut guard = planned_guard();
        break_belt(&mut guard);
        assert!(
            cancelled(&guard.lose(tidegate_meter::Reason::Transient, 112)),
            "belt {index}"
        );
    }
}

#[test]
fn a_countdown_is_called_off_when_its_window_ends() {
    let mut guard = planned_guard();
    let turn = (APRIL - MARCH) / 60_000;
    assert!(cancelled(&guard.lose(tidegate_meter::Reason::Transient, turn)));
    assert_eq!(Time::from_ms(APRIL), at(turn));
}
