//! A TOML table read with its places: every getter records what is wrong and goes on, so that one look tells all.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use tidegate_engine::config::{Params, SecretRef, SecretRefs};
use tidegate_meter::parse_span;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Allowed, Fault, Finding};

/// Collects findings; knows the lines of the text.
pub(super) struct Ledger<'t> {
    text: &'t str,
    findings: RefCell<Vec<Finding>>,
}

impl<'t> Ledger<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            findings: RefCell::new(Vec::new()),
        }
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    pub(super) fn record(&self, offset: usize, path: impl Into<String>, fault: Fault) {
        let line = self.line(offset);
        self.findings.borrow_mut().push(Finding {
            line,
            path: path.into(),
            fault,
        });
    }

    /// Everything recorded, by line.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings.into_inner();
        findings.sort_by_key(|finding| finding.line);
        findings
    }
}

/// One table of the text.
pub(super) struct Reader<'a, 't> {
    ledger: &'a Ledger<'t>,
    table: &'a DeTable<'t>,
    /// `guard[0]`; empty for the root.
    path: String,
    /// Where it begins.
    offset: usize,
}

/// A value with its place.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) path: String,
    pub(super) offset: usize,
}

type Slot<'a, 't> = &'a Spanned<DeValue<'t>>;

impl<'a, 't> Reader<'a, 't> {
    pub(super) const fn root(ledger: &'a Ledger<'t>, table: &'a DeTable<'t>) -> Self {
        Self {
            ledger,
            table,
            path: String::new(),
            offset: 0,
        }
    }

    pub(super) const fn ledger(&self) -> &'a Ledger<'t> {
        self.ledger
    }

