//! The other processes of a bench, played by this same program: the simulated cloud, the guard, the bare control.
//!
//! Each speaks JSON lines on its pipes and ends when its input does.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tidegate_egress::HttpTransport;
use tidegate_engine::config::{AccountConfig, Config, GuardConfig, MeterChoice, Params, SecretRef};
use tidegate_engine::{Engine, Environment, Options, Parts, SystemEntropy, SystemTimer};
use tidegate_guard::{ActionKind, Belts, Limit, Mode, RestartPolicy, Step};
use tidegate_meter::{Clock as _, Quantity, Unit, Zone};
use tidegate_sim::World;
use tidegate_sim::time::ScaledTimer;
use tidegate_store::{OpenOptions, Store};

use crate::stopwatch::Stopwatch;
use crate::{day, desk, link, process};

/// Plays the role that the arguments name, until the input ends.
pub(crate) fn play(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cloud", accounts] => tidegate_api::runtime()?.block_on(cloud(accounts.parse()?)),
        ["guard", folder] => tidegate_api::runtime()?.block_on(guard(Path::new(folder))),
        ["day", folder, accounts] => day::live(Path::new(folder), accounts.parse()?),
        ["link", folder] => tidegate_api::runtime()?.block_on(link::serve(Path::new(folder))),
        ["desk", bench, folder] => desk::play(bench, Path::new(folder)),
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

/// What the guard needs to know of the cloud.
#[derive(Serialize, Deserialize)]
pub(crate) struct Cloud {
    /// Where it listens.
    pub base: String,
    /// Its accounts: name, access key, secret key. All of them made up.
    pub accounts: Vec<(String, String, String)>,
}

/// Serves the accounts; a line `{"latency_ms": N}` changes how long each answer takes and tells the requests so far.
async fn cloud(accounts: usize) -> anyhow::Result<()> {
    let world = World::many(accounts).build(Arc::new(ScaledTimer::live()));
    let listening = tidegate_sim::listen("127.0.0.1:0", world.clone()).await?;
    let told = told(&world, format!("http://{}", listening.addr))?;
    let serving = tokio::spawn(listening.run());
    say(&serde_json::to_value(told)?)?;
    while let Some(order) = hear().await? {
        let latency = order.get("latency_ms").and_then(Value::as_u64).unwrap_or(0);
        world.set_latency(Duration::from_millis(latency));
        let requests = world.requests().len();
        world.clear_requests();
        say(&json!({ "requests": requests }))?;
    }
    serving.abort();
    Ok(())
}

/// Guards the accounts of the cloud that the first line tells of, with its loops running. Each line `{"look": true}`
/// is answered by one look at every account, with what it took.
async fn guard(folder: &Path) -> anyhow::Result<()> {
    let cloud: Cloud = serde_json::from_value(hear().await?.context("where is the cloud?")?)?;
    let engine = Engine::open(parts(folder, &cloud)?).await?;
    engine.configure(config(&cloud, LONG)?, "bench").await?;
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

fn parts(folder: &Path, cloud: &Cloud) -> anyhow::Result<Parts> {
    let timer = SystemTimer::new();
    Ok(Parts {
        store: Store::open(OpenOptions::file(
            folder.join("tidegate.db"),
            timer.now().wall,
            "bench",
        ))?,
        vault: Arc::new(tidegate_vault::Memory::new()),
        environment: environment(cloud),
        transport: Arc::new(HttpTransport::new()?),
        timer: Arc::new(timer),
        entropy: Arc::new(SystemEntropy),
        cache_dir: Some(folder.join("cache")),
        zone: Zone::utc(),
        options: Options::default(),
    })
}

/// The made-up keys of the cloud's accounts, under the names that the configuration refers to.
pub(crate) fn environment(cloud: &Cloud) -> Environment {
    let secrets: BTreeMap<String, String> = cloud
        .accounts
        .iter()
        .flat_map(|(name, ak, sk)| {
            [
                (format!("AK_{name}"), ak.clone()),
                (format!("SK_{name}"), sk.clone()),
            ]
        })
        .collect();
    Arc::new(move |name| secrets.get(name).cloned().map(SecretString::from))
}

/// What the guard needs to know of the accounts of a simulated world behind `base`.
pub(crate) fn told(world: &World, base: String) -> anyhow::Result<Cloud> {
    let accounts = world
        .accounts()
        .into_iter()
        .map(|name| {
            let key = world.credentials(&name)?.into_iter().next().context("a key")?;
            Ok((name, key.ak, key.sk))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Cloud { base, accounts })
}

/// An interval so long that no look of the schedule falls into a measure.
pub(crate) const LONG: Duration = Duration::from_secs(6 * 3600);

/// One guard on every meter of every account.
pub(crate) fn config(cloud: &Cloud, interval: Duration) -> anyhow::Result<Config> {
    let mut config = Config::default();
    for (name, ..) in &cloud.accounts {
        config.accounts.push(AccountConfig {
            id: name.parse()?,
            provider: "huawei".to_owned(),
            name: name.clone(),
            enabled: true,
            site: "china".to_owned(),
            regions: vec!["cn-north-4".to_owned()],
            interval,
            interval_near: interval,
            endpoint: Some(cloud.base.clone()),
            params: Params::new(),
            secret: BTreeMap::from([
                ("ak".to_owned(), SecretRef::Env(format!("AK_{name}"))),
                ("sk".to_owned(), SecretRef::Env(format!("SK_{name}"))),
            ]),
            act_secret: BTreeMap::new(),
            mappings: Vec::new(),
            protect: Vec::new(),
        });
        config.guards.push(guard_of(name)?);
    }
    Ok(config)
}

fn guard_of(name: &str) -> anyhow::Result<GuardConfig> {
    let percent = |text: &str| Quantity::parse(text, Unit::Percent).map(Step::Share);
    Ok(GuardConfig {
        id: format!("{name}-traffic").parse()?,
        account: name.parse()?,
        meter: MeterChoice::All,
        enabled: true,
        steps: vec![percent("70")?, percent("85")?, percent("95")?],
        limit: Some(Limit::Headroom(Quantity::bytes(10_000_000_000))),
        action: ActionKind::Stop,
        countdown: Duration::from_secs(60),
        mode: Mode::Watch,
        belts: Belts::default(),
        bandwidth_mbit: None,
        forced: false,
        restart: RestartPolicy::default(),
        start_after_reset: false,
        channels: Vec::new(),
    })
}

/// The same libraries, the same runtime, an HTTP client and an open database, and nothing to do.
async fn bare(folder: &Path) -> anyhow::Result<()> {
    let client = HttpTransport::new()?;
    let database = rusqlite::Connection::open(folder.join("bare.db"))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database
        .execute_batch("create table thing (id integer primary key); insert into thing default values")?;
    say(&json!({ "running": true }))?;
    while hear().await?.is_some() {}
    drop((client, database));
    Ok(())
}
