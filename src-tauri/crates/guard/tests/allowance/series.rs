//! Use over time: C3.9, C3.10, C3.11.

use tidegate_guard::allowance::{Series, Turn, Used};

use super::kit::{GIB, sample, series, shanghai, span};

const EXACT: Used = Used {
    bytes: 0,
    gap: false,
    reset: false,
};

#[test]
fn without_a_sample_before_nothing_is_known() {
    // C3.10: the first ever sample is a baseline, not a day's use.
    let one = series(&[("2026-11-10T04:00:00Z", 50 * GIB)]);
    assert_eq!(one.span(), None);
    assert_eq!(one.day("2026-11-10".parse().unwrap(), &shanghai()), None);
    assert_eq!(
        one.used(span("2026-11-10T00:00:00Z", "2026-11-10T04:00:00Z")),
        None
    );
}

#[test]
fn a_day_is_cut_at_local_midnight_between_its_neighbouring_samples() {
    // C3.9: midnight in Shanghai is 16:00 in UTC; half an hour lies on each side of it.
    let known = series(&[
        ("2026-11-09T15:30:00Z", 100),
        ("2026-11-09T16:30:00Z", 200),
        ("2026-11-10T15:30:00Z", 1200),
        ("2026-11-10T16:30:00Z", 1400),
    ]);
    let day = known.day("2026-11-10".parse().unwrap(), &shanghai());
    let bytes = 50 + 1000 + 100;
    assert_eq!(
        day,
        Some(Used { bytes, ..EXACT }),
        "a long step within the day is no gap"
    );
    let far = series(&[
        ("2026-11-09T12:00:00Z", 0),
        ("2026-11-09T20:00:00Z", 800),
        ("2026-11-10T15:30:00Z", 1000),
        ("2026-11-10T16:30:00Z", 1200),
    ]);
    let day = far.day("2026-11-10".parse().unwrap(), &shanghai()).unwrap();
    assert_eq!(
        (day.bytes, day.gap),
        (400 + 200 + 100, true),
        "one around midnight is"
    );
}

#[test]
fn days_without_samples_do_not_count_as_one() {
    let known = series(&[("2026-11-07T16:00:00Z", 0), ("2026-11-10T16:00:00Z", 3000)]);
    for day in ["2026-11-08", "2026-11-09", "2026-11-10"] {
        let used = known.day(day.parse().unwrap(), &shanghai()).unwrap();
        assert_eq!(used.bytes, 1000, "{day}: a third each, not all of it on the last");
    }
    let middle = known.day("2026-11-09".parse().unwrap(), &shanghai()).unwrap();
    assert!(middle.gap, "and it is marked");
}

#[test]
fn today_is_told_so_far_and_tomorrow_not_at_all() {
    let known = series(&[("2026-11-09T16:00:00Z", 100), ("2026-11-10T02:00:00Z", 400)]);
    let day = |day: &str| known.day(day.parse().unwrap(), &shanghai());
    assert_eq!(day("2026-11-10").unwrap().bytes, 300);
    assert_eq!(day("2026-11-11"), None);
    assert_eq!(
        day("2026-11-09"),
        None,
        "its beginning is before the first sample"
    );
}

#[test]
fn a_counter_that_fell_was_reset_and_its_new_value_is_the_use() {
    // C3.11: not zero, and not less than zero.
    let known = series(&[
        ("2026-11-10T00:00:00Z", 90 * GIB),
        ("2026-11-10T01:00:00Z", 2 * GIB),
    ]);
    let step = known.steps()[0];
    assert_eq!((step.used, step.turn), (2 * GIB, Some(Turn::Reset)));
}

#[test]
fn a_counter_that_fell_by_a_mebibyte_was_corrected() {
    for (fell, turn, used) in [
        (1 << 20, None, 0),
        ((1 << 20) + 1, Some(Turn::Reset), GIB - (1 << 20) - 1),
    ] {
        let known = series(&[
            ("2026-11-10T00:00:00Z", GIB),
            ("2026-11-10T01:00:00Z", GIB - fell),
        ]);
        let step = known.steps()[0];
        assert_eq!((step.turn, step.used), (turn, used), "{fell}");
    }
}

