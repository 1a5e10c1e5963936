//! One look at 1000 accounts, of traffic packages or of balances that a spec reads: wall time, processor time, memory,
//! and every reading stored.
//!
//! The cloud is a process of its own and answers over HTTP; the guard is another one. The first look finds the meters
//! and is not measured in time, but its memory counts.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::budgets::{CYCLE_ACCOUNTS, CYCLE_ANSWER, CYCLE_CPU, CYCLE_IN_FLIGHT, CYCLE_ROUNDS, CYCLE_RSS_KIB};
use crate::child::Running;
use crate::cloud::Kind;
use crate::report::Row;
use crate::{budgets, cloud, process, stats, stopwatch};

/// Runs the rounds over accounts of one kind, and compares with the ideal.
pub(crate) fn run(kind: Kind) -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (mut cloud, told) = cloud::start(kind, CYCLE_ACCOUNTS)?;
    let mut guard = Running::role(&["guard", path(folder.path())?])?;
    guard.ask(&serde_json::to_value(told)?)?;
    let first = look(&mut guard)?;
    let requests = requests_of_a_look(&mut cloud, &mut guard)?;
    ensure!(requests > 0, "a look asked for nothing");
    let latency = CYCLE_ANSWER.as_millis().div_ceil(u128::from(requests));
    cloud.ask(&json!({ "latency_ms": u64::try_from(latency)? }))?;

    let before = readings(folder.path())?;
    let mut looks = Vec::new();
    for _ in 0..CYCLE_ROUNDS {
        looks.push(look(&mut guard)?);
    }
    let stored = readings(folder.path())? - before;
    let peak = process::memory_kib(guard.pid(), "VmHWM")?;
    ensure!(
        first.known == u64::from(CYCLE_ACCOUNTS),
        "the first look read {} meters",
        first.known
    );
    let what = match kind {
        Kind::Packages => "accounts",
        Kind::Balances => "balances",
    };
    let what = format!("{CYCLE_ACCOUNTS} {what} at 200 ms, {CYCLE_IN_FLIGHT} in flight");
    Ok(rows(&what, &looks, stored, peak, requests))
}

struct Look {
    wall_us: u64,
    cpu_us: u64,
    known: u64,
}

fn look(guard: &mut Running) -> anyhow::Result<Look> {
    // A balance is asked for again after a second at the earliest.
    stopwatch::pass(Duration::from_millis(1100));
    let told = guard.ask(&json!({ "look": true }))?;
    let number = |key: &str| told.get(key).and_then(Value::as_u64).context("a number");
    Ok(Look {
        wall_us: number("wall_us")?,
        cpu_us: number("cpu_us")?,
        known: number("known")?,
    })
}

/// How many requests one account takes in a look, once its meters are found.
fn requests_of_a_look(cloud: &mut Running, guard: &mut Running) -> anyhow::Result<u64> {
    cloud.ask(&json!({ "latency_ms": 0 }))?;
    look(guard)?;
    let told = cloud.ask(&json!({ "latency_ms": 0 }))?;
    let requests = told.get("requests").and_then(Value::as_u64).context("a number")?;
    Ok(requests / u64::from(CYCLE_ACCOUNTS))
}

/// Rows of history, counted past the guard.
fn readings(folder: &Path) -> anyhow::Result<u64> {
    let connection = rusqlite::Connection::open(folder.join("tidegate.db"))?;
    let count: i64 = connection.query_row("select count(*) from reading", [], |row| row.get(0))?;
    Ok(u64::try_from(count)?)
}

fn path(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a folder with a plain name")
}

fn rows(what: &str, looks: &[Look], stored: u64, peak: u64, requests: u64) -> Vec<Row> {
    let of = |pick: fn(&Look) -> u64| stats::median(&looks.iter().map(pick).collect::<Vec<_>>());
    let ideal_us = u64::from(CYCLE_ACCOUNTS / CYCLE_IN_FLIGHT)
        * u64::try_from(CYCLE_ANSWER.as_micros()).unwrap_or(u64::MAX);
    let wall = of(|look| look.wall_us);
    let cpu = of(|look| look.cpu_us);
    let ratio = stats::permille(wall, ideal_us);
    let expected = u64::from(CYCLE_ACCOUNTS) * u64::try_from(looks.len()).unwrap_or(0);
    let missing = expected.saturating_sub(stored);
    vec![
        Row {
            what: format!("{what}: wall"),
            subject: format!("{} ms ({requests} requests an account)", wall / 1000),
            control: format!("{} ms, ideal", ideal_us / 1000),
            measured: stats::shown(ratio),
            budget: format!("≤ {}", stats::shown(budgets::CYCLE_WALL_PERMILLE)),
            counts: (ratio, budgets::CYCLE_WALL_PERMILLE),
        },
        Row::absolute(
            &format!("{what}: processor time"),
            cpu / 1000,
            CYCLE_CPU.as_millis(),
            "ms",
        ),
        Row::absolute(
            &format!("{what}: peak memory"),
            peak,
            u128::from(CYCLE_RSS_KIB),
            "KiB",
        ),
        Row::absolute(
            &format!("{what}: readings not stored, of {expected}"),
            missing,
            0,
            "rows",
        ),
    ]
}
