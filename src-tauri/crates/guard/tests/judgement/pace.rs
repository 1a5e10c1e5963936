//! What a meter may burn in a stretch of time, and when a package is left alone because it lasts.

use tidegate_guard::{FastSignal, GuardSpec};
use tidegate_meter::Quantity;

use crate::common::*;

fn predictive(mbit: Option<u32>) -> GuardSpec {
    GuardSpec {
        steps: Vec::new(),
        limit: Some(limit("predictive 5 GB")),
        bandwidth_mbit: mbit,
        ..spec()
    }
}

/// What is charged of a reading of 150 GB at the end of so many hours of burn, each in gigabytes.
fn charged(guard: &mut Watchman, hourly: impl Fn(i64) -> i64, hours_seen: i64) -> i64 {
    let mut left = 190 * GB;
    for hour in 0..=hours_seen {
        left -= if hour == 0 { 0 } else { hourly(hour) * GB / 10 };
        guard.look(left, 100 + hour * 60);
    }
    let bound = guard.look(left, 100 + hours_seen * 60 + 1).why.lower_bound;
    left - bound.expect("a bound").raw()
}

#[test]
fn a_rare_peak_is_withstood_as_long_as_it_lasted() {
    // An hour of 4 GB in each day of 0.1 GB/h: a twenty-fourth of the time, which no ninth tenth shows.
    let mut guard = Watchman::new(predictive(None));
    let rare = charged(&mut guard, |hour| if hour % 24 == 5 { 40 } else { 1 }, 40);
    assert!(rare >= 8 * GB / 10, "twelve minutes of the peak: {rare}");
    let mut late = Watchman::new(predictive(None));
    late.facts.lag = Some(hours(10));
    let long = charged(&mut late, |hour| if hour % 24 == 5 { 40 } else { 1 }, 40);
    assert!(
        (49 * GB / 10..6 * GB).contains(&long),
        "one peak in ten hours, not ten: {long}"
    );
}

#[test]
fn a_pace_that_was_never_seen_is_taken_to_go_on() {
    let mut guard = Watchman::new(predictive(None));
    guard.facts.lag = Some(hours(10));
    let sudden = charged(&mut guard, |hour| if hour >= 20 { 30 } else { 1 }, 20);
    assert!(sudden >= 30 * GB, "ten hours of 3 GB/h: {sudden}");
}

#[test]
fn what_lands_after_a_standstill_was_used_in_a_usual_interval() {
    let mut guard = Watchman::new(predictive(None));
    let mut left = 190 * GB;
    for hour in 0..=8 {
        left -= GB / 10;
        guard.look(left, 100 + hour * 60);
    }
    left -= 10 * GB;
    guard.look(left, 100 + 28 * 60);
    let bound = guard.look(left, 101 + 28 * 60).why.lower_bound.unwrap();
    let burned = left - bound.raw();
    // 10 GB/h for the two looks, the countdown and the stop, not half a gigabyte an hour.
    assert!(burned >= 2 * GB, "{burned}");
}

#[test]
fn an_incomplete_fast_signal_never_raises_the_bound() {
    let bound = |fast: Option<FastSignal>| {
        let mut guard = Watchman::seen(predictive(Some(100)), 150 * GB);
        guard.facts.lag = Some(hours(1));
        guard.facts.fast = fast;
        guard.look(150 * GB, 105).why.lower_bound.unwrap()
    };
    let signal = |complete| {
        Some(FastSignal {
            bytes: GB,
            since: at(100),
            until: at(105),
            complete,
        })
    };
    assert_eq!(bound(signal(false)), bound(None));
    assert_eq!(bound(signal(true)), bound(None));
}

#[test]
fn behind_the_fast_signals_back_the_whole_link_is_charged() {
    let mut guard = Watchman::new(predictive(Some(100)));
    charged(&mut guard, |_| 1, 20);
    guard.facts.fast = Some(FastSignal {
        bytes: 2 * GB,
        since: at(1300),
        until: at(1300),
        complete: true,
    });
    let left = 188 * GB;
    let bound = guard.look(left, 1305).why.lower_bound.unwrap();
    // 100 Mbit/s = 0.75 GB a minute, for 5 min of silence, two looks, the countdown and the stop: 17 min.
    assert_eq!(bound, Quantity::bytes(left - 2 * GB - 17 * 750_000_000));
}

