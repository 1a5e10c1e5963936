//! What counts exactly on a line, and one unit beyond it: each bound of the design, from both of its sides.

use std::time::Duration;

use tidegate_guard::{Belt, Forecast, GuardSpec};
use tidegate_meter::{AsOf, Currency, Quantity, Reading, Reason, Time, Unit};

use crate::common::*;

fn is_doubted(guard: &mut Watchman, reading: Reading, minute: i64) -> bool {
    let judgement = guard.show(reading, minute);
    judgement.why.belts.contains(&Belt::Quarantined)
}

/// In March, with all three amounts told, fetched at a minute.
fn told(used: Quantity, whole: Quantity, left: Quantity, minute: i64) -> Reading {
    let now = at(minute);
    Reading::new(
        Some(used),
        Some(whole),
        Some(left),
        Some(march()),
        AsOf::Fetch(now),
        now,
    )
    .unwrap()
}

/// As the provider told it at `as_of`, in March.
fn of(left: i64, as_of: Time, fetched: Time) -> Reading {
    let (whole, left) = (Quantity::bytes(200 * GB), Quantity::bytes(left));
    let as_of = AsOf::Provider(as_of);
    Reading::new(None, Some(whole), Some(left), Some(march()), as_of, fetched).unwrap()
}

fn hourly(guard: &Watchman) -> Option<(i64, i64)> {
    match guard.state.forecast(&guard.spec, at(0)) {
        Forecast::Known {
            hourly, hourly_upper, ..
        } => Some((hourly.raw(), hourly_upper.raw())),
        Forecast::Accumulating { .. } => None,
    }
}

#[test]
fn half_of_the_whole_may_go_between_two_looks_and_no_byte_more() {
    for (left, doubted) in [(50 * GB, false), (50 * GB - 1, true)] {
        let mut guard = Watchman::seen(spec(), 150 * GB);
        assert_eq!(is_doubted(&mut guard, reading(left, 105), 105), doubted, "{left}");
    }
}

#[test]
fn a_quarter_more_than_the_bandwidth_may_go_and_no_byte_more() {
    // 5 Mbit/s for 65 minutes is 2.4375 GB, a quarter more 3.046875 GB.
    for (fallen, doubted) in [(3_046_875_000, false), (3_046_875_001, true)] {
        let mut guard = Watchman::seen(
            GuardSpec {
                bandwidth_mbit: Some(5),
                ..spec()
            },
            150 * GB,
        );
        guard.facts.lag = Some(hours(1));
        let fallen = reading(150 * GB - fallen, 105);
        assert_eq!(is_doubted(&mut guard, fallen, 105), doubted);
    }
}

#[test]
fn parts_may_differ_from_the_whole_by_one_percent_and_no_byte_more() {
    let gb = |count: i64| Quantity::bytes(count * GB);
    for (more, doubted) in [(0, false), (1, true)] {
        let mut guard = Watchman::seen(spec(), 150 * GB);
        let used = Quantity::bytes(52 * GB + more);
        let odd = told(used, gb(200), gb(150), 105);
        assert_eq!(
            is_doubted(&mut guard, odd, 105),
            doubted,
            "{more} beyond one percent"
        );
    }
}

#[test]
fn an_untouched_package_is_believed_at_every_look() {
    let mut guard = Watchman::seen(spec(), 200 * GB);
    for minute in [105, 110, 115] {
        assert!(!is_doubted(&mut guard, reading(200 * GB, minute), minute));
    }
}

#[test]
fn what_goes_below_nothing_has_not_fallen_to_nothing() {
    let mut guard = Watchman::seen(watching(), 5 * GB);
    assert!(is_doubted(&mut guard, reading(0, 105), 105));
    guard.look(0, 110);
    let below = guard.look(-GB, 300);
    assert_eq!(below.why.headroom, Some(Quantity::bytes(-GB)), "believed at once");
}

