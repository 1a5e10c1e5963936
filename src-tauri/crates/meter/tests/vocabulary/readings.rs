//! Readings: what is derived, and what makes none.

use proptest::prelude::*;
use tidegate_meter::{
    AsOf, Blind, Currency, Outcome, Quantity, Reading, ReadingError, Reason, Retry, Time, Unit, Window,
    WindowKind,
};

fn read(used: Option<i64>, limit: Option<i64>, left: Option<i64>) -> Result<Reading, ReadingError> {
    let [used, limit, left] = [used, limit, left].map(|raw| raw.map(Quantity::bytes));
    let at = Time::from_ms(0);
    Reading::new(used, limit, left, None, AsOf::Fetch(at), at)
}

fn parts(reading: &Reading) -> [Option<i64>; 3] {
    [reading.used(), reading.limit(), reading.remaining()].map(|part| part.map(Quantity::raw))
}

#[test]
fn the_third_is_derived_from_two() {
    assert_eq!(
        parts(&read(Some(30), Some(100), None).unwrap()),
        [Some(30), Some(100), Some(70)]
    );
    assert_eq!(
        parts(&read(None, Some(100), Some(70)).unwrap()),
        [Some(30), Some(100), Some(70)]
    );
    assert_eq!(
        parts(&read(Some(30), None, Some(70)).unwrap()),
        [Some(30), Some(100), Some(70)]
    );
}

#[test]
fn what_cannot_be_derived_stays_unknown_and_is_never_zero() {
    assert_eq!(
        parts(&read(Some(30), None, None).unwrap()),
        [Some(30), None, None]
    );
    assert_eq!(
        parts(&read(None, None, Some(70)).unwrap()),
        [None, None, Some(70)]
    );
}

#[test]
fn a_limit_alone_is_no_reading() {
    assert_eq!(read(None, Some(100), None), Err(ReadingError::Empty));
    assert_eq!(read(None, None, None), Err(ReadingError::Empty));
}

#[test]
fn overspending_is_told_as_less_than_nothing() {
    assert_eq!(
        read(Some(105), Some(100), None).unwrap().headroom(),
        Some(Quantity::bytes(-5))
    );
}

#[test]
fn three_told_values_are_kept_as_told() {
    assert_eq!(
        parts(&read(Some(30), Some(100), Some(60)).unwrap()),
        [Some(30), Some(100), Some(60)]
    );
}

#[test]
fn mixed_units_and_values_that_do_not_fit_make_no_reading() {
    let at = Time::from_ms(0);
    let money = Some(Quantity::zero(Unit::Money(Currency::CNY)));
    let bytes = Some(Quantity::bytes(1));
    for (used, limit, left) in [
        (money, bytes, None),
        (None, bytes, money),
        (money, None, bytes),
        (bytes, money, bytes),
    ] {
        assert!(Reading::new(used, limit, left, None, AsOf::Fetch(at), at).is_err());
    }
    assert!(read(Some(i64::MIN), Some(i64::MAX), None).is_err());
}

#[test]
fn a_refused_key_is_never_retried_at_once() {
    assert_eq!(Reason::Auth.retry(), Retry::Pause(300));
    for reason in Reason::ALL {
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(json, format!("\"{}\"", reason.name()));
    }
}

#[test]
fn a_blind_detail_is_cut_to_what_a_card_can_show() {
    let blind = Blind::new(Reason::Shape, "漏".repeat(1000));
    assert_eq!(blind.detail.chars().count(), 240);
}

proptest! {
    #[test]
    fn used_and_left_make_the_whole_wherever_one_was_derived(a in 0_i64..1 << 40, b in 0_i64..1 << 40) {
        for reading in [read(Some(a), Some(a + b), None), read(None, Some(a + b), Some(b)), read(Some(a), None, Some(b))] {
            prop_assert_eq!(parts(&reading.expect("a reading")), [Some(a), Some(a + b), Some(b)]);
        }
    }

    #[test]
    fn every_outcome_survives_json(used in any::<Option<i64>>(), limit in any::<Option<i64>>(), left in any::<Option<i64>>(), reason in prop::sample::select(Reason::ALL.to_vec())) {
        let outcome = match read(used, limit, left) {
            Ok(reading) => Outcome::Known(reading),
            Err(_) => Outcome::Blind(Blind::new(reason, "no values")),
        };
        let json = serde_json::to_string(&outcome).expect("json");
        prop_assert_eq!(serde_json::from_str::<Outcome>(&json).expect("outcome"), outcome);
    }
}

#[test]
fn a_reading_keeps_its_window_and_an_outcome_its_reading() {
    let at: Time = "2026-03-20T04:00:00Z".parse().unwrap();
    let window = Window::told(WindowKind::Cycle, at, None);
    let left = Quantity::bytes(5);
    let reading = Reading::new(None, None, Some(left), Some(window), AsOf::Fetch(at), at).unwrap();
    assert_eq!(reading.window(), Some(window));
    assert_eq!(Outcome::Known(reading.clone()).reading(), Some(&reading));
    assert_eq!(Outcome::Blind(Blind::new(Reason::Shape, "no")).reading(), None);
}
