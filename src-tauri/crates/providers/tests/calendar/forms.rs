//! The texts a cycle is written as.

use tidegate_providers::calendar::{Cycle, CycleError, parse_date};

use crate::cycle;

#[test]
fn every_form_is_read_and_written_alike() {
    let forms = [
        ("weekly", "1"),
        ("weekly", "7"),
        ("monthly", "1"),
        ("monthly", "31"),
        ("yearly", "02-29"),
        ("yearly", "12-31"),
        ("every 90 days", "2026-01-15"),
        ("every 3 months", "2026-01-31"),
        ("once", "2026-05-05"),
        ("trial", "2026-05-05"),
    ];
    for (name, day) in forms {
        let stored = serde_json::json!({ "cycle": name, "day": day });
        assert_eq!(serde_json::to_value(cycle(name, day)).unwrap(), stored);
        assert_eq!(serde_json::from_value::<Cycle>(stored).unwrap(), cycle(name, day));
        let read = cycle(name, day);
        assert_eq!(
            (read.cycle_text().as_str(), read.day_text().as_str()),
            (name, day)
        );
    }
    assert_eq!(
        cycle("every 1 month", "2026-01-31").cycle_text(),
        "every 1 months"
    );
}

#[test]
fn a_day_that_does_not_fit_says_what_fits() {
    let table = [
        ("weekly", "0", "1 to 7, Monday is 1"),
        ("weekly", "8", "1 to 7, Monday is 1"),
        ("weekly", "mon", "1 to 7, Monday is 1"),
        ("weekly", "+1", "1 to 7, Monday is 1"),
        ("weekly", "", "1 to 7, Monday is 1"),
        ("monthly", "0", "1 to 31"),
        ("monthly", "32", "1 to 31"),
        ("monthly", "999999", "1 to 31"),
        ("monthly", "-1", "1 to 31"),
        ("monthly", "1.5", "1 to 31"),
        ("yearly", "02-30", "MM-DD, such as 02-29"),
        ("yearly", "04-31", "MM-DD, such as 02-29"),
        ("yearly", "13-01", "MM-DD, such as 02-29"),
        ("yearly", "00-01", "MM-DD, such as 02-29"),
        ("yearly", "0229", "MM-DD, such as 02-29"),
        ("yearly", "2-29", "MM-DD, such as 02-29"),
        ("yearly", "2026-02-28", "MM-DD, such as 02-29"),
        ("every 3 months", "31", "a date YYYY-MM-DD"),
        ("every 90 days", "2026-02-29", "a date YYYY-MM-DD"),
        ("once", "tomorrow", "a date YYYY-MM-DD"),
        ("trial", "20260505", "a date YYYY-MM-DD"),
    ];
    for (name, day, allowed) in table {
        let error = Cycle::parse(name, day).unwrap_err();
        assert!(matches!(error, CycleError::Day(_)), "{name} {day:?}");
        assert!(error.to_string().contains(allowed), "{error}");
    }
}

#[test]
fn a_cycle_that_is_none_says_which_there_are() {
    let none = [
        "",
        "daily",
        "Monthly",
        "every days",
        "every 0 days",
        "every 3661 days",
        "every 121 months",
        "every -3 days",
        "every 2 years",
        "every 99999999 days",
        "every 3 months ",
    ];
    for name in none {
        let error = Cycle::parse(name, "1").unwrap_err();
        assert_eq!(error, CycleError::Cycle);
        assert!(error.to_string().contains("weekly, monthly, yearly"), "{error}");
    }
}

#[test]
fn a_date_is_ten_characters_and_exists() {
    assert!(parse_date("2026-02-28").is_some());
    for text in [
        "2026-02-29",
        "2026-2-28",
        "2026-02-28T00:00:00",
        "20260228",
        "2026/02/28",
        "",
        "-026-02-28",
        "２０２６-02-28",
    ] {
        assert_eq!(parse_date(text), None, "{text}");
    }
}
