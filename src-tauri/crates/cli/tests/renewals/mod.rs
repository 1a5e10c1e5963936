//! `renewals` as a person and a script meet it.

use serde_json::{Value, json};

use crate::kit::Home;

/// A preview, which needs no home: its exit code, its answer, and what was said on stderr. No word of it has a space.
fn preview(home: &Home, args: &str) -> (i32, Value, String) {
    let args: Vec<&str> = "renewals preview --json"
        .split(' ')
        .chain(args.split(' '))
        .collect();
    let answer = home.run(&args);
    (answer.code, answer.json(), answer.err)
}

#[test]
fn a_preview_prints_exactly_what_is_promised_and_makes_no_home() {
    let home = Home::empty();
    let args = "renewals preview --cycle monthly --day 31 --paid 2026-01-31 --today 2026-02-27 --json";
    let answer = home.run(&args.split(' ').collect::<Vec<_>>());
    assert_eq!(answer.code, 0);
    assert_eq!(
        answer.out,
        "{\"due\":[\"2026-02-28\",\"2026-03-31\",\"2026-04-30\",\"2026-05-31\",\"2026-06-30\",\"2026-07-31\",\
         \"2026-08-31\",\"2026-09-30\",\"2026-10-31\",\"2026-11-30\",\"2026-12-31\",\"2027-01-31\"],\"days\":1}\n"
    );
    assert!(!home.path().exists());
}

#[test]
fn a_preview_tells_today_paid_overdue_and_nothing_left() {
    let home = Home::empty();
    let table = [
        ("weekly --day 6 --today 2026-11-21", json!("2026-11-21"), json!(0)),
        (
            "weekly --day 6 --paid 2026-11-21 --today 2026-11-21",
            json!("2026-11-28"),
            json!(7),
        ),
        (
            "yearly --day 02-29 --today 2025-03-01",
            json!("2026-02-28"),
            json!(364),
        ),
        (
            "monthly --day 15 --paid 2026-06-15 --today 2026-03-20",
            json!("2026-07-15"),
            json!(117),
        ),
        (
            "monthly --day 15 --paid 2026-02-15 --today 2026-03-20",
            json!("2026-03-15"),
            json!(-5),
        ),
        (
            "trial --day 2026-03-20 --today 2026-03-20",
            json!("2026-03-20"),
            json!(0),
        ),
        (
            "once --day 2026-03-20 --paid 2026-03-20 --today 2026-03-20",
            Value::Null,
            Value::Null,
        ),
    ];
    for (args, due, days) in table {
        let (code, told, _) = preview(&home, &format!("--cycle {args}"));
        assert_eq!(code, 0, "{args}");
        assert_eq!(told.pointer("/due/0").unwrap_or(&Value::Null), &due, "{args}");
        assert_eq!(told.pointer("/days"), Some(&days), "{args}");
    }
}

#[test]
fn a_preview_that_is_not_understood_names_its_flag() {
    let home = Home::empty();
    let table = [
        (
            "daily --day 1 --today 2026-01-01",
            "--cycle",
            "weekly, monthly, yearly",
        ),
        ("weekly --day 0 --today 2026-01-01", "--day", "1 to 7"),
        ("monthly --day -1 --today 2026-01-01", "--day", "1 to 31"),
        ("yearly --day 02-30 --today 2026-01-01", "--day", "MM-DD"),
        (
            "weekly --day 1 --paid yesterday --today 2026-01-01",
            "--paid",
            "YYYY-MM-DD",
        ),
        ("weekly --day 1 --today 2026-02-29", "--today", "YYYY-MM-DD"),
        ("weekly --today 2026-01-01", "--day", "required"),
    ];
    for (args, flag, allowed) in table {
        let (code, told, err) = preview(&home, &format!("--cycle {args}"));
        assert_eq!(code, 2, "{args}");
        assert!(err.contains(flag) && err.contains(allowed), "{err}");
        assert_eq!(told.pointer("/error/code"), Some(&json!("bad_request")));
    }
}

#[test]
fn a_renewal_is_listed_marked_cleared_and_exported() {
    let home = Home::empty();
    home.apply("[[renewal]]\nid = \"domain\"\nname = \"example.org\"\ncycle = \"every 1 days\"\nday = \"2020-01-01\"\namount = \"68 CNY\"\n");
    let list = home.run(&["renewals", "--json"]).json();
    let at = |pointer: &str| list.pointer(pointer).cloned().unwrap_or_default();
    let today = at("/today");
    assert_eq!(at("/renewals/0/next_due"), today);
    assert_eq!(
        (at("/renewals/0/days"), at("/renewals/0/state")),
        (json!(0), json!("due"))
    );
    assert_eq!(at("/totals/0/currency"), "CNY");
    let table = home.run(&["renewals", "list"]);
    assert!(
        table.out.contains("due today") && table.out.contains("¥ 68.00"),
        "{}",
        table.out
    );
    let paid = home.run(&["renewals", "paid", "domain", "--json"]).json();
    assert_eq!(paid.get("paid"), Some(&today));
    let cleared = home.run(&["renewals", "clear", "domain", "--json"]).json();
    assert_eq!(
        (cleared.get("paid"), cleared.get("next_due")),
        (Some(&Value::Null), Some(&today))
    );
    let printed = home.run(&["renewals", "export", "-"]);
    assert!(printed.out.starts_with("BEGIN:VCALENDAR\r\n") && printed.out.ends_with("END:VCALENDAR\r\n"));
    let file = home.write("renewals.ics", "");
    assert_eq!(home.run(&["renewals", "export", &file]).code, 0);
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .contains("RRULE:FREQ=DAILY;INTERVAL=1\r\n")
    );
    assert_eq!(home.run(&["renewals", "paid", "nobody"]).code, 1);
    assert_eq!(
        home.run(&["renewals", "paid", "domain", "--date", "soon"]).code,
        2
    );
}
