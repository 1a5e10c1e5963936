//! Endurance: many accounts over many virtual days through real HTTP, with a cloud that fails now here, now there. What
//! a guard holds on the last day is compared with the second: memory, descriptors, tasks, bytes of the database.
//!
//! Owns the parent's part: it starts the cloud and the guard, moves the faults on from hour to hour and makes the rows.
//! The guard's process stands in `guard`, the cloud's in `cloud`; between them they share a clock (`clock`) and a wire
//! that lets time stand while an exchange is on its way (`wire`). Run by hand (`make endurance`), and in small by a test.

mod clock;
mod cloud;
mod guard;
mod wire;

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::budgets::{BYTES_RAW_CENTI, ENDURE_GROWTH_PERMILLE, ENDURE_READINGS, ENDURE_STRAY};
use crate::child::Running;
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;
use crate::{bytes, process, role};

/// Minutes of a day.
const MINUTES_A_DAY: u64 = 24 * 60;
/// Hours of a day.
const HOURS: u32 = 24;

/// What the guard's process is at the end of a virtual day.
#[derive(Clone, Serialize, Deserialize)]
struct Day {
    /// Resident memory.
    rss_kib: u64,
    /// Open descriptors, the least in the last hour.
    descriptors: u64,
    /// Tasks that live in its runtime, the least in the last hour.
    tasks: u64,
    /// Bytes of the database.
    bytes: u64,
    /// Of them the pages of raw readings.
    raw: u64,
    /// Readings in it.
    readings: u64,
    /// Alerts in it.
    alerts: u64,
    /// Servers that were stopped since the beginning.
    stopped: u64,
}

/// Lives through it with a look at each account every so many minutes, and gives its rows with what was lived through.
pub(crate) fn run(accounts: u32, days: u32, minutes: u32) -> anyhow::Result<(String, Vec<Row>)> {
    ensure!(
        (1..=60).contains(&minutes),
        "between two looks lie 1 to 60 minutes"
    );
    ensure!(
        days >= 3,
        "the last day is compared with the second: three days at least"
    );
    let folder = process::scratch()?;
    let place = folder.path().to_str().context("a folder with a plain name")?;
    let watch = Stopwatch::start();
    clock::Told::lay(folder.path())?;
    let count = accounts.to_string();
    let mut cloud = Running::role(&["endure", "cloud", place, &count])?;
    let told = cloud.hear()?;
    let mut guard = Running::role(&["endure", "guard", place, &count, &minutes.to_string()])?;
    guard.ask(&told)?;
    let mut lived = Vec::new();
    for day in 1..=days {
        for _ in 0..HOURS {
            let faults = cloud.ask(&json!({ "hour": true }))?;
            ensure!(
                faults.get("faults").is_some(),
                "the cloud fails somewhere: {faults}"
            );
            guard.ask(&json!({ "hour": true }))?;
        }
        let ended: Day = serde_json::from_value(guard.ask(&json!({ "day": true }))?)?;
        told_of(day, &ended, &watch)?;
        lived.push(ended);
    }
    let looks = u64::from(accounts) * u64::from(days) * MINUTES_A_DAY / u64::from(minutes);
    let known = lived.last().map_or(0, |day| day.readings);
    // Some looks fail, as the cloud does.
    ensure!(known * 100 >= looks * 85, "{known} of {looks} looks were stored");
    let what = format!(
        "{accounts} accounts over {days} virtual days, a look at each every {minutes} minutes, in {} s",
        watch.read().as_secs()
    );
    let (second, last) = (lived.get(1).context("two days")?, lived.last().context("a day")?);
    Ok((
        what,
        rows(&format!("{accounts} accounts, {days} days"), second, last),
    ))
}

/// Tells how far it is, since it may take hours.
fn told_of(day: u32, ended: &Day, watch: &Stopwatch) -> anyhow::Result<()> {
    let mut out = std::io::stderr().lock();
    writeln!(
        out,
        "day {day} after {} s: {}",
        watch.read().as_secs(),
        serde_json::to_string(ended)?
    )?;
    Ok(())
}

fn rows(what: &str, second: &Day, last: &Day) -> Vec<Row> {
    let pair = |pick: fn(&Day) -> u64| Pairs::from_iter([(pick(last), pick(second))]);
    let held = |name: &str, pick| {
        Row::beyond(
            &format!("{what}: {name} in the last hour, the least"),
            &pair(pick),
            |count| count.to_string(),
            "on the second day",
            ENDURE_STRAY,
        )
    };
    let mut rows = vec![
        Row::ratio(
            &format!(
                "{what} ({} readings, {} alerts, {} servers stopped, {} KiB of database): memory on the last day",
                last.readings,
                last.alerts,
                last.stopped,
                last.bytes / 1024
            ),
            &pair(|day| day.rss_kib),
            |kib| format!("{kib} KiB"),
            "on the second day",
            ENDURE_GROWTH_PERMILLE,
        ),
        held("descriptors", |day| day.descriptors),
        held("tasks", |day| day.tasks),
    ];
    rows.iter_mut().for_each(once);
    // The tables of a nearly empty database would be divided among them.
    if last.readings >= ENDURE_READINGS {
        rows.push(bytes::row(
            &format!("{what}: pages of the raw readings, kept among all else,"),
            last.raw,
            last.readings,
            BYTES_RAW_CENTI,
        ));
    }
    rows
}

/// Such a run is made once: it has no spread.
fn once(row: &mut Row) {
    "—".clone_into(&mut row.spread);
}

/// The other processes.
pub(crate) fn play(words: &[&str]) -> anyhow::Result<()> {
    match words {
        ["cloud", folder, accounts] => {
            tidegate_api::runtime()?.block_on(cloud::serve(Path::new(folder), accounts.parse()?))
        }
        ["guard", folder, accounts, minutes] => {
            guard::live(Path::new(folder), accounts.parse()?, minutes.parse()?)
        }
        other => bail!("no role of endurance is called {other:?}"),
    }
}

/// Answers each line of input with what `answer` makes of it.
async fn answering(mut answer: impl AsyncFnMut(Value) -> anyhow::Result<Value>) -> anyhow::Result<()> {
    while let Some(order) = role::hear().await? {
        let told = answer(order).await?;
        role::say(&told)?;
    }
    Ok(())
}
