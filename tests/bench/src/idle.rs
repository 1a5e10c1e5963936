//! The idle guard: its memory against a bare process with the same libraries, and that it wakes nobody.

use anyhow::Context;
use serde_json::json;

use crate::budgets::{IDLE_METERS, IDLE_RSS_PERMILLE, IDLE_SPAN, IDLE_TICKS};
use crate::child::Running;
use crate::cloud::{self, Kind};
use crate::report::Row;
use crate::{process, stats, stopwatch};

/// Lets the guard look once, then watches it and the control side by side.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let place = folder.path().to_str().context("a folder with a plain name")?;
    let (_cloud, told) = cloud::start(Kind::Packages, IDLE_METERS)?;
    let mut guard = Running::role(&["guard", place])?;
    guard.ask(&serde_json::to_value(told)?)?;
    guard.ask(&json!({ "look": true }))?;
    let mut bare = Running::role(&["bare", place])?;
    bare.hear()?;
    // Its first housekeeping is over when two looks at its processor time agree.
    stopwatch::settle(|| process::ticks(guard.pid()))?;

    let before = process::ticks(guard.pid())?;
    stopwatch::pass(IDLE_SPAN);
    let ticks = process::ticks(guard.pid())? - before;
    let subject = process::memory_kib(guard.pid(), "VmRSS")?;
    let control = process::memory_kib(bare.pid(), "VmRSS")?;
    let ratio = stats::permille(subject, control);
    Ok(vec![
        Row {
            what: format!("idle with {IDLE_METERS} meters: memory"),
            subject: format!("{subject} KiB"),
            control: format!("{control} KiB, bare process with the same libraries"),
            measured: stats::shown(ratio),
            budget: format!("≤ {}", stats::shown(IDLE_RSS_PERMILLE)),
            counts: (ratio, IDLE_RSS_PERMILLE),
        },
        Row::absolute(
            &format!(
                "idle with {IDLE_METERS} meters: processor ticks in {} s",
                IDLE_SPAN.as_secs()
            ),
            ticks,
            u128::from(IDLE_TICKS),
            "ticks",
        ),
    ])
}
