//! Amounts: exact text, checked arithmetic, no mixing of units.

use proptest::prelude::*;
use tidegate_meter::{Currency, Quantity, QuantityError, Unit};

const UNITS: [Unit; 6] = [
    Unit::Bytes,
    Unit::Money(Currency::CNY),
    Unit::Money(Currency::USD),
    Unit::Credits,
    Unit::Days,
    Unit::Percent,
];

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(UNITS.to_vec())
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    let raw = prop_oneof![any::<i64>(), -10_i64..10, Just(i64::MIN), Just(i64::MAX)];
    (raw, any_unit()).prop_map(|(raw, unit)| Quantity::from_raw(raw, unit))
}

fn exactly(value: i128) -> Option<i64> {
    i64::try_from(value).ok()
}

proptest! {
    #[test]
    fn every_amount_parses_back_from_its_text(amount in any_quantity()) {
        prop_assert_eq!(Quantity::parse(&amount.decimal(), amount.unit()), Ok(amount));
    }

    #[test]
    fn every_amount_survives_json(amount in any_quantity()) {
        let text = serde_json::to_string(&amount).expect("json");
        prop_assert_eq!(serde_json::from_str::<Quantity>(&text).expect("amount"), amount);
    }

    #[test]
    fn decimal_text_has_no_exponent_and_no_trailing_zeros(amount in any_quantity()) {
        let text = amount.decimal();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-'));
        prop_assert!(!text.contains('.') || !text.ends_with(['0', '.']));
    }

    #[test]
    fn sums_and_differences_are_exact_or_an_error(a in any::<i64>(), b in any::<i64>(), unit in any_unit()) {
        let (x, y) = (Quantity::from_raw(a, unit), Quantity::from_raw(b, unit));
        let raw = |result: Result<Quantity, QuantityError>| result.ok().map(Quantity::raw);
        prop_assert_eq!(raw(x.plus(y)), exactly(i128::from(a) + i128::from(b)));
        prop_assert_eq!(raw(x.minus(y)), exactly(i128::from(a) - i128::from(b)));
    }

    #[test]
    fn what_is_added_can_be_taken_away(a in any_quantity(), raw in any::<i64>()) {
        let other = Quantity::from_raw(raw, a.unit());
        if let Ok(sum) = a.plus(other) {
            prop_assert_eq!(sum.minus(other), Ok(a));
        }
    }

    #[test]
    fn units_never_mix(a in any_quantity(), b in any_quantity()) {
        if a.unit() != b.unit() {
            let mixed = QuantityError::UnitMismatch(a.unit(), b.unit());
            prop_assert_eq!(a.plus(b), Err(mixed.clone()));
            prop_assert_eq!(a.minus(b), Err(mixed.clone()));
            prop_assert_eq!(a.compare(b), Err(mixed));
            prop_assert_eq!(a.share_of(b), None);
            prop_assert!(a.share_reaches(b, Quantity::zero(Unit::Percent)).is_err());
        }
    }

    #[test]
    fn scaling_is_the_exact_floor_or_an_error(raw in any::<i64>(), numerator in any::<i64>(), denominator in any::<i64>()) {
        let scaled = Quantity::bytes(raw).scaled(numerator, denominator);
        if denominator == 0 {
            prop_assert_eq!(scaled, Err(QuantityError::Overflow));
        } else {
            let exact = (i128::from(raw) * i128::from(numerator)).div_euclid(i128::from(denominator));
            prop_assert_eq!(scaled.ok().map(Quantity::raw), exactly(exact));
        }
    }

    #[test]
    fn a_share_is_reached_exactly_when_the_cross_products_say_so(used in 0_i64..=i64::MAX, whole in 1_i64..=i64::MAX, percent in 0_i64..=1_000_000) {
        let reached = Quantity::bytes(used)
            .share_reaches(Quantity::bytes(whole), Quantity::from_raw(percent, Unit::Percent))
            .expect("one unit");
        prop_assert_eq!(reached, i128::from(used) * 1_000_000 >= i128::from(whole) * i128::from(percent));
    }

    #[test]
    fn a_share_is_never_told_higher_than_it_is(used in 0_i64..1_000_000_000_000, whole in 1_i64..1_000_000_000_000) {
        let share = Quantity::bytes(used).share_of(Quantity::bytes(whole)).expect("a whole");
        prop_assert!(i128::from(share.raw()) * i128::from(whole) <= i128::from(used) * 1_000_000);
        prop_assert!((i128::from(share.raw()) + 1) * i128::from(whole) > i128::from(used) * 1_000_000);
    }

    #[test]
    fn scaled_text_is_exact_or_refused(whole in 0_i64..1_000_000, digits in 0_u32..10_000, factor in prop::sample::select(vec![1, 1 << 10, 1 << 20, 1 << 30, 1_000_000_000])) {
        let text = format!("{whole}.{digits:04}");
        let ten_thousandths = (i128::from(whole) * 10_000 + i128::from(digits)) * i128::from(factor);
        let parsed = Quantity::parse_scaled(&text, factor, Unit::Bytes);
        let floored = Quantity::parse_scaled_floor(&text, factor, Unit::Bytes).expect("fits");
        prop_assert_eq!(i128::from(floored.raw()), ten_thousandths.div_euclid(10_000));
        if ten_thousandths % 10_000 == 0 {
            prop_assert_eq!(parsed, Ok(floored));
        } else {
            prop_assert!(matches!(parsed, Err(QuantityError::TooFine(..))));
        }
    }

    #[test]
    fn no_text_makes_the_parser_fall_over(text in "\\PC{0,60}", unit in any_unit()) {
        let _ = Quantity::parse(&text, unit);
        let _ = Quantity::parse_scaled(&text, i64::MAX, unit);
        let _ = Quantity::parse_scaled_floor(&text, i64::MIN, unit);
    }

    #[test]
    fn whatever_parses_prints_the_same_amount(text in "-?[0-9]{1,12}(\\.[0-9]{1,8})?", unit in any_unit()) {
        if let Ok(amount) = Quantity::parse(&text, unit) {
            prop_assert_eq!(Quantity::parse(&amount.decimal(), unit), Ok(amount));
        }
    }
}

