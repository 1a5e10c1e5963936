//! FlowCollect's files: its server's and its agent's settings become items, its database becomes flows and samples. Owns
//! which file is which; reads no environment, and leaves no secret in an item, a word or an error.
//! Tested in `tests/flowcollect.rs` with invented files.

mod client;
mod database;
mod history;
mod server;
mod yaml;

pub use history::{EarlierBatch, EarlierDevice, EarlierHistory, EarlierSamples, mark_of};

use super::{Draft, Imported};

/// What a file of the earlier system is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// Its database.
    Database,
    /// Settings in INI, of the server or of an agent.
    Ini,
    /// A kernel's own configuration with the agent's part in it.
    Yaml,
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not INI; the line, never its text.
    #[error("this is no INI file: line {0}")]
    Ini(usize),
    /// Not YAML; the line, never its text.
    #[error("this is no YAML file: line {0}")]
    Yaml(usize),
    /// Settings of something else.
    #[error(
        "these are no settings of FlowCollect: neither SubUrls, SMTPHost, DBPath, MihomoAPIAddr nor x-flow-collect stands in them"
    )]
    Shape,
    /// A database of something else.
    #[error("this is no database of FlowCollect: neither traffic_records nor sub_snapshots stands in it")]
    Other,
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl FileKind {
    /// By its first bytes, else by the end of its name.
    #[must_use]
    pub fn of(name: &str, head: &[u8]) -> Self {
        let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
        if database::Database::is_database(head) {
            Self::Database
        } else if ends(".yaml") || ends(".yml") {
            Self::Yaml
        } else {
            Self::Ini
        }
    }
}

/// Settings as items.
pub fn settings(kind: FileKind, text: &str) -> Result<Imported, ReadError> {
    let mut draft = Draft::default();
    match kind {
        FileKind::Yaml => client::yaml(&mut draft, text)?,
        FileKind::Ini | FileKind::Database => ini(&mut draft, text)?,
    }
    Ok(draft.done())
}

/// One INI holds the server's settings, an agent's, or both.
fn ini(draft: &mut Draft, text: &str) -> Result<(), ReadError> {
    let options = ini::ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        ..ini::ParseOption::default()
    };
    let file = ini::Ini::load_from_str_opt(text, options).map_err(|error| ReadError::Ini(error.line))?;
    let found = [server::take(draft, &file), client::take(draft, &file)];
    if found.contains(&true) {
        Ok(())
    } else {
        Err(ReadError::Shape)
    }
}

/// A setting wherever it stands, its name in any case: the earlier system changed both over time.
fn setting<'a>(file: &'a ini::Ini, name: &str) -> Option<&'a str> {
    let mut every = file.iter().flat_map(|(_, section)| section.iter());
    let found = every.find(|(key, _)| key.eq_ignore_ascii_case(name));
    found
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}
