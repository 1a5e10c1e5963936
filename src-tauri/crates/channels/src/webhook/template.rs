//! The body of a webhook with places to be filled. The template is parsed as JSON first and filled inside its strings
//! afterwards, so that no value can break out of its string. Tested below and in `tests/kinds/webhook.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tidegate_meter::Lang;

use super::places::PLACES;
use super::refusals as r;
use crate::catalogue::Text;
use crate::limits;

/// What is sent where no template is configured.
const DEFAULT: &str = r#"{
  "id": "{{id}}", "at": "{{at}}", "code": "{{code}}", "severity": "{{severity}}", "repeat": "{{repeat}}",
  "account": "{{account}}", "meter": "{{meter}}", "guard": "{{guard}}", "title": "{{title}}", "text": "{{text}}"
}"#;

/// A JSON body with places such as `{{title}}` inside its strings.
#[derive(Clone, PartialEq, Debug)]
pub struct Template(Value);

/// Why a template cannot be used. Placeholders are named, since they are no secrets; nothing else of it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "template", rename_all = "snake_case")]
#[error("{}", self.say(Lang::En))]
pub enum TemplateError {
    /// Too long.
    Long,
    /// Not JSON. Line and column count from one.
    Json {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A placeholder that does not exist.
    Place {
        /// Its name.
        name: String,
    },
    /// Two opening braces that are not closed, with what follows them.
    Open {
        /// What follows.
        name: String,
    },
    /// A placeholder in a member's name, where none can stand.
    Name {
        /// Its name.
        name: String,
    },
}

impl TemplateError {
    /// What is wrong and what is allowed, in one line.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let text = |text: Text, name: &str| {
            let (all, most) = (PLACES.join(", "), limits::TEMPLATE_BYTES.to_string());
            text.say(
                lang,
                &[
                    ("name", &format!("{{{{{name}}}}}")),
                    ("all", &all),
                    ("most", &most),
                ],
            )
        };
        match self {
            Self::Long => text(r::TEMPLATE_LONG, ""),
            Self::Json { line, column } => {
                let (line, column) = (line.to_string(), column.to_string());
                r::TEMPLATE_JSON.say(lang, &[("line", &line), ("column", &column)])
            }
            Self::Place { name } => text(r::TEMPLATE_PLACE, name),
            Self::Open { name } => text(r::TEMPLATE_OPEN, name),
            Self::Name { name } => text(r::TEMPLATE_NAME, name),
        }
    }
}

impl Default for Template {
    fn default() -> Self {
        DEFAULT.parse().unwrap_or(Self(Value::Null))
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        if text.len() > limits::TEMPLATE_BYTES {
            return Err(TemplateError::Long);
        }
        let value: Value = serde_json::from_str(text).map_err(|error| TemplateError::Json {
            line: error.line(),
            column: error.column(),
        })?;
        check(&value)?;
        Ok(Self(value))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Template {
    /// The body with every place filled by `value_of`.
    pub(super) fn fill(&self, value_of: impl Fn(&str) -> String) -> Value {
        filled(&self.0, &value_of)
    }
}

fn check(value: &Value) -> Result<(), TemplateError> {
    match value {
        Value::String(text) => pieces(text).map(drop),
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            let placed = pieces(name)?.into_iter().find_map(|(_, place)| place);
            match placed {
                Some(place) => Err(TemplateError::Name {
                    name: place.to_owned(),
                }),
                None => check(value),
            }
        }),
        _ => Ok(()),
    }
}

fn filled(value: &Value, value_of: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => {
            let pieces = pieces(text).unwrap_or_default();
            let told = pieces.into_iter().map(|(before, place)| {
                let value = place.map(value_of).unwrap_or_default();
                format!("{before}{value}")
            });
            Value::String(told.collect())
        }
        Value::Array(items) => items.iter().map(|item| filled(item, value_of)).collect(),
        Value::Object(members) => {
            let told = members
                .iter()
                .map(|(name, value)| (name.clone(), filled(value, value_of)));
            Value::Object(told.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// A text as pieces: what stands before a place, and the place. The last piece has none.
fn pieces(text: &str) -> Result<Vec<(&str, Option<&str>)>, TemplateError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            return Err(TemplateError::Open {
                name: after.chars().take(24).collect(),
            });
        };
        let name = name.trim();
        if !PLACES.contains(&name) {
            return Err(TemplateError::Place {
                name: name.chars().take(64).collect(),
            });
        }
        pieces.push((before, Some(name)));
        rest = behind;
    }
    pieces.push((rest, None));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_default_is_a_template_with_every_common_place() {
        let text = Template::default().to_string();
        for place in [
            "id", "at", "code", "severity", "account", "meter", "title", "text",
        ] {
            assert!(text.contains(&format!("{{{{{place}}}}}")), "{place}");
        }
    }

    #[test]
    fn a_fault_is_named() {
        let fault = |text: &str| text.parse::<Template>().unwrap_err();
        assert_eq!(
            fault(r#"{"a":"{{titel}}"}"#),
            TemplateError::Place {
                name: "titel".to_owned()
            }
        );
        assert_eq!(
            fault(r#"{"a":"{{title"}"#),
            TemplateError::Open {
                name: "title".to_owned()
            }
        );
        assert_eq!(
            fault(r#"{"{{id}}":1}"#),
            TemplateError::Name {
                name: "id".to_owned()
            }
        );
        assert_eq!(
            fault("{\n\"a\": {{title}}}"),
            TemplateError::Json { line: 2, column: 7 }
        );
        let told = fault(r#"{"a":"{{titel}}"}"#).to_string();
        assert!(
            told.starts_with("{{titel}} is no placeholder; there are ") && told.contains("title"),
            "{told}"
        );
    }

    proptest! {
        #[test]
        fn no_value_leaves_its_string(value in any::<String>()) {
            let template: Template = r#"{"a":"<{{ title }}>","b":[1,{"c":"{{id}}{{id}}"}]}"#.parse().unwrap();
            let body = template.fill(|_| value.clone()).to_string();
            let read: Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(read["a"].as_str().unwrap(), format!("<{value}>"));
            prop_assert_eq!(read["b"][1]["c"].as_str().unwrap(), format!("{value}{value}"));
            prop_assert_eq!(read.as_object().unwrap().len(), 2);
        }
    }
}
