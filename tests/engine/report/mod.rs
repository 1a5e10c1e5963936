//! Reports over virtual days: once for each kind and day, at their hour in the user's zone, through sleep, restarts, crashes,
//! changed clocks and two copies; and what they count.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption of a test is a failed test"
)]

mod by_hand;
mod due;
mod once;
mod telling;

use std::sync::Arc;
use std::time::Duration;

use crate::kit::{FakeOutside, TestTimer, TestVault, World, channel, parts, start, store_options};
use jiff::civil::Date;
use tidegate_channels::report::{DeviceHeard, ReportCause, ReportKind};
use tidegate_channels::{Message, ReportFacts};
use tidegate_egress::Timer as _;
use tidegate_engine::config::Config;
use tidegate_engine::{Engine, EngineError, QuietHours, ReportSettings};
use tidegate_meter::{ChannelId, Clock as _, DeviceId, Flow, FlowBytes, FlowKey, FlowKind, Span, Time, Zone};
use tidegate_store::{Batch, DeviceRow, FlowWrite, Store, Write};

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const MIB: u64 = 1 << 20;

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn laptop() -> DeviceId {
    DeviceId::new("laptop").unwrap()
}

fn device(id: &str, since: Time) -> Write {
    Write::Flow(FlowWrite::Device(DeviceRow {
        device: DeviceId::new(id).unwrap(),
        name: format!("my {id}"),
        account: None,
        token: None,
        since,
        seen_at: None,
        ended_at: None,
        body: serde_json::Value::Null,
    }))
}

/// The laptop, whose kernel began anew on two days.
fn restarted() -> Write {
    let Write::Flow(FlowWrite::Device(row)) = device("laptop", start()) else {
        panic!("a device")
    };
    Write::Flow(FlowWrite::Device(DeviceRow {
        body: serde_json::json!({ "restarts": { "2026-11-09": 7, "2026-11-10": 3 } }),
        ..row
    }))
}

fn flow(id: &str, day: &str, minute: Time, key: (FlowKind, &str), mib: u64) -> Write {
    Write::Flow(FlowWrite::Flow {
        device: DeviceId::new(id).unwrap(),
        day: on(day),
        flow: Flow {
            minute,
            key: FlowKey {
                kind: key.0,
                node: key.1.to_owned(),
                group: "select".to_owned(),
                feed: String::new(),
            },
            bytes: FlowBytes {
                up: 0,
                down: mib * MIB,
                estimated_up: 0,
                estimated_down: 0,
            },
        },
    })
}

fn watched(id: &str, start: &str, end: &str) -> Write {
    Write::Flow(FlowWrite::Watched {
        device: DeviceId::new(id).unwrap(),
        span: Span {
            start: at(start),
            end: at(end),
        },
    })
}

async fn write(store: &Store, writes: Vec<Write>) {
    store.write(Batch { writes }).await.unwrap();
}

/// The world begins on 10 November 2026, a Tuesday, at midnight UTC, with one device; nothing runs yet.
async fn idle() -> World {
    let world = World::with(&[], |_| {}).await;
    write(&world.store, vec![device("laptop", start())]).await;
    world
}

async fn running() -> World {
    let world = idle().await;
    world.engine.run().await.unwrap();
    world
}

async fn set(world: &World, settings: ReportSettings) {
    world
        .engine
        .save_settings(None, Some(settings), Vec::new(), "test")
        .await
        .unwrap();
}

/// The same store and the same world, in a zone.
async fn in_zone(world: &World, zone: &str) -> Engine {
    let mut parts = parts(world.store.clone(), &world.outside, &world.vault, &world.timer);
    parts.zone = zone.parse::<Zone>().unwrap();
    Engine::open(parts).await.unwrap()
}

fn reports(world: &World) -> Vec<ReportFacts> {
    let messages = world.sink("ops").messages();
    let told = messages.into_iter().filter_map(|message| match message {
        Message::Report { report } => Some(*report),
        _ => None,
    });
    told.collect()
}

/// What arrived: the last day that each tells of.
fn told(world: &World) -> Vec<String> {
    reports(world)
        .iter()
        .map(|facts| facts.through.to_string())
        .collect()
}

fn wall(world: &World) -> Time {
    world.timer.now().wall
}
