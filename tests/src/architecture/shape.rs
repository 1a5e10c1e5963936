//! The form of every package and file: lints of the workspace, module docs, files that fit one idea.

use crate::{Breach, TextFile};

use super::Package;

/// Longer is two ideas.
const LINES_MAX: usize = 600;

/// Breaches of form in one package.
pub(super) fn breaches(package: &Package) -> Vec<Breach> {
    let mut found: Vec<Breach> = package.sources.iter().flat_map(of_file).collect();
    if !package.workspace_lints {
        found.push(Breach::new(
            "lints",
            &package.name,
            "says nothing of `lints.workspace = true`",
        ));
    }
    found
}

fn of_file(file: &TextFile) -> Vec<Breach> {
    let mut found = Vec::new();
    if !file.text.starts_with("//!") {
        found.push(Breach::new("module docs", &file.path, "starts without //!"));
    }
    let lines = file.lines().count();
    if lines > LINES_MAX {
        found.push(Breach::new(
            "length",
            &file.path,
            format!("{lines} lines; at most {LINES_MAX}"),
        ));
    }
    found
}
