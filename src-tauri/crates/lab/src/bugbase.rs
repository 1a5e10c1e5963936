//! Bugs that were found, as files: what broke, why, by what it was mended, the shrunk plan and its story. Owns the format
//! and the names of the files; every kept plan is played by `tests/bugbase.rs`, and none may break anything any more.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::check::Invariant;
use crate::plan::{Plan, PlanError};

/// A bug that was found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bug {
    /// Which promise it broke.
    pub invariant: Invariant,
    /// When: `2026-11-21`; empty until somebody says it.
    pub found: String,
    /// The seed that it was drawn from.
    pub seed: u64,
    /// What was wrong; empty until it is known.
    pub why: String,
    /// The subject of the commit that mended it; empty until it is mended.
    pub fixed_by: String,
    /// The smallest plan that showed it.
    pub plan: Plan,
    /// Its story, line by line.
    pub story: Vec<String>,
}

/// Why a bug cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BugError {
    /// The folder or the file.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The file holds no bug.
    #[error("{0}: {1}")]
    Text(PathBuf, String),
    /// Its plan cannot be played.
    #[error("{0}: plan: {1}")]
    Plan(PathBuf, PlanError),
}

impl Bug {
    /// Writes it into a folder, which is made when it is missing, under the next free number:
    /// `0007-s4-zero-twice.json` for the words `zero twice`.
    ///
    /// # Errors
    /// [`BugError::File`] when the folder cannot be read or the file not be written.
    pub fn keep(&self, folder: &Path, words: &str) -> Result<PathBuf, BugError> {
        let failed = |error| BugError::File(folder.to_owned(), error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let taken = names(folder)?;
        let number = taken.iter().filter_map(|name| number(name)).max().unwrap_or(0);
        let slug: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let promise = format!("{:?}", self.invariant).to_lowercase();
        let name = format!(
            "{:04}-{promise}-{}.json",
            number.saturating_add(1),
            slug.join("-")
        );
        let path = folder.join(name);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| BugError::Text(path.clone(), error.to_string()))?;
        text.push('\n');
        std::fs::write(&path, text).map_err(|error| BugError::File(path.clone(), error))?;
        Ok(path)
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with the file, its words or its plan.
    pub fn read(path: &Path) -> Result<Self, BugError> {
        let text = std::fs::read_to_string(path).map_err(|error| BugError::File(path.to_owned(), error))?;
        let bug: Self = serde_json::from_str(&text)
            .map_err(|error| BugError::Text(path.to_owned(), error.to_string()))?;
        let plan = bug
            .plan
            .sound()
            .map_err(|error| BugError::Plan(path.to_owned(), error))?;
        Ok(Self { plan, ..bug })
    }
}

/// Every bug of a folder, in the order of their numbers.
///
/// # Errors
/// The first file that cannot be read; a file that is no bug is one.
pub fn bugs(folder: &Path) -> Result<Vec<(PathBuf, Bug)>, BugError> {
    let mut paths: Vec<PathBuf> = names(folder)?.iter().map(|name| folder.join(name)).collect();
    paths.sort_unstable();
    paths
        .into_iter()
        .map(|path| Bug::read(&path).map(|bug| (path, bug)))
        .collect()
}

fn names(folder: &Path) -> Result<Vec<String>, BugError> {
    let failed = |error| BugError::File(folder.to_owned(), error);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let names: Result<Vec<String>, io::Error> = names.collect();
    let mut names = names.map_err(failed)?;
    names.retain(|name| name != "README.md");
    Ok(names)
}

/// The number that a file's name begins with.
fn number(name: &str) -> Option<u32> {
    name.split_once('-')?.0.parse().ok()
}
