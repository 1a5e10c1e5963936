//! Bytes as the decimal text of a provider's unit. Exact integers, rounded down to the digits that are told.

/// Digits after the point that amounts are told with.
const DIGITS: u32 = 6;

/// `bytes` in `unit` bytes, as plain decimal text without trailing zeros: `180.25`. Rounded towards less.
pub(crate) fn decimal(bytes: i64, unit: i64) -> String {
    let power = 10_i128.pow(DIGITS);
    let scaled = (i128::from(bytes) * power).div_euclid(i128::from(unit.max(1)));
    let sign = if scaled < 0 { "-" } else { "" };
    let scaled = scaled.unsigned_abs();
    let power = power.unsigned_abs();
    let fraction = format!("{:06}", scaled % power);
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{fraction}", scaled / power)
}

/// The same as a JSON number, digit by digit.
pub(crate) fn number(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or(serde_json::Value::Null)
}

#[cfg(test)]
mod tests {
    use super::{decimal, number};

    #[test]
    fn an_amount_is_told_exactly_and_rounded_towards_less() {
        let gib = 1 << 30;
        assert_eq!(decimal(200 * gib, gib), "200");
        assert_eq!(decimal(180 * gib + gib / 4, gib), "180.25");
        assert_eq!(decimal(1, gib), "0");
        assert_eq!(decimal(0, gib), "0");
        assert_eq!(decimal(gib - 1, gib), "0.999999");
        assert_eq!(decimal(-gib / 2, gib), "-0.5");
    }

    #[test]
    fn a_number_keeps_its_digits() {
        assert_eq!(number("180.25").to_string(), "180.25");
        assert_eq!(number("200").to_string(), "200");
    }
}