#[test]
fn what_left_in_the_delay_before_the_fast_signal_begins_is_charged_by_the_pace() {
    let mut guard = Watchman::new(predictive(None));
    charged(&mut guard, |_| 10, 20);
    guard.facts.lag = Some(hours(12));
    let left = 150 * GB;
    guard.facts.fast = Some(FastSignal {
        bytes: 30 * GB,
        since: at(1310),
        until: at(1360),
        complete: true,
    });
    let bound = guard.look(left, 1370).why.lower_bound.unwrap();
    // The signal covers one of the twelve hours; in the eleven before it a gigabyte left in each.
    assert!(bound.raw() <= left - 41 * GB, "{bound}");
}

/// The minute at which March has so many hours left.
fn before_the_end(hours: i64) -> i64 {
    (APRIL - MARCH) / 60_000 - hours * 60
}

/// A gigabyte an hour for ten hours, ending with `left` when March has `hours` left.
fn ending(left: i64, hours: i64) -> Watchman {
    let mut guard = Watchman::new(predictive(None));
    for hour in (0..=10).rev() {
        guard.look(left + hour * GB, before_the_end(hours + hour));
    }
    guard
}

#[test]
fn nothing_is_stopped_for_a_reserve_that_the_window_does_not_need() {
    let mut lasts = ending(4 * GB, 3);
    let why = lasts.look(4 * GB, before_the_end(3) + 5).why;
    assert!(!why.over && why.lasts, "3 GB to the end, 4 GB left");
    let mut dry = ending(4 * GB, 5);
    let why = dry.look(4 * GB, before_the_end(5) + 5).why;
    assert!(why.over && !why.lasts, "5 GB to the end, 4 GB left");
}

#[test]
fn what_may_be_gone_before_a_stop_never_counts_as_lasting() {
    let mut guard = ending(4 * GB, 3);
    guard.facts.fast = Some(FastSignal {
        bytes: 4 * GB,
        since: at(before_the_end(4)),
        until: at(before_the_end(3)),
        complete: true,
    });
    let why = guard.look(4 * GB, before_the_end(3) + 5).why;
    assert!(why.over && !why.lasts);
}

#[test]
fn no_more_is_charged_than_can_burn_before_the_window_ends() {
    let mut guard = ending(20 * GB, 1);
    guard.facts.lag = Some(hours(0));
    let minute = before_the_end(0) - 4;
    let bound = guard.look(19 * GB, minute).why.lower_bound.unwrap();
    // Four minutes are left, not the twelve that two looks, a countdown and a stop take.
    assert!(19 * GB - bound.raw() <= GB * 5 / 60, "{bound}");
}

#[test]
fn the_delay_is_learned_when_a_window_turns_and_the_step_is_not_taken_for_it() {
    // Hourly steps that tell of twelve hours ago: in April nothing shows before noon of its first day.
    let mut guard = Watchman::new(predictive(None));
    let turn = before_the_end(0);
    for hour in 1..=12 {
        guard.look(100 * GB - hour * GB, turn - (13 - hour) * 60);
    }
    assert_eq!(guard.state.lag(), Some(hours(1)), "the step alone");
    assert!(!guard.state.behind().measured);
    let april = |guard: &mut Watchman, left: i64, minute: i64| {
        guard.show(within(left, 200 * GB, minute, Some(april())), minute);
    };
    for hour in 0..12 {
        april(&mut guard, 200 * GB, turn + hour * 60 + 1);
    }
    for hour in 12..16 {
        april(&mut guard, (211 - hour) * GB, turn + hour * 60);
    }
    assert_eq!(guard.state.lag(), Some(hours(13)));
    assert!(guard.state.behind().measured);
}

