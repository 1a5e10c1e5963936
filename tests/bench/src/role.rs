//! The other processes of a bench, played by this same program: the simulated cloud, the guard, the bare control.
//!
//! Each speaks JSON lines on its pipes and ends when its input does.

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tidegate_egress::{HttpTransport, Timer as _};
use tidegate_engine::{Engine, Options, Parts, SystemEntropy, SystemTimer};
use tidegate_meter::{Clock as _, Zone};
use tidegate_providers::specs::Registry;
use tidegate_store::{OpenOptions, Store};

use crate::budgets::BARE_BEAT;
use crate::cloud::Cloud;
use crate::stopwatch::Stopwatch;
use crate::{cloud, day, desk, endure, flows, link, process, quota};

/// Plays the role that the arguments name, until the input ends.
pub(crate) fn play(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cloud", kind, accounts] => {
            tidegate_api::runtime()?.block_on(cloud::serve(kind.parse()?, accounts.parse()?))
        }
        ["guard", folder] => tidegate_api::runtime()?.block_on(guard(Path::new(folder))),
        ["day", folder, accounts, seed] => day::live(Path::new(folder), accounts.parse()?, seed.parse()?),
        ["link", folder] => tidegate_api::runtime()?.block_on(link::serve(Path::new(folder))),
        ["desk", bench, folder] => desk::play(bench, Path::new(folder)),
        ["quota", rest @ ..] => quota::play(rest),
        ["endure", rest @ ..] => endure::play(rest),
        ["flows", rest @ ..] => flows::play(rest),
        ["bare", folder] => tidegate_api::runtime()?.block_on(bare(Path::new(folder))),
        other => bail!("no role is called {other:?}"),
    }
}

pub(crate) fn say(value: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    out.flush()?;
    Ok(())
}

/// The next line of input; `None` at its end. Blocks a thread of its own, so that the loops go on.
pub(crate) async fn hear() -> anyhow::Result<Option<Value>> {
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    })
    .await??;
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}

/// Guards the accounts of the cloud that the first line tells of, with its loops running. Each line `{"look": true}`
/// is answered by one look at every account, with what it took.
async fn guard(folder: &Path) -> anyhow::Result<()> {
    let cloud: Cloud = serde_json::from_value(hear().await?.context("where is the cloud?")?)?;
    let (config, specs) = cloud.hurried()?;
    let engine = Engine::open(parts(folder, &cloud, specs)?).await?;
    engine.configure(config, "bench").await?;
    engine.run().await?;
    say(&json!({ "running": true }))?;
    while hear().await?.is_some() {
        let cpu = process::own_cpu();
        let watch = Stopwatch::start();
        let report = engine.check(&[]).await?;
        let wall = watch.read();
        let cpu = process::own_cpu().saturating_sub(cpu);
        let known = report
            .meters
            .iter()
            .filter(|meter| meter.outcome.reading().is_some());
        say(&json!({
            "wall_us": u64::try_from(wall.as_micros())?,
            "cpu_us": u64::try_from(cpu.as_micros())?,
            "known": known.count(),
            "meters": report.meters.len(),
        }))?;
    }
    engine.stop().await;
    Ok(())
}

pub(crate) fn parts(folder: &Path, cloud: &Cloud, specs: Arc<Registry>) -> anyhow::Result<Parts> {
    let timer = SystemTimer::new();
    Ok(Parts {
        store: Store::open(OpenOptions::file(
            folder.join("tidegate.db"),
            timer.now().wall,
            "bench",
        ))?,
        vault: Arc::new(tidegate_vault::Memory::new()),
        environment: cloud.environment(),
        transport: Arc::new(HttpTransport::new()?),
        timer: Arc::new(timer),
        entropy: Arc::new(SystemEntropy),
        cache_dir: Some(folder.join("cache")),
        zone: Zone::utc(),
        options: Options {
            specs,
            ..Options::default()
        },
    })
}

/// The same libraries, the same runtime, an HTTP client and an open database, and nothing to do but to compare both clocks
/// now and then: a process that never wakes cannot know that the machine slept.
async fn bare(folder: &Path) -> anyhow::Result<()> {
    let client = HttpTransport::new()?;
    let database = rusqlite::Connection::open(folder.join("bare.db"))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database
        .execute_batch("create table thing (id integer primary key); insert into thing default values")?;
    let beat = tokio::spawn(async {
        let timer = SystemTimer::new();
        loop {
            timer.sleep(BARE_BEAT).await;
            std::hint::black_box(timer.now());
        }
    });
    say(&json!({ "running": true }))?;
    while hear().await?.is_some() {}
    beat.abort();
    drop((client, database));
    Ok(())
}
