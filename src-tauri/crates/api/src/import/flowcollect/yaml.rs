//! What stands at the top of a kernel's configuration in YAML, and in the agent's part of it. Owns the walk: event by event,
//! so that no depth of nesting and no alias of aliases costs more than the text itself. Keeps plain values alone; what a
//! list or another part holds is passed over. Tested in `tests/flowcollect.rs`.

use std::collections::BTreeMap;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::{Marker, TScalarStyle};

use super::ReadError;

/// Values by key; `None` for one that is no plain value, or null.
pub(super) type Values = BTreeMap<String, Option<String>>;

/// What a file tells.
#[derive(Default)]
pub(super) struct Told {
    /// At the top of its first document.
    pub(super) top: Values,
    /// In the part that was asked for.
    pub(super) part: Values,
}

/// A list or mapping that is open.
enum Open {
    List,
    /// The key whose value comes next, once it was told.
    Mapping(Option<Key>),
}

/// `None` for a key that is no plain value.
type Key = Option<String>;

/// Where the walk stands.
struct Walk<'a> {
    told: Told,
    /// The name of the part.
    name: &'a str,
    open: Vec<Open>,
    is_in_part: bool,
    documents: usize,
    /// Plain values that may be repeated by their number.
    anchors: BTreeMap<usize, Key>,
}

/// Reads a file with the part `name`. Errors: [`ReadError::Yaml`] for what is no YAML, and where a key is told twice.
pub(super) fn read(text: &str, name: &str) -> Result<Told, ReadError> {
    let mut parser = Parser::new_from_str(text);
    let mut walk = Walk {
        told: Told::default(),
        name,
        open: Vec::new(),
        is_in_part: false,
        documents: 0,
        anchors: BTreeMap::new(),
    };
    loop {
        let (event, at) = parser
            .next_token()
            .map_err(|error| ReadError::Yaml(error.marker().line()))?;
        if event == Event::StreamEnd {
            return Ok(walk.told);
        }
        walk.take(event, at)?;
    }
}

impl Walk<'_> {
    fn take(&mut self, event: Event, at: Marker) -> Result<(), ReadError> {
        match event {
            Event::DocumentStart => self.documents += 1,
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == TScalarStyle::Plain && matches!(text.as_str(), "" | "~" | "null");
                let value = (!is_null).then_some(text);
                if anchor > 0 {
                    self.anchors.insert(anchor, value.clone());
                }
                self.node(value, at)?;
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned().flatten();
                self.node(value, at)?;
            }
            Event::SequenceStart(..) => {
                self.node(None, at)?;
                self.open.push(Open::List);
            }
            Event::MappingStart(..) => {
                let is_part = self.open.len() == 1 && self.key() == Some(self.name);
                self.node(None, at)?;
                self.open.push(Open::Mapping(None));
                self.is_in_part |= is_part;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                self.is_in_part &= self.open.len() > 1;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// The key whose value comes next.
    fn key(&self) -> Option<&str> {
        match self.open.last() {
            Some(Open::Mapping(Some(Some(key)))) => Some(key),
            _ => None,
        }
    }

    /// A node: the next key of the mapping that is open, or the value of the last one.
    fn node(&mut self, value: Option<String>, at: Marker) -> Result<(), ReadError> {
        let Some(Open::Mapping(turn)) = self.open.last_mut() else {
            return Ok(());
        };
        let Some(key) = turn.take() else {
            *turn = Some(value);
            return Ok(());
        };
        let values = match self.open.len() {
            1 => &mut self.told.top,
            2 if self.is_in_part => &mut self.told.part,
            _ => return Ok(()),
        };
        let Some(key) = key.filter(|_| self.documents == 1) else {
            return Ok(());
        };
        match values.insert(key, value) {
            Some(_) => Err(ReadError::Yaml(at.line())),
            None => Ok(()),
        }
    }
}
