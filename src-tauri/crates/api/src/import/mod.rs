//! Files of earlier systems as items of ours. Owns the translation and the word on everything that is not taken over as it
//! was; writes nothing, reads no environment, and leaves no secret in an item or a word.
//! Tested in `tests/import.rs` with an invented file.

mod balance_alert;
pub mod flowcollect;
mod key;
mod part;
mod project;
mod renewal;
mod texts;

pub use balance_alert::balance_alert;
use serde_json::{Map, Value};
use tidegate_channels::catalogue::Text;
use tidegate_meter::Lang;

use crate::request::{Item, Items, SecretItems};

/// What an earlier system's file comes to.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Items, with secrets as references.
    pub items: Items,
    /// Keys that stood in clear, by vault item and field.
    pub secrets: SecretItems,
    /// What is not as it was, in the order of the file.
    pub notes: Vec<ImportNote>,
}

impl Imported {
    /// Takes on what another file came to.
    pub fn add(&mut self, other: Self) {
        self.items.account.extend(other.items.account);
        self.items.channel.extend(other.items.channel);
        self.items.guard.extend(other.items.guard);
        self.items.renewal.extend(other.items.renewal);
        self.items.mailbox.extend(other.items.mailbox);
        self.secrets.extend(other.secrets);
        self.notes.extend(other.notes);
    }
}

/// A word on something that is not taken over as it was.
#[derive(Clone, Debug)]
pub struct ImportNote {
    /// Where it stood: `projects[2]`, `settings.response_cache_ttl`.
    pub place: String,
    /// It is not taken over at all.
    pub left_out: bool,
    /// Why, and what to do.
    text: Text,
    values: Vec<(&'static str, String)>,
}

impl ImportNote {
    /// Why, and what to do, in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let values: Vec<(&str, &str)> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.text.say(lang, &values)
    }
}

/// A file that is no configuration of that system.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not JSON; the place in the text, never the text.
    #[error("this is no JSON: line {line}, column {column}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON of another shape.
    #[error(
        "this is no configuration of Balance Alert: none of projects, subscriptions, email and webhook stands in it"
    )]
    Shape,
}

/// What is being made, and the words on it.
#[derive(Default)]
struct Draft {
    items: Items,
    secrets: SecretItems,
    notes: Vec<ImportNote>,
}

impl Draft {
    fn done(self) -> Imported {
        Imported {
            items: self.items,
            secrets: self.secrets,
            notes: self.notes,
        }
    }

    fn note(&mut self, place: &str, left_out: bool, text: Text, values: &[(&'static str, &str)]) {
        let values = values.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let note = ImportNote {
            place: place.to_owned(),
            left_out,
            text,
            values: values.collect(),
        };
        // The two halves of one key are one thing to say.
        let is_same =
            |told: &ImportNote| told.place == note.place && told.text(Lang::En) == note.text(Lang::En);
        if !self.notes.iter().any(is_same) {
            self.notes.push(note);
        }
    }

    fn leave_out(&mut self, place: &str, text: Text, values: &[(&'static str, &str)]) {
        self.note(place, true, text, values);
    }

    fn tell(&mut self, place: &str, text: Text, values: &[(&'static str, &str)]) {
        self.note(place, false, text, values);
    }
}

/// Fields of an item.
type Fields = Map<String, Value>;

fn item(fields: Fields) -> Item {
    Item(Value::Object(fields))
}
