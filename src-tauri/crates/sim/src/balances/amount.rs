//! Millionths as the many ways in which the providers write amounts.

use serde_json::Value;

use crate::amount::{decimal, number};

/// As plain decimal text: `12.5`.
pub(crate) fn plain(millionths: i64) -> String {
    decimal(millionths, 1_000_000)
}

/// As a JSON number.
pub(crate) fn whole(millionths: i64) -> Value {
    number(&plain(millionths))
}

/// As text with two digits after the point: `12.50`. What does not fit is cut, towards less.
pub(crate) fn cents_text(millionths: i64) -> String {
    let text = plain(millionths.div_euclid(10_000).saturating_mul(10_000));
    match text.split_once('.') {
        None => format!("{text}.00"),
        Some((_, fraction)) if fraction.len() == 1 => format!("{text}0"),
        Some(_) => text,
    }
}

/// With a comma after each group of three digits: `10,000.00`.
pub(crate) fn grouped(millionths: i64) -> String {
    let text = cents_text(millionths);
    let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{sign}{out}.{fraction}")
}

/// In hundredths, as decimal text: 12.5 is `1250`.
pub(crate) fn hundredths(millionths: i64) -> String {
    decimal(millionths, 10_000)
}

/// In ten-thousandths, as whole text: 12.5 is `125000`.
pub(crate) fn ten_thousandths(millionths: i64) -> String {
    millionths.div_euclid(100).to_string()
}

#[cfg(test)]
mod tests {
    use super::{cents_text, grouped, hundredths, plain, ten_thousandths};

    #[test]
    fn one_amount_is_written_in_every_way() {
        let amount = 12_345_678_900_000;
        assert_eq!(plain(amount), "12345678.9");
        assert_eq!(cents_text(amount), "12345678.90");
        assert_eq!(grouped(amount), "12,345,678.90");
        assert_eq!(hundredths(amount), "1234567890");
        assert_eq!(ten_thousandths(amount), "123456789000");
    }

    #[test]
    fn small_and_negative_amounts_keep_their_form() {
        assert_eq!(grouped(-1_234_500_000), "-1,234.50");
        assert_eq!(grouped(999_000_000), "999.00");
        assert_eq!(cents_text(0), "0.00");
        assert_eq!(
            cents_text(-5_000),
            "-0.01",
            "what does not fit is cut towards less"
        );
        assert_eq!(hundredths(12_345_600), "1234.56");
    }
}
