//! Which reminder holds on which day.

use tidegate_providers::calendar::Standing;

use crate::{fresh, on, paid};

/// The due date and the days of the reminder that holds.
fn holds(standing: &Standing, ahead: &[u16], today: &str) -> Option<(String, i64)> {
    let reminder = standing.reminder(ahead, on(today))?;
    Some((reminder.due.to_string(), reminder.days))
}

fn told(due: &str, days: i64) -> Option<(String, i64)> {
    Some((due.to_owned(), days))
}

#[test]
fn a_due_date_is_told_ahead_on_its_day_and_after_it() {
    let standing = paid("monthly", "15", "2026-02-15");
    let table = [
        ("2026-03-11", None),
        ("2026-03-12", told("2026-03-15", 3)),
        ("2026-03-14", told("2026-03-15", 3)),
        ("2026-03-15", told("2026-03-15", 0)),
        ("2026-03-16", told("2026-03-15", -1)),
        ("2026-03-18", told("2026-03-15", -3)),
        ("2026-03-21", told("2026-03-15", -3)),
        ("2026-03-22", told("2026-03-15", -7)),
        ("2026-04-11", told("2026-03-15", -21)),
        ("2026-04-12", told("2026-04-15", 3)),
    ];
    for (today, expected) in table {
        assert_eq!(holds(&standing, &[3, 0], today), expected, "{today}");
    }
}

#[test]
fn the_nearest_of_several_notices_holds() {
    let standing = fresh("yearly", "06-30");
    assert_eq!(
        holds(&standing, &[30, 7, 1], "2026-06-01"),
        told("2026-06-30", 30)
    );
    assert_eq!(holds(&standing, &[30, 7, 1], "2026-06-23"), told("2026-06-30", 7));
    assert_eq!(holds(&standing, &[1, 30, 7], "2026-06-29"), told("2026-06-30", 1));
    assert_eq!(holds(&standing, &[30, 7, 1], "2026-05-30"), None);
}

#[test]
fn a_day_without_a_notice_is_silent_until_it_is_overdue() {
    let standing = paid("monthly", "15", "2026-02-15");
    assert_eq!(holds(&standing, &[3], "2026-03-15"), told("2026-03-15", 3));
    assert_eq!(holds(&standing, &[], "2026-03-15"), None);
    assert_eq!(holds(&standing, &[], "2026-03-16"), told("2026-03-15", -1));
}

#[test]
fn a_long_notice_does_not_talk_over_the_due_date_before() {
    let weekly = Standing {
        since: Some(on("2026-11-01")),
        ..fresh("weekly", "1")
    };
    // 16 November 2026 is a Monday.
    assert_eq!(holds(&weekly, &[30, 0], "2026-11-16"), told("2026-11-16", 0));
    assert_eq!(holds(&weekly, &[30, 0], "2026-11-17"), told("2026-11-23", 30));
    let ahead = paid("weekly", "1", "2026-11-23");
    assert_eq!(
        holds(&ahead, &[30, 0], "2026-11-17"),
        None,
        "what is paid ahead comes first"
    );
    assert_eq!(holds(&ahead, &[30, 0], "2026-11-24"), told("2026-11-30", 30));
}

#[test]
fn what_is_paid_is_not_told() {
    let standing = paid("monthly", "15", "2026-03-15");
    for today in ["2026-03-12", "2026-03-15", "2026-03-16", "2026-04-11"] {
        assert_eq!(holds(&standing, &[3, 0], today), None, "{today}");
    }
    assert_eq!(holds(&standing, &[3, 0], "2026-04-12"), told("2026-04-15", 3));
}

#[test]
fn what_renews_by_itself_is_told_ahead_and_on_the_day_only() {
    let standing = Standing {
        by_itself: true,
        ..fresh("monthly", "15")
    };
    assert_eq!(holds(&standing, &[3, 0], "2026-03-15"), told("2026-03-15", 0));
    assert_eq!(holds(&standing, &[3, 0], "2026-03-16"), None);
}

#[test]
fn an_overdue_one_off_is_told_for_a_month() {
    let standing = Standing {
        since: Some(on("2026-01-01")),
        ..fresh("once", "2026-05-05")
    };
    assert_eq!(holds(&standing, &[3, 0], "2026-06-02"), told("2026-05-05", -28));
    assert_eq!(
        holds(&standing, &[3, 0], "2027-06-02"),
        told("2026-05-05", -28),
        "the same one: not told again"
    );
}
