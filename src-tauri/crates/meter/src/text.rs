//! Text that people type and read: spans (`5m`, `30d`). Owns their exact round trip; amounts with units stand in
//! [`crate::Quantity`] and the catalogue of messages.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A language of the product.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// A text that is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a span: use a whole number with s, m, h or d, such as 90s, 5m, 2h, 30d")]
pub struct ParseSpanError(String);

/// Seconds in each unit letter, largest first.
const SPAN_UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Parses `90s`, `5m`, `2h`, `30d`, or several of them largest first (`1h30m`). Years of span overflow to an error.
pub fn parse_span(text: &str) -> Result<Duration, ParseSpanError> {
    let bad = || ParseSpanError(text.chars().take(24).collect());
    let mut rest = text.trim();
    let mut seconds: u64 = 0;
    if rest.is_empty() {
        return Err(bad());
    }
    for (letter, unit) in SPAN_UNITS {
        let Some((number, after)) = rest.split_once(letter) else {
            continue;
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let count: u64 = number.parse().map_err(|_| bad())?;
        let part = count.checked_mul(unit).ok_or_else(bad)?;
        seconds = seconds.checked_add(part).ok_or_else(bad)?;
        rest = after;
    }
    if rest.is_empty() && seconds <= 366 * 100 * 86_400 {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(bad())
    }
}

/// Prints a span so that [`parse_span`] gives it back; parts below a second are dropped.
#[must_use]
pub fn print_span(span: Duration) -> String {
    let mut seconds = span.as_secs();
    let mut text = String::new();
    for (letter, unit) in SPAN_UNITS {
        if seconds >= unit {
            text.push_str(&(seconds / unit).to_string());
            text.push(letter);
            seconds %= unit;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}