#[test]
fn another_whole_without_a_fall_is_another_plan() {
    let bought = tidegate_guard::allowance::Sample {
        total: Some(300 * GIB),
        ..sample("2026-11-10T01:00:00Z", 12 * GIB)
    };
    let known = Series::of(&[sample("2026-11-10T00:00:00Z", 10 * GIB), bought]);
    assert_eq!(
        (known.steps()[0].used, known.steps()[0].turn),
        (2 * GIB, Some(Turn::Plan))
    );
}

#[test]
fn samples_come_in_any_order_and_one_instant_counts_once() {
    let known = series(&[
        ("2026-11-10T02:00:00Z", 300),
        ("2026-11-10T00:00:00Z", 100),
        ("2026-11-10T01:00:00Z", 200),
        ("2026-11-10T01:00:00Z", 200),
    ]);
    assert_eq!(known.steps().len(), 2);
    assert_eq!(
        known
            .used(span("2026-11-10T00:00:00Z", "2026-11-10T02:00:00Z"))
            .unwrap()
            .bytes,
        200
    );
}

#[test]
fn what_does_not_lie_within_the_samples_is_not_known() {
    let known = series(&[("2026-11-10T01:00:00Z", 100), ("2026-11-10T02:00:00Z", 200)]);
    let used = |start: &str, end: &str| {
        let used = known.used(span(start, end));
        used.map(|used| used.bytes)
    };
    assert_eq!(used("2026-11-10T01:00:00Z", "2026-11-10T02:00:00Z"), Some(100));
    assert_eq!(used("2026-11-10T00:59:59Z", "2026-11-10T02:00:00Z"), None);
    assert_eq!(used("2026-11-10T01:00:00Z", "2026-11-10T02:00:01Z"), None);
    assert_eq!(
        used("2026-11-10T01:40:00Z", "2026-11-10T01:20:00Z"),
        None,
        "turned round"
    );
    assert_eq!(
        used("2026-11-10T01:30:00Z", "2026-11-10T01:30:00Z"),
        Some(0),
        "no time, no use"
    );
}

#[test]
fn samples_three_hours_apart_are_near_enough_and_a_second_more_is_a_gap() {
    for (end, gap) in [("2026-11-10T03:00:00Z", false), ("2026-11-10T03:00:01Z", true)] {
        let known = series(&[("2026-11-10T00:00:00Z", 0), (end, 300)]);
        let half = known.used(span("2026-11-10T00:00:00Z", "2026-11-10T01:30:00Z"));
        assert_eq!(half.unwrap().gap, gap, "{end}");
    }
}

#[test]
fn a_long_step_that_is_not_cut_is_no_gap() {
    let known = series(&[
        ("2026-11-10T00:00:00Z", 0),
        ("2026-11-10T08:00:00Z", 800),
        ("2026-11-10T16:00:00Z", 1600),
    ]);
    let whole = known.used(span("2026-11-10T00:00:00Z", "2026-11-10T08:00:00Z"));
    assert_eq!(whole, Some(Used { bytes: 800, ..EXACT }));
}

#[test]
fn a_reset_counts_only_where_its_step_lies_in_the_span() {
    let known = series(&[
        ("2026-11-10T00:00:00Z", 90 * GIB),
        ("2026-11-10T01:00:00Z", GIB),
        ("2026-11-10T02:00:00Z", 3 * GIB),
        ("2026-11-10T03:00:00Z", 4 * GIB),
        ("2026-11-10T04:00:00Z", 0),
    ]);
    let reset = |start: &str, end: &str| known.used(span(start, end)).unwrap().reset;
    assert!(!reset("2026-11-10T01:00:00Z", "2026-11-10T03:00:00Z"));
    assert!(reset("2026-11-10T00:59:59Z", "2026-11-10T03:00:00Z"));
    assert!(reset("2026-11-10T01:00:00Z", "2026-11-10T03:00:01Z"));
}
