//! The idle guard with a year of history, against a bare process with the same libraries: its memory, and how often both
//! wake. Several of each at the same time, so that what the machine does meanwhile hits all of them.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::json;
use tidegate_api::Home;

use crate::budgets::{
    IDLE_METERS, IDLE_RSS_PERMILLE, IDLE_SETTLED, IDLE_SPAN, IDLE_TICKS, IDLE_WAKES_PERMILLE, IDLE_WATCHED,
    ROUNDS,
};
use crate::child::Running;
use crate::cloud::{self, Cloud, Kind};
use crate::process::{self, Switches};
use crate::report::Row;
use crate::rounds::{Pairs, Rounds};
use crate::{lived, stopwatch};

/// Lets the guards look once, then watches them and the controls side by side.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Packages, IDLE_METERS.get())?;
    let home = Home::new(folder.path().join("home"));
    tidegate_api::runtime()?.block_on(lived::in_for_a_year(&home, &told, usize::MAX))?;
    let (mut guards, mut bares) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS.get() {
        let place = folder.path().join(round.to_string());
        fs::create_dir(&place)?;
        fs::copy(home.database(), place.join("tidegate.db"))?;
        guards.push(guard(&place, &told)?);
        bares.push(bare(&place)?);
    }
    let pids = |all: &[Running]| -> Vec<u32> { all.iter().map(Running::pid).collect() };
    watched(&pids(&guards), &pids(&bares))
}

/// A guard that has looked once.
fn guard(place: &Path, told: &Cloud) -> anyhow::Result<Running> {
    let mut guard = Running::role(&["guard", plain(place)?])?;
    guard.ask(&serde_json::to_value(told)?)?;
    guard.ask(&json!({ "look": true }))?;
    Ok(guard)
}

fn bare(place: &Path) -> anyhow::Result<Running> {
    let mut bare = Running::role(&["bare", plain(place)?])?;
    bare.hear()?;
    Ok(bare)
}

fn plain(place: &Path) -> anyhow::Result<&str> {
    place.to_str().context("a folder with a plain name")
}

fn watched(guards: &[u32], bares: &[u32]) -> anyhow::Result<Vec<Row>> {
    stopwatch::pass(IDLE_SETTLED.get());
    // Their first housekeeping is over when two looks at their processor time agree.
    stopwatch::settle(|| Ok(process::all(guards, process::ticks)?.iter().sum()))?;
    let ticks = process::all(guards, process::ticks)?;
    let woken = [switches(guards)?, switches(bares)?];
    stopwatch::pass(IDLE_SPAN.get());
    let used = process::all(guards, process::ticks)?;
    let used: Rounds = used
        .iter()
        .zip(&ticks)
        .map(|(after, before)| after - before)
        .collect();
    stopwatch::pass(IDLE_WATCHED.get().saturating_sub(IDLE_SPAN.get()));
    let wakes: Pairs = between(&woken[0], guards)?
        .into_iter()
        .zip(between(&woken[1], bares)?)
        .collect();
    let memory = |pid| process::memory_kib(pid, "VmRSS");
    let memory: Pairs = process::all(guards, memory)?
        .into_iter()
        .zip(process::all(bares, memory)?)
        .collect();
    let what = format!("idle with {} meters and a year of history", IDLE_METERS.get());
    Ok(vec![
        Row::ratio(
            &format!("{what}: memory"),
            &memory,
            |kib| format!("{kib} KiB"),
            "bare process with the same libraries",
            IDLE_RSS_PERMILLE,
        ),
        Row::ratio(
            &format!("{what}: wake-ups in {} s", IDLE_WATCHED.get().as_secs()),
            &wakes,
            |count| count.to_string(),
            "bare process that compares its clocks as often",
            IDLE_WAKES_PERMILLE,
        ),
        Row::absolute(
            &format!("{what}: processor ticks in {} s", IDLE_SPAN.get().as_secs()),
            &used,
            u128::from(IDLE_TICKS),
            "ticks",
        ),
    ])
}

fn switches(pids: &[u32]) -> anyhow::Result<Vec<Switches>> {
    process::all(pids, process::switches)
}

/// How often each of them was given a processor since.
fn between(before: &[Switches], pids: &[u32]) -> anyhow::Result<Vec<u64>> {
    let after = switches(pids)?;
    Ok(before
        .iter()
        .zip(&after)
        .map(|(before, after)| process::between(before, after))
        .collect())
}
