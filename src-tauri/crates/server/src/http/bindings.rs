//! The types that the api exports, read as JSON Schema. Owns the reader of the one text that the window's types come
//! from too: a type has one description, so that document, window and answer cannot drift apart. Knows only the part of
//! TypeScript that is used there; anything else is an error that a test shows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::kind::reference;

/// The exported types by name.
pub(super) type Types = BTreeMap<String, Value>;

/// Those that requests are made of, read when the first of them is met: a door that is only asked for the state needs none,
/// and they take some megabytes.
pub(super) type Known = LazyLock<Types>;

/// A text that is not understood: so many bytes before its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NotUnderstood {
    left: usize,
}

impl std::fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a type is not understood, {} bytes before the end", self.left)
    }
}

/// Every `export type` of the text.
pub(super) fn read(text: &str) -> Result<Types, NotUnderstood> {
    let mut reader = Reader { rest: text };
    let mut types = Types::new();
    loop {
        let about = reader.comments();
        if reader.rest.is_empty() {
            return Ok(types);
        }
        reader.need("export")?;
        reader.need("type")?;
        let name = reader.word().ok_or(reader.lost())?;
        reader.need("=")?;
        let schema = reader.union()?;
        reader.need(";")?;
        types.insert(name, described(schema, &about));
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    const fn lost(&self) -> NotUnderstood {
        NotUnderstood {
            left: self.rest.len(),
        }
    }

    /// Passes spaces and comments; the last block comment says what follows.
    fn comments(&mut self) -> String {
        let mut about = String::new();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("//") {
                self.rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some((comment, rest)) = self
                .rest
                .strip_prefix("/**")
                .and_then(|rest| rest.split_once("*/"))
            {
                about = comment
                    .lines()
                    .map(|line| line.trim().trim_start_matches('*').trim())
                    .filter(|line| !line.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ");
                self.rest = rest;
            } else {
                return about;
            }
        }
    }

    fn takes(&mut self, token: &str) -> bool {
        self.comments();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn need(&mut self, token: &str) -> Result<(), NotUnderstood> {
        if self.takes(token) {
            Ok(())
        } else {
            Err(self.lost())
        }
    }

    fn word(&mut self) -> Option<String> {
        self.comments();
        let end = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn quoted(&mut self) -> Option<String> {
        self.comments();
        let (text, rest) = self.rest.strip_prefix('"')?.split_once('"')?;
        self.rest = rest;
        Some(text.to_owned())
    }

    fn union(&mut self) -> Result<Value, NotUnderstood> {
        self.takes("|");
        let mut arms = vec![self.both()?];
        while self.takes("|") {
            arms.push(self.both()?);
        }
        Ok(one_of(arms))
    }

    fn both(&mut self) -> Result<Value, NotUnderstood> {
        let mut parts = vec![self.single()?];
        while self.takes("&") {
            parts.push(self.single()?);
        }
        match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                parts.push(last);
                Ok(json!({ "allOf": parts }))
            }
            (None, _) => Err(self.lost()),
        }
    }

    fn single(&mut self) -> Result<Value, NotUnderstood> {
        if self.takes("{") {
            return self.object();
        }
        if self.takes("(") {
            let inner = self.union()?;
            self.need(")")?;
            return Ok(inner);
        }
        if self.takes("[") {
            return self.tuple();
        }
        if let Some(text) = self.quoted() {
            return Ok(json!({ "type": "string", "enum": [text] }));
        }
        let name = self.word().ok_or(self.lost())?;
        self.named(&name)
    }

    fn named(&mut self, name: &str) -> Result<Value, NotUnderstood> {
        Ok(match name {
            "string" => json!({ "type": "string" }),
            // No number that crosses has a fraction: amounts are texts.
            "number" => json!({ "type": "integer" }),
            "boolean" => json!({ "type": "boolean" }),
            "null" => json!({ "type": "null" }),
            "unknown" => json!({}),
            "Array" => json!({ "type": "array", "items": self.inside()? }),
            // What is left out of a part is at its default: nothing more is promised.
            "Partial" => {
                self.inside()?;
                json!({ "type": "object" })
            }
            "Record" => {
                self.need("<")?;
                self.union()?;
                self.need(",")?;
                let values = self.union()?;
                self.need(">")?;
                json!({ "type": "object", "additionalProperties": values })
            }
            other => json!({ "$ref": reference(other) }),
        })
    }

    fn inside(&mut self) -> Result<Value, NotUnderstood> {
        self.need("<")?;
        let inner = self.union()?;
        self.need(">")?;
        Ok(inner)
    }

    /// `[key in string]: …`: any names, one kind of value.
    fn mapped(&mut self) -> Result<Value, NotUnderstood> {
        self.word();
        self.need("in")?;
        self.union()?;
        self.need("]")?;
        self.takes("?");
        self.need(":")?;
        let values = self.union()?;
        self.takes(",");
        self.need("}")?;
        Ok(json!({ "type": "object", "additionalProperties": values }))
    }

    fn tuple(&mut self) -> Result<Value, NotUnderstood> {
        let mut items = vec![self.union()?];
        while self.takes(",") {
            items.push(self.union()?);
        }
        self.need("]")?;
        let length = items.len();
        Ok(json!({ "type": "array", "prefixItems": items, "minItems": length, "maxItems": length }))
    }

    fn object(&mut self) -> Result<Value, NotUnderstood> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        loop {
            let about = self.comments();
            if self.takes("[") {
                return self.mapped();
            }
            if self.takes("}") {
                return Ok(json!({ "type": "object", "properties": properties, "required": required }));
            }
            let name = self.quoted().or_else(|| self.word()).ok_or(self.lost())?;
            if !self.takes("?") {
                required.push(Value::String(name.clone()));
            }
            self.need(":")?;
            let schema = self.union()?;
            properties.insert(name, described(schema, &about));
            if !self.takes(",") {
                self.takes(";");
            }
        }
    }
}

fn described(mut schema: Value, about: &str) -> Value {
    if !about.is_empty()
        && let Some(object) = schema.as_object_mut()
    {
        object.insert("description".to_owned(), Value::String(about.to_owned()));
    }
    schema
}

/// One schema for several: words become one list.
fn one_of(mut arms: Vec<Value>) -> Value {
    if arms.len() == 1 {
        return arms.pop().unwrap_or(Value::Null);
    }
    let words: Option<Vec<&Value>> = arms.iter().map(|arm| arm.pointer("/enum/0")).collect();
    match words {
        Some(words) => json!({ "type": "string", "enum": words }),
        None => json!({ "anyOf": words_together(arms) }),
    }
}

/// Words of a union that also holds something else.
fn words_together(arms: Vec<Value>) -> Vec<Value> {
    let (words, mut others): (Vec<Value>, Vec<Value>) =
        arms.into_iter().partition(|arm| arm.get("enum").is_some());
    if !words.is_empty() {
        others.insert(0, one_of(words));
    }
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Value {
        let types = read(&format!("export type It = {text};")).unwrap();
        types["It"].clone()
    }

    #[test]
    fn words_become_one_list_and_null_stays_apart() {
        assert_eq!(
            only(r#""a" | "b""#),
            json!({ "type": "string", "enum": ["a", "b"] })
        );
        assert_eq!(
            only(r#""a" | null | "b""#),
            json!({ "anyOf": [{ "type": "string", "enum": ["a", "b"] }, { "type": "null" }] })
        );
    }

    #[test]
    fn fields_keep_their_comments_and_whether_they_must_be_there() {
        let read = only("{ \n/**\n * Which.\n */\nid: string, many?: Array<Other>, }");
        assert_eq!(
            read["properties"]["id"],
            json!({ "type": "string", "description": "Which." })
        );
        assert_eq!(
            read["properties"]["many"]["items"]["$ref"],
            "#/components/schemas/Other"
        );
        assert_eq!(read["required"], json!(["id"]));
    }

    #[test]
    fn a_tuple_has_its_length() {
        let read = only("Array<[string, number]>");
        assert_eq!(read["items"]["minItems"], 2);
        assert_eq!(read["items"]["prefixItems"][1]["type"], "integer");
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for text in ["export type It = {", "export type It = typeof x;", "class It {}"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_exported_type_is_understood_and_every_reference_stands() {
        let types = read(&tidegate_api::bindings::text()).unwrap();
        assert!(types.len() > 60 && types.contains_key("MeterView"));
        let text = serde_json::to_string(&types).unwrap();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(types.contains_key(name), "{name}");
        }
    }
}