#[test]
fn what_fell_to_nothing_at_twice_the_highest_pace_is_believed_and_no_byte_more() {
    // 2 GB at each full hour: 4 GB/h, for the hour that nothing was seen to move and the hour that may be late.
    for (left, doubted) in [(8 * GB, false), (8 * GB + 1, true)] {
        let mut guard = Watchman::new(watching());
        for hour in 0..=10 {
            guard.look(left + (10 - hour) * 2 * GB, hour * 60);
        }
        guard.facts.lag = Some(hours(1));
        assert_eq!(hourly(&guard), Some((2 * GB, 2 * GB)));
        assert_eq!(is_doubted(&mut guard, reading(0, 660), 660), doubted, "{left}");
    }
}

#[test]
fn a_package_that_shrank_is_doubted_and_a_quota_that_a_person_lowered_is_not() {
    let after_shrinking = |unit: Unit| {
        let of = |count: i64| Quantity::from_raw(count * GB, unit);
        let mut guard = Watchman::new(GuardSpec {
            steps: vec![step("90%")],
            limit: None,
            ..watching()
        });
        guard.show(told(of(60), of(200), of(140), 100), 100);
        is_doubted(&mut guard, told(of(60), of(100), of(40), 105), 105)
    };
    assert!(after_shrinking(Unit::Bytes), "half of the whole is gone at once");
    assert!(
        !after_shrinking(Unit::Money(Currency::CNY)),
        "nothing was spent: what a person takes back is no fall"
    );
}

#[test]
fn where_the_quota_stands_what_is_left_says_how_much_fell() {
    // The two parts differ: what was used stands still, what is left falls by more than half.
    let cny = |count: i64| Quantity::from_raw(count * 1_000_000, Unit::Money(Currency::CNY));
    let mut guard = Watchman::new(GuardSpec {
        steps: vec![step("90%")],
        limit: None,
        ..watching()
    });
    guard.show(told(cny(10_000), cny(10_000), cny(80), 100), 100);
    assert!(
        is_doubted(&mut guard, told(cny(10_000), cny(10_000), cny(0), 105), 105),
        "a fall to nothing"
    );
}

#[test]
fn a_providers_number_may_be_twenty_six_hours_old_and_no_longer() {
    let mut guard = Watchman::new(watching());
    guard.show(of(100 * GB, at(90), at(100)), 100);
    let (day, beyond) = (at(90 + 26 * 60), Time::from_ms(at(90 + 26 * 60).ms() + 1));
    let look = |guard: &Watchman, now: Time| {
        let seen = known(of(100 * GB, at(90), now));
        let judgement = tidegate_guard::judge(&guard.spec, &guard.state, &seen, now);
        judgement.why.blind.map(|(reason, _)| reason)
    };
    assert_eq!(look(&guard, day), None);
    assert_eq!(look(&guard, beyond), Some(Reason::Stale));
}

#[test]
fn a_reading_may_lie_fifteen_minutes_ahead_and_no_longer() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    let belts = |now: Time| {
        let seen = known(reading(8 * GB, 110));
        tidegate_guard::judge(&guard.spec, &guard.state, &seen, now)
            .why
            .belts
    };
    let clock = Belt::Unreadable {
        what: "clock".to_owned(),
    };
    assert!(!belts(at(95)).contains(&clock));
    assert!(belts(Time::from_ms(at(95).ms() - 1)).contains(&clock));
}

#[test]
fn two_numbers_of_one_instant_are_no_clock_that_went_back() {
    let mut guard = Watchman::new(watching());
    for hour in 0..=10 {
        guard.look(190 * GB - hour * 2 * GB, hour * 60);
        guard.look(190 * GB - hour * 2 * GB - 1, hour * 60);
    }
    assert!(hourly(&guard).is_some(), "each hour is an interval that burned");
}

#[test]
fn after_a_clock_that_went_back_burn_is_counted_from_then_on() {
    let mut guard = Watchman::new(watching());
    for hour in 0..=10 {
        guard.look(190 * GB - hour * 2 * GB, hour * 60);
    }
    assert_eq!(hourly(&guard), Some((2 * GB, 2 * GB)));
    // It is three o'clock once more, and the value stands.
    guard.look(170 * GB, 180);
    for hour in 4..=8 {
        guard.look(170 * GB - (hour - 3) * 6 * GB, hour * 60);
    }
    assert_eq!(hourly(&guard).map(|(_, upper)| upper), Some(6 * GB));
}

