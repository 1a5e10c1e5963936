//! Calendar windows across month ends, leap days, daylight saving and zones from −8 to +14.

use proptest::prelude::*;
use tidegate_meter::{Time, Window, WindowKind, Zone};

const ZONES: [&str; 12] = [
    "UTC",
    "+08:00",
    "-08:00",
    "+05:45",
    "+14:00",
    "Asia/Shanghai",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
];
const KINDS: [WindowKind; 3] = [WindowKind::Day, WindowKind::Month, WindowKind::Year];

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

fn window(kind: WindowKind, at: &str, zone: &str) -> (String, String) {
    let window = Window::calendar(kind, time(at), &zone.parse().expect("a zone")).expect("a window");
    (window.start.to_string(), window.end.expect("an end").to_string())
}

fn span(start: &str, end: &str) -> (String, String) {
    (start.to_owned(), end.to_owned())
}

#[test]
fn a_month_begins_at_midnight_of_its_zone() {
    let cases = [
        ("UTC", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("+08:00", "2026-01-31T16:00:00Z", "2026-02-28T16:00:00Z"),
        ("-08:00", "2026-02-01T08:00:00Z", "2026-03-01T08:00:00Z"),
        ("+05:45", "2026-01-31T18:15:00Z", "2026-02-28T18:15:00Z"),
        ("Asia/Kathmandu", "2026-01-31T18:15:00Z", "2026-02-28T18:15:00Z"),
        ("+14:00", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"),
        (
            "Pacific/Kiritimati",
            "2026-01-31T10:00:00Z",
            "2026-02-28T10:00:00Z",
        ),
    ];
    for (zone, start, end) in cases {
        assert_eq!(
            window(WindowKind::Month, "2026-02-10T12:00:00Z", zone),
            span(start, end),
            "{zone}"
        );
    }
}

#[test]
fn the_same_instant_lies_in_different_months_of_different_zones() {
    let at = "2026-01-31T16:00:00Z";
    assert_eq!(
        window(WindowKind::Month, at, "+08:00").0,
        "2026-01-31T16:00:00Z",
        "February began in Beijing"
    );
    assert_eq!(window(WindowKind::Month, at, "UTC").0, "2026-01-01T00:00:00Z");
    assert_eq!(window(WindowKind::Month, at, "-08:00").0, "2026-01-01T08:00:00Z");
}

#[test]
fn the_last_millisecond_belongs_to_the_month_that_ends() {
    let shanghai = "Asia/Shanghai";
    assert_eq!(
        window(WindowKind::Month, "2026-01-31T15:59:59.999Z", shanghai).1,
        "2026-01-31T16:00:00Z"
    );
    assert_eq!(
        window(WindowKind::Month, "2026-01-31T16:00:00Z", shanghai).0,
        "2026-01-31T16:00:00Z"
    );
}

#[test]
fn february_has_its_leap_day_when_it_has_one() {
    let february = |year: u16| window(WindowKind::Month, &format!("{year}-02-10T00:00:00Z"), "UTC").1;
    assert_eq!(february(2024), "2024-03-01T00:00:00Z");
    assert_eq!(
        window(WindowKind::Day, "2024-02-29T10:00:00Z", "UTC"),
        span("2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z")
    );
    let days = |year: u16| {
        let (start, end) = window(WindowKind::Month, &format!("{year}-02-10T00:00:00Z"), "UTC");
        time(&end).since(time(&start)).as_secs() / 86_400
    };
    assert_eq!([2024, 2025, 2000, 2100].map(days), [29, 28, 29, 28]);
}

#[test]
fn a_year_ends_where_the_next_begins() {
    let cases = [
        ("UTC", "2027-01-01T00:00:00Z"),
        ("+08:00", "2026-12-31T16:00:00Z"),
        ("America/Los_Angeles", "2027-01-01T08:00:00Z"),
        ("+14:00", "2026-12-31T10:00:00Z"),
    ];
    for (zone, end) in cases {
        assert_eq!(
            window(WindowKind::Year, "2026-06-01T00:00:00Z", zone).1,
            end,
            "{zone}"
        );
    }
}

#[test]
fn a_day_of_daylight_saving_has_23_or_25_hours() {
    let hours = |at: &str| {
        let (start, end) = window(WindowKind::Day, at, "America/Los_Angeles");
        time(&end).since(time(&start)).as_secs() / 3600
    };
    assert_eq!(hours("2026-03-08T20:00:00Z"), 23, "clocks go forward");
    assert_eq!(hours("2026-11-01T20:00:00Z"), 25, "clocks go back");
    assert_eq!(hours("2026-06-01T20:00:00Z"), 24);
}

#[test]
fn both_hours_of_an_overlap_lie_in_the_same_day() {
    let day = |at: &str| window(WindowKind::Day, at, "America/Los_Angeles");
    assert_eq!(
        day("2026-11-01T08:30:00Z"),
        day("2026-11-01T09:30:00Z"),
        "01:30 twice"
    );
}

#[test]
fn a_day_whose_midnight_is_skipped_begins_when_the_clocks_have_moved() {
    // São Paulo went from 00:00 to 01:00 on 2018-11-04.
    let day = window(WindowKind::Day, "2018-11-04T12:00:00Z", "America/Sao_Paulo");
    assert_eq!(day, span("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"));
}

#[test]
fn a_month_in_which_the_clocks_move_is_an_hour_shorter_or_longer() {
    let march = window(WindowKind::Month, "2026-03-15T00:00:00Z", "America/Los_Angeles");
    assert_eq!(march, span("2026-03-01T08:00:00Z", "2026-04-01T07:00:00Z"));
    let november = window(WindowKind::Month, "2026-11-15T00:00:00Z", "America/Los_Angeles");
    assert_eq!(november, span("2026-11-01T07:00:00Z", "2026-12-01T08:00:00Z"));
}

#[test]
fn only_a_provider_can_tell_a_cycle_or_a_life() {
    for kind in [WindowKind::Cycle, WindowKind::Life] {
        assert_eq!(
            Window::calendar(kind, time("2026-01-01T00:00:00Z"), &Zone::utc()),
            None
        );
    }
}

#[test]
fn a_window_is_half_open_and_one_without_end_never_ends() {
    let (start, end) = (time("2026-01-01T00:00:00Z"), time("2026-02-01T00:00:00Z"));
    let window = Window::told(WindowKind::Cycle, start, Some(end));
    assert!(window.contains(start) && !window.contains(end));
    assert!(!window.contains(Time::from_ms(start.ms() - 1)));
    assert!(window.contains(Time::from_ms(end.ms() - 1)));
    assert!(Window::told(WindowKind::Life, start, None).contains(Time::from_ms(i64::MAX)));
}

#[test]
fn the_ends_of_time_give_no_window_or_one_that_holds_them_and_never_a_panic() {
    for zone in ZONES {
        let zone: Zone = zone.parse().expect("a zone");
        for kind in KINDS {
            for ms in [i64::MIN, i64::MAX, -377_705_023_201_000, 253_402_207_200_999] {
                let _ = Window::calendar(kind, Time::from_ms(ms), &zone);
            }
        }
    }
}

#[test]
fn zones_are_names_or_offsets_and_nothing_else() {
    for text in ZONES {
        let zone: Zone = text.parse().unwrap();
        assert_eq!(zone.name(), text);
        let json = serde_json::to_string(&zone).unwrap();
        assert_eq!(serde_json::from_str::<Zone>(&json).unwrap(), zone);
    }
    for text in [
        "",
        "Mars/Olympus",
        "+8",
        "+25:00",
        "08:00",
        "+08:60",
        "+-8:00",
        "+14:30",
        "-14:01",
        "../etc/passwd",
        "++8:00",
        "+008:00",
    ] {
        assert!(text.parse::<Zone>().is_err(), "{text:?}");
    }
    assert_eq!(Zone::beijing().name(), "+08:00");
    assert_eq!(Zone::fixed(-480).name(), "-08:00");
    assert_eq!(Zone::fixed(345).name(), "+05:45");
}

proptest! {
    #[test]
    fn an_instant_lies_in_its_window_and_windows_meet_without_gap(
        ms in -2_000_000_000_000_i64..4_000_000_000_000,
        zone in prop::sample::select(ZONES.to_vec()),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let zone: Zone = zone.parse().expect("a zone");
        let at = Time::from_ms(ms);
        let window = Window::calendar(kind, at, &zone).expect("a window");
        let end = window.end.expect("an end");
        prop_assert!(window.contains(at));
        let next = Window::calendar(kind, end, &zone).expect("a window");
        prop_assert_eq!(next.start, end);
        let last = Window::calendar(kind, Time::from_ms(end.ms() - 1), &zone).expect("a window");
        prop_assert_eq!(last, window);
    }

    #[test]
    fn days_and_months_nest(ms in 0_i64..4_000_000_000_000, zone in prop::sample::select(ZONES.to_vec())) {
        let zone: Zone = zone.parse().expect("a zone");
        let [day, month, year] = KINDS.map(|kind| Window::calendar(kind, Time::from_ms(ms), &zone).expect("a window"));
        prop_assert!(month.start <= day.start && day.end <= month.end);
        prop_assert!(year.start <= month.start && month.end <= year.end);
    }
}