#[test]
fn what_left_by_the_fast_signal_is_gone_when_asking_whether_the_rest_lasts() {
    let mut guard = ending(4 * GB, 3);
    guard.facts.fast = Some(FastSignal {
        bytes: 2 * GB,
        since: at(before_the_end(4)),
        until: at(before_the_end(3)),
        complete: true,
    });
    let why = guard.look(4 * GB, before_the_end(3) + 5).why;
    assert!(why.over && !why.lasts, "2 GB are left of it, and 3 GB to the end");
}

#[test]
fn a_package_lasts_where_something_is_left_at_the_end_and_not_where_nothing_is() {
    for (left, lasts) in [(3 * GB, false), (3 * GB + 1, true)] {
        let mut guard = ending(left + GB, 4);
        guard.facts.lag = Some(hours(0));
        let why = guard.look(left, before_the_end(3)).why;
        assert_eq!((why.lasts, why.over), (lasts, !lasts), "{left}");
    }
}

#[test]
fn a_pace_that_was_never_seen_is_over_once_the_value_stands_for_more_than_two_usual_intervals() {
    let charged_after = |minutes: i64| {
        let mut guard = Watchman::new(predictive(None));
        guard.facts.lag = Some(hours(10));
        charged(&mut guard, |hour| if hour >= 20 { 30 } else { 1 }, 20);
        let left = 190 * GB - (19 + 30) * GB / 10;
        let minute = 100 + 20 * 60 + minutes;
        left - guard.look(left, minute).why.lower_bound.unwrap().raw()
    };
    assert!(charged_after(120) >= 30 * GB, "{}", charged_after(120));
    let over = charged_after(121);
    assert!(
        (3 * GB..6 * GB).contains(&over),
        "it lasts as long as it did then: {over}"
    );
}

#[test]
fn a_number_whose_delay_was_measured_grows_older_while_it_stands() {
    let mut guard = Watchman::new(predictive(None));
    let turn = before_the_end(0);
    for hour in 1..=12 {
        guard.look(100 * GB - hour * GB, turn - (13 - hour) * 60);
    }
    let mut april = |left: i64, minute: i64| {
        let reading = within(left, 200 * GB, minute, Some(april()));
        guard.show(reading, minute).why.lower_bound
    };
    for hour in 0..12 {
        april(200 * GB, turn + hour * 60 + 1);
    }
    for hour in 12..16 {
        april((211 - hour) * GB, turn + hour * 60);
    }
    let fresh = april(195 * GB, turn + 16 * 60).unwrap();
    let stands = april(195 * GB, turn + 16 * 60 + 30).unwrap();
    assert_eq!(
        fresh.raw() - stands.raw(),
        GB / 2,
        "half an hour older, at a gigabyte an hour"
    );
}

#[test]
fn a_predictive_limit_comes_back_by_the_hysteresis_and_not_before() {
    let resolves_at = |left: i64| {
        let mut guard = Watchman::seen(predictive(None), 20 * GB);
        assert_eq!(raised(&guard.look(4 * GB, 105)), ["limit"]);
        !resolved(&guard.look(left, 110)).is_empty()
    };
    // 5 GB and one percent of 200 GB.
    assert!(!resolves_at(7 * GB - 1));
    assert!(resolves_at(7 * GB));
}

#[test]
fn a_pace_is_unheard_of_by_more_than_a_quarter_above_every_peak() {
    // An hour of 4 GB at five o'clock, and another pace in the last hour of twenty.
    let charged = |last: i64| {
        let mut guard = Watchman::new(predictive(None));
        guard.facts.lag = Some(hours(10));
        charged(
            &mut guard,
            |hour| match hour {
                5 => 40,
                20 => last,
                _ => 1,
            },
            20,
        )
    };
    for heard_of in [20, 40, 50] {
        let burned = charged(heard_of);
        assert!(burned < 10 * GB, "{heard_of}: one such hour in ten, {burned}");
    }
    let burned = charged(51);
    assert!(burned >= 51 * GB, "ten hours of 5.1 GB: {burned}");
}
