//! The text forms and ranges of a spec.

use std::time::Duration;

use proptest::prelude::*;
use tidegate_guard::{GuardSpec, Limit, SpecError, Step, parse_amount, print_amount};
use tidegate_meter::{Currency, Quantity, Unit};

use crate::common::*;

#[test]
fn steps_read_as_people_write_them() {
    assert_eq!(step("70%"), Step::Share(percent("70")));
    assert_eq!(step("99.5%"), Step::Share(percent("99.5")));
    assert_eq!(step("20 GB"), Step::Headroom(Quantity::bytes(20 * GB)));
    assert_eq!(step("20GiB"), Step::Headroom(Quantity::bytes(20 << 30)));
    assert_eq!(step("0.5 GB"), Step::Headroom(Quantity::bytes(GB / 2)));
    assert_eq!(step("2d"), Step::RunOut(hours(48)));
    assert_eq!(
        step("5 CNY"),
        Step::Headroom(Quantity::parse("5", Unit::Money(Currency::CNY)).unwrap())
    );
    assert_eq!(
        step("100 credits"),
        Step::Headroom(Quantity::parse("100", Unit::Credits).unwrap())
    );
    assert_eq!(step("7 days"), Step::Headroom(Quantity::from_raw(7, Unit::Days)));
}

#[test]
fn limits_read_as_people_write_them() {
    assert_eq!(limit("10 GB"), Limit::Headroom(Quantity::bytes(10 * GB)));
    assert_eq!(limit("98%"), Limit::Share(percent("98")));
    let reserve = Quantity::bytes(5 * GB);
    assert_eq!(limit("predictive 5 GB"), Limit::Predictive { reserve });
}

#[test]
fn what_is_no_threshold_is_refused_with_its_text() {
    for text in [
        "",
        "70",
        "%",
        "GB",
        "20 Gb/s",
        "1,000 GB",
        "1e3 GB",
        "ten GB",
        "0.1 B",
        "predictive 5 GB",
        "NaN%",
    ] {
        assert_eq!(
            text.parse::<Step>(),
            Err(SpecError::Step(text.to_owned())),
            "{text:?}"
        );
    }
    for text in ["", "2d", "predictive", "predictive 5%", "predictive", "10"] {
        assert_eq!(
            text.parse::<Limit>(),
            Err(SpecError::Limit(text.to_owned())),
            "{text:?}"
        );
    }
    let error = parse_amount("much", "limit").unwrap_err();
    assert!(error.to_string().starts_with("limit: \"much\" is no amount"));
}

#[test]
fn thresholds_print_as_they_were_written() {
    for text in [
        "70%",
        "99.5%",
        "20 GB",
        "20 GiB",
        "1.5 GiB",
        "2d",
        "1d12h",
        "5 CNY",
        "0.000001 USD",
        "100 credits",
        "7 days",
    ] {
        assert_eq!(step(text).to_string(), text);
    }
    for text in ["98%", "10 GB", "predictive 5 GB", "predictive 512 MiB", "0 B"] {
        assert_eq!(limit(text).to_string(), text);
    }
}

#[test]
fn a_spec_in_range_is_accepted() {
    assert_eq!(spec().validate(), Ok(()));
    assert_eq!(watching().validate(), Ok(()));
}

type Change = fn(&mut GuardSpec);

