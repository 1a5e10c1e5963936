//! The clouds' official SDKs as judges of the simulator: Python programs beside `tests/sdk`, in the environment that
//! `make test` makes there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::Cloud;
use crate::root;

/// The interpreter that has the SDKs.
fn python() -> anyhow::Result<PathBuf> {
    let venv = root().join(".cache/sdk-venv");
    let python = ["bin/python", "Scripts/python.exe"]
        .map(|path| venv.join(path))
        .into_iter()
        .find(|path| path.exists());
    python.with_context(|| {
        format!(
            "the clouds' official SDKs are not installed in {}: run `make test` (or tests/sdk/setup.sh), which needs \
             the packages python3 and python3-venv",
            venv.display()
        )
    })
}

/// Lets a program of `tests/sdk` judge the simulator, with `folder` to write into. Gives how many checks passed; a
/// single one that failed is an error with the whole report.
pub fn judged(program: &str, cloud: &Cloud, folder: &Path) -> anyhow::Result<usize> {
    let first = folder.join("first-line.json");
    std::fs::write(&first, cloud.first().to_string())?;
    let judged = Command::new(python()?)
        .arg(root().join("tests/sdk").join(program))
        .arg(&first)
        // Some SDKs write a small file of their own below the home folder, or read a person's keys there.
        .env("HOME", folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()?;
    let report = String::from_utf8_lossy(&judged.stdout);
    let said = String::from_utf8_lossy(&judged.stderr);
    ensure!(
        judged.status.success(),
        "{program} found differences:\n{report}{said}"
    );
    report
        .lines()
        .last()
        .and_then(|line| line.split_once(" passed, 0 failed"))
        .and_then(|(passed, _)| passed.parse().ok())
        .context("the judge's last line says how many checks passed")
}
