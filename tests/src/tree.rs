//! The project's text files, as its checkers see them. Skips what is built, downloaded or binary.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 7] = ["target", ".git", ".cache", "node_modules", "dist", "gen", ".venv"];
/// Endings of files that are no text.
const BINARY: [&str; 8] = ["png", "ico", "icns", "webp", "jpg", "gif", "sqlite", "pyc"];

/// One file of the project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextFile {
    /// Its path below the root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl TextFile {
    /// A file that need not exist; for models in tests.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether its name ends so, without the dot: `rs`.
    #[must_use]
    pub fn is(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == ending)
    }

    /// Its lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// Every text file below `root`, sorted by path.
pub fn text_files(root: &Path) -> anyhow::Result<Vec<TextFile>> {
    let mut files = Vec::new();
    walk(root, root, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(root, &path, files)?;
            }
        } else if !BINARY.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
            files.extend(read(root, &path));
        }
    }
    Ok(())
}

/// A file that vanished meanwhile, or is no UTF-8, is no text of ours.
fn read(root: &Path, path: &Path) -> Option<TextFile> {
    let text = fs::read_to_string(path).ok()?;
    let below = path.strip_prefix(root).ok()?;
    Some(TextFile {
        path: below.to_string_lossy().replace('\\', "/"),
        text,
    })
}
