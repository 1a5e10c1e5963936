//! Each sentence of the design about blindness.

use tidegate_guard::{Decision, GuardState, Judgement, Level};
use tidegate_meter::Reason;

use crate::common::*;

fn told(judgement: &Judgement<GuardState>) -> Option<Reason> {
    judgement.decisions.iter().find_map(|decision| match decision {
        Decision::RaiseBlind { blind, .. } => Some(blind.reason),
        _ => None,
    })
}

fn ended(judgement: &Judgement<GuardState>) -> Option<(Reason, tidegate_meter::Time)> {
    judgement.decisions.iter().find_map(|decision| match decision {
        Decision::ResolveBlind { reason, since } => Some((*reason, *since)),
        _ => None,
    })
}

#[test]
fn three_missed_intervals_are_told_once() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    assert_eq!(told(&guard.lose(Reason::Transient, 105)), None);
    assert_eq!(told(&guard.lose(Reason::Transient, 110)), None);
    let third = guard.lose(Reason::Transient, 115);
    assert_eq!(told(&third), Some(Reason::Transient));
    assert_eq!(third.level, Level::Blind);
    for round in 0..50 {
        assert_eq!(told(&guard.lose(Reason::Transient, 120 + round * 5)), None);
    }
}

#[test]
fn what_needs_a_person_is_told_at_once() {
    for reason in Reason::ALL {
        let mut guard = Watchman::seen(spec(), 100 * GB);
        let at_once = matches!(
            reason,
            Reason::Auth | Reason::Scope | Reason::Locked | Reason::Disabled | Reason::Shape
        );
        assert_eq!(told(&guard.lose(reason, 105)).is_some(), at_once, "{reason:?}");
    }
}

#[test]
fn one_failed_look_after_a_long_sleep_is_not_told() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    assert_eq!(told(&guard.lose(Reason::Transient, 1000)), None);
    assert_eq!(
        told(&guard.lose(Reason::Transient, 1005)),
        Some(Reason::Transient)
    );
}

#[test]
fn it_is_told_even_when_the_wall_clock_went_back() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    let looks = (0..6).map(|round| told(&guard.lose(Reason::Transient, 50 + round)));
    assert_eq!(looks.flatten().count(), 1);
}

#[test]
fn a_meter_that_was_never_seen_goes_blind_too() {
    let mut guard = Watchman::new(spec());
    let since = [100, 105, 110, 115].map(|minute| {
        guard
            .lose(Reason::Missing, minute)
            .decisions
            .into_iter()
            .find_map(|decision| match decision {
                Decision::RaiseBlind { since, .. } => Some(since),
                _ => None,
            })
    });
    assert_eq!(since, [None, None, None, Some(None)]);
}

#[test]
fn truth_again_is_told_once_with_the_reason_and_since_when() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    guard.lose(Reason::Auth, 105);
    guard.lose(Reason::Transient, 110);
    let back = guard.look(99 * GB, 115);
    assert_eq!(
        ended(&back),
        Some((Reason::Auth, at(100))),
        "the reason it was raised with, the last truth"
    );
    assert_eq!(back.level, Level::Calm);
    assert_eq!(ended(&guard.look(98 * GB, 120)), None);
}

#[test]
fn an_episode_that_was_never_told_ends_silently() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    guard.lose(Reason::Transient, 105);
    assert!(guard.look(99 * GB, 110).decisions.is_empty());
}

#[test]
fn the_next_episode_is_told_again() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    guard.lose(Reason::Auth, 105);
    guard.look(99 * GB, 110);
    assert_eq!(told(&guard.lose(Reason::Auth, 115)), Some(Reason::Auth));
}

#[test]
fn blindness_neither_raises_nor_resolves_a_step_and_never_acts() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    for (round, reason) in (0..).zip(Reason::ALL) {
        let judgement = guard.lose(reason, 110 + round * 5);
        assert!(raised(&judgement).is_empty() && resolved(&judgement).is_empty());
        assert_eq!(planned(&judgement), None);
        assert!(!judgement.why.belts.is_empty());
    }
    assert_eq!(
        guard.look(9 * GB - 1, 300).level,
        Level::Critical,
        "the step is where it was"
    );
}

#[test]
fn while_blind_the_last_truth_is_kept_and_shown_with_the_reason() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    let judgement = guard.lose(Reason::Rate, 105);
    assert_eq!(judgement.why.blind, Some((Reason::Rate, at(100))));
    assert_eq!(guard.state.last_reading(), Some(&reading(100 * GB, 100)));
}

#[test]
fn a_provider_stuck_in_the_closed_window_is_told_as_stale() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut guard = Watchman::new(spec());
    guard.look(100 * GB, turn - 5);
    let tells = (0..10).map(|round| told(&guard.look(99 * GB, turn + round * 5)));
    assert_eq!(tells.flatten().collect::<Vec<_>>(), [Reason::Stale]);
}

#[test]
fn a_keychain_that_stays_locked_is_told_once_and_ends_by_nothing_but_truth() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    assert_eq!(told(&guard.lose(Reason::Locked, 105)), Some(Reason::Locked));
    let again = guard.lose(Reason::Locked, 110);
    let is_news = |decision: &Decision| {
        matches!(
            decision,
            Decision::RaiseBlind { .. } | Decision::ResolveBlind { .. }
        )
    };
    assert!(!again.decisions.iter().any(is_news), "{:?}", again.decisions);
}
