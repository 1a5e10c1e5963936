//! Which readings are believed: windows, order, and what is physically possible.

use tidegate_guard::{Belt, Decision, GuardSpec, Level};
use tidegate_meter::{AsOf, Currency, Quantity, Reading, Reason, Time, Unit, Window, WindowKind};

use crate::common::*;

#[test]
fn a_fall_to_exactly_nothing_is_quarantined_until_another_fetch_agrees() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    let fallen = guard.look(0, 105);
    assert!(raised(&fallen).is_empty());
    assert_eq!(fallen.why.belts.first(), Some(&Belt::Quarantined));
    assert_eq!(
        fallen.why.headroom,
        Some(Quantity::bytes(20 * GB)),
        "the last truth stands"
    );
    let agreed = guard.look(0, 110);
    assert_eq!(raised(&agreed), ["limit"]);
    assert_eq!(
        planned(&agreed),
        None,
        "told at once, but nothing is stopped for it yet"
    );
    assert_eq!(agreed.why.belts, [Belt::Quarantined]);
}

#[test]
fn nothing_is_stopped_for_a_value_that_jumped_before_it_stood_for_ninety_minutes() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    for poll in 0..=18 {
        assert_eq!(planned(&guard.look(0, 105 + poll * 5)), None, "poll {poll}");
    }
    assert!(planned(&guard.look(0, 200)).is_some(), "believed at minute 110");
}

#[test]
fn a_lie_of_an_hour_stops_nothing_and_leaves_no_trace() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    for poll in 0..12 {
        assert_eq!(planned(&guard.look(0, 105 + poll * 5)), None, "poll {poll}");
    }
    for poll in 12..40 {
        let after = guard.look(149 * GB, 105 + poll * 5);
        assert_eq!(planned(&after), None);
        assert!(!after.why.over || poll < 14, "poll {poll}");
    }
}

#[test]
fn a_fall_to_nothing_that_the_next_fetch_contradicts_leaves_no_trace() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    guard.look(0, 105);
    let back = guard.look(149 * GB, 110);
    assert!(back.decisions.is_empty());
    assert_eq!(back.level, Level::Calm);
    assert!(back.why.belts.is_empty());
}

#[test]
fn the_same_fetch_cannot_confirm_itself() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    for _ in 0..5 {
        let judgement = guard.look(0, 105);
        assert!(raised(&judgement).is_empty() && planned(&judgement).is_none());
    }
}

#[test]
fn two_values_of_one_fetch_do_not_confirm_each_other() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    guard.look(30 * GB, 105);
    let same_fetch = guard.look(30 * GB - 1, 105);
    assert_eq!(same_fetch.why.belts.first(), Some(&Belt::Quarantined));
    assert_eq!(
        guard.look(30 * GB - 2, 110).why.headroom,
        Some(Quantity::bytes(30 * GB - 2))
    );
}

#[test]
fn a_window_older_than_the_last_two_is_closed_for_good() {
    let running = |start: i64| Window::told(WindowKind::Cycle, at(start), march().end);
    let mut guard = Watchman::seen(spec(), 150 * GB);
    for (start, minutes) in [(10, [105, 110]), (20, [115, 120])] {
        for minute in minutes {
            guard.show(within(150 * GB, 200 * GB, minute, Some(running(start))), minute);
        }
    }
    for minute in [125, 130, 135] {
        let closed = guard.look(GB, minute);
        assert!(closed.why.belts.contains(&Belt::OtherWindow));
        assert!(raised(&closed).is_empty() && planned(&closed).is_none());
    }
}

#[test]
fn alternating_lies_are_never_believed() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    for round in 0..20 {
        let lie = if round % 2 == 0 { 0 } else { 30 * GB };
        let judgement = guard.look(lie, 105 + round * 5);
        assert!(
            raised(&judgement).is_empty() && planned(&judgement).is_none(),
            "round {round}"
        );
    }
}

