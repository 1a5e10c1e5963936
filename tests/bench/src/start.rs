//! Starting the shipped daemon where another one was killed in the midst of its work, with a year of history behind it;
//! against starting it in an empty home.

use std::fs;
use std::path::Path;

use anyhow::ensure;
use tidegate_api::Home;

use crate::budgets::{IDLE_METERS, ROUNDS, START_INTENTS, START_PERMILLE};
use crate::cloud::{self, Cloud, Kind};
use crate::daemon::Daemon;
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;
use crate::{lived, process};

/// Kills one, then starts in copies of what it left and in empty homes in turn.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Packages, IDLE_METERS.get())?;
    let left = folder.path().join("left");
    let home = Home::new(left.join("home"));
    let runtime = tidegate_api::runtime()?;
    runtime.block_on(lived::in_for_a_year(&home, &told, usize::MAX))?;
    runtime.block_on(lived::in_haste(&home))?;
    // Dropping it is a kill -9.
    drop(Daemon::ready(&left, &told)?);
    let mut pairs = Pairs::default();
    // The first pair only warms the files.
    for round in 0..=ROUNDS.get() {
        let pair = (
            started(&left, &folder.path().join("copy"), &told)?,
            started(
                &folder.path().join("nothing"),
                &folder.path().join("empty"),
                &told,
            )?,
        );
        if round > 0 {
            pairs.push(pair);
        }
    }
    Ok(vec![Row::ratio(
        &format!(
            "start after kill −9, {} meters with a year of history, {} actions under way: until both doors are open",
            IDLE_METERS.get(),
            START_INTENTS.get()
        ),
        &pairs,
        |nanos| format!("{} ms", nanos / 1_000_000),
        "empty home",
        START_PERMILLE,
    )])
}

/// Nanoseconds of a start in a copy of that folder, which is removed again.
fn started(from: &Path, to: &Path, told: &Cloud) -> anyhow::Result<u64> {
    fs::create_dir(to)?;
    if from.exists() {
        copied(from, to)?;
    }
    let watch = Stopwatch::start();
    let daemon = Daemon::ready(to, told)?;
    let took = watch.nanos();
    ensure!(!daemon.door.is_empty(), "its door is open");
    drop(daemon);
    fs::remove_dir_all(to)?;
    Ok(took)
}

/// Files and folders; a socket that the killed one left is not copied.
fn copied(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            fs::create_dir(&target)?;
            copied(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
