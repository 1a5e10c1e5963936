//! Exact numbers: from a body's text to a decimal, and from a decimal to a quantity. Never a float.
//!
//! Anchored: a text is a number as a whole or not at all, with its sign; separators only where a spec says that the
//! provider writes them, and then only in groups of three.

use rust_decimal::Decimal;
use serde_json::Value;
use tidegate_meter::{Quantity, Unit};

use super::limits;

/// A number or a text that is one.
pub(crate) fn of_value(value: &Value, thousands: bool) -> Option<Decimal> {
    match value {
        Value::Number(number) => of_text(&number.to_string(), false),
        Value::String(text) => of_text(text, thousands),
        _ => None,
    }
}

/// Reads `-1234.5`, `1.5e3`, and with `thousands` also `1,234.50`.
pub(crate) fn of_text(text: &str, thousands: bool) -> Option<Decimal> {
    let text = text.trim();
    if text.is_empty() || text.len() > limits::NUMBER_CHARS {
        return None;
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let plain = plain(mantissa, thousands)?;
    shift(Decimal::from_str_exact(&plain).ok()?, exponent)
}

/// The digits without separators, if sign, groups and point stand where they may.
fn plain(text: &str, thousands: bool) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (unsigned, "0"),
    };
    let whole = if thousands && whole.contains(',') {
        grouped(whole)?
    } else {
        whole.to_owned()
    };
    is_digits(&whole).then(|| format!("{sign}{whole}.{fraction}"))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn grouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let rest: Vec<&str> = groups.collect();
    rest.iter()
        .all(|group| group.len() == 3)
        .then(|| format!("{first}{}", rest.concat()))
}

fn shift(number: Decimal, exponent: i32) -> Option<Decimal> {
    if exponent.abs() > limits::EXPONENT {
        return None;
    }
    let power = Decimal::from(10_i64.checked_pow(exponent.unsigned_abs())?);
    if exponent < 0 {
        number.checked_div(power)
    } else {
        number.checked_mul(power)
    }
}

/// Which way an amount goes that is finer than its unit keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Round {
    /// Less left is the safe side.
    Down,
    /// More used is the safe side.
    Up,
}

/// The amount in `unit`; `None` when it does not fit.
pub(super) fn quantity(number: Decimal, unit: Unit, round: Round) -> Option<Quantity> {
    let scaled = number.checked_mul(Decimal::from(10_i64.checked_pow(unit.scale())?))?;
    let whole = match round {
        Round::Down => scaled.floor(),
        Round::Up => scaled.ceil(),
    };
    Some(Quantity::from_raw(i64::try_from(whole).ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, thousands: bool) -> Option<String> {
        of_text(text, thousands).map(|number| number.normalize().to_string())
    }

    #[test]
    fn a_text_is_a_number_as_a_whole_or_not_at_all() {
        assert_eq!(read("-5", false).as_deref(), Some("-5"));
        assert_eq!(read(" 110.35 ", false).as_deref(), Some("110.35"));
        assert_eq!(read("1.5e3", false).as_deref(), Some("1500"));
        assert_eq!(read("25E-2", false).as_deref(), Some("0.25"));
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1.2.3",
            "NaN",
            "inf",
            "12 元",
            "剩余100",
            "1e19",
            "0x10",
            "--1",
            "1 000",
        ] {
            assert_eq!(read(text, true), None, "{text}");
        }
    }

    #[test]
    fn separators_stand_in_groups_of_three_or_it_is_no_number() {
        assert_eq!(read("10,000.00", true).as_deref(), Some("10000"));
        assert_eq!(read("-1,234,567.5", true).as_deref(), Some("-1234567.5"));
        for text in ["1,23", "1234,567", ",123", "1,2345", "12,", "1,,000"] {
            assert_eq!(read(text, true), None, "{text}");
        }
        assert_eq!(
            read("1,234", false),
            None,
            "a comma may be a decimal point where nobody says otherwise"
        );
    }

    #[test]
    fn what_is_finer_than_the_unit_goes_to_the_safe_side() {
        let usd = Unit::Money(tidegate_meter::Currency::USD);
        let number = of_text("42.1234567", false).unwrap();
        assert_eq!(quantity(number, usd, Round::Down).unwrap().decimal(), "42.123456");
        assert_eq!(quantity(number, usd, Round::Up).unwrap().decimal(), "42.123457");
        let debt = of_text("-0.0000001", false).unwrap();
        assert_eq!(quantity(debt, usd, Round::Down).unwrap().decimal(), "-0.000001");
        assert_eq!(quantity(of_text("1e18", false).unwrap(), usd, Round::Down), None);
    }
}
