//! The calendar file, as a calendar reads it.

use tidegate_providers::calendar::Standing;
use tidegate_providers::calendar::ics::{Entry, ics};

use crate::{fresh, on, paid};

fn file(standing: Standing, summary: &str) -> String {
    described(standing, summary, "first, line\nsecond; line")
}

fn described(standing: Standing, summary: &str, description: &str) -> String {
    let entry = Entry {
        id: "domain".to_owned(),
        summary: summary.to_owned(),
        description: description.to_owned(),
        standing,
        remind: vec![3, 0],
    };
    ics(
        "Tidegate",
        &[entry],
        on("2026-11-21"),
        "2026-11-21T04:05:06Z".parse().unwrap(),
    )
}

/// The content lines, unfolded.
fn lines(file: &str) -> Vec<String> {
    file.replace("\r\n ", "")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

fn values(file: &str, key: &str) -> Vec<String> {
    let lines = lines(file).into_iter();
    lines
        .filter_map(|line| line.strip_prefix(key).map(str::to_owned))
        .collect()
}

#[test]
fn the_name_of_the_calendar_is_one_line() {
    let stamp = "2026-11-21T04:05:06Z".parse().unwrap();
    let file = ics("one\nX-EVIL:1\rtwo", &[], on("2026-11-21"), stamp);
    assert_eq!(values(&file, "NAME"), [":one X-EVIL:1 two"], "{file:?}");
    assert!(
        lines(&file).iter().all(|line| !line.contains(['\r', '\n'])),
        "{file:?}"
    );
}

/// Many readers end a line at a carriage return, and other control characters make the file invalid.
#[test]
fn no_text_of_a_person_ends_a_line() {
    let text = "one\rX-EVIL:1\r\ntwo\u{0}\u{b}\tthree\n";
    let file = described(paid("monthly", "15", "2026-11-15"), text, text);
    for key in ["SUMMARY", "DESCRIPTION"] {
        assert!(
            values(&file, key).contains(&":one\\nX-EVIL:1\\ntwo\tthree\\n".to_owned()),
            "{file:?}"
        );
    }
    let lines = lines(&file);
    let is_whole = |line: &String| !line.contains(|c: char| c.is_control() && c != '\t');
    assert!(lines.iter().all(is_whole), "{file:?}");
}

#[test]
fn a_renewal_is_an_all_day_event_with_its_alarms() {
    let file = file(paid("monthly", "15", "2026-11-15"), "example.org");
    let lines = lines(&file);
    for expected in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "UID:domain@tidegate",
        "DTSTAMP:20261121T040506Z",
        "DTSTART;VALUE=DATE:20261215",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=15",
        "SUMMARY:example.org",
        "ACTION:DISPLAY",
        "END:VCALENDAR",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected} in {file}");
    }
    assert_eq!(file.matches("BEGIN:VALARM").count(), 2);
    // 3 days before midnight of the due day less 9 hours, and 9 hours after it.
    assert_eq!(values(&file, "TRIGGER"), [":-PT63H", ":PT9H"]);
    assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
}

#[test]
fn the_same_renewals_make_the_same_file() {
    let make = || file(fresh("weekly", "1"), "example.org");
    assert_eq!(make(), make(), "no clock and no die");
}

#[test]
fn what_a_person_typed_stays_text() {
    let file = file(fresh("weekly", "1"), "a, b; c \\ d BEGIN:VEVENT");
    assert!(file.contains("SUMMARY:a\\, b\\; c \\\\ d BEGIN:VEVENT"), "{file}");
    assert!(
        lines(&file)
            .iter()
            .any(|line| line == "DESCRIPTION:first\\, line\\nsecond\\; line"),
        "{file}"
    );
    assert_eq!(
        lines(&file).iter().filter(|line| *line == "BEGIN:VEVENT").count(),
        1
    );
}

#[test]
fn a_rule_is_used_only_where_it_names_the_same_days() {
    let table = [
        ("weekly", "1", Some("FREQ=WEEKLY")),
        ("monthly", "28", Some("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28")),
        ("monthly", "29", None),
        ("monthly", "30", None),
        ("monthly", "31", Some("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1")),
        ("yearly", "03-15", Some("FREQ=YEARLY")),
        ("yearly", "02-29", Some("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1")),
        ("every 90 days", "2026-12-01", Some("FREQ=DAILY;INTERVAL=90")),
        (
            "every 3 months",
            "2026-12-31",
            Some("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1"),
        ),
        ("every 3 months", "2026-12-30", None),
        ("once", "2026-12-01", None),
    ];
    for (name, day, rule) in table {
        let rules = values(&file(fresh(name, day), "x"), "RRULE:");
        assert_eq!(rules.first().map(String::as_str), rule, "{name} {day}");
    }
}

#[test]
fn what_no_rule_names_is_told_date_by_date() {
    let file = file(fresh("monthly", "30"), "x");
    let starts = values(&file, "DTSTART;VALUE=DATE:");
    assert_eq!(starts.len(), 36);
    assert_eq!(starts[..4], ["20261130", "20261230", "20270130", "20270228"]);
    let uids = values(&file, "UID:");
    assert!(
        uids.contains(&"domain-2027-02-28@tidegate".to_owned()),
        "{uids:?}"
    );
}

#[test]
fn what_is_settled_has_no_event() {
    assert!(!file(paid("once", "2026-11-01", "2026-11-01"), "x").contains("VEVENT"));
}
