//! The last check before a request leaves.

use tidegate_guard::{
    ActionKind, Belt, Consent, GuardSpec, Mode, Observation, Permit, PowerState, StopManner, clear,
};
use tidegate_meter::{Blind, Outcome, Reason};

use crate::common::*;

/// Over the line, two readings counted, a countdown running.
fn due() -> Watchman {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    assert!(planned(&guard.look(8 * GB, 110)).is_some());
    guard
}

fn stop(guard: &Watchman, seen: &Observation, minute: i64) -> Result<Permit, Vec<Belt>> {
    let (action, manner) = (ActionKind::Stop, StopManner::Soft);
    clear(
        &guard.spec,
        &guard.state,
        seen,
        &server("s1"),
        action,
        manner,
        at(minute),
    )
    .map_err(|why| why.belts)
}

fn seen(guard: &Watchman, left: i64, minute: i64) -> Observation {
    Observation {
        outcome: Outcome::Known(reading(left, minute)),
        facts: guard.facts.clone(),
    }
}

#[test]
fn a_fresh_reading_over_the_line_and_a_running_target_clear_the_stop() {
    let guard = due();
    let permit = stop(&guard, &seen(&guard, 7 * GB, 111), 111).unwrap();
    assert_eq!(permit.target(), &server("s1"));
    assert_eq!(
        (permit.action(), permit.manner(), permit.at()),
        (ActionKind::Stop, StopManner::Soft, at(111))
    );
}

#[test]
fn the_fresh_reading_counts_towards_the_agreeing_ones() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    assert_eq!(
        stop(&guard, &seen(&guard, 9 * GB, 105), 105).unwrap_err(),
        [Belt::Agreeing { seen: 1, needed: 2 }]
    );
    guard.look(9 * GB, 105);
    assert!(stop(&guard, &seen(&guard, 8 * GB, 110), 110).is_ok());
}

#[test]
fn a_reading_that_recovered_or_is_within_the_hysteresis_does_not_clear() {
    let guard = due();
    for left in [10 * GB, 11 * GB, 150 * GB] {
        let belts = stop(&guard, &seen(&guard, left, 111), 111).unwrap_err();
        assert!(belts.contains(&Belt::NotOver), "{left}");
    }
}

#[test]
fn blindness_at_the_due_time_refuses() {
    let guard = due();
    for reason in Reason::ALL {
        let blind = Observation {
            outcome: Outcome::Blind(Blind::new(reason, "test")),
            facts: guard.facts.clone(),
        };
        assert!(stop(&guard, &blind, 111).is_err(), "{reason:?}");
    }
}

#[test]
fn an_old_fetch_is_not_a_fresh_reading() {
    let guard = due();
    let belts = stop(&guard, &seen(&guard, 7 * GB, 111), 117).unwrap_err();
    let old = Belt::Old {
        age: minutes(6),
        allowed: minutes(5),
    };
    assert_eq!(belts, [old]);
}

#[test]
fn a_jump_at_the_due_time_refuses() {
    let guard = due();
    assert_eq!(
        stop(&guard, &seen(&guard, 0, 111), 111).unwrap_err()[0],
        Belt::Quarantined
    );
}

#[test]
fn each_belt_that_broke_during_the_countdown_refuses() {
    let broken: [fn(&mut Watchman); 14] = [
        |guard| guard.spec.mode = Mode::Watch,
        |guard| guard.spec.limit = None,
        |guard| guard.facts.may_act = false,
        |guard| guard.facts.can_act = None,
        |guard| guard.facts.can_act = Some(false),
        |guard| guard.facts.paused_until = Some(at(200)),
        |guard| guard.facts.held_until = Some(at(200)),
        |guard| guard.facts.actions_guard = Some(3),
        |guard| guard.facts.actions_all = None,
        |guard| guard.facts.targets[0].power = None,
        |guard| guard.facts.targets[0].power = Some(PowerState::Stopped),
        |guard| guard.facts.targets[0].protected = None,
        |guard| guard.facts.targets[0].started_after_our_stop = true,
        |guard| guard.facts.targets.clear(),
    ];
    for (index, break_belt) in broken.into_iter().enumerate() {
        let mut guard = due();
        break_belt(&mut guard);
        assert!(
            stop(&guard, &seen(&guard, 7 * GB, 111), 111).is_err(),
            "belt {index}"
        );
    }
}

