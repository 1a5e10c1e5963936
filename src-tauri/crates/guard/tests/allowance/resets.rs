//! The day on which a subscription is counted anew: its dates, and how it is learned.

use jiff::civil::Date;
use tidegate_guard::allowance::{cycle, learned_day, next_reset};
use tidegate_meter::Zone;

use super::kit::{GIB, at, series, shanghai, span};

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn the_next_reset_is_after_today_and_on_the_last_day_of_a_short_month() {
    for (day, today, next) in [
        (1, "2026-11-10", "2026-12-01"),
        (10, "2026-11-10", "2026-12-10"),
        (11, "2026-11-10", "2026-11-11"),
        (31, "2026-11-10", "2026-11-30"),
        (31, "2026-11-30", "2026-12-31"),
        (31, "2027-01-31", "2027-02-28"),
        (30, "2028-02-01", "2028-02-29"),
        (31, "2026-12-31", "2027-01-31"),
    ] {
        assert_eq!(
            next_reset(day, date(today)),
            Some(date(next)),
            "{day} after {today}"
        );
    }
    assert_eq!(next_reset(0, date("2026-11-10")), None);
    assert_eq!(next_reset(32, date("2026-11-10")), None);
}

#[test]
fn a_cycle_runs_from_local_midnight_to_local_midnight() {
    let told = cycle(5, at("2026-11-10T04:00:00Z"), &shanghai());
    assert_eq!(told, Some(span("2026-11-04T16:00:00Z", "2026-12-04T16:00:00Z")));
    let before = cycle(31, at("2026-11-10T04:00:00Z"), &Zone::utc());
    assert_eq!(before, Some(span("2026-10-31T00:00:00Z", "2026-11-30T00:00:00Z")));
    let first = cycle(10, at("2026-11-09T16:00:00Z"), &shanghai());
    assert_eq!(
        first,
        Some(span("2026-11-09T16:00:00Z", "2026-12-09T16:00:00Z")),
        "its first instant is in it"
    );
}

/// Samples around resets on these dates, right after local midnight.
fn resets(dates: &[(&str, &str)]) -> Option<u8> {
    let samples: Vec<(&str, u64)> = dates
        .iter()
        .flat_map(|(before, after)| [(*before, 50 * GIB), (*after, 0)])
        .collect();
    learned_day(&series(&samples), &shanghai())
}

#[test]
fn two_resets_of_two_months_in_a_row_teach_the_day() {
    let november = ("2026-11-04T15:00:00Z", "2026-11-04T16:01:00Z");
    let december = ("2026-12-04T15:00:00Z", "2026-12-04T16:01:00Z");
    assert_eq!(resets(&[november, december]), Some(5));
    assert_eq!(resets(&[november]), None, "one is a chance");
    let january = ("2027-01-04T15:00:00Z", "2027-01-04T16:01:00Z");
    assert_eq!(resets(&[november, january]), None, "two months apart");
    let renewed = ("2026-12-19T03:00:00Z", "2026-12-19T04:00:00Z");
    assert_eq!(resets(&[november, renewed]), None, "another day");
}

#[test]
fn the_last_days_of_months_of_other_lengths_agree() {
    let october = ("2026-10-30T15:30:00Z", "2026-10-30T16:30:00Z");
    let november = ("2026-11-29T15:30:00Z", "2026-11-29T16:30:00Z");
    assert_eq!(
        resets(&[october, november]),
        Some(31),
        "the 31st, and the 30th of November"
    );
}

#[test]
fn a_reset_seen_days_later_teaches_nothing() {
    let november = ("2026-11-04T15:00:00Z", "2026-11-04T16:01:00Z");
    let late = ("2026-12-02T15:00:00Z", "2026-12-04T16:01:00Z");
    assert_eq!(resets(&[november, late]), None);
}
