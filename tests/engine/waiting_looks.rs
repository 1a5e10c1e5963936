//! Looks that decided nothing wait for each other, for a minute at most; what decides waits for nothing.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::kit::{Cloud, FakeOutside, GB, TestTimer, World, config, start, store_options};
use tidegate_meter::{AccountId, MeterId};
use tidegate_store::{AlertFilter, Store};

/// A running world on a file, and another handle to the file, which sees only what is durable.
async fn on_file(path: &Path) -> (World, Store) {
    let timer = TestTimer::new(start());
    let account = AccountId::new("hw").unwrap();
    let outside = Arc::new(FakeOutside {
        clouds: Mutex::new(BTreeMap::from([(account, Cloud::new("hw", &timer))])),
        sinks: Mutex::default(),
        timer: Arc::clone(&timer),
    });
    let store = Store::open(store_options(Some(path), &timer, "one")).unwrap();
    let other = Store::open(store_options(Some(path), &timer, "other")).unwrap();
    let world = World::on(store, outside, Arc::default(), timer, None).await;
    world.engine.configure(config(&["hw"]), "test").await.unwrap();
    world.engine.run().await.unwrap();
    (world, other)
}

async fn durable(store: &Store) -> usize {
    let (account, meter) = (AccountId::new("hw").unwrap(), MeterId::new("pkg").unwrap());
    let mut readings = store.readings(&account, &meter, start());
    readings.next_page().await.unwrap().len()
}

fn told(world: &World, name: &str) -> usize {
    world
        .events()
        .iter()
        .filter(|event| event["event"] == name)
        .count()
}

#[tokio::test(start_paused = true)]
async fn a_quiet_hour_of_fifty_accounts_is_one_commit_a_minute() {
    let ids: Vec<String> = (0..50).map(|number| format!("hw-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let world = World::running(&ids).await;
    world.pass(600).await;
    let before = world.store.stats().commits;
    world.pass(2700).await;
    let commits = world.store.stats().commits - before;
    assert!(
        (30..=50).contains(&commits),
        "{commits} commits of 450 looks in 45 minutes"
    );
}

#[tokio::test(start_paused = true)]
async fn a_quiet_look_is_told_at_once_and_durable_within_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let (world, other) = on_file(&folder.path().join("t.db")).await;
    world.pass(400).await;
    let (mut looked, mut waited) = (Vec::new(), false);
    for _ in 0..120 {
        world.pass(10).await;
        looked.push(told(&world, "reading"));
        let stored = durable(&other).await;
        let a_minute_ago = looked.len().checked_sub(8).map_or(0, |at| looked[at]);
        assert!(stored >= a_minute_ago, "{stored} of {a_minute_ago}");
        waited |= stored < *looked.last().unwrap();
    }
    assert!(waited, "a look that waits is not claimed to be stored");
}

#[tokio::test(start_paused = true)]
async fn what_decides_is_durable_when_it_is_told_with_every_look_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let (world, other) = on_file(&folder.path().join("t.db")).await;
    world.pass(900).await;
    world.cloud("hw").set(|state| state.remaining = 40 * GB);
    let mut steps = 0;
    for _ in 0..3600 {
        world.pass(1).await;
        if told(&world, "step") > steps {
            steps = told(&world, "step");
            let alerts = other.alerts(AlertFilter::recent(10)).await.unwrap().len();
            assert_eq!(alerts, steps);
            assert_eq!(durable(&other).await, told(&world, "reading"));
        }
    }
    assert!(steps > 0, "a step was crossed: {:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn an_asked_look_and_a_clean_end_leave_nothing_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (world, other) = on_file(&folder.path().join("t.db")).await;
    world.pass(400).await;
    world.engine.check(&[]).await.unwrap();
    world.pass_ms(1).await;
    assert_eq!(durable(&other).await, told(&world, "reading"));
    while durable(&other).await == told(&world, "reading") {
        world.pass(1).await;
    }
    world.engine.stop().await;
    world.pass_ms(1).await;
    assert_eq!(durable(&other).await, told(&world, "reading"));
}
