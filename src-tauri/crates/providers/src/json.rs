//! Careful access to answers: ids and numbers may come as text or as numbers, anything may be missing or null.

use rust_decimal::Decimal;
use serde_json::Value;
use tidegate_meter::Time;

use crate::ProviderError;
use crate::refusal::shape;

/// A text that is there and not empty.
pub(crate) fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// A whole number, told as a number or as text.
pub(crate) fn int(row: &Value, key: &str) -> Option<i64> {
    match row.get(key)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The plain decimal text of an amount, told as a number or as text. `None` for everything else, null included.
pub(crate) fn amount(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(&text)
            .ok()
            .map(|value| value.to_string());
    }
    Some(text)
}

/// An instant.
pub(crate) fn time(row: &Value, key: &str) -> Option<Time> {
    text(row, key)?.parse().ok()
}

/// The rows of a list. A missing or null list is no empty list.
pub(crate) fn rows<'a>(answer: &'a Value, key: &str) -> Result<&'a [Value], ProviderError> {
    answer
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| shape(format!("the answer has no list {key:?}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        amount(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn an_amount_keeps_every_digit_it_was_told_with() {
        assert_eq!(parsed("180.25").as_deref(), Some("180.25"));
        assert_eq!(parsed("\"180.25\"").as_deref(), Some("180.25"));
        assert_eq!(
            parsed("0.1234567890123456789").as_deref(),
            Some("0.1234567890123456789"),
            "no float in between"
        );
        assert_eq!(parsed("1.5e2").as_deref(), Some("150"));
        assert_eq!(parsed("null"), None);
        assert_eq!(parsed("[1]"), None);
        assert_eq!(parsed("true"), None);
    }

    #[test]
    fn a_whole_number_may_be_text() {
        let row = json!({"a": 10, "b": "11", "c": 1.5, "d": null});
        assert_eq!(int(&row, "a"), Some(10));
        assert_eq!(int(&row, "b"), Some(11));
        assert_eq!(int(&row, "c"), None);
        assert_eq!(int(&row, "d"), None);
        assert_eq!(int(&row, "e"), None);
    }
}
