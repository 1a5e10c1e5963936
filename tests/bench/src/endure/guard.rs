//! The guard of the endurance run: the real engine, the real store on a real file and the real HTTP client, in virtual
//! time. Its guards are armed; a server that uses up its package is stopped.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_egress::{HttpTransport, Timer};
use tidegate_engine::config::Config;
use tidegate_engine::{Engine, Options, Parts, SeededEntropy};
use tidegate_meter::{Clock, Mono, Now, Zone};
use tidegate_sim::time::VirtualTimer;
use tidegate_store::{OpenOptions, Store};

use super::clock::{START, Told};
use super::wire::Standing;
use super::{Day, answering};
use crate::cloud::Cloud;
use crate::{process, role};

/// Longer than any run.
const ARMED: Duration = Duration::from_secs(60 * 24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);
const MINUTES: u32 = 60;
/// Sleeps end at its multiples; shorter ones keep a rate and end when they do.
const STEP: Duration = Duration::from_secs(10);
const PACE: Duration = Duration::from_millis(20);
const DATABASE: &str = "tidegate.db";

/// Lives on by an hour with each line, until the input ends.
pub(super) fn live(folder: &Path, accounts: usize, minutes: u32) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    runtime.block_on(lived(folder, accounts, HOUR / MINUTES * minutes))
}

async fn lived(folder: &Path, accounts: usize, interval: Duration) -> anyhow::Result<()> {
    let cloud: Cloud = serde_json::from_value(role::hear().await?.context("where is the cloud?")?)?;
    let timer = VirtualTimer::new(START);
    let engine = Engine::open(parts(folder, &cloud, &timer)?).await?;
    let config = acting(cloud.config(interval)?);
    engine.configure(config.clone(), "bench").await?;
    engine.run().await?;
    let looked = engine.check(&[]).await?;
    ensure!(looked.meters.len() == accounts, "{} meters", looked.meters.len());
    for guard in &config.guards {
        engine.arm(&guard.id, ARMED, "bench").await?;
    }
    role::say(&json!({ "guards": accounts }))?;
    let mut held = Held::now()?;
    answering(async |order| {
        if order.get("day").is_some() {
            return Ok(serde_json::to_value(ended(folder, held)?)?);
        }
        held = Held::now()?;
        for _ in 0..MINUTES {
            timer.sleep(HOUR / MINUTES).await;
            held = held.least(Held::now()?);
        }
        Ok(Value::Null)
    })
    .await?;
    engine.stop().await;
    Ok(())
}

/// One key watches and acts.
fn acting(mut config: Config) -> Config {
    for account in &mut config.accounts {
        account.act_secret = account.secret.clone();
    }
    config
}

fn parts(folder: &Path, cloud: &Cloud, timer: &VirtualTimer) -> anyhow::Result<Parts> {
    let clock: Arc<dyn Timer> = Arc::new(Stepping(timer.clone()));
    let wire = Standing::new(HttpTransport::new()?, timer.outside(), Told::open(folder)?);
    Ok(Parts {
        // On the caller's thread: virtual time does not wait for another one.
        store: Store::open(OpenOptions::file(folder.join(DATABASE), START, "bench").inline())?,
        vault: Arc::new(tidegate_vault::Memory::new()),
        environment: cloud.environment(),
        transport: Arc::new(wire),
        timer: clock,
        entropy: Arc::new(SeededEntropy::new(7)),
        cache_dir: Some(folder.join("cache")),
        zone: Zone::utc(),
        options: Options::default(),
    })
}

/// Virtual time in which sleeps end together, at every tenth second, as a system bundles the timers of a program. Without
/// it each look of a thousand accounts would be alone on the wire and wait for the answer, with nothing else to do.
struct Stepping(VirtualTimer);

impl Clock for Stepping {
    fn now(&self) -> Now {
        self.0.now()
    }
}

#[async_trait]
impl Timer for Stepping {
    async fn sleep(&self, span: Duration) {
        let over = self.now().mono.plus(span).since(Mono(0)).as_nanos() % STEP.as_nanos();
        let rest = STEP.as_nanos() - over;
        let rest = Duration::from_nanos(u64::try_from(rest).unwrap_or_default());
        let is_long = span >= PACE && over > 0;
        self.0.sleep(if is_long { span + rest } else { span }).await;
    }
}

/// What this process holds open at a moment. Sockets and looks come and go: what counts is the least in an hour.
#[derive(Clone, Copy)]
struct Held {
    descriptors: u64,
    tasks: u64,
}

impl Held {
    fn now() -> anyhow::Result<Self> {
        let metrics = tokio::runtime::Handle::current().metrics();
        Ok(Self {
            descriptors: u64::try_from(fs::read_dir("/proc/self/fd")?.count())?,
            tasks: u64::try_from(metrics.num_alive_tasks())?,
        })
    }

    fn least(self, other: Self) -> Self {
        Self {
            descriptors: self.descriptors.min(other.descriptors),
            tasks: self.tasks.min(other.tasks),
        }
    }
}

/// What this process is now, and what its database holds, counted past it.
fn ended(folder: &Path, held: Held) -> anyhow::Result<Day> {
    let rss_kib = process::memory_kib(std::process::id(), "VmRSS")?;
    let database = folder.join(DATABASE);
    let connection = rusqlite::Connection::open(&database)?;
    let count = |sql: &str| -> anyhow::Result<u64> {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(u64::try_from(count)?)
    };
    Ok(Day {
        rss_kib,
        descriptors: held.descriptors,
        tasks: held.tasks,
        bytes: fs::metadata(&database)?.len(),
        raw: count("select sum(pgsize) from dbstat where name = 'reading'")?,
        readings: count(process::READINGS)?,
        alerts: count("select count(*) from alert")?,
        stopped: count("select count(*) from intent where state = 'verified'")?,
    })
}