#[test]
fn a_fall_faster_than_the_bandwidth_is_quarantined() {
    let spec = GuardSpec {
        bandwidth_mbit: Some(5),
        ..spec()
    };
    let mut guard = Watchman::seen(spec, 150 * GB);
    guard.facts.lag = Some(hours(1));
    // 5 Mbit/s for 65 min is 2.4375 GB; a quarter more is believed.
    let possible = guard.look(147 * GB, 105);
    assert_eq!(possible.why.headroom, Some(Quantity::bytes(147 * GB)));
    let impossible = guard.look(140 * GB, 110);
    assert_eq!(impossible.why.belts.first(), Some(&Belt::Quarantined));
}

#[test]
fn without_a_bandwidth_losing_half_of_the_whole_at_once_is_quarantined() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    assert_eq!(
        guard.look(49 * GB, 105).why.belts.first(),
        Some(&Belt::Quarantined)
    );
    let mut guard = Watchman::seen(spec(), 150 * GB);
    assert_eq!(
        guard.look(51 * GB, 105).why.headroom,
        Some(Quantity::bytes(51 * GB))
    );
}

#[test]
fn more_left_than_there_is_waits_for_a_second_fetch() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    assert_eq!(
        guard.look(250 * GB, 105).why.belts.first(),
        Some(&Belt::Quarantined)
    );
    assert_eq!(
        guard.look(250 * GB, 110).why.headroom,
        Some(Quantity::bytes(250 * GB))
    );
}

#[test]
fn a_use_that_returns_to_zero_inside_the_window_waits_for_a_second_fetch() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    guard.look(9 * GB, 105);
    let untouched = guard.look(200 * GB, 110);
    assert!(
        resolved(&untouched).is_empty(),
        "a batch that has not landed resolves nothing"
    );
    assert_eq!(guard.look(9 * GB, 115).level, Level::Critical);
}

#[test]
fn parts_that_do_not_make_the_whole_wait_for_a_second_fetch() {
    let odd = |minute: i64| {
        let amounts = [120, 200, 40].map(|gb| Some(Quantity::bytes(gb * GB)));
        Reading::new(
            amounts[0],
            amounts[1],
            amounts[2],
            Some(march()),
            AsOf::Fetch(at(minute)),
            at(minute),
        )
        .unwrap()
    };
    let mut guard = Watchman::seen(spec(), 60 * GB);
    assert_eq!(
        guard.show(odd(105), 105).why.belts.first(),
        Some(&Belt::Quarantined)
    );
    assert_eq!(
        guard.show(odd(110), 110).why.headroom,
        Some(Quantity::bytes(40 * GB))
    );
}

#[test]
fn a_limit_of_zero_or_less_is_never_believed() {
    for whole in [0, -1, -200 * GB] {
        let mut guard = Watchman::seen(spec(), 150 * GB);
        for round in 0..5 {
            let minute = 105 + round * 5;
            let judgement = guard.show(within(0, whole, minute, Some(march())), minute);
            assert!(planned(&judgement).is_none() && raised(&judgement).is_empty());
            assert_eq!(
                judgement.why.blind.map(|(reason, _)| reason),
                Some(Reason::Implausible)
            );
        }
    }
}

#[test]
fn a_negative_use_of_bytes_is_never_believed_but_money_can_be_refunded() {
    let used = |amount: Quantity, minute: i64| {
        let whole = Quantity::from_raw(200 * GB, amount.unit());
        Reading::new(
            Some(amount),
            Some(whole),
            Some(whole),
            None,
            AsOf::Fetch(at(minute)),
            at(minute),
        )
        .unwrap()
    };
    let mut guard = Watchman::new(spec());
    let bytes = guard.show(used(Quantity::bytes(-GB), 100), 100);
    assert_eq!(
        bytes.why.blind.map(|(reason, _)| reason),
        Some(Reason::Implausible)
    );
    let mut guard = Watchman::new(spec());
    let money = guard.show(
        used(Quantity::from_raw(-GB, Unit::Money(Currency::CNY)), 100),
        100,
    );
    assert_eq!(money.why.blind, None);
}

