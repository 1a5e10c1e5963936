//! What is open, and what a payment covers.

use tidegate_providers::calendar::Standing;

use crate::{fresh, on, paid, texts};

fn open(standing: &Standing, today: &str, count: usize) -> Vec<String> {
    texts(standing.open(on(today)), count)
}

fn covers(standing: &Standing, day: Option<&str>, today: &str) -> Option<String> {
    standing
        .covers(day.map(on), on(today))
        .map(|date| date.to_string())
}

#[test]
fn an_unpaid_due_day_is_today() {
    let standing = fresh("monthly", "15");
    assert_eq!(open(&standing, "2026-03-15", 2), ["2026-03-15", "2026-04-15"]);
    assert_eq!(open(&standing, "2026-03-14", 1), ["2026-03-15"]);
    assert_eq!(open(&standing, "2026-03-16", 1), ["2026-04-15"]);
}

#[test]
fn paid_on_the_due_day_leaves_the_next_cycle_open() {
    let standing = paid("monthly", "15", "2026-03-15");
    assert_eq!(open(&standing, "2026-03-15", 1), ["2026-04-15"]);
    assert_eq!(
        open(&standing, "2026-04-15", 1),
        ["2026-04-15"],
        "and its due day is told"
    );
    let yearly = paid("yearly", "06-15", "2025-06-15");
    assert_eq!(open(&yearly, "2026-06-14", 2), ["2026-06-15", "2027-06-15"]);
}

#[test]
fn paid_ahead_settles_the_due_date_it_reaches() {
    let standing = paid("monthly", "31", "2026-03-31");
    assert_eq!(open(&standing, "2026-03-20", 2), ["2026-04-30", "2026-05-31"]);
    assert_eq!(
        open(&standing, "2026-03-31", 1),
        ["2026-04-30"],
        "not told again on the due day"
    );
}

#[test]
fn paid_through_between_two_due_dates_leaves_the_later_open() {
    assert_eq!(
        open(&paid("monthly", "15", "2026-03-14"), "2026-03-14", 1),
        ["2026-03-15"]
    );
    assert_eq!(
        open(&paid("monthly", "15", "2026-03-16"), "2026-03-16", 1),
        ["2026-04-15"]
    );
}

#[test]
fn what_is_overdue_stays_open_until_it_is_paid() {
    let standing = paid("monthly", "15", "2026-01-15");
    assert_eq!(
        open(&standing, "2026-03-20", 3),
        ["2026-02-15", "2026-03-15", "2026-04-15"]
    );
    assert_eq!(standing.overdue(on("2026-03-20")), 2);
    assert_eq!(standing.overdue(on("2026-03-15")), 1, "a due day is not over");
    assert_eq!(standing.overdue(on("2026-02-01")), 0);
}

#[test]
fn what_fell_due_before_it_was_known_is_nobodys_business() {
    let standing = Standing {
        since: Some(on("2026-03-01")),
        ..fresh("monthly", "15")
    };
    assert_eq!(open(&standing, "2026-03-20", 1), ["2026-03-15"]);
    let later = Standing {
        since: Some(on("2026-03-16")),
        ..standing
    };
    assert_eq!(open(&later, "2026-03-20", 1), ["2026-04-15"]);
    let set_back = Standing {
        since: Some(on("2026-03-20")),
        ..standing
    };
    assert_eq!(
        open(&set_back, "2026-03-14", 1),
        ["2026-03-15"],
        "a clock that was set back hides nothing"
    );
}

#[test]
fn what_renews_by_itself_is_never_overdue() {
    let standing = Standing {
        by_itself: true,
        ..paid("monthly", "15", "2026-01-15")
    };
    assert_eq!(
        open(&standing, "2026-03-15", 1),
        ["2026-03-15"],
        "its day is still to be seen"
    );
    assert_eq!(open(&standing, "2026-03-16", 1), ["2026-04-15"]);
    assert_eq!(standing.overdue(on("2026-03-20")), 0);
}

#[test]
fn a_payment_covers_the_due_date_it_was_meant_for() {
    let known = Standing {
        since: Some(on("2026-03-01")),
        ..fresh("monthly", "15")
    };
    let table = [
        ("early", Some("2026-03-12"), "2026-03-12", "2026-03-15"),
        ("on the due day", Some("2026-03-15"), "2026-03-15", "2026-03-15"),
        ("late", Some("2026-03-19"), "2026-03-19", "2026-03-15"),
        (
            "so late that the next is nearer",
            Some("2026-04-10"),
            "2026-04-10",
            "2026-03-15",
        ),
        (
            "ahead, named by its due date",
            Some("2026-05-15"),
            "2026-03-12",
            "2026-05-15",
        ),
        ("unnamed before the due date", None, "2026-03-12", "2026-03-15"),
        ("unnamed when overdue", None, "2026-03-19", "2026-03-15"),
        ("unnamed after two went by", None, "2026-04-20", "2026-04-15"),
    ];
    for (case, day, today, expected) in table {
        assert_eq!(covers(&known, day, today).as_deref(), Some(expected), "{case}");
    }
}

#[test]
fn a_payment_told_twice_covers_one_due_date() {
    let settled = paid("monthly", "15", "2026-03-15");
    assert_eq!(
        covers(&settled, Some("2026-03-12"), "2026-03-12").as_deref(),
        Some("2026-03-15")
    );
    assert_eq!(
        covers(&settled, Some("2026-03-19"), "2026-03-19").as_deref(),
        Some("2026-03-15")
    );
    assert_eq!(
        covers(&settled, Some("2026-04-10"), "2026-04-10").as_deref(),
        Some("2026-04-15"),
        "the nearest"
    );
    assert_eq!(
        covers(&settled, None, "2026-03-19").as_deref(),
        Some("2026-04-15"),
        "unnamed: the next"
    );
}

#[test]
fn a_payment_halfway_goes_to_the_later() {
    // 10 days after one Monday fortnight's due date, 4 before the next; then 7 and 7.
    let settled = paid("every 14 days", "2026-03-02", "2026-03-02");
    assert_eq!(
        covers(&settled, Some("2026-03-09"), "2026-03-09").as_deref(),
        Some("2026-03-16")
    );
    assert_eq!(
        covers(&settled, Some("2026-03-08"), "2026-03-08").as_deref(),
        Some("2026-03-02")
    );
}

#[test]
fn a_one_off_is_covered_once() {
    let standing = Standing {
        since: Some(on("2026-01-01")),
        ..fresh("once", "2026-05-05")
    };
    assert_eq!(
        covers(&standing, Some("2026-04-01"), "2026-04-01").as_deref(),
        Some("2026-05-05")
    );
    assert_eq!(
        covers(&standing, None, "2026-06-01").as_deref(),
        Some("2026-05-05")
    );
    let settled = paid("once", "2026-05-05", "2026-05-05");
    assert_eq!(
        covers(&settled, None, "2026-06-01"),
        None,
        "nothing is left to pay"
    );
    assert!(open(&settled, "2026-06-01", 3).is_empty());
}
