//! A month of a meter that was read very often: asked of the program as history and as trend, until the answer is a text.

use std::path::Path;

use anyhow::ensure;
use serde_json::{Value, json};
use tidegate_api::{App, Face as _, Request};
use tidegate_engine::SystemTimer;
use tidegate_meter::Clock as _;

use crate::budgets::{ROUNDS, SERIES_P99, SERIES_POINTS, SERIES_READINGS, SERIES_SAMPLES};
use crate::past;
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stopwatch::Stopwatch;
use crate::{process, stats};

/// Fills a database and asks it.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    tidegate_api::runtime()?.block_on(measured(folder.path()))
}

async fn measured(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let end = SystemTimer::new().now().wall;
    let (app, info) = past::series().program(folder, end).await?;
    let asked = json!({
        "account": info.account, "meter": info.id, "start": past::series().begin(end), "end": end,
    });
    let mut rows = Vec::new();
    for (name, more, points) in [
        ("history", json!({ "points": SERIES_POINTS }), "/data"),
        ("trend", json!({ "lang": "en" }), "/data/points"),
    ] {
        rows.push(series(&app, name, &with(&asked, name, &more), points).await?);
    }
    app.stop().await;
    Ok(rows)
}

/// The request of that name with both their fields.
pub(crate) fn with(asked: &Value, name: &str, more: &Value) -> Value {
    let named = json!({ "request": name });
    let fields = [&named, asked, more].into_iter().filter_map(Value::as_object);
    fields
        .flatten()
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect()
}

async fn series(app: &App, name: &str, request: &Value, points: &str) -> anyhow::Result<Row> {
    let (mut tails, mut middles, mut answer) = (Rounds::default(), Rounds::default(), String::new());
    for _ in 0..ROUNDS.get() {
        let mut samples = Vec::new();
        for _ in 0..SERIES_SAMPLES.get() {
            let request: Request = serde_json::from_value(request.clone())?;
            let watch = Stopwatch::start();
            answer = serde_json::to_string(&app.handle(request, "bench").await?)?;
            samples.push(watch.nanos());
        }
        tails.push(stats::percentile(&samples, 99));
        middles.push(stats::median(&samples) / 1000);
    }
    let answer: Value = serde_json::from_str(&answer)?;
    let points = answer
        .pointer(points)
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let most = usize::try_from(SERIES_POINTS)?;
    // A line of a few points would be quick, and no series.
    ensure!(
        points <= most && points * 2 > most,
        "the {name} has {points} points"
    );
    let row = Row::micros(
        &format!(
            "30 days of {} readings as {name}, p99 of {} samples",
            SERIES_READINGS.get(),
            SERIES_SAMPLES.get()
        ),
        &tails,
        SERIES_P99,
    );
    Ok(row.remarked(&format!("{points} points; p50: {} µs", middles.median())))
}