#[test]
fn a_doubtful_value_that_stays_is_told_as_blindness() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    let mut told = 0;
    for round in 0..6 {
        // Each time another impossible value: nothing ever agrees.
        let judgement = guard.look(if round % 2 == 0 { 0 } else { 30 * GB }, 105 + round * 5);
        told += judgement
            .decisions
            .iter()
            .filter(
                |d| matches!(d, Decision::RaiseBlind { blind, .. } if blind.reason == Reason::Implausible),
            )
            .count();
    }
    assert_eq!(told, 1);
}

#[test]
fn the_same_reading_replayed_changes_nothing() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 105);
    let before = guard.state.clone();
    for minute in [105, 106, 110, 170] {
        let again = guard.show(reading(60 * GB, 105), minute);
        assert_eq!(again.state, before);
        assert!(again.decisions.is_empty());
    }
}

#[test]
fn the_same_number_of_the_provider_fetched_again_changes_neither_ladder_nor_forecast() {
    let told = |left: i64, as_of: i64, fetched: i64| {
        let (whole, left) = (Some(Quantity::bytes(200 * GB)), Some(Quantity::bytes(left)));
        Reading::new(
            None,
            whole,
            left,
            Some(march()),
            AsOf::Provider(at(as_of)),
            at(fetched),
        )
        .unwrap()
    };
    let mut guard = Watchman::new(watching());
    for hour in 0..10 {
        guard.show(told((70 - hour) * GB, hour * 60, hour * 60 + 20), hour * 60 + 20);
    }
    let before = guard.state.forecast(&guard.spec, at(600));
    for poll in 1..6 {
        let again = guard.show(told(61 * GB, 540, 560 + poll * 5), 560 + poll * 5);
        assert!(again.decisions.is_empty());
        assert_eq!(again.why.forecast, Some(before));
    }
}

#[test]
fn an_older_fetch_told_late_changes_nothing() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 110);
    let before = guard.state.clone();
    let late = guard.show(reading(5 * GB, 105), 115);
    assert_eq!(late.state, before);
    assert!(late.decisions.is_empty());
}

#[test]
fn a_providers_number_older_than_the_one_before_is_no_truth() {
    let told = |left: i64, as_of: i64, fetched: i64| {
        let (whole, left) = (Some(Quantity::bytes(200 * GB)), Some(Quantity::bytes(left)));
        Reading::new(
            None,
            whole,
            left,
            Some(march()),
            AsOf::Provider(at(as_of)),
            at(fetched),
        )
        .unwrap()
    };
    let mut guard = Watchman::new(spec());
    guard.show(told(100 * GB, 90, 100), 100);
    let older = guard.show(told(110 * GB, 80, 105), 105);
    assert_eq!(older.why.headroom, Some(Quantity::bytes(100 * GB)));
    assert_eq!(older.why.blind.map(|(reason, _)| reason), Some(Reason::Stale));
}

#[test]
fn a_providers_number_that_has_not_moved_for_a_day_is_blindness() {
    let told = |fetched: i64| {
        let (whole, left) = (Some(Quantity::bytes(200 * GB)), Some(Quantity::bytes(5 * GB)));
        Reading::new(
            None,
            whole,
            left,
            Some(march()),
            AsOf::Provider(at(90)),
            at(fetched),
        )
        .unwrap()
    };
    let mut guard = Watchman::new(watching());
    guard.show(told(100), 100);
    assert_eq!(guard.show(told(1600), 1600).why.blind, None);
    let frozen = guard.show(told(1700), 1700);
    assert_eq!(frozen.why.blind.map(|(reason, _)| reason), Some(Reason::Stale));
}