    /// The path of a key of this table.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(super) fn fault(&self, key: &str, fault: Fault) {
        self.ledger.record(self.offset_of(key), self.path_of(key), fault);
    }

    /// The id as written, whatever else is wrong with it; records nothing.
    pub(super) fn id_text(&self) -> Option<&'a str> {
        self.slot("id")?.get_ref().as_str()
    }

    /// Where a key's value stands; the table's own place when it is missing.
    pub(super) fn offset_of(&self, key: &str) -> usize {
        self.slot(key).map_or(self.offset, |slot| slot.span().start)
    }

    fn slot(&self, key: &str) -> Option<Slot<'a, 't>> {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.slot(key).is_some()
    }

    /// Records every key that is not among `known`.
    pub(super) fn only(&self, known: &[&str]) {
        for key in self.table.keys() {
            let name = key.get_ref();
            if known.contains(&name.as_ref()) {
                continue;
            }
            let nearest = known
                .iter()
                .map(|candidate| (strsim::damerau_levenshtein(candidate, name), candidate))
                .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
                .min_by_key(|(distance, _)| *distance)
                .map(|(_, candidate)| (*candidate).to_owned());
            let known = known.iter().map(|key| (*key).to_owned()).collect();
            let shown: String = name.chars().take(crate::limits::KEY_CHARS_SHOWN).collect();
            self.ledger.record(
                key.span().start,
                self.path_of(&shown),
                Fault::UnknownKey { nearest, known },
            );
        }
    }

    fn wrong_type(&self, offset: usize, path: String, name: &str) {
        let allowed = Allowed::Type {
            name: name.to_owned(),
        };
        self.ledger.record(offset, path, Fault::NotAllowed(allowed));
    }

    /// The text of a key; another type is recorded.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let slot = self.slot(key)?;
        let text = slot.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(slot.span().start, self.path_of(key), "string");
        }
        text
    }

    /// A text that must be there.
    pub(super) fn required(&self, key: &str) -> Option<&'a str> {
        if !self.has(key) {
            self.fault(key, Fault::Missing);
        }
        self.text(key)
    }

    /// A text that must parse when it is there.
    pub(super) fn parsed<T>(
        &self,
        key: &str,
        allowed: Allowed,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(self.text(key)?);
        if value.is_none() {
            self.fault(key, Fault::NotAllowed(allowed));
        }
        value
    }

    /// An id that must be there.
    pub(super) fn id<T: FromStr>(&self, key: &str, allowed: Allowed) -> Option<T> {
        self.required(key)?;
        self.parsed(key, allowed, |text| text.parse().ok())
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let allowed = Allowed::OneOf {
            words: words.iter().map(|(word, _)| (*word).to_owned()).collect(),
        };
        self.parsed(key, allowed, |text| {
            words
                .iter()
                .find(|(word, _)| *word == text)
                .map(|(_, value)| *value)
        })
    }

    /// One line of text for people.
    pub(super) fn name(&self, key: &str) -> Option<String> {
        let chars = crate::limits::NAME_CHARS;
        self.parsed(key, Allowed::Text { chars }, |text| {
            let fits = (1..=chars).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            fits.then(|| text.to_owned())
        })
    }

    /// A span within bounds.
    pub(super) fn span(&self, key: &str, bounds: RangeInclusive<Duration>) -> Option<Duration> {
        let allowed = Allowed::Span {
            min: *bounds.start(),
            max: *bounds.end(),
        };
        self.parsed(key, allowed, |text| {
            parse_span(text).ok().filter(|span| bounds.contains(span))
        })
    }

    /// A boolean.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let slot = self.slot(key)?;
        let flag = slot.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(slot.span().start, self.path_of(key), "boolean");
        }
        flag
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, key: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let slot = self.slot(key)?;
        let Some(integer) = slot.get_ref().as_integer() else {
            self.wrong_type(slot.span().start, self.path_of(key), "integer");
            return None;
        };
        let value = u64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|v| bounds.contains(v));
        if value.is_none() {
            let allowed = Allowed::Whole {
                min: *bounds.start(),
                max: *bounds.end(),
            };
            self.fault(key, Fault::NotAllowed(allowed));
        }
        value
    }

    /// A list of texts, each parsed; what does not parse is recorded with its index.
    pub(super) fn list<T>(
        &self,
        key: &str,
        allowed: &Allowed,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<Found<T>> {
        let Some(slot) = self.slot(key) else {
            return Vec::new();
        };
        let Some(array) = slot.get_ref().as_array() else {
            self.wrong_type(slot.span().start, self.path_of(key), "array");
            return Vec::new();
        };
        if array.len() > crate::limits::LIST_ENTRIES {
            self.fault(
                key,
                Fault::TooLong {
                    max: crate::limits::LIST_ENTRIES,
                },
            );
            return Vec::new();
        }
        let mut found = Vec::new();
        for (index, entry) in array.iter().enumerate() {
            let path = format!("{}[{index}]", self.path_of(key));
            let offset = entry.span().start;
            match entry.get_ref().as_str() {
                None => self.wrong_type(offset, path, "string"),
                Some(text) => match parse(text) {
                    None => self
                        .ledger
                        .record(offset, path, Fault::NotAllowed(allowed.clone())),
                    Some(value) => found.push(Found { value, path, offset }),
                },
            }
        }
        found
    }

    /// A list of whole numbers within bounds, as numbers or as texts, which is all that variables can tell; what is none
    /// is recorded with its index.
    pub(super) fn wholes(&self, key: &str, bounds: RangeInclusive<u64>, most: usize) -> Vec<u64> {
        let Some(slot) = self.slot(key) else {
            return Vec::new();
        };
        let Some(array) = slot.get_ref().as_array() else {
            self.wrong_type(slot.span().start, self.path_of(key), "array");
            return Vec::new();
        };
        if array.len() > most {
            self.fault(key, Fault::TooLong { max: most });
            return Vec::new();
        }
        let mut found = Vec::new();
        for (index, entry) in array.iter().enumerate() {
            let whole = match entry.get_ref().as_integer() {
                Some(whole) => u64::from_str_radix(whole.as_str(), whole.radix()).ok(),
                None => entry.get_ref().as_str().and_then(|text| text.parse().ok()),
            };
            match whole.filter(|whole| bounds.contains(whole)) {
                Some(whole) => found.push(whole),
                None => {
                    let allowed = Allowed::Whole {
                        min: *bounds.start(),
                        max: *bounds.end(),
                    };
                    let path = format!("{}[{index}]", self.path_of(key));
                    let fault = Fault::NotAllowed(allowed);
                    self.ledger.record(entry.span().start, path, fault);
                }
            }
        }
        found
    }

    /// A table below this one.
    pub(super) fn table(&self, key: &str) -> Option<Self> {
        let slot = self.slot(key)?;
        let Some(table) = slot.get_ref().as_table() else {
            // A string where a table of secrets belongs is most likely a secret: say so without repeating it.
            self.wrong_type(slot.span().start, self.path_of(key), "table");
            return None;
        };
        Some(Self {
            ledger: self.ledger,
            table,
            path: self.path_of(key),
            offset: slot.span().start,
        })
    }

    /// The tables of an array of tables.
    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let Some(slot) = self.slot(key) else {
            return Vec::new();
        };
        let Some(array) = slot.get_ref().as_array() else {
            self.wrong_type(slot.span().start, self.path_of(key), "array of tables");
            return Vec::new();
        };
        if array.len() > crate::limits::ITEMS {
            self.fault(
                key,
                Fault::TooLong {
                    max: crate::limits::ITEMS,
                },
            );
            return Vec::new();
        }
        let mut tables = Vec::new();
        for (index, entry) in array.iter().enumerate() {
            let path = format!("{}[{index}]", self.path_of(key));
            match entry.get_ref().as_table() {
                None => self.wrong_type(entry.span().start, path, "table"),
                Some(table) => {
                    tables.push(Self {
                        ledger: self.ledger,
                        table,
                        path,
                        offset: entry.span().start,
                    });
                }
            }
        }
        tables
    }

    /// Every key of this table.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.table.keys().map(|key| key.get_ref().as_ref()).collect()
    }

    /// Every key of this table with its text: what a provider or a channel asks for besides secrets.
    pub(super) fn params(&self) -> Params {
        let keys = self.table.keys().map(|key| key.get_ref().as_ref());
        keys.filter_map(|key| Some((key.to_owned(), self.name(key)?)))
            .collect()
    }

    /// Records every text of this table that is no reference.
    pub(super) fn only_references(&self) {
        for key in self.table.keys().map(|key| key.get_ref().as_ref()) {
            if self
                .text(key)
                .is_some_and(|text| text.parse::<SecretRef>().is_err())
            {
                self.fault(key, Fault::LiteralSecret);
            }
        }
    }

    /// The secrets of this table under `fields`, by reference. What is no reference is refused unseen.
    pub(super) fn secrets(&self, fields: &[(&str, bool)]) -> SecretRefs {
        let mut refs = SecretRefs::new();
        for (field, required) in fields {
            if *required && !self.has(field) {
                self.fault(field, Fault::Missing);
            }
            let Some(text) = self.text(field) else { continue };
            match text.parse::<SecretRef>() {
                Ok(reference) => {
                    refs.insert((*field).to_owned(), reference);
                }
                Err(_) => self.fault(field, Fault::LiteralSecret),
            }
        }
        refs
    }
}