#[test]
fn only_plain_decimal_text_is_an_amount() {
    let bad = [
        "", "-", ".", ".5", "5.", "1e3", "1E3", "+1", " 1", "1 ", "1,000", "0x10", "NaN", "inf", "--1",
        "1.2.3", "１", "1-", "null",
    ];
    for text in bad {
        assert!(
            matches!(
                Quantity::parse(text, Unit::Credits),
                Err(QuantityError::NotDecimal(_))
            ),
            "{text:?}"
        );
    }
    let long = "0".repeat(49);
    assert!(Quantity::parse(&long, Unit::Bytes).is_err());
}

#[test]
fn an_amount_finer_than_its_unit_is_refused_instead_of_rounded() {
    for (text, unit) in [
        ("0.5", Unit::Bytes),
        ("1.5", Unit::Days),
        ("0.0000001", Unit::Money(Currency::CNY)),
        ("0.00001", Unit::Percent),
    ] {
        assert!(
            matches!(Quantity::parse(text, unit), Err(QuantityError::TooFine(..))),
            "{text} {unit}"
        );
    }
    assert_eq!(
        Quantity::parse("1.500", Unit::Percent),
        Ok(Quantity::from_raw(15_000, Unit::Percent))
    );
}

#[test]
fn too_large_is_an_error_and_never_wraps() {
    assert_eq!(
        Quantity::parse("9223372036854775807", Unit::Bytes),
        Ok(Quantity::bytes(i64::MAX))
    );
    assert_eq!(
        Quantity::parse("-9223372036854775808", Unit::Bytes),
        Ok(Quantity::bytes(i64::MIN))
    );
    assert_eq!(
        Quantity::parse("9223372036854775808", Unit::Bytes),
        Err(QuantityError::Overflow)
    );
    assert_eq!(
        Quantity::parse("9223372036854775", Unit::Credits),
        Err(QuantityError::Overflow)
    );
    let long = "9".repeat(45);
    assert_eq!(
        Quantity::parse(&long, Unit::Credits),
        Err(QuantityError::Overflow)
    );
    assert_eq!(
        Quantity::bytes(i64::MIN).scaled(-1, 1),
        Err(QuantityError::Overflow)
    );
    assert_eq!(
        Quantity::bytes(i64::MIN).scaled(1, -1),
        Err(QuantityError::Overflow)
    );
}

#[test]
fn gigabytes_and_gibibytes_are_distinct_and_exact() {
    let gib = Quantity::parse_scaled("180.25", 1 << 30, Unit::Bytes);
    assert_eq!(gib, Ok(Quantity::bytes(193_541_963_776)));
    let gb = Quantity::parse_scaled("180.25", 1_000_000_000, Unit::Bytes);
    assert_eq!(gb, Ok(Quantity::bytes(180_250_000_000)));
}

#[test]
fn a_lossy_decimal_of_a_binary_multiple_is_cut_towards_less() {
    let floor = |text: &str| Quantity::parse_scaled_floor(text, 1 << 30, Unit::Bytes).map(Quantity::raw);
    assert_eq!(floor("0.1"), Ok(107_374_182));
    assert_eq!(floor("-0.1"), Ok(-107_374_183));
}

#[test]
fn just_short_of_a_share_is_short_of_it() {
    let eighty = Quantity::parse("80", Unit::Percent).unwrap();
    let money = |text: &str| Quantity::parse(text, Unit::Money(Currency::CNY)).unwrap();
    assert_eq!(money("799.99").share_reaches(money("1000"), eighty), Ok(false));
    assert_eq!(money("800").share_reaches(money("1000"), eighty), Ok(true));
    assert_eq!(money("1").share_of(money("0")), None);
}

#[test]
fn json_is_a_decimal_string_with_its_unit_and_nothing_else() {
    let text = r#"{"value":"1073741824","unit":"bytes"}"#;
    let amount: Quantity = serde_json::from_str(text).unwrap();
    assert_eq!(amount, Quantity::bytes(1 << 30));
    assert_eq!(serde_json::to_string(&amount).unwrap(), text);
    for bad in [
        r#"{"value":1073741824,"unit":"bytes"}"#,
        r#"{"value":"1","unit":"bytes","scale":9}"#,
        r#"{"value":"1"}"#,
        r#"{"value":null,"unit":"bytes"}"#,
        r#"{"value":"1","unit":"yuan"}"#,
    ] {
        assert!(serde_json::from_str::<Quantity>(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_sign_of_an_amount_is_known_and_nothing_has_none() {
    let signs = [-1, 0, 1].map(|raw| {
        let amount = Quantity::bytes(raw);
        (amount.is_negative(), amount.is_zero())
    });
    assert_eq!(signs, [(true, false), (false, true), (false, false)]);
}

#[test]
fn nothing_is_printed_without_a_sign() {
    assert_eq!(Quantity::bytes(0).decimal(), "0");
    assert_eq!(Quantity::bytes(-1).decimal(), "-1");
}

#[test]
fn a_text_as_long_as_may_be_is_read_and_one_longer_is_not() {
    let longest = "0".repeat(tidegate_meter::limits::AMOUNT_CHARS);
    assert_eq!(Quantity::parse(&longest, Unit::Bytes), Ok(Quantity::bytes(0)));
    Quantity::parse(&format!("{longest}0"), Unit::Bytes).unwrap_err();
}
