//! The official Huawei Cloud SDK drives `tidegated sim`, and its own models judge every answer, types included.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use tidegate_tests::root;
use tidegate_tests::stage::Cloud;

/// The interpreter that has the SDK; `make test` makes it.
fn python() -> anyhow::Result<PathBuf> {
    let venv = root().join(".cache/sdk-venv");
    let python = ["bin/python", "Scripts/python.exe"]
        .map(|path| venv.join(path))
        .into_iter()
        .find(|path| path.exists());
    python.with_context(|| {
        format!(
            "the official Huawei SDK is not installed in {}: run `make test` (or tests/sdk/setup.sh), which needs the \
             packages python3 and python3-venv",
            venv.display()
        )
    })
}

#[test]
fn the_official_sdk_finds_every_answer_of_the_simulator_right() -> anyhow::Result<()> {
    let python = python()?;
    let folder = tempfile::tempdir()?;
    let sdk = root().join("tests/sdk");
    let world = std::fs::read_to_string(sdk.join("world.toml"))?;
    let cloud = Cloud::scenario(folder.path(), &world)?;
    let first = folder.path().join("first-line.json");
    std::fs::write(&first, cloud.first().to_string())?;
    let judged = Command::new(python)
        .arg(sdk.join("judge.py"))
        .arg(&first)
        // The SDK writes a small file of its own below the home folder.
        .env("HOME", folder.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()?;
    let report = String::from_utf8_lossy(&judged.stdout);
    println!("{report}{}", String::from_utf8_lossy(&judged.stderr));
    ensure!(judged.status.success(), "the SDK found differences:\n{report}");
    let passed: usize = report
        .lines()
        .last()
        .and_then(|line| line.split_once(" passed, 0 failed"))
        .and_then(|(passed, _)| passed.parse().ok())
        .context("the judge's last line says how many checks passed")?;
    ensure!(
        passed > 300,
        "only {passed} checks ran: the judge left something out"
    );
    Ok(())
}