#[test]
fn only_the_named_target_is_looked_at() {
    let mut guard = due();
    let mut other = running("s2");
    other.power = None;
    guard.facts.targets.push(other);
    assert!(
        stop(&guard, &seen(&guard, 7 * GB, 111), 111).is_ok(),
        "s2 has no say about s1"
    );
    let (action, manner) = (ActionKind::Stop, StopManner::Soft);
    let seen = seen(&guard, 7 * GB, 111);
    assert!(
        clear(
            &guard.spec,
            &guard.state,
            &seen,
            &server("s2"),
            action,
            manner,
            at(111)
        )
        .is_err()
    );
    assert!(
        clear(
            &guard.spec,
            &guard.state,
            &seen,
            &server("s9"),
            action,
            manner,
            at(111)
        )
        .is_err()
    );
}

#[test]
fn a_forced_stop_needs_its_own_consent() {
    let mut guard = due();
    let seen = seen(&guard, 7 * GB, 111);
    let force = |spec: &GuardSpec| {
        let (action, manner) = (ActionKind::Stop, StopManner::Forced);
        clear(spec, &guard.state, &seen, &server("s1"), action, manner, at(111)).map_err(|why| why.belts)
    };
    assert_eq!(force(&guard.spec).unwrap_err(), [Belt::NoConsent]);
    guard.spec.forced = true;
    assert_eq!(force(&guard.spec).unwrap().manner(), StopManner::Forced);
}

#[test]
fn warning_is_no_request() {
    let guard = due();
    let seen = seen(&guard, 7 * GB, 111);
    let manner = StopManner::Soft;
    assert!(
        clear(
            &guard.spec,
            &guard.state,
            &seen,
            &server("s1"),
            ActionKind::Warn,
            manner,
            at(111)
        )
        .is_err()
    );
}

/// After the reset, with what we stopped in March still stopped.
fn after_reset() -> Watchman {
    let mut guard = due();
    guard.spec.start_after_reset = true;
    guard.facts.targets[0].power = Some(PowerState::Stopped);
    guard
}

fn start(guard: &Watchman, left: i64) -> Result<Permit, Vec<Belt>> {
    let minute = (APRIL - MARCH) / 60_000 + 5;
    let seen = Observation {
        outcome: Outcome::Known(within(left, 200 * GB, minute, Some(april()))),
        facts: guard.facts.clone(),
    };
    let (action, manner) = (ActionKind::Start, StopManner::Soft);
    clear(
        &guard.spec,
        &guard.state,
        &seen,
        &server("s1"),
        action,
        manner,
        at(minute),
    )
    .map_err(|why| why.belts)
}

#[test]
fn a_start_after_the_reset_is_cleared_in_the_first_hour_and_whatever_the_counts_say() {
    let mut guard = after_reset();
    guard.facts.actions_guard = Some(3);
    let permit = start(&guard, 199 * GB).unwrap();
    assert_eq!(permit.action(), ActionKind::Start);
}

#[test]
fn a_start_is_refused_while_over_the_line_or_without_its_belts() {
    assert_eq!(start(&after_reset(), 5 * GB).unwrap_err(), [Belt::StillOver]);
    let broken: [fn(&mut Watchman); 8] = [
        |guard| guard.spec.start_after_reset = false,
        |guard| guard.spec.mode = Mode::Watch,
        |guard| guard.facts.may_act = false,
        |guard| guard.facts.can_act = None,
        |guard| guard.facts.paused_until = Some(at(1_000_000)),
        |guard| guard.facts.targets[0].power = None,
        |guard| guard.facts.targets[0].power = Some(PowerState::Running),
        |guard| guard.facts.targets[0].protected = Some(true),
    ];
    for (index, break_belt) in broken.into_iter().enumerate() {
        let mut guard = after_reset();
        break_belt(&mut guard);
        assert!(start(&guard, 199 * GB).is_err(), "belt {index}");
    }
}

#[test]
fn a_person_gets_a_permit_only_by_the_targets_name() {
    let consent = |typed: &str| Consent {
        by: "cli".to_owned(),
        typed_name: typed.to_owned(),
    };
    let permit = |typed: &str| {
        Permit::by_person(
            server("s1"),
            ActionKind::Stop,
            StopManner::Soft,
            at(0),
            &consent(typed),
        )
        .is_some()
    };
    assert!(permit("s1") && permit("name of s1"));
    assert!(!permit("") && !permit("S1") && !permit("s2"));
}
