//! One look at 1000 accounts, of traffic packages or of balances that a spec reads: wall time, processor time, memory,
//! and every reading stored.
//!
//! The cloud is a process of its own and answers over HTTP; the guard of each round is another one. Its first look finds
//! the meters and is not measured in time, but its memory counts.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::budgets::{
    CYCLE_ACCOUNTS, CYCLE_ANSWER, CYCLE_CPU, CYCLE_IN_FLIGHT, CYCLE_RSS_KIB, CYCLE_WALL_PERMILLE, ROUNDS,
};
use crate::child::Running;
use crate::cloud::Kind;
use crate::report::Row;
use crate::rounds::{Pairs, Rounds};
use crate::{cloud, process, stopwatch};

/// Runs the rounds over accounts of one kind, each with a guard of its own, and compares with the ideal.
pub(crate) fn run(kind: Kind) -> anyhow::Result<Vec<Row>> {
    let (mut cloud, told) = cloud::start(kind, CYCLE_ACCOUNTS.get())?;
    let told = serde_json::to_value(told)?;
    let rounds = (0..ROUNDS.get())
        .map(|_| round(&mut cloud, &told))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let accounts = match kind {
        Kind::Packages => "accounts",
        Kind::Balances => "balances",
    };
    let what = format!(
        "{} {accounts} at {} ms, {CYCLE_IN_FLIGHT} in flight",
        CYCLE_ACCOUNTS.get(),
        CYCLE_ANSWER.get().as_millis()
    );
    Ok(rows(&what, &rounds))
}

/// One guard: what its look took, and what it held at most until then.
struct Round {
    look: Look,
    requests: u64,
    missing: u64,
    peak_kib: u64,
}

fn round(cloud: &mut Running, told: &Value) -> anyhow::Result<Round> {
    let folder = process::scratch()?;
    cloud.ask(&json!({ "latency_ms": 0 }))?;
    let mut guard = Running::role(&["guard", path(folder.path())?])?;
    guard.ask(told)?;
    let accounts = u64::from(CYCLE_ACCOUNTS.get());
    let first = look(&mut guard)?;
    ensure!(
        first.known == accounts,
        "the first look read {} meters",
        first.known
    );
    let requests = requests_of_a_look(cloud, &mut guard)?;
    ensure!(requests > 0, "a look asked for nothing");
    let latency = CYCLE_ANSWER.get().as_millis().div_ceil(u128::from(requests));
    cloud.ask(&json!({ "latency_ms": u64::try_from(latency)? }))?;
    let before = readings(folder.path())?;
    let look = look(&mut guard)?;
    let stored = readings(folder.path())? - before;
    Ok(Round {
        look,
        requests,
        missing: accounts.saturating_sub(stored),
        peak_kib: process::memory_kib(guard.pid(), "VmHWM")?,
    })
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
    Ok(requests / u64::from(CYCLE_ACCOUNTS.get()))
}

/// Rows of history, counted past the guard.
fn readings(folder: &Path) -> anyhow::Result<u64> {
    let connection = rusqlite::Connection::open(folder.join("tidegate.db"))?;
    let count: i64 = connection.query_row(process::READINGS, [], |row| row.get(0))?;
    Ok(u64::try_from(count)?)
}

fn path(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a folder with a plain name")
}

fn rows(what: &str, rounds: &[Round]) -> Vec<Row> {
    let of = |pick: fn(&Round) -> u64| rounds.iter().map(pick).collect::<Rounds>();
    let ideal = u64::from(CYCLE_ACCOUNTS.get().div_ceil(CYCLE_IN_FLIGHT))
        * u64::try_from(CYCLE_ANSWER.get().as_micros()).unwrap_or(u64::MAX);
    let wall: Pairs = rounds.iter().map(|round| (round.look.wall_us, ideal)).collect();
    let requests = rounds.first().map_or(0, |round| round.requests);
    let missing = rounds.iter().map(|round| round.missing).sum();
    let expected = rounds.len() * usize::try_from(CYCLE_ACCOUNTS.get()).unwrap_or(0);
    vec![
        Row::ratio(
            &format!("{what}: wall"),
            &wall,
            |micros| format!("{} ms", micros / 1000),
            "ideal",
            CYCLE_WALL_PERMILLE,
        )
        .remarked(&format!("{requests} requests an account")),
        Row::absolute(
            &format!("{what}: processor time"),
            &of(|round| round.look.cpu_us / 1000),
            CYCLE_CPU.as_millis(),
            "ms",
        ),
        Row::absolute(
            &format!("{what}: peak memory"),
            &of(|round| round.peak_kib),
            u128::from(CYCLE_RSS_KIB),
            "KiB",
        ),
        Row::exact(
            &format!("{what}: readings not stored, of {expected}"),
            missing,
            0,
            "rows",
        ),
    ]
}
