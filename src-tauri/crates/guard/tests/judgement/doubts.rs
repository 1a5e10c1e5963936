//! What a reading in doubt needs to be believed, and what is said while it is not.

use tidegate_guard::{Belt, FastSignal};
use tidegate_meter::{AsOf, Currency, Quantity, Reading, Reason, Unit};

use crate::common::*;

/// The first minute of April.
const TURN: i64 = (APRIL - MARCH) / 60_000;

fn unread() -> Belt {
    Belt::Unreadable {
        what: "reading".to_owned(),
    }
}

#[test]
fn fetches_that_tell_different_wholes_do_not_confirm_each_other() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    guard.look(30 * GB, 105);
    let other = guard.show(within(25 * GB, 100 * GB, 110, Some(march())), 110);
    assert_eq!(other.why.headroom, Some(Quantity::bytes(150 * GB)));
    assert_eq!(other.why.belts.first(), Some(&Belt::Quarantined));
}

#[test]
fn a_fetch_that_tells_more_left_does_not_confirm_a_fall() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    guard.look(10 * GB, 105);
    let more = guard.look(40 * GB, 110);
    assert_eq!(more.why.headroom, Some(Quantity::bytes(150 * GB)));
}

#[test]
fn another_value_of_the_same_fetch_confirms_nothing() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    guard.look(30 * GB, 105);
    let same = guard.look(30 * GB - 1, 105);
    assert_eq!(same.why.headroom, Some(Quantity::bytes(150 * GB)));
}

#[test]
fn a_number_of_another_time_than_its_windows_counts_in_none() {
    let told = |as_of: i64, fetched: i64| {
        let (whole, left) = (Quantity::bytes(200 * GB), Quantity::bytes(GB));
        let as_of = AsOf::Provider(at(as_of));
        Reading::new(None, Some(whole), Some(left), Some(march()), as_of, at(fetched)).unwrap()
    };
    // The clock was set back into March: the number of April is no number of March.
    let mut guard = Watchman::seen(spec(), 150 * GB);
    let judgement = guard.show(told(TURN + 5, TURN - 60), TURN - 60);
    assert!(judgement.why.belts.contains(&Belt::OtherWindow));
    // March is over, and its last number is told once more.
    let mut guard = Watchman::seen(spec(), 150 * GB);
    let judgement = guard.show(told(TURN - 5, TURN + 5), TURN + 5);
    assert!(judgement.why.belts.contains(&Belt::OtherWindow));
}

#[test]
fn the_same_reading_once_more_is_read_and_doubted_by_nobody() {
    let mut guard = Watchman::seen(spec(), 60 * GB);
    let again = guard.show(reading(60 * GB, 100), 101);
    assert_eq!((again.doubt, again.why.belts), (None, Vec::new()));
}

#[test]
fn the_same_doubted_reading_once_more_stays_in_doubt() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    guard.look(0, 105);
    let again = guard.show(reading(0, 105), 106);
    assert_eq!(again.doubt.map(|blind| blind.reason), Some(Reason::Implausible));
    assert_eq!(again.why.belts, [Belt::Quarantined]);
}

#[test]
fn an_older_fetch_told_late_leaves_the_meter_unread() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 110);
    let late = guard.show(reading(5 * GB, 105), 115);
    assert_eq!(late.doubt, None);
    assert_eq!(late.why.belts, [unread()]);
}

#[test]
fn less_than_nothing_in_a_package_is_unreadable_and_overspent_money_is_not() {
    let negative = Belt::Unreadable {
        what: "negative".to_owned(),
    };
    let belts = |unit: Unit| {
        let left = |raw: i64, minute: i64| {
            let (left, now) = (Quantity::from_raw(raw, unit), at(minute));
            Reading::new(None, None, Some(left), None, AsOf::Fetch(now), now).unwrap()
        };
        let mut guard = Watchman::new(spec());
        guard.spec.steps = vec![tidegate_guard::Step::Headroom(Quantity::from_raw(10, unit))];
        guard.spec.limit = None;
        guard.show(left(-5, 100), 100).why.belts
    };
    assert!(belts(Unit::Bytes).contains(&negative));
    assert!(!belts(Unit::Money(Currency::CNY)).contains(&negative));
    assert!(!belts(Unit::Credits).contains(&negative));
}

#[test]
fn a_number_told_late_and_seldom_is_acted_on_until_the_next_is_due_and_no_longer() {
    let told = |left: i64, as_of: i64, fetched: i64| {
        let (whole, left) = (Some(Quantity::bytes(200 * GB)), Some(Quantity::bytes(left)));
        let as_of = AsOf::Provider(at(as_of));
        Reading::new(None, whole, left, Some(march()), as_of, at(fetched)).unwrap()
    };
    // Every twelve hours, the number of twelve hours ago.
    let seen = || {
        let mut guard = Watchman::new(spec());
        for batch in 0..6 {
            let as_of = batch * 720;
            guard.show(told((60 - batch * 10) * GB, as_of, as_of + 720), as_of + 720);
        }
        guard.show(told(9 * GB, 4320, 5040), 5040);
        guard
    };
    assert!(planned(&seen().show(told(9 * GB, 4320, 5400), 5400)).is_some());
    assert!(planned(&seen().show(told(9 * GB, 4320, 5760), 5760)).is_some());
    let old = seen().show(told(9 * GB, 4320, 5761), 5761);
    assert_eq!(planned(&old), None);
    assert_eq!(
        old.why.belts,
        [Belt::Old {
            age: minutes(1441),
            allowed: hours(24)
        }]
    );
}

#[test]
fn a_fast_signal_of_this_meter_says_nothing_of_another_package() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.facts.fast = Some(FastSignal {
        bytes: 199 * GB,
        since: at(90),
        until: at(104),
        complete: true,
    });
    guard.spec.limit = Some(limit("predictive 10 GB"));
    guard.facts.targets[0].others = vec![tidegate_guard::OtherMeter {
        name: "the other package".to_owned(),
        now: Some(reading(150 * GB, 105)),
        before: Some(reading(150 * GB, 100)),
    }];
    let covered = Belt::Covered {
        target: server("s1"),
        meter: "the other package".to_owned(),
    };
    guard.look(9 * GB, 105);
    let judgement = guard.look(9 * GB, 110);
    assert!(
        judgement.why.belts.contains(&covered),
        "{:?}",
        judgement.why.belts
    );
    assert_eq!(planned(&judgement), None);
}
