//! What is done on the keychain: items by name, and an index item that lists the names, since not every platform's
//! client can search. The index is a superset of what is there: it is written before an item appears and after it is
//! gone, so that a crash in between loses no name; listing leaves out what is not there.

use keyring_core::{Entry, Error, Result};
use zeroize::Zeroizing;

use super::store::Store;
use crate::limits;

/// The name of the index item. No item can have it: names begin with a letter or digit.
const INDEX: &str = ".index";

/// One call.
pub(super) enum Op {
    /// Read an item.
    Get(String),
    /// Write an item.
    Set(String, Zeroizing<Vec<u8>>),
    /// Remove an item.
    Delete(String),
    /// The names of all items.
    List,
}

/// What a call gives.
pub(super) enum Answer {
    /// The item's value, if it is there.
    Item(Option<Zeroizing<Vec<u8>>>),
    /// Written.
    Written,
    /// Whether it was there.
    Deleted(bool),
    /// The names, sorted.
    Names(Vec<String>),
}

/// Makes the call.
pub(super) fn perform(store: &Store, service: &str, op: &Op) -> Result<Answer> {
    let desk = Desk { store, service };
    match op {
        Op::Get(item) => Ok(Answer::Item(desk.read(item)?)),
        Op::Set(item, value) => desk.write(item, value).map(|()| Answer::Written),
        Op::Delete(item) => desk.remove(item).map(Answer::Deleted),
        Op::List => desk.list().map(Answer::Names),
    }
}

struct Desk<'a> {
    store: &'a Store,
    service: &'a str,
}

impl Desk<'_> {
    fn entry(&self, item: &str) -> Result<Entry> {
        self.store.build(self.service, item, None)
    }

    fn read(&self, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(item)?.get_secret() {
            Ok(value) => Ok(Some(Zeroizing::new(value))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, item: &str, value: &[u8]) -> Result<()> {
        let mut names = self.names()?;
        if let Err(place) = names.binary_search_by(|name| name.as_str().cmp(item)) {
            if names.len() >= limits::ITEMS {
                return Err(Error::Invalid(
                    "item".to_owned(),
                    "there are too many items".to_owned(),
                ));
            }
            names.insert(place, item.to_owned());
            self.write_names(&names)?;
        }
        self.entry(item)?.set_secret(value)
    }

    fn remove(&self, item: &str) -> Result<bool> {
        let was_there = match self.entry(item)?.delete_credential() {
            Ok(()) => true,
            Err(Error::NoEntry) => false,
            Err(error) => return Err(error),
        };
        let mut names = self.names()?;
        if let Ok(place) = names.binary_search_by(|name| name.as_str().cmp(item)) {
            names.remove(place);
            self.write_names(&names)?;
        }
        Ok(was_there)
    }

    fn list(&self) -> Result<Vec<String>> {
        let mut there = Vec::new();
        for name in self.names()? {
            if self.read(&name)?.is_some() {
                there.push(name);
            }
        }
        Ok(there)
    }

    /// The index, sorted. One that cannot be read as names is begun anew: names are no secret and no item is lost.
    fn names(&self) -> Result<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for part in 0..limits::INDEX_PARTS {
            let Some(text) = self.read(&part_name(part))? else {
                break;
            };
            names.extend(String::from_utf8_lossy(&text).lines().map(str::to_owned));
        }
        names.retain(|name| crate::item::check_name(name).is_ok());
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Writes the index in parts of one item's size; parts that are no longer needed become empty.
    fn write_names(&self, names: &[String]) -> Result<()> {
        let parts = pack(names);
        for (part, text) in parts.iter().enumerate() {
            self.entry(&part_name(part))?.set_secret(text.as_bytes())?;
        }
        for part in parts.len()..limits::INDEX_PARTS {
            match self.entry(&part_name(part))?.delete_credential() {
                Ok(()) => {}
                Err(Error::NoEntry) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn part_name(part: usize) -> String {
    if part == 0 {
        INDEX.to_owned()
    } else {
        format!("{INDEX}.{part}")
    }
}

/// Names as lines, in texts of at most one item's size. At least one text, so that an empty index is written too.
fn pack(names: &[String]) -> Vec<String> {
    let mut parts = vec![String::new()];
    for name in names {
        let full = parts
            .last()
            .is_none_or(|part| part.len() + name.len() + 1 > limits::ITEM_BYTES);
        if full {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(name);
            part.push('\n');
        }
    }
    parts
}
