//! What may stand in a parameter, as one value that both checks it and describes it in the document.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_api::words::{RowId, Time};

use super::limits;

/// What belongs into a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The id of an account, guard or channel.
    Slug,
    /// The id of a meter or a target, as its provider gives it.
    Member,
    /// A name of letters, digits, `-`, `_` and `.`: an item of the vault, a copy of the database.
    Plain,
    /// The id of a row.
    Row,
    /// An instant.
    Instant,
    /// A day of the calendar.
    Day,
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A span in whole seconds, at least one.
    Span(Duration),
    /// Yes or no.
    Flag,
    /// One line, at most so many characters.
    Line(usize),
    /// One line that says something, at most so many characters.
    Name(usize),
    /// A text, at most so many characters.
    Text(usize),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A list of some of these; in a query with commas between them.
    Words(&'static [&'static str]),
    /// A list of at most so many texts.
    Lines(usize),
    /// A list of ids of accounts.
    Slugs(usize),
    /// A type that the api exports, by its name.
    Type(&'static str),
    /// A list of such.
    Types(&'static str, usize),
    /// The same with at least one.
    Some(&'static str, usize),
    /// The lists of a type that the api exports, with anything in their objects: mistakes in them are answered one by
    /// one.
    Drafts(&'static str),
    /// An object that the api reads by itself.
    Object,
    /// Secrets by field.
    Fields,
    /// Secrets by vault item and field.
    Secrets,
}

const SLUG: &str = "^[a-z0-9][a-z0-9._-]*$";
const MEMBER: &str = r"^[^\s\u0000-\u001f\u007f-\u009f]+$";
const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";
const ROW: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
/// A name or id of a provider's: as long as the longest.
const MEMBER_CHARS: usize = 160;
const PLAIN: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
/// As long as the longest name that every vault takes.
const PLAIN_CHARS: usize = 80;
const SLUG_CHARS: usize = 64;

impl Kind {
    /// As JSON Schema.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Self::Slug => {
                json!({ "type": "string", "pattern": SLUG, "minLength": 1, "maxLength": SLUG_CHARS })
            }
            Self::Member => {
                json!({ "type": "string", "pattern": MEMBER, "minLength": 1, "maxLength": MEMBER_CHARS })
            }
            Self::Plain => {
                json!({ "type": "string", "pattern": PLAIN, "minLength": 1, "maxLength": PLAIN_CHARS })
            }
            Self::Row => json!({ "type": "string", "format": "uuid", "pattern": ROW }),
            Self::Instant => json!({ "type": "string", "format": "date-time" }),
            Self::Day => json!({ "type": "string", "format": "date" }),
            Self::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::Span(most) => json!({ "type": "integer", "minimum": 1, "maximum": most.as_secs() }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Line(most) => json!({ "type": "string", "pattern": LINE, "maxLength": most }),
            Self::Name(most) => {
                json!({ "type": "string", "pattern": LINE, "minLength": 1, "maxLength": most })
            }
            Self::Text(most) => json!({ "type": "string", "maxLength": most }),
            Self::OneOf(words) => json!({ "type": "string", "enum": words }),
            Self::Words(words) => json!({
                "type": "array",
                "maxItems": words.len(),
                "items": Self::OneOf(words).schema(),
            }),
            Self::Lines(most) => {
                json!({ "type": "array", "maxItems": most, "items": Self::Line(MEMBER_CHARS).schema() })
            }
            Self::Slugs(most) => {
                json!({ "type": "array", "maxItems": most, "items": Self::Slug.schema() })
            }
            Self::Type(name) => json!({ "$ref": reference(name) }),
            Self::Types(name, most) => {
                json!({ "type": "array", "maxItems": most, "items": { "$ref": reference(name) } })
            }
            Self::Some(name, most) => {
                json!({ "type": "array", "minItems": 1, "maxItems": most, "items": { "$ref": reference(name) } })
            }
            Self::Drafts(name) => json!({ "$ref": reference(&drafts(name)) }),
            Self::Object => json!({ "type": "object" }),
            Self::Fields => json!({
                "type": "object",
                "additionalProperties": { "type": "string", "maxLength": limits::SECRET_CHARS },
                "propertyNames": Self::Plain.schema(),
                "minProperties": 1,
                "maxProperties": tidegate_api::limits::SECRET_FIELDS,
            }),
            Self::Secrets => json!({
                "type": "object",
                "additionalProperties": Self::Fields.schema(),
                "propertyNames": Self::Plain.schema(),
                "maxProperties": tidegate_api::limits::ITEMS,
            }),
        }
    }

    /// Whether a text that its schema lets pass is one: what a pattern cannot say.
    pub(super) fn takes(self, text: &str) -> bool {
        match self {
            Self::Slug => {
                let mut bytes = text.bytes();
                let first = bytes
                    .next()
                    .is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                first
                    && bytes.all(|byte| {
                        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)
                    })
            }
            Self::Member => !text.chars().any(|c| c.is_control() || c.is_whitespace()),
            Self::Plain | Self::Fields | Self::Secrets => is_plain(text),
            Self::Row => is_row(text),
            Self::Instant => text.parse::<Time>().is_ok(),
            Self::Day => is_day(text),
            Self::Line(_) | Self::Name(_) | Self::Lines(_) => !text.chars().any(char::is_control),
            Self::Slugs(_) => Self::Slug.takes(text),
            _ => true,
        }
    }

    /// Its form, for who gave another one.
    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::Slug | Self::Slugs(_) => "a-z 0-9 - _ .",
            Self::Member => "1-160 printable characters without spaces",
            Self::Plain | Self::Fields | Self::Secrets => "A-Z a-z 0-9 - _ .",
            Self::Row => "0190c5f0-0000-7000-8000-000000000000",
            Self::Instant => "2026-01-31T08:00:00Z",
            Self::Day => "2026-01-31",
            Self::Words(_) => "words with commas between them",
            _ => "one line",
        }
    }

    /// A word of the query or the path as a value of this kind; one that is none stays a text, and is refused as such.
    pub(super) fn read(self, text: String) -> Value {
        let number = || {
            text.parse::<i64>()
                .ok()
                .filter(|number| number.to_string() == text)
        };
        match self {
            Self::Number { .. } | Self::Span(_) => number().map_or(Value::String(text.clone()), Value::from),
            Self::Flag if text == "true" => Value::Bool(true),
            Self::Flag if text == "false" => Value::Bool(false),
            Self::Words(_) if text.is_empty() => Value::Array(Vec::new()),
            Self::Words(_) => text.split(',').map(Value::from).collect(),
            _ => Value::String(text),
        }
    }
}

/// As RFC 3339 has it: a leap day only where there is one.
fn is_day(text: &str) -> bool {
    text.len() == 10 && format!("{text}T00:00:00Z").parse::<Time>().is_ok()
}

fn is_plain(text: &str) -> bool {
    text.len() <= PLAIN_CHARS
        && text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The long form alone: a row has one name.
fn is_row(text: &str) -> bool {
    text.len() == 36
        && !text.bytes().any(|byte| byte.is_ascii_uppercase())
        && serde_json::from_value::<RowId>(Value::String(text.to_owned())).is_ok()
}

/// The schema of that name.
pub(super) fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The name of the schema that lets drafts pass.
pub(super) fn drafts(name: &str) -> String {
    format!("{name}Draft")
}
