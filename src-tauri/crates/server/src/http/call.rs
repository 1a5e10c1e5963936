//! One call read: parameters from path, query and body, each checked against its kind, put together to the request of
//! the api that the route stands for. Never decides anything; never shows a value that was refused.

use serde_json::{Map, Value};
use tidegate_api::{ApiError, ErrorCode, Request};

use super::bindings::Known;
use super::check::{Mistake, check};
use super::kind::Kind;
use super::route::{Absent, Field, Place, Route};

/// What came with a call.
pub(super) struct Given {
    /// Parameters of the path by name.
    pub(super) path: Vec<(String, String)>,
    /// Of the query, in order.
    pub(super) query: Vec<(String, String)>,
    /// The body's object; empty when the route reads none.
    pub(super) body: Map<String, Value>,
}

/// The fields of the request. Errors: the first parameter that is not what belongs there.
pub(super) fn fields(route: &Route, types: &Known, given: Given) -> Result<Map<String, Value>, Mistake> {
    let mut fields = Map::new();
    let (query, path) = (once(given.query)?, given.path);
    known(route, Place::Query, query.iter().map(|(name, _)| name.as_str()))?;
    known(route, Place::Body, given.body.keys().map(String::as_str))?;
    let (mut words, mut body) = (path, given.body);
    words.extend(query);
    for field in route.fields {
        let value = match field.place {
            Place::Path | Place::Query => word(&words, field),
            Place::Body => body.remove(field.name),
        };
        let value = match value {
            Some(value) => checked(field, types, value)?,
            None => absent(field)?,
        };
        if let Some(value) = value {
            fields.insert(field.name.to_owned(), value);
        }
    }
    for (name, value) in route.fixed {
        fields.insert((*name).to_owned(), Value::Bool(*value));
    }
    Ok(fields)
}

/// The request of that name. Errors: what the types of the fields cannot say by themselves, without the value.
pub(super) fn request(name: &str, mut fields: Map<String, Value>) -> Result<Request, ApiError> {
    fields.insert("request".to_owned(), Value::String(name.to_owned()));
    // The reason names a field, never a value: a value may be a secret on its way into the vault.
    serde_json::from_value(Value::Object(fields)).map_err(|_| {
        ApiError::new(
            ErrorCode::BadRequest,
            "an id or amount in the body is not of the form of the document",
        )
    })
}

fn word(words: &[(String, String)], field: &Field) -> Option<Value> {
    let (_, text) = words.iter().find(|(name, _)| name == field.name)?;
    Some(field.kind.read(text.clone()))
}

/// A parameter that is there twice has no one meaning.
fn once(query: Vec<(String, String)>) -> Result<Vec<(String, String)>, Mistake> {
    for (at, (name, _)) in query.iter().enumerate() {
        if query.iter().take(at).any(|(other, _)| other == name) {
            return Err(Mistake::form(&short(name), "a single value"));
        }
    }
    Ok(query)
}

fn known<'a>(route: &Route, place: Place, mut names: impl Iterator<Item = &'a str>) -> Result<(), Mistake> {
    let stranger = names.find(|name| !route.fields_in(place).any(|field| field.name == *name));
    stranger.map_or(Ok(()), |name| Err(Mistake::unknown(&short(name))))
}

fn checked(field: &Field, types: &Known, value: Value) -> Result<Option<Value>, Mistake> {
    let value = match field.kind {
        Kind::Number { .. } | Kind::Span(_) => whole(value),
        _ => value,
    };
    check(&field.kind.schema(), types, &value, field.name)?;
    if !all_texts(field.kind, &value) {
        return Err(Mistake::form(field.name, field.kind.form()));
    }
    Ok(Some(value))
}

/// JSON has no whole numbers of their own: `3.0` is one.
fn whole(value: Value) -> Value {
    let text = value.as_number().map(ToString::to_string).unwrap_or_default();
    match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|zero| zero == b'0') => {
            digits.parse::<i64>().map_or(value, Value::from)
        }
        _ => value,
    }
}

/// Whether the texts of a value are what no length can say.
fn all_texts(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::String(text)) => kind.takes(text),
        (Kind::Lines(_) | Kind::Slugs(_), Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .all(|text| kind.takes(text)),
        (Kind::Fields, Value::Object(fields)) => fields.keys().all(|name| kind.takes(name)),
        (Kind::Secrets, Value::Object(items)) => items
            .iter()
            .all(|(name, fields)| kind.takes(name) && all_texts(Kind::Fields, fields)),
        _ => true,
    }
}

fn absent(field: &Field) -> Result<Option<Value>, Mistake> {
    match field.when_absent {
        Absent::Refused => Err(Mistake::missing(field.name)),
        Absent::Left => Ok(None),
        Absent::Number(number) => Ok(Some(Value::from(number))),
        Absent::Text(text) => Ok(Some(Value::from(text))),
        Absent::No => Ok(Some(Value::Bool(false))),
        Absent::Empty => Ok(Some(Value::Array(Vec::new()))),
        Absent::Nothing => Ok(Some(Value::Object(Map::new()))),
    }
}

/// So much of a name that somebody else chose.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(24).collect()
}
