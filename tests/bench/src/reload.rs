//! One threshold edited in the file of a thousand accounts: until it guards, and whether a look was missed meanwhile.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::budgets::{
    RELOAD_ACCOUNTS, RELOAD_DEBOUNCE, RELOAD_INTERVAL, RELOAD_LOOKS, RELOAD_MOST, RELOAD_WATCHED, ROUNDS,
};
use crate::cloud::{self, Kind};
use crate::daemon::{Daemon, name_of};
use crate::process;
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stopwatch::Stopwatch;

/// The threshold that is edited, and what it becomes and was.
const STEPS: [&str; 2] = ["\"95%\"", "\"96%\""];

/// Edits the file again and again, and counts the looks all the while.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Packages, RELOAD_ACCOUNTS.get())?;
    let mut daemon = Daemon::start(folder.path(), &told, RELOAD_INTERVAL)?;
    let text = fs::read_to_string(daemon.config_file())?;
    let mut looks = BTreeMap::new();
    let watched = Stopwatch::start();
    let mut spans = Rounds::default();
    for round in 0..ROUNDS.get() {
        let edited = match round % 2 {
            0 => text.replacen(STEPS[0], STEPS[1], 1),
            _ => text.clone(),
        };
        spans.push(applied(&mut daemon, &edited, &mut looks)?);
    }
    while watched.read() < RELOAD_WATCHED.get() {
        count(&daemon.event()?, &mut looks);
    }
    let accounts = usize::try_from(RELOAD_ACCOUNTS.get())?;
    let steady = looks
        .values()
        .filter(|count| **count >= RELOAD_LOOKS.get())
        .count();
    let missed = u64::try_from(accounts.saturating_sub(steady))?;
    Ok(vec![time(&spans), missing(missed)])
}

/// Microseconds from the end of the daemon's own wait to the line that says that the edited text guards.
fn applied(daemon: &mut Daemon, text: &str, looks: &mut BTreeMap<String, usize>) -> anyhow::Result<u64> {
    let file = daemon.config_file();
    let beside = file.with_extension("new");
    fs::write(&beside, text)?;
    let watch = Stopwatch::start();
    fs::rename(&beside, &file)?;
    loop {
        let event = daemon.event()?;
        count(&event, looks);
        if name_of(&event) == "configured" {
            let took = watch.read().checked_sub(RELOAD_DEBOUNCE);
            let took = took.context("applied before the wait was over")?;
            return Ok(u64::try_from(took.as_micros())?);
        }
        ensure!(name_of(&event) != "program", "the file was refused: {event}");
    }
}

fn count(event: &Value, looks: &mut BTreeMap<String, usize>) {
    if name_of(event) == "reading"
        && let Some(account) = event.get("account").and_then(Value::as_str)
    {
        *looks.entry(account.to_owned()).or_default() += 1;
    }
}

fn time(spans: &Rounds) -> Row {
    Row::absolute(
        &format!(
            "one threshold edited among {} accounts: until it guards",
            RELOAD_ACCOUNTS.get()
        ),
        &spans.map(|micros| micros.div_ceil(1000)),
        RELOAD_MOST.as_millis(),
        "ms",
    )
}

fn missing(accounts: u64) -> Row {
    let what = format!(
        "{} such edits in {} s: accounts not looked at {} times, one look every {} s",
        ROUNDS.get(),
        RELOAD_WATCHED.get().as_secs(),
        RELOAD_LOOKS.get(),
        RELOAD_INTERVAL.as_secs()
    );
    Row::exact(&what, accounts, 0, "accounts")
}
