//! Whether a value is what its schema says: the part of JSON Schema that the document uses. Owns what a mistake is
//! called: the place, and what is allowed there, in both languages. Never shows the value: it may be a secret.

use serde_json::{Map, Value};
use tidegate_api::words::Lang;

use super::bindings::Known;

/// A value that is not what belongs there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mistake {
    /// Where: `items.account`; never a value.
    pub(super) place: String,
    allowed: Allowed,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Allowed {
    Missing,
    Unknown,
    Type(String),
    Between(Value, Value),
    Words(String),
    Length(Value),
    Form(String),
}

impl Mistake {
    pub(super) fn missing(place: &str) -> Self {
        Self::at(place, Allowed::Missing)
    }

    pub(super) fn unknown(place: &str) -> Self {
        Self::at(place, Allowed::Unknown)
    }

    pub(super) fn form(place: &str, form: &str) -> Self {
        Self::at(place, Allowed::Form(form.to_owned()))
    }

    fn at(place: &str, allowed: Allowed) -> Self {
        Self {
            place: place.to_owned(),
            allowed,
        }
    }

    /// In words.
    pub(super) fn said(&self, lang: Lang) -> String {
        let place = &self.place;
        match (&self.allowed, lang) {
            (Allowed::Missing, Lang::Zh) => format!("缺少 {place}。"),
            (Allowed::Missing, Lang::En) => format!("{place} is missing."),
            (Allowed::Unknown, Lang::Zh) => format!("不认识 {place}。"),
            (Allowed::Unknown, Lang::En) => format!("{place} is not known here."),
            (Allowed::Type(kind), Lang::Zh) => format!("{place} 应为 {kind}。"),
            (Allowed::Type(kind), Lang::En) => format!("{place} must be of the type {kind}."),
            (Allowed::Between(least, most), Lang::Zh) => format!("{place} 应在 {least} 到 {most} 之间。"),
            (Allowed::Between(least, most), Lang::En) => {
                format!("{place} must be between {least} and {most}.")
            }
            (Allowed::Words(words), Lang::Zh) => format!("{place} 应为其中之一：{words}。"),
            (Allowed::Words(words), Lang::En) => format!("{place} must be one of {words}."),
            (Allowed::Length(most), Lang::Zh) => format!("{place} 太长或太短，最多 {most}。"),
            (Allowed::Length(most), Lang::En) => format!("{place} is too long or too short; at most {most}."),
            (Allowed::Form(form), Lang::Zh) => format!("{place} 的格式应为 {form}。"),
            (Allowed::Form(form), Lang::En) => format!("{place} must have the form {form}."),
        }
    }
}

/// Checks `value` against `schema`; `place` names it. Patterns are not looked at: `Kind::takes` knows them.
pub(super) fn check(schema: &Value, types: &Known, value: &Value, place: &str) -> Result<(), Mistake> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        return types
            .get(name)
            .map_or(Ok(()), |schema| check(schema, types, value, place));
    }
    if let Some(arms) = schema.get("anyOf").and_then(Value::as_array) {
        return any(arms, types, value, place);
    }
    typed(schema, value, place)?;
    match value {
        Value::String(text) => string(schema, text, place),
        Value::Number(_) => number(schema, value, place),
        Value::Array(items) => array(schema, types, items, place),
        Value::Object(fields) => object(schema, types, fields, place),
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

/// The mistake of the last arm that is of the value's type, else of the last.
fn any(arms: &[Value], types: &Known, value: &Value, place: &str) -> Result<(), Mistake> {
    let mut told = None;
    for arm in arms {
        match check(arm, types, value, place) {
            Ok(()) => return Ok(()),
            Err(mistake) if told.is_none() || !matches!(mistake.allowed, Allowed::Type(_)) => {
                told = Some(mistake);
            }
            Err(_) => {}
        }
    }
    told.map_or(Ok(()), Err)
}

fn typed(schema: &Value, value: &Value, place: &str) -> Result<(), Mistake> {
    let Some(wanted) = schema.get("type").and_then(Value::as_str) else {
        return Ok(());
    };
    let is = match wanted {
        "string" => value.is_string(),
        "integer" => value.as_i64().is_some(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    };
    if is {
        Ok(())
    } else {
        Err(Mistake::at(place, Allowed::Type(wanted.to_owned())))
    }
}

fn string(schema: &Value, text: &str, place: &str) -> Result<(), Mistake> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.iter().any(|word| word.as_str() == Some(text))
    {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return Err(Mistake::at(place, Allowed::Words(words.join(", "))));
    }
    length(schema, ("minLength", "maxLength"), text.chars().count(), place)
}

fn length(schema: &Value, bounds: (&str, &str), length: usize, place: &str) -> Result<(), Mistake> {
    let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let most = bound(bounds.1);
    if bound(bounds.0).is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
        return Err(Mistake::at(
            place,
            Allowed::Length(most.map_or(Value::Null, Value::from)),
        ));
    }
    Ok(())
}

