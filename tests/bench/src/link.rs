//! What the link adds to a request: asked over the real socket from another process, against the same request answered as
//! the same text in the process that guards.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};
use tidegate_api::{ApiError, App, AppOptions, Face, Home, Request, VaultChoice};
use tidegate_server::link::{self, Client, Place};

use crate::budgets::{IDLE_METERS, LINK_BEYOND_US, LINK_SAMPLES, LINK_TURN, ROUNDS};
use crate::child::Running;
use crate::cloud::{self, Cloud, Kind, LONG};
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;
use crate::{process, role, stats};

/// What is asked: little, and all that the window's first page shows.
const ASKED: [(&str, &str); 2] = [
    ("settings", r#"{"request":"settings"}"#),
    (
        "the first page with 50 meters",
        r#"{"request":"overview","lang":"zh-CN"}"#,
    ),
];

/// Starts a guard that serves its link, and asks it both ways in turn.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let place = folder.path().to_str().context("a folder with a plain name")?;
    let (_cloud, told) = cloud::start(Kind::Packages, IDLE_METERS.get())?;
    let mut guard = Running::role(&["link", place])?;
    guard.ask(&serde_json::to_value(told)?)?;
    let runtime = tidegate_api::runtime()?;
    let client = runtime.block_on(Client::connect(&at(folder.path()), "window"))?;
    ASKED
        .into_iter()
        .map(|(what, request)| {
            let request: Value = serde_json::from_str(request)?;
            let (mut tails, mut middles) = (Pairs::default(), Pairs::default());
            for _ in 0..ROUNDS.get() {
                let (mut over, mut inside) = (Vec::new(), Vec::new());
                for _ in 0..LINK_SAMPLES.get() / LINK_TURN.get() {
                    over.extend(runtime.block_on(timed(&request, async |request| {
                        client.ask(&request).await.map(drop)
                    }))?);
                    inside.extend(serde_json::from_value::<Vec<u64>>(guard.ask(&request)?)?);
                }
                let micros = |percent| {
                    let of = |samples: &[u64]| stats::percentile(samples, percent) / 1000;
                    (of(&over), of(&inside))
                };
                tails.push(micros(99));
                middles.push(micros(50));
            }
            Ok(row(what, &tails, &middles))
        })
        .collect()
}

fn row(what: &str, tails: &Pairs, middles: &Pairs) -> Row {
    let row = Row::beyond(
        &format!(
            "request over the link ({what}), p99 of {} samples",
            LINK_SAMPLES.get()
        ),
        tails,
        |micros| format!("{micros} µs"),
        "in process",
        LINK_BEYOND_US,
    );
    let middle = middles.beyond().median();
    row.remarked(&format!("p50: {middle} µs beyond its control"))
}

/// Nanoseconds of each of a turn's requests, one after the other.
async fn timed(
    request: &Value,
    ask: impl AsyncFn(Request) -> Result<(), ApiError>,
) -> anyhow::Result<Vec<u64>> {
    let mut samples = Vec::new();
    for _ in 0..LINK_TURN.get() {
        let request: Request = serde_json::from_value(request.clone())?;
        let watch = Stopwatch::start();
        ask(request).await?;
        samples.push(watch.nanos());
    }
    Ok(samples)
}

fn at(folder: &Path) -> Place {
    Place::new(&Home::new(folder).run_dir(), &std::env::temp_dir())
}

/// The other process: guards the accounts of the cloud that the first line tells of and serves the link; each line after
/// it is a request, answered by how long a turn of it took in process.
pub(crate) async fn serve(folder: &Path) -> anyhow::Result<()> {
    let cloud: Cloud = serde_json::from_value(role::hear().await?.context("where is the cloud?")?)?;
    let mut options = AppOptions::new(folder);
    options.vault = VaultChoice::Memory;
    options.environment = cloud.environment();
    let app = Arc::new(App::open(options).await?);
    app.engine().configure(cloud.config(LONG)?, "bench").await?;
    app.run().await?;
    app.engine().check(&[]).await?;
    let serving = link::serve(app.clone(), at(folder)).await?;
    role::say(&json!({ "serving": true }))?;
    while let Some(request) = role::hear().await? {
        let samples = timed(&request, async |request| {
            let answer = app.handle(request, "window").await?;
            black_box(serde_json::to_string(&answer).unwrap_or_default());
            Ok(())
        });
        role::say(&serde_json::to_value(samples.await?)?)?;
    }
    serving.end();
    app.stop().await;
    Ok(())
}