#[test]
fn a_window_that_has_not_begun_or_ends_before_it_begins_is_not_judged() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut guard = Watchman::seen(spec(), 150 * GB);
    let early = guard.show(within(GB, 200 * GB, turn - 10, Some(april())), turn - 10);
    assert!(early.why.belts.contains(&Belt::OtherWindow) && raised(&early).is_empty());
    let turned = Window::told(WindowKind::Cycle, at(50), Some(at(40)));
    let odd = guard.show(within(GB, 200 * GB, turn - 5, Some(turned)), turn - 5);
    assert!(odd.why.belts.contains(&Belt::OtherWindow) && raised(&odd).is_empty());
}

#[test]
fn a_second_package_beside_the_first_must_be_seen_twice_before_it_counts() {
    let mut guard = Watchman::seen(spec(), 150 * GB);
    let other = Window::told(WindowKind::Cycle, at(60), march().end);
    let once = guard.show(within(GB, 50 * GB, 125, Some(other)), 125);
    assert_eq!(once.why.belts.first(), Some(&Belt::Quarantined));
    assert!(raised(&once).is_empty());
    let twice = guard.show(within(GB, 50 * GB, 130, Some(other)), 130);
    assert_eq!(raised(&twice), ["limit"]);
}

#[test]
fn a_reading_without_dates_counts_in_the_window_that_runs() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut guard = Watchman::seen(spec(), 61 * GB);
    assert_eq!(
        raised(&guard.show(within(60 * GB, 200 * GB, 105, None), 105)),
        ["share:70"]
    );
    assert!(raised(&guard.look(59 * GB, 110)).is_empty(), "the same window");
    let after = guard.show(within(GB, 200 * GB, turn + 5, None), turn + 5);
    assert!(after.why.belts.contains(&Belt::OtherWindow));
}

#[test]
fn around_each_reset_the_closed_number_never_fires_in_any_zone_minute_by_minute() {
    // UTC+8, UTC, UTC−8, UTC+5:45, UTC+14, as minutes the reset lies before April 1st in UTC.
    for east in [480, 0, -480, 345, 840] {
        let turn = (APRIL - MARCH) / 60_000 - east;
        let old = Window::told(WindowKind::Month, at(-east), Some(at(turn)));
        let new = Window::told(WindowKind::Month, at(turn), Some(at(turn + 43_200)));
        let mut guard = Watchman::new(spec());
        guard.show(within(150 * GB, 200 * GB, turn - 200, Some(old)), turn - 200);
        // The provider keeps showing the closed window, nearly used up, for half an hour.
        for minute in -60..30 {
            let left = if minute < 0 { 150 * GB } else { GB };
            let judgement = guard.show(within(left, 200 * GB, turn + minute, Some(old)), turn + minute);
            assert!(
                raised(&judgement).is_empty() && planned(&judgement).is_none(),
                "{east}: {minute}"
            );
        }
        // And then the new one is not silenced.
        guard.show(within(70 * GB, 200 * GB, turn + 30, Some(new)), turn + 30);
        let fired = guard.show(within(60 * GB, 200 * GB, turn + 61, Some(new)), turn + 61);
        assert_eq!(raised(&fired), ["share:70"], "{east}");
    }
}

#[test]
fn a_wall_clock_that_goes_back_never_fires_again() {
    let mut guard = Watchman::seen(watching(), 61 * GB);
    assert_eq!(raised(&guard.look(60 * GB, 500)), ["share:70"]);
    for minute in [200, 205, 210] {
        let judgement = guard.look(60 * GB - minute, minute);
        assert!(judgement.decisions.is_empty(), "{minute}");
        assert_eq!(judgement.why.blind, None, "readings after the jump are truth");
    }
}

#[test]
fn a_wall_clock_that_goes_back_starts_the_agreement_anew() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 500);
    assert_eq!(planned(&guard.look(8 * GB, 200)), None);
    assert!(planned(&guard.look(7 * GB, 205)).is_some());
}

