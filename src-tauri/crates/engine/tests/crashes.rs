//! The program ends at every labelled point, and starts again on the same file: what was decided is done once, and
//! nothing is sent twice beyond the one repeat that is marked.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption of a test is a failed test"
)]

mod kit;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use kit::{FakeOutside, GB, Stop, TestTimer, TestVault, World, config, store_options};
use tidegate_engine::crash::POINTS;
use tidegate_guard::IntentState;
use tidegate_meter::AccountId;
use tidegate_store::Store;

/// Ends the engine's world when `label` is passed for the first time after `ready`.
fn hook(label: &'static str, ready: &Arc<AtomicBool>, hit: &Arc<AtomicBool>) -> tidegate_engine::CrashHook {
    let (ready, hit) = (Arc::clone(ready), Arc::clone(hit));
    Arc::new(move |passed| {
        if hit.load(Ordering::SeqCst) || (passed == label && ready.load(Ordering::SeqCst)) {
            hit.store(true, Ordering::SeqCst);
            // Every task that passes any point from now on ends with the process.
            panic!("the process ends at {passed}");
        }
    })
}

async fn crash_at(label: &'static str, stop: Stop) -> (World, bool) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let timer = TestTimer::new(kit::start());
    let cloud = kit::Cloud::new("hw", &timer);
    cloud.set(|state| state.stop.push_back(stop));
    let outside = Arc::new(FakeOutside {
        clouds: Mutex::new(BTreeMap::from([(
            AccountId::new("hw").unwrap(),
            Arc::clone(&cloud),
        )])),
        sinks: Mutex::new(BTreeMap::new()),
        timer: Arc::clone(&timer),
    });
    let vault = Arc::new(TestVault::default());
    let (ready, hit) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    {
        let store = Store::open(store_options(Some(&path), &timer, "first")).unwrap();
        let hook = hook(label, &ready, &hit);
        let world = World::on(store, outside.clone(), vault.clone(), timer.clone(), Some(hook)).await;
        world.engine.configure(config(&["hw"]), "test").await.unwrap();
        world.engine.run().await.unwrap();
        world.pass(1).await;
        world.arm("hw").await;
        world.pass(600).await;
        ready.store(true, Ordering::SeqCst);
        cloud.set(|state| state.remaining = 8 * GB);
        for _ in 0..600 {
            if hit.load(Ordering::SeqCst) {
                break;
            }
            world.pass(2).await;
        }
    }
    // The tasks of the ended world are gone before the next one opens the file.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let was_hit = hit.load(Ordering::SeqCst);
    let store = Store::open(store_options(Some(&path), &timer, "second")).unwrap();
    let world = World::on(store, outside, vault, timer, None).await;
    world.engine.run().await.unwrap();
    world.pass(3600).await;
    drop(dir);
    (world, was_hit)
}

async fn sweep(stop: Stop, expected_stops: usize) -> Vec<&'static str> {
    let mut hits = Vec::new();
    for label in POINTS {
        let (world, hit) = crash_at(label, stop.clone()).await;
        if !hit {
            continue;
        }
        hits.push(label);
        let intents = world.intents().await;
        let verified = intents
            .iter()
            .filter(|row| row.state == IntentState::Verified)
            .count();
        assert_eq!(verified, 1, "{label}: {intents:?}");
        assert!(
            world.cloud("hw").stops_sent() <= expected_stops,
            "{label}: {} stops",
            world.cloud("hw").stops_sent()
        );
        let got = world.sink("ops").got.lock().unwrap().clone();
        let mut by_id: BTreeMap<_, Vec<bool>> = BTreeMap::new();
        for (_, id, repeat) in got {
            by_id.entry(id).or_default().push(repeat);
        }
        for repeats in by_id.values() {
            assert!(repeats.len() <= 2, "{label}: at most one repeat");
            assert!(
                repeats.iter().skip(1).all(|repeat| *repeat),
                "{label}: a repeat is marked"
            );
        }
        assert_eq!(
            world.sink("ops").count("action_planned").min(1),
            1,
            "{label}: planned was told"
        );
        assert!(
            world.sink("ops").count("action_verified") >= 1,
            "{label}: the proof was told"
        );
    }
    hits
}

#[tokio::test(start_paused = true)]
async fn ended_between_any_two_states_the_server_is_stopped_once() {
    let hits = sweep(Stop::Works(std::time::Duration::from_secs(20)), 1).await;
    for label in [
        "intent.sent.committed",
        "intent.sent.answered",
        "intent.verified.before",
        "delivery.answered",
    ] {
        assert!(hits.contains(&label), "{label} was not passed: {hits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ended_around_a_lost_answer_it_is_resolved_by_reading() {
    let hits = sweep(Stop::Loses(true), 1).await;
    assert!(hits.contains(&"intent.unknown.committed"), "{hits:?}");
}

#[tokio::test(start_paused = true)]
async fn ended_around_a_refusal_it_is_tried_again() {
    let refusal = Stop::Refuses(
        tidegate_providers::ProviderErrorKind::Blind(tidegate_meter::Reason::Transient),
        "internal error".to_owned(),
    );
    let hits = sweep(refusal, 2).await;
    assert!(hits.contains(&"intent.failed.committed"), "{hits:?}");
}