#[test]
fn each_range_is_checked_and_named() {
    let broken: [(&str, Change); 14] = [
        ("steps", |spec| spec.steps = vec![step("0%")]),
        ("steps", |spec| spec.steps = vec![step("100.0001%")]),
        ("steps", |spec| spec.steps = vec![step("-1 GB")]),
        ("steps", |spec| spec.steps = vec![Step::RunOut(Duration::ZERO)]),
        ("steps", |spec| spec.steps = vec![step("70%"), step("70.0%")]),
        ("steps", |spec| {
            spec.steps = (1..=17)
                .map(|p| Step::Share(Quantity::from_raw(p, Unit::Percent)))
                .collect();
        }),
        ("limit", |spec| spec.limit = Some(limit("101%"))),
        ("limit", |spec| spec.limit = Some(limit("predictive -1 GB"))),
        ("countdown", |spec| spec.countdown = hours(25)),
        ("interval", |spec| spec.interval = Duration::ZERO),
        ("reminder", |spec| spec.reminder = Duration::ZERO),
        ("hysteresis", |spec| spec.hysteresis = percent("51")),
        ("bandwidth_mbit", |spec| spec.bandwidth_mbit = Some(0)),
        ("belts.agreeing", |spec| spec.belts.agreeing = 0),
    ];
    for (index, (expected, break_range)) in broken.into_iter().enumerate() {
        let mut spec = spec();
        break_range(&mut spec);
        let error = spec.validate().unwrap_err();
        assert!(
            matches!(error, SpecError::Range { field, .. } if field == expected),
            "{index}: {error}"
        );
    }
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop_oneof![
        Just(Unit::Bytes),
        Just(Unit::Credits),
        Just(Unit::Days),
        Just(Unit::Money(Currency::CNY)),
        Just(Unit::Money(Currency::USD)),
    ]
}

proptest! {
    #[test]
    fn every_amount_reads_back_exactly_as_printed(raw in any::<i64>(), unit in any_unit()) {
        let amount = Quantity::from_raw(raw, unit);
        prop_assert_eq!(parse_amount(&print_amount(amount), "amount"), Ok(amount));
    }

    #[test]
    fn every_round_byte_amount_reads_back_exactly(count in 0_i64..100_000, size in prop::sample::select(vec![1, 1_000_000, GB, 1 << 20, 1 << 30])) {
        let amount = Quantity::bytes(count * size);
        prop_assert_eq!(parse_amount(&print_amount(amount), "amount"), Ok(amount));
    }

    #[test]
    fn every_step_and_limit_reads_back_exactly(raw in 1_i64..=1_000_000, span in 1_u64..=366 * 86_400, left in 0_i64..i64::MAX) {
        let left = Quantity::bytes(left);
        let share = Quantity::from_raw(raw, Unit::Percent);
        for step in [Step::Share(share), Step::RunOut(Duration::from_secs(span)), Step::Headroom(left)] {
            prop_assert_eq!(step.to_string().parse::<Step>(), Ok(step));
        }
        for limit in [Limit::Share(share), Limit::Headroom(left), Limit::Predictive { reserve: left }] {
            prop_assert_eq!(limit.to_string().parse::<Limit>(), Ok(limit));
        }
    }

    #[test]
    fn no_text_makes_the_parsers_fall_over(text in "\\PC{0,40}") {
        let _ = text.parse::<Step>();
        let _ = text.parse::<Limit>();
        let _ = parse_amount(&text, "amount");
    }
}

#[test]
fn the_ends_of_each_range_are_in_it() {
    let valid = |change: Change| {
        let mut spec = spec();
        change(&mut spec);
        spec.validate()
    };
    assert_eq!(valid(|spec| spec.hysteresis = percent("50")), Ok(()));
    assert_eq!(valid(|spec| spec.hysteresis = percent("0")), Ok(()));
    assert_eq!(valid(|spec| spec.bandwidth_mbit = Some(1)), Ok(()));
    assert_eq!(valid(|spec| spec.bandwidth_mbit = Some(1_000_000)), Ok(()));
    assert!(valid(|spec| spec.bandwidth_mbit = Some(1_000_001)).is_err());
    let steps = |count: i64| (1..=count).map(|gb| Step::Headroom(Quantity::bytes(gb * GB)));
    let mut many = spec();
    many.steps = steps(16).collect();
    assert_eq!(many.validate(), Ok(()));
    many.steps = steps(17).collect();
    assert!(many.validate().is_err());
}

#[test]
fn an_amount_below_nothing_prints_with_its_sign() {
    for (raw, text) in [
        (-500_000_000, "-500 MB"),
        (-GB / 2 * 3, "-1.5 GB"),
        (-1, "-1 B"),
        (0, "0 B"),
    ] {
        assert_eq!(print_amount(Quantity::bytes(raw)), text);
        assert_eq!(parse_amount(text, "amount").unwrap(), Quantity::bytes(raw));
    }
}
