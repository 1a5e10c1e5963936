//! Where due dates fall: month ends, leap years, the turn of the year.

use crate::{cycle, on, texts};

fn due(name: &str, day: &str, from: &str, count: usize) -> Vec<String> {
    texts(cycle(name, day).due_from(on(from)), count)
}

#[test]
fn the_31st_is_each_months_last_day_and_comes_back() {
    let expected = [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
        "2026-07-31",
        "2026-08-31",
        "2026-09-30",
        "2026-10-31",
        "2026-11-30",
        "2026-12-31",
        "2027-01-31",
    ];
    assert_eq!(due("monthly", "31", "2026-01-31", 13), expected);
}

#[test]
fn each_month_end_of_each_day_is_clamped_by_itself() {
    let table = [
        ("28", "2026-02-01", "2026-02-28"),
        ("29", "2026-02-01", "2026-02-28"),
        ("29", "2028-02-01", "2028-02-29"),
        ("30", "2026-02-01", "2026-02-28"),
        ("30", "2028-02-01", "2028-02-29"),
        ("31", "2028-02-01", "2028-02-29"),
        ("31", "1900-02-01", "1900-02-28"),
        ("31", "2000-02-01", "2000-02-29"),
        ("30", "2026-04-30", "2026-04-30"),
        ("31", "2026-04-30", "2026-04-30"),
        ("31", "2026-06-01", "2026-06-30"),
        ("31", "2026-09-01", "2026-09-30"),
        ("31", "2026-11-01", "2026-11-30"),
        ("1", "2026-12-02", "2027-01-01"),
        ("15", "2026-12-16", "2027-01-15"),
    ];
    for (day, from, expected) in table {
        assert_eq!(due("monthly", day, from, 1), [expected], "day {day} from {from}");
    }
}

#[test]
fn the_29th_of_february_is_the_28th_in_other_years() {
    let expected = [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ];
    assert_eq!(due("yearly", "02-29", "2024-02-29", 5), expected);
    let around_a_century = ["2099-02-28", "2100-02-28", "2101-02-28"];
    assert_eq!(due("yearly", "02-29", "2099-01-01", 3), around_a_century);
}

#[test]
fn a_year_turns_without_a_gap() {
    assert_eq!(
        due("yearly", "12-31", "2026-12-31", 2),
        ["2026-12-31", "2027-12-31"]
    );
    assert_eq!(
        due("yearly", "01-01", "2026-12-31", 2),
        ["2027-01-01", "2028-01-01"]
    );
    assert_eq!(due("weekly", "4", "2026-12-26", 2), ["2026-12-31", "2027-01-07"]);
}

#[test]
fn a_week_begins_on_monday() {
    // 16 November 2026 is a Monday.
    let table = [
        ("1", "2026-11-16"),
        ("2", "2026-11-17"),
        ("3", "2026-11-18"),
        ("4", "2026-11-19"),
        ("5", "2026-11-20"),
        ("6", "2026-11-21"),
        ("7", "2026-11-22"),
    ];
    for (day, expected) in table {
        assert_eq!(due("weekly", day, "2026-11-16", 1), [expected], "day {day}");
    }
    assert_eq!(due("weekly", "1", "2026-11-17", 1), ["2026-11-23"]);
    assert_eq!(
        due("weekly", "1", "1969-12-30", 1),
        ["1970-01-05"],
        "before the first counted week"
    );
}

#[test]
fn every_n_days_counts_from_its_anchor() {
    let quarter = ["2026-01-15", "2026-04-15", "2026-07-14", "2026-10-12"];
    assert_eq!(
        due("every 90 days", "2026-01-15", "2020-01-01", 4),
        quarter,
        "nothing before the anchor"
    );
    assert_eq!(
        due("every 90 days", "2026-01-15", "2026-04-16", 1),
        ["2026-07-14"]
    );
    assert_eq!(
        due("every 1 day", "2026-02-27", "2026-02-28", 2),
        ["2026-02-28", "2026-03-01"]
    );
}

#[test]
fn every_n_months_keeps_the_anchors_day() {
    let quarters = ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"];
    assert_eq!(due("every 3 months", "2025-11-30", "2025-01-01", 4), quarters);
    let halves = ["2027-08-31", "2028-02-29", "2028-08-31", "2029-02-28"];
    assert_eq!(due("every 6 months", "2026-08-31", "2027-03-01", 4), halves);
    assert_eq!(
        due("every 3 months", "2026-01-31", "2026-04-30", 1),
        ["2026-04-30"],
        "its day counts"
    );
    assert_eq!(
        due("every 24 months", "2024-02-29", "2024-03-01", 2),
        ["2026-02-28", "2028-02-29"]
    );
}

#[test]
fn what_is_due_once_is_due_once() {
    for name in ["once", "trial"] {
        assert_eq!(due(name, "2026-05-05", "2020-01-01", 9), ["2026-05-05"]);
        assert_eq!(due(name, "2026-05-05", "2026-05-05", 9), ["2026-05-05"]);
        assert!(due(name, "2026-05-05", "2026-05-06", 9).is_empty());
    }
}

#[test]
fn the_end_of_the_calendar_ends_the_series() {
    assert_eq!(
        due("monthly", "31", "9999-11-01", 12),
        ["9999-11-30", "9999-12-31"]
    );
    assert_eq!(due("weekly", "5", "9999-12-27", 12), ["9999-12-31"]);
    assert!(due("yearly", "06-01", "9999-06-02", 12).is_empty());
}

#[test]
fn a_cycle_begins_with_the_due_date_before() {
    let table = [
        ("weekly", "1", "2026-11-16", Some("2026-11-09")),
        ("monthly", "31", "2026-03-31", Some("2026-02-28")),
        ("yearly", "02-29", "2025-02-28", Some("2024-02-29")),
        ("every 90 days", "2026-01-15", "2026-04-15", Some("2026-01-15")),
        ("every 90 days", "2026-01-15", "2026-01-15", None),
        ("once", "2026-01-15", "2026-01-15", None),
    ];
    for (name, day, due, start) in table {
        assert_eq!(cycle(name, day).start(on(due)), start.map(on), "{name} {day}");
    }
}
