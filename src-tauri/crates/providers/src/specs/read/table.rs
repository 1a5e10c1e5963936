//! TOML read with its places: every getter records what is wrong and goes on, so that one look tells all.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::mistake::{Mistake, Wrong};
use super::super::{Said, limits};

/// Collects mistakes; knows the lines of the text.
pub(super) struct Ledger<'t> {
    text: &'t str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'t> Ledger<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            mistakes: RefCell::new(Vec::new()),
        }
    }

    pub(super) fn record(&self, offset: usize, path: impl Into<String>, wrong: Wrong) {
        let before = self.text.as_bytes().iter().take(offset);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        self.mistakes.borrow_mut().push(Mistake {
            line,
            path: path.into(),
            wrong,
        });
    }

    /// Everything recorded, by line.
    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|mistake| mistake.line);
        mistakes
    }
}

/// One value of the text and where it stands.
#[derive(Clone)]
pub(super) struct Place<'a, 't> {
    ledger: &'a Ledger<'t>,
    value: &'a Spanned<DeValue<'t>>,
    path: String,
}

/// One table of the text and where it stands.
#[derive(Clone)]
pub(super) struct Table<'a, 't> {
    ledger: &'a Ledger<'t>,
    table: &'a DeTable<'t>,
    path: String,
    offset: usize,
}

impl<'a, 't> Place<'a, 't> {
    pub(super) fn wrong(&self, wrong: Wrong) {
        self.ledger
            .record(self.value.span().start, self.path.clone(), wrong);
    }

    fn typed<T>(&self, value: Option<T>, name: &'static str) -> Option<T> {
        if value.is_none() {
            self.wrong(Wrong::Type(name));
        }
        value
    }

    pub(super) fn raw(&self) -> &'a DeValue<'t> {
        self.value.get_ref()
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        self.typed(self.value.get_ref().as_str(), "string")
    }

    pub(super) fn flag(&self) -> Option<bool> {
        self.typed(self.value.get_ref().as_bool(), "boolean")
    }

    pub(super) fn table(&self) -> Option<Table<'a, 't>> {
        let table = self.typed(self.value.get_ref().as_table(), "table")?;
        Some(Table {
            ledger: self.ledger,
            table,
            path: self.path.clone(),
            offset: self.value.span().start,
        })
    }

    /// The entries of a list, at most `most`.
    pub(super) fn list(&self, most: usize) -> Vec<Self> {
        let Some(array) = self.typed(self.value.get_ref().as_array(), "array") else {
            return Vec::new();
        };
        if array.len() > most {
            self.wrong(Wrong::TooLong(most));
            return Vec::new();
        }
        let entry = |(index, value)| Self {
            ledger: self.ledger,
            value,
            path: format!("{}[{index}]", self.path),
        };
        array.iter().enumerate().map(entry).collect()
    }

    /// A text that must parse.
    pub(super) fn parsed<T>(
        &self,
        allowed: (&'static str, &'static str),
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(self.text()?);
        if value.is_none() {
            self.wrong(Wrong::NotAllowed(allowed.0, allowed.1));
        }
        value
    }

    /// One of some words.
    pub(super) fn word<T: Clone>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            self.wrong(Wrong::Words(
                words.iter().map(|(word, _)| (*word).to_owned()).collect(),
            ));
        }
        found.map(|(_, value)| value.clone())
    }

    /// A whole number from 0 to `most`.
    pub(super) fn whole(&self, most: usize) -> Option<usize> {
        let integer = self.typed(self.value.get_ref().as_integer(), "integer")?;
        let value = usize::from_str_radix(integer.as_str(), integer.radix()).ok();
        let value = value.filter(|value| *value <= most);
        if value.is_none() {
            self.wrong(Wrong::TooLong(most));
        }
        value
    }

    /// A text in both languages: a table of `zh` and `en`, or one string that is the same in both.
    pub(super) fn said(&self) -> Option<Said> {
        if self.value.get_ref().is_str() {
            let text = self.line()?;
            return Some(Said {
                zh: text.clone(),
                en: text,
            });
        }
        let table = self.table()?;
        table.only(&["zh", "en"]);
        let (zh, en) = (table.need("zh"), table.need("en"));
        Some(Said {
            zh: zh?.line()?,
            en: en?.line()?,
        })
    }

    fn line(&self) -> Option<String> {
        self.parsed(
            ("不超过 600 字的单行文字", "one line of at most 600 characters"),
            |text| {
                let count = text.chars().count();
                let fits = (1..=limits::TEXT_CHARS).contains(&count) && !text.chars().any(char::is_control);
                fits.then(|| text.to_owned())
            },
        )
    }
}

impl<'a, 't> Table<'a, 't> {
    pub(super) const fn root(ledger: &'a Ledger<'t>, table: &'a DeTable<'t>) -> Self {
        Self {
            ledger,
            table,
            path: String::new(),
            offset: 0,
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Records a mistake of the table as a whole.
    pub(super) fn wrong(&self, wrong: Wrong) {
        self.ledger.record(self.offset, self.path.clone(), wrong);
    }

    /// Records every key that is not among `known`.
    pub(super) fn only(&self, known: &[&str]) {
        for key in self.table.keys() {
            let name = key.get_ref();
            if !known.contains(&name.as_ref()) {
                let shown: String = name.chars().take(40).collect();
                let known = known.iter().map(|key| (*key).to_owned()).collect();
                self.ledger
                    .record(key.span().start, self.path_of(&shown), Wrong::UnknownKey(known));
            }
        }
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.table.keys().map(|key| key.get_ref().to_string()).collect()
    }

    pub(super) fn get(&self, key: &str) -> Option<Place<'a, 't>> {
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(Place {
            ledger: self.ledger,
            value,
            path: self.path_of(key),
        })
    }

    /// A value that must be there.
    pub(super) fn need(&self, key: &str) -> Option<Place<'a, 't>> {
        let found = self.get(key);
        if found.is_none() {
            self.ledger.record(self.offset, self.path_of(key), Wrong::Missing);
        }
        found
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(|place| place.flag()).unwrap_or(false)
    }

    /// The tables of an array of tables.
    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let Some(place) = self.get(key) else {
            return Vec::new();
        };
        place
            .list(limits::ENTRIES)
            .iter()
            .filter_map(Place::table)
            .collect()
    }

    /// Every key of the table with its value.
    pub(super) fn entries(&self) -> Vec<(String, Place<'a, 't>)> {
        let entry = |key: String| self.get(&key).map(|place| (key, place));
        self.keys().into_iter().filter_map(entry).collect()
    }
}
