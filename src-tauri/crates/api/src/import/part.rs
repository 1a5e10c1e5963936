//! Reading an earlier system's JSON: fields by name and type, ids from names. Owns that a wrong type is a missing value.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A text that is not blank.
pub(super) fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object
        .get(key)?
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// A flag, or what it is without one.
pub(super) fn flag(object: &Map<String, Value>, key: &str, otherwise: bool) -> bool {
    object.get(key).and_then(Value::as_bool).unwrap_or(otherwise)
}

/// A decimal that is not negative, as its shortest text: `50` of `50.00`.
pub(super) fn amount(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    })
}

/// Ids that are taken; the same name gives the same id in every import.
#[derive(Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// The id of a name; `None` when it is taken.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let id = slug(name);
        self.0.insert(id.clone()).then_some(id)
    }
}

/// Letters and digits of the name; where that loses some, a mark of the whole name keeps two names apart.
pub(super) fn slug(name: &str) -> String {
    /// With the mark it stays below the longest id.
    const CHARS: usize = 40;
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(CHARS);
    let slug = slug.trim_end_matches('-');
    let whole = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " -_.".contains(c))
        && name.len() <= CHARS;
    match (slug.is_empty(), whole) {
        (true, _) => format!("n{}", mark(name)),
        (false, true) => slug.to_owned(),
        (false, false) => format!("{slug}-{}", mark(name)),
    }
}

/// Eight hexadecimal digits of a text (FNV-1a): to tell names apart, not to protect them.
pub(super) fn mark(text: &str) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_become_ids_that_stay_and_differ() {
        assert_eq!(slug("OpenRouter main"), "openrouter-main");
        assert_eq!(slug("a--b"), "a-b");
        assert_ne!(slug("生产"), slug("测试"));
        assert!(slug("生产 OpenRouter").starts_with("openrouter-"));
        let mut ids = Ids::default();
        assert_eq!(ids.take("Main").as_deref(), Some("main"));
        assert_eq!(ids.take("main"), None);
    }

    #[test]
    fn amounts_are_exact_or_none() {
        let told = |value| amount(&value);
        assert_eq!(told(json!(50.0)).as_deref(), Some("50"));
        assert_eq!(told(json!("12.50")).as_deref(), Some("12.5"));
        assert_eq!(told(json!(0)).as_deref(), Some("0"));
        for wrong in [json!(-1), json!("1e3"), json!("1,000"), json!(null), json!("")] {
            assert_eq!(told(wrong), None);
        }
    }
}
