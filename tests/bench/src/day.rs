//! What an idle day brings to the disk: the real engine and the real store on a real file, a simulated cloud in the same
//! process, and a day of virtual time, which moves when everything waits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tidegate_egress::Timer;
use tidegate_engine::{Engine, Options, Parts, SeededEntropy};
use tidegate_meter::{Clock as _, Time, Zone};
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{SimTransport, World};
use tidegate_store::{OpenOptions, Store};

use crate::budgets::{DAY_BYTES_KIB, DAY_SPAN, IDLE_METERS, ROUNDS};
use crate::child::Running;
use crate::cloud::{Cloud, Kind};
use crate::report::Row;
use crate::rounds::Rounds;
use crate::{process, role};

/// 2026-01-05T00:00:00Z: well inside a month.
const START: Time = Time::from_ms(1_767_571_200_000);
/// Set-up, first looks and first discovery are over.
const SETTLED: Duration = Duration::from_secs(3600);
/// Between two looks at an account, as configured by default.
const INTERVAL: Duration = Duration::from_secs(300);

/// Lets other processes live through the day, each with chances of its own.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let (mut written, mut stored) = (Rounds::default(), Rounds::default());
    for seed in 0..ROUNDS.get() {
        let (bytes, readings) = lived(seed)?;
        written.push(bytes / 1024);
        stored.push(readings);
    }
    Ok(vec![Row::absolute(
        &format!(
            "an idle day with {} meters ({} readings stored): written",
            IDLE_METERS.get(),
            stored.median()
        ),
        &written,
        u128::from(DAY_BYTES_KIB),
        "KiB",
    )])
}

/// What one of them wrote, in bytes, and the readings that it stored.
fn lived(seed: usize) -> anyhow::Result<(u64, u64)> {
    let folder = process::scratch()?;
    let place = folder.path().to_str().context("a folder with a plain name")?;
    let (accounts, seed) = (IDLE_METERS.get().to_string(), seed.to_string());
    let mut day = Running::role(&["day", place, &accounts, &seed])?;
    let told = day.hear()?;
    let number = |name: &str| told.get(name).and_then(Value::as_u64).context("a number");
    let looks = u64::from(IDLE_METERS.get()) * DAY_SPAN.get().as_secs() / INTERVAL.as_secs();
    let stored = number("stored")?;
    ensure!(
        stored * 100 >= looks * 95,
        "{stored} of about {looks} readings were stored"
    );
    Ok((number("written")?, stored))
}

/// The other process: lives through the day and tells what it wrote.
pub(crate) fn live(folder: &Path, accounts: usize, seed: u64) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    let told = runtime.block_on(passed(folder, accounts, seed))?;
    role::say(&told)
}

async fn passed(folder: &Path, accounts: usize, seed: u64) -> anyhow::Result<Value> {
    let timer = VirtualTimer::new(START);
    let clock: Arc<dyn Timer> = Arc::new(timer.clone());
    let world = World::many(accounts).build(timer.outside());
    let cloud = Cloud::of(&world, Kind::Packages, "http://127.0.0.1:18080".to_owned())?;
    // On the caller's thread: virtual time does not wait for another one.
    let store = Store::open(OpenOptions::file(folder.join("day.db"), START, "bench").inline())?;
    let engine = Engine::open(Parts {
        store: store.clone(),
        vault: Arc::new(tidegate_vault::Memory::new()),
        environment: cloud.environment(),
        transport: Arc::new(SimTransport::new(world, Arc::clone(&clock))),
        timer: Arc::clone(&clock),
        entropy: Arc::new(SeededEntropy::new(seed)),
        cache_dir: Some(folder.join("cache")),
        zone: Zone::utc(),
        options: Options::default(),
    })
    .await?;
    engine.configure(cloud.config(INTERVAL)?, "bench").await?;
    engine.run().await?;
    timer.sleep(SETTLED).await;
    let before = process::own_written()?;
    let from = timer.now().wall;
    timer.sleep(DAY_SPAN.get()).await;
    let written = process::own_written()?.saturating_sub(before);
    let stored = readings(&store, from).await?;
    engine.stop().await;
    Ok(json!({ "written": written, "stored": stored }))
}

/// Readings of all meters fetched since `from`.
async fn readings(store: &Store, from: Time) -> anyhow::Result<usize> {
    let mut stored = 0;
    for row in store.meters(None).await? {
        let mut stream = store.readings(&row.info.account, &row.info.id, from);
        loop {
            let page = stream.next_page().await?;
            if page.is_empty() {
                break;
            }
            stored += page.len();
        }
    }
    Ok(stored)
}
