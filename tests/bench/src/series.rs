//! A month of a meter that was read very often: asked of the program as history and as trend, until the answer is a text.

use std::path::Path;

use anyhow::ensure;
use serde_json::{Value, json};
use tidegate_api::{App, Face as _, Request};
use tidegate_engine::SystemTimer;
use tidegate_meter::Clock as _;

use crate::budgets::{SERIES_P99, SERIES_POINTS, SERIES_READINGS, SERIES_SAMPLES};
use crate::past::SERIES;
use crate::report::Row;
use crate::stopwatch::Stopwatch;
use crate::{process, stats};

/// Fills a database and asks it.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    tidegate_api::runtime()?.block_on(measured(folder.path()))
}

async fn measured(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let end = SystemTimer::new().now().wall;
    let (app, info) = SERIES.program(folder, end).await?;
    let asked = json!({
        "account": info.account, "meter": info.id, "start": SERIES.begin(end), "end": end,
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
    let (mut samples, mut answer) = (Vec::new(), String::new());
    for _ in 0..SERIES_SAMPLES {
        let request: Request = serde_json::from_value(request.clone())?;
        let watch = Stopwatch::start();
        answer = serde_json::to_string(&app.handle(request, "bench").await?)?;
        samples.push(watch.nanos());
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
    let micros = |percent| stats::percentile(&samples, percent) / 1000;
    Ok(Row {
        what: format!(
            "30 days of {SERIES_READINGS} readings as {name}, p99 of {} samples",
            samples.len()
        ),
        subject: format!("{} µs ({points} points)", micros(99)),
        control: "—".to_owned(),
        measured: format!("{} µs (p50: {} µs)", micros(99), micros(50)),
        budget: format!("≤ {} µs", SERIES_P99.as_micros()),
        counts: (micros(99), u64::try_from(SERIES_P99.as_micros())?),
    })
}