#[test]
fn times_are_what_they_seem() {
    assert_eq!(Time::from_ms(MARCH).to_string(), "2026-03-01T00:00:00Z");
    assert_eq!(Time::from_ms(APRIL).to_string(), "2026-04-01T00:00:00Z");
}

#[test]
fn an_amount_in_a_unit_that_no_threshold_has_is_blind_with_both_units_and_never_compared() {
    let cny = |amount: i64, minute| {
        let left = Quantity::from_raw(amount * 1_000_000, Unit::Money(Currency::CNY));
        Reading::new(None, None, Some(left), None, AsOf::Fetch(at(minute)), at(minute)).unwrap()
    };
    let usd = GuardSpec {
        steps: vec![step("20 USD")],
        limit: None,
        ..watching()
    };
    let mut guard = Watchman::new(usd.clone());
    let judgement = guard.show(cny(5, 100), 100);
    assert!(raised(&judgement).is_empty());
    let doubt = judgement.doubt.unwrap();
    assert_eq!(doubt.reason, Reason::Shape);
    assert_eq!(
        doubt.detail,
        "the meter counts in CNY, the guard's thresholds in USD: they are never compared; give a threshold in CNY"
    );
    let both = GuardSpec {
        steps: vec![step("20 USD"), step("50 CNY")],
        ..usd
    };
    let mut guard = Watchman::new(both);
    let judgement = guard.show(cny(30, 100), 100);
    assert_eq!(judgement.doubt, None);
    assert_eq!(
        raised(&judgement),
        ["headroom:CNY:50"],
        "of two currencies only the meter's own is crossed"
    );
}

#[test]
fn a_share_or_a_run_out_fits_every_unit() {
    let money = Unit::Money(Currency::CNY);
    let fits = |steps: &[&str]| {
        let steps = steps.iter().map(|text| step(text)).collect();
        GuardSpec {
            steps,
            limit: None,
            ..watching()
        }
        .counts_in(money)
    };
    assert!(fits(&["80%"]) && fits(&["3d"]) && fits(&["5 USD", "80%"]) && fits(&["5 CNY"]) && fits(&[]));
    assert!(!fits(&["5 USD"]) && !fits(&["20 GB", "5 credits"]));
}

#[test]
fn a_meter_that_tells_only_what_was_used_is_blind_for_an_amount_and_never_calm() {
    let spent = Quantity::from_raw(80_000_000, Unit::Money(Currency::USD));
    let reading = Reading::new(Some(spent), None, None, None, AsOf::Fetch(at(100)), at(100)).unwrap();
    for step_text in ["50 USD", "90%", "2d"] {
        let mut guard = Watchman::new(GuardSpec {
            steps: vec![step(step_text)],
            limit: None,
            ..watching()
        });
        let judgement = guard.show(reading.clone(), 100);
        assert!(raised(&judgement).is_empty(), "{step_text}");
        let doubt = judgement.doubt.unwrap();
        assert_eq!(doubt.reason, Reason::Shape, "{step_text}");
        assert!(
            doubt.detail.contains("nothing is left to compare"),
            "{}",
            doubt.detail
        );
    }
    let mut silent = Watchman::new(GuardSpec {
        steps: Vec::new(),
        limit: None,
        ..watching()
    });
    assert_eq!(
        silent.show(reading, 100).doubt,
        None,
        "who asks nothing is answered"
    );
}

#[test]
fn ten_times_the_whole_may_be_used_and_no_byte_more_is_believed_at_once() {
    for (left, is_doubted) in [(-9 * 200 * GB, false), (-9 * 200 * GB - 1, true)] {
        let mut guard = Watchman::new(spec());
        let judgement = guard.show(within(left, 200 * GB, 100, Some(march())), 100);
        assert_eq!(judgement.doubt.is_some(), is_doubted, "{left}");
    }
}
