//! Replaying a guard over five million readings, against only reading their rows.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use anyhow::ensure;
use tidegate_engine::config::Config;
use tidegate_engine::{Engine, SystemTimer};
use tidegate_meter::{Clock as _, GuardId, MeterInfo, Reading, Time};
use tidegate_store::{OpenOptions, Store};

use crate::budgets::{REPLAY_METERS, REPLAY_PERMILLE, ROUNDS};
use crate::cloud::{self, Cloud, Kind, LONG};
use crate::quota::LEASE;
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;
use crate::{past, process, role};

/// The days of the replay: as many as raw readings are kept.
const DAYS: u32 = 90;

/// Fills a database, then replays and reads it in turn.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Packages, 1)?;
    tidegate_api::runtime()?.block_on(measured(folder.path(), &told))
}

async fn measured(folder: &Path, cloud: &Cloud) -> anyhow::Result<Vec<Row>> {
    let config = cloud.config(LONG)?;
    let (guard, meters) = filled(folder, cloud, &config).await?;
    let engine = Engine::open(role::parts(folder, cloud, Arc::default())?).await?;
    let expected = past::kept().readings * u64::from(REPLAY_METERS.get());
    let mut pairs = Pairs::default();
    // The first pair only warms the file.
    for round in 0..=ROUNDS.get() {
        let watch = Stopwatch::start();
        let replays = engine.replay(&guard, None, DAYS).await?;
        let subject = watch.nanos();
        let judged: u64 = replays.iter().map(|(_, replay)| replay.readings).sum();
        ensure!(
            judged == expected,
            "{judged} of {expected} readings were replayed"
        );
        let watch = Stopwatch::start();
        let read = read(engine.store(), &meters).await?;
        let control = watch.nanos();
        ensure!(read == expected, "{read} of {expected} readings were read");
        if round > 0 {
            pairs.push((subject, control));
        }
    }
    Ok(vec![Row::ratio(
        &format!("replay of {expected} readings of {} meters", REPLAY_METERS.get()),
        &pairs,
        |nanos| format!("{} ms", nanos / 1_000_000),
        "only reading the rows",
        REPLAY_PERMILLE,
    )])
}

/// One account with one guard over all of its meters.
async fn filled(folder: &Path, cloud: &Cloud, config: &Config) -> anyhow::Result<(GuardId, Vec<MeterInfo>)> {
    let engine = Engine::open(role::parts(folder, cloud, Arc::default())?).await?;
    engine.configure(config.clone(), "bench").await?;
    engine.stop().await;
    drop(engine);
    let [guard] = config.guards.as_slice() else {
        anyhow::bail!("one guard");
    };
    let meters = (0..REPLAY_METERS.get())
        .map(|number| past::meter(guard.account.clone(), number))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let now = SystemTimer::new().now().wall;
    let store = Store::open(OpenOptions::file(folder.join("tidegate.db"), now, "bench"))?;
    store.take_lease(now, LEASE).await?;
    past::kept().fill(&store, &meters, now, None).await?;
    store.release_lease().await?;
    Ok((guard.id.clone(), meters))
}

/// Every page of every meter, as a replay asks for them.
async fn read(store: &Store, meters: &[MeterInfo]) -> anyhow::Result<u64> {
    let mut count = 0;
    for info in meters {
        let mut stream = store.readings(&info.account, &info.id, Time::from_ms(0));
        loop {
            let page: Vec<Reading> = stream.next_page().await?;
            if page.is_empty() {
                break;
            }
            count += u64::try_from(black_box(page).len())?;
        }
    }
    Ok(count)
}