#[test]
fn a_rate_is_exact_where_sixty_four_bits_do_not_hold_it() {
    const TB: i64 = 1000 * GB;
    let mut guard = Watchman::new(GuardSpec {
        steps: Vec::new(),
        limit: None,
        ..watching()
    });
    let show = |guard: &mut Watchman, left: i64, minute: i64| {
        guard.show(within(left, 1000 * TB, minute, Some(march())), minute);
    };
    for hour in 0..=10 {
        show(&mut guard, 900 * TB - hour * 4 * TB, hour * 60);
    }
    assert_eq!(hourly(&guard), Some((4 * TB, 4 * TB)));
    // A third of an hour: 12 TB and three bytes an hour, told by the byte.
    show(&mut guard, 856 * TB - 1, 620);
    assert_eq!(hourly(&guard), Some((4 * TB, 12 * TB + 3)));
    // 7 hours of it are told rounded up: never a rate that promises time that is not there.
    let mut slow = Watchman::new(guard.spec.clone());
    for step in 0..=5 {
        show(&mut slow, 900 * TB - step * (70 * TB + 1), step * 420);
    }
    assert_eq!(hourly(&slow), Some((10 * TB + 1, 10 * TB + 1)));
}

#[test]
fn a_share_comes_back_by_the_hysteresis_or_by_half_of_a_small_step() {
    let resolves_at = |text: &str, used: i64| {
        let mut guard = Watchman::seen(
            GuardSpec {
                steps: vec![step(text)],
                limit: None,
                ..watching()
            },
            190 * GB,
        );
        !resolved(&guard.look(200 * GB - used, 105)).is_empty()
    };
    // A share is told to 0.0001 %, which is 200 kB here.
    let more = 1_000_000;
    // 1 %, of which half is 1 GB: nearer than the hysteresis of one point, which would be nothing used at all.
    assert!(!resolves_at("1%", GB + more));
    assert!(resolves_at("1%", GB));
    // 4 % with one point of hysteresis: 6 GB.
    assert!(!resolves_at("4%", 6 * GB + more));
    assert!(resolves_at("4%", 6 * GB));
}

#[test]
fn without_hysteresis_a_share_that_is_just_reached_is_not_resolved() {
    let mut guard = Watchman::seen(
        GuardSpec {
            hysteresis: percent("0"),
            ..watching()
        },
        61 * GB,
    );
    assert_eq!(raised(&guard.look(60 * GB, 105)), ["share:70"]);
    assert!(resolved(&guard.look(60 * GB, 110)).is_empty());
    assert_eq!(resolved(&guard.look(60 * GB + 1, 115)).len(), 1);
}

#[test]
fn a_run_out_resolves_with_a_quarter_more_time_and_not_before() {
    // 2 GB an hour: 47.5 hours are left at 95 GB, and 60 hours at 120 GB.
    let resolves_at = |left: i64| {
        let mut guard = Watchman::new(GuardSpec {
            steps: vec![step("2d")],
            limit: None,
            ..watching()
        });
        for hour in 0..=10 {
            guard.look(115 * GB - hour * 2 * GB, hour * 60);
        }
        assert_eq!(guard.state.passed(&guard.spec).steps, [true]);
        !resolved(&guard.look(left, 605)).is_empty()
    };
    assert!(!resolves_at(120 * GB - 2));
    assert!(resolves_at(120 * GB));
}

#[test]
fn a_stop_needs_a_reading_no_older_than_one_interval() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    guard.look(8 * GB, 110);
    let clears = |now: Time| {
        let (action, manner) = (tidegate_guard::ActionKind::Stop, tidegate_guard::StopManner::Soft);
        let seen = known(reading(7 * GB, 111));
        tidegate_guard::clear(
            &guard.spec,
            &guard.state,
            &seen,
            &server("s1"),
            action,
            manner,
            now,
        )
        .is_ok()
    };
    assert!(clears(at(116)));
    assert!(!clears(Time::from_ms(at(116).ms() + 1)));
    assert_eq!(guard.spec.interval, Duration::from_secs(300));
}