fn number(schema: &Value, value: &Value, place: &str) -> Result<(), Mistake> {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let Some(number) = value.as_i64() else {
        return Ok(());
    };
    let (least, most) = (bound("minimum"), bound("maximum"));
    if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
        let bound = |bound: Option<i64>| bound.map_or(Value::Null, Value::from);
        return Err(Mistake::at(place, Allowed::Between(bound(least), bound(most))));
    }
    Ok(())
}

fn array(schema: &Value, types: &Known, items: &[Value], place: &str) -> Result<(), Mistake> {
    length(schema, ("minItems", "maxItems"), items.len(), place)?;
    let Some(inner) = schema.get("items") else {
        return Ok(());
    };
    for (at, item) in items.iter().enumerate() {
        check(inner, types, item, &format!("{place}[{at}]"))?;
    }
    Ok(())
}

fn object(schema: &Value, types: &Known, fields: &Map<String, Value>, place: &str) -> Result<(), Mistake> {
    let below = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    let needed = schema.get("required").and_then(Value::as_array);
    for name in needed.into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            return Err(Mistake::missing(&below(name)));
        }
    }
    length(schema, ("minProperties", "maxProperties"), fields.len(), place)?;
    let known = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties");
    for (name, value) in fields {
        match (known.and_then(|known| known.get(name)), others) {
            (Some(schema), _) => check(schema, types, value, &below(name))?,
            (None, Some(Value::Bool(false))) => return Err(Mistake::unknown(&below(&shown(name)))),
            (None, Some(schema)) => check(schema, types, value, &below(&shown(name)))?,
            (None, None) => {}
        }
    }
    Ok(())
}

/// So much of a name that somebody else chose: a secret typed as a name is not shown whole.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(24).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(schema: &Value, value: &Value) -> Option<String> {
        check(schema, &Known::new(Default::default), value, "it")
            .err()
            .map(|mistake| mistake.said(Lang::En))
    }

    #[test]
    fn each_mistake_names_its_place_and_what_is_allowed() {
        let number = json!({ "type": "integer", "minimum": 1, "maximum": 5 });
        assert_eq!(place(&number, &json!(3)), None);
        assert_eq!(place(&number, &json!(6)).unwrap(), "it must be between 1 and 5.");
        assert_eq!(
            place(&number, &json!(1.5)).unwrap(),
            "it must be of the type integer."
        );
        let object = json!({ "type": "object", "properties": { "a": { "type": "string", "enum": ["x", "y"] } },
            "required": ["a"], "additionalProperties": false });
        assert_eq!(place(&object, &json!({})).unwrap(), "it.a is missing.");
        assert_eq!(
            place(&object, &json!({ "a": "z" })).unwrap(),
            "it.a must be one of x, y."
        );
        assert_eq!(
            place(&object, &json!({ "a": "x", "b": 1 })).unwrap(),
            "it.b is not known here."
        );
    }

    #[test]
    fn a_union_takes_what_one_of_its_arms_takes() {
        let either = json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] });
        assert_eq!(place(&either, &json!(null)), None);
        assert!(place(&either, &json!(1)).is_some());
    }

    #[test]
    fn a_mistake_never_shows_the_value() {
        let object = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
        let told = place(&object, &json!({ "a": "FAKE-SECRET" })).unwrap();
        assert!(!told.contains("FAKE-SECRET"), "{told}");
    }
}
