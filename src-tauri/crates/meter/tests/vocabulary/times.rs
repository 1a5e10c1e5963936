//! Instants, spans and the two clocks.

use std::time::Duration;

use proptest::prelude::*;
use tidegate_meter::{Lang, Mono, Month, Time, Zone, parse_span, print_span};

#[test]
fn spans_read_as_people_write_them() {
    let seconds = |text: &str| parse_span(text).map(|span| span.as_secs());
    assert_eq!(seconds("90s"), Ok(90));
    assert_eq!(seconds("5m"), Ok(300));
    assert_eq!(seconds("2h"), Ok(7200));
    assert_eq!(seconds("30d"), Ok(2_592_000));
    assert_eq!(seconds("1h30m"), Ok(5400));
    assert_eq!(seconds(" 0s "), Ok(0));
    for bad in [
        "",
        "5",
        "m",
        "5 m",
        "-5m",
        "1.5h",
        "30m1h",
        "5M",
        "5mm",
        "1h 30m",
        "99999999999999999999s",
        "36601d",
    ] {
        assert!(parse_span(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn instants_print_in_utc_and_read_any_offset() {
    let at: Time = "2026-01-31T16:00:00+08:00".parse().unwrap();
    assert_eq!(at.to_string(), "2026-01-31T08:00:00Z");
    for bad in [
        "",
        "2026-01-31",
        "2026-01-31T16:00:00",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "now",
    ] {
        assert!(bad.parse::<Time>().is_err(), "{bad:?}");
    }
}

#[test]
fn time_stays_at_its_ends_instead_of_wrapping() {
    let (first, last) = (Time::from_ms(i64::MIN), Time::from_ms(i64::MAX));
    assert_eq!(last.plus(Duration::from_secs(1)), last);
    assert_eq!(first.minus(Duration::MAX), first);
    assert_eq!(first.since(last), Duration::ZERO);
    assert_eq!(last.ms_since(first), i64::MAX);
    assert_eq!(Mono(u64::MAX).plus(Duration::MAX), Mono(u64::MAX));
    assert_eq!(Mono(1).since(Mono(2)), Duration::ZERO);
}

#[test]
fn languages_have_their_tags() {
    assert_eq!(serde_json::to_string(&Lang::Zh).unwrap(), "\"zh-CN\"");
    assert_eq!(serde_json::from_str::<Lang>("\"en\"").unwrap(), Lang::En);
}

proptest! {
    #[test]
    fn every_whole_span_reads_back(seconds in 0_u64..=366 * 100 * 86_400) {
        let span = Duration::from_secs(seconds);
        prop_assert_eq!(parse_span(&print_span(span)), Ok(span));
    }

    #[test]
    fn every_instant_reads_back(ms in -377_705_023_200_000_i64..=253_402_207_200_000) {
        let at = Time::from_ms(ms);
        prop_assert_eq!(at.to_string().parse::<Time>(), Ok(at));
        let json = serde_json::to_string(&at).expect("json");
        prop_assert_eq!(serde_json::from_str::<Time>(&json).expect("a time"), at);
    }

    #[test]
    fn later_and_back_is_where_it_began(ms in -1_000_000_000_000_i64..1_000_000_000_000, wait in 0_u64..1_000_000_000) {
        let (at, wait) = (Time::from_ms(ms), Duration::from_millis(wait));
        prop_assert_eq!(at.plus(wait).minus(wait), at);
        prop_assert_eq!(at.plus(wait).since(at), wait);
    }

    #[test]
    fn no_text_makes_the_parsers_fall_over(text in "\\PC{0,60}") {
        let _ = parse_span(&text);
        let _ = text.parse::<Time>();
    }
}

#[test]
fn seconds_are_whole_and_rounded_down() {
    assert_eq!(Time::from_ms(1_999).seconds(), 1);
    assert_eq!(Time::from_ms(-1).seconds(), -1);
    assert_eq!(Time::from_ms(0).seconds(), 0);
    assert_eq!(Time::from_ms(90_000).seconds(), 90);
}

#[test]
fn what_a_calendar_cannot_hold_is_its_end_on_the_same_side() {
    assert_eq!(Time::from_ms(i64::MIN).to_jiff(), jiff::Timestamp::MIN);
    assert_eq!(Time::from_ms(i64::MAX).to_jiff(), jiff::Timestamp::MAX);
}

#[test]
fn a_month_has_four_digits_and_two_and_nothing_else() {
    assert_eq!("2026-03".parse::<Month>().unwrap().to_string(), "2026-03");
    for text in [
        "026-03", "2026-3", "2026-003", "+026-03", "2026-+3", "20a6-03", "2026-0a", "2026-13", "2026",
    ] {
        text.parse::<Month>().unwrap_err();
    }
}

#[test]
fn a_day_of_a_zone_begins_and_ends_at_its_own_midnight() {
    let beijing = Zone::beijing();
    let noon: Time = "2026-03-20T04:00:00Z".parse().unwrap();
    let day = beijing.date_of(noon);
    assert_eq!(day.to_string(), "2026-03-20");
    let evening: Time = "2026-03-20T16:00:00Z".parse().unwrap();
    assert_eq!(beijing.date_of(evening).to_string(), "2026-03-21");
    let span = beijing.span_of(day).unwrap();
    assert_eq!(span.start.to_string(), "2026-03-19T16:00:00Z");
    assert_eq!(span.end.to_string(), "2026-03-20T16:00:00Z");
}

#[test]
fn an_offset_of_nothing_lies_east() {
    assert_eq!(Zone::fixed(0).name(), "+00:00");
    assert_eq!(Zone::fixed(-90).name(), "-01:30");
}

#[test]
fn a_span_without_digits_before_its_letter_is_none() {
    for text in ["h", "1hm", "+1h", "1 h", "-1h"] {
        parse_span(text).unwrap_err();
    }
}
