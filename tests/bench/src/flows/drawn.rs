//! Thirty days of twenty devices with fifty nodes each: what the page asks, until the answer is a text.

use std::path::Path;

use anyhow::ensure;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};
use tidegate_api::{App, AppOptions, Home, VaultChoice};
use tidegate_engine::SystemTimer;
use tidegate_meter::{Clock as _, DeviceId, Flow, FlowBytes, FlowKey, FlowKind, Time};
use tidegate_store::{Batch, DeviceRow, FlowWrite, OpenOptions, Store, Write};

use crate::budgets::{FLOWS_DAYS, FLOWS_DEVICES, FLOWS_MOST, FLOWS_NODES, FLOWS_SAMPLES, ROUNDS};
use crate::quota::{LEASE, answer, micros};
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stopwatch::Stopwatch;
use crate::{process, stats};

/// Ways by which the page tells the same bytes apart.
const VIEWS: [(&str, &[&str]); 3] = [
    ("by device", &["device"]),
    ("by node and kind", &["node", "kind"]),
    ("by day and kind", &["day", "kind"]),
];

pub(super) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    tidegate_api::runtime()?.block_on(measured(folder.path()))
}

async fn measured(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let now = SystemTimer::new().now().wall;
    let (app, last) = filled(folder, now).await?;
    let mut rows = Vec::new();
    for (name, by) in VIEWS {
        let from = last.checked_sub(i32::try_from(FLOWS_DAYS.get() - 1)?.days())?;
        let asked = json!({ "from": from, "through": last, "by": by, "limit": 1000 });
        let (mut slowest, mut middle) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS.get() {
            let samples = drawn(&app, &asked).await?;
            slowest.push(stats::percentile(&samples, 100));
            middle.push(stats::median(&samples));
        }
        rows.push(row(name, &slowest, &middle));
    }
    Ok(rows)
}

/// Each way carried one kilobyte a day.
fn is_whole(answer: &Value) -> bool {
    let total = answer
        .pointer("/data/sum/proxy/total/value")
        .and_then(Value::as_str);
    total
        == Some(
            (FLOWS_DAYS.get() * FLOWS_DEVICES.get() * FLOWS_NODES * 1000)
                .to_string()
                .as_str(),
        )
}

fn row(name: &str, slowest: &Rounds, middle: &Rounds) -> Row {
    let row = Row::micros(
        &format!(
            "{} days of {} devices × {FLOWS_NODES} nodes {name}, slowest of {}",
            FLOWS_DAYS.get(),
            FLOWS_DEVICES.get(),
            FLOWS_SAMPLES.get()
        ),
        slowest,
        FLOWS_MOST,
    );
    row.remarked(&format!("p50: {}", micros(middle.median())))
}

/// Nanoseconds until the text is there, of every answer of a round.
async fn drawn(app: &App, asked: &Value) -> anyhow::Result<Vec<u64>> {
    let mut samples = Vec::new();
    for _ in 0..FLOWS_SAMPLES.get() {
        let watch = Stopwatch::start();
        let text = answer(app, "flows", asked).await?;
        samples.push(watch.nanos());
        ensure!(
            is_whole(&serde_json::from_str(&text)?),
            "every byte is in the sum: {text:.400}"
        );
    }
    Ok(samples)
}

/// A program on a home with that month, and its last day in the program's zone.
async fn filled(folder: &Path, now: Time) -> anyhow::Result<(App, Date)> {
    let home = Home::new(folder.join("home"));
    home.make()?;
    let store = Store::open(OpenOptions::file(home.database(), now, "bench"))?;
    store.take_lease(now, LEASE).await?;
    let last = now.to_jiff().to_zoned(jiff::tz::TimeZone::system()).date();
    for device in 0..FLOWS_DEVICES.get() {
        store.write(month(device, now, last)?).await?;
    }
    store.release_lease().await?;
    drop(store);
    let mut options = AppOptions::new(home.root());
    options.vault = VaultChoice::Memory;
    Ok((App::open(options).await?, last))
}

fn month(device: u64, now: Time, last: Date) -> anyhow::Result<Batch> {
    let device: DeviceId = format!("device-{device}").parse()?;
    let mut batch = Batch::default();
    batch.push(Write::Flow(FlowWrite::Device(DeviceRow {
        device: device.clone(),
        name: device.to_string(),
        account: None,
        token: None,
        since: now,
        seen_at: None,
        ended_at: None,
        body: json!({}),
    })));
    for back in 0..FLOWS_DAYS.get() {
        let back = i64::try_from(back)?;
        let day = last.checked_sub(back.days())?;
        let minute = Time::from_ms(now.ms().div_euclid(60_000) * 60_000 - back * 86_400_000);
        for node in 0..FLOWS_NODES {
            batch.push(Write::Flow(FlowWrite::Flow {
                device: device.clone(),
                day,
                flow: flow(minute, node),
            }));
        }
    }
    Ok(batch)
}

fn flow(minute: Time, node: u64) -> Flow {
    Flow {
        minute,
        key: FlowKey {
            kind: FlowKind::Proxy,
            node: format!("🇭🇰 香港 {node:02}"),
            group: "节点选择".to_owned(),
            feed: "airport-a".to_owned(),
        },
        bytes: FlowBytes {
            up: 100,
            down: 900,
            ..FlowBytes::default()
        },
    }
}
