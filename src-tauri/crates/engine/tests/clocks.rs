//! Clocks that jump, machines that sleep, two copies, and a database that cannot be written. In virtual time.

mod kit;

use std::sync::Arc;
use std::time::Duration;

use kit::{GB, World, parts, store_options};
use tidegate_engine::{Engine, EngineError};
use tidegate_guard::IntentState;
use tidegate_store::{Faults, OpenOptions, Store};

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_jumps_forward_does_not_shorten_a_countdown() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].countdown = Duration::from_secs(1200);
    })
    .await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    world.timer.jump(3_000_000);
    world.pass(1000).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    world.pass(1000).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_is_set_back_fires_nothing_again() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(900).await;
    world.timer.jump(-3_600_000);
    world.pass(3 * 3600).await;
    assert_eq!(world.sink("ops").count("step_reached"), 1);
    assert_eq!(world.count("lapse"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_sleep_is_told_and_everything_is_looked_at_again() {
    let world = World::running(&["hw"]).await;
    world.pass(100).await;
    let before = world.cloud("hw").get(|state| state.reads);
    world.timer.jump(4 * 3_600_000);
    world.pass(60).await;
    assert_eq!(world.count("lapse"), 1);
    assert_eq!(world.sink("ops").count("lapse"), 1);
    assert!(world.cloud("hw").get(|state| state.reads) > before);
    let lapse = world.store.lapses(1).await.unwrap().pop().unwrap();
    assert_eq!(lapse.cause, "asleep");
}

#[tokio::test(start_paused = true)]
async fn the_time_between_two_runs_is_told_as_a_lapse() {
    let world = World::running(&["hw"]).await;
    world.pass(100).await;
    world.engine.stop().await;
    world.pass(3600).await;
    world.engine.run().await.unwrap();
    world.pass(10).await;
    let lapse = world.store.lapses(1).await.unwrap().pop().unwrap();
    assert_eq!(lapse.cause, "stopped");
    assert_eq!(lapse.end.since(lapse.start).as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn a_second_copy_is_read_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let world = World::running(&["hw"]).await;
    let first = Store::open(store_options(Some(&path), &world.timer, "first")).unwrap();
    let second = Store::open(store_options(Some(&path), &world.timer, "second")).unwrap();
    let one = Engine::open(parts(first, &world.outside, &world.vault, &world.timer))
        .await
        .unwrap();
    let two = Engine::open(parts(second, &world.outside, &world.vault, &world.timer))
        .await
        .unwrap();
    one.configure(kit::config(&["hw"]), "test").await.unwrap();
    one.run().await.unwrap();
    assert!(matches!(two.run().await, Err(EngineError::NotHolder { .. })));
    let refused = two.configure(kit::config(&[]), "test").await;
    assert!(
        matches!(refused, Err(EngineError::NotHolder { .. })),
        "{refused:?}"
    );
    one.stop().await;
    two.run().await.unwrap();
    two.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_acts_on_nothing_marks_nothing_tells_it_and_recovers() {
    let faults = Faults::default();
    let timer = kit::TestTimer::new(kit::start());
    let options = OpenOptions {
        faults: faults.clone(),
        ..store_options(None, &timer, "one")
    };
    let outside = Arc::new(kit::FakeOutside {
        clouds: std::sync::Mutex::new(std::collections::BTreeMap::from([(
            tidegate_meter::AccountId::new("hw").unwrap(),
            kit::Cloud::new("hw", &timer),
        )])),
        sinks: std::sync::Mutex::default(),
        timer: timer.clone(),
    });
    let store = Store::open(options).unwrap();
    let world = World::on(store, outside, Arc::default(), timer, None).await;
    world
        .engine
        .configure(kit::config(&["hw"]), "test")
        .await
        .unwrap();
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.pass(600).await;
    let full = 13;
    faults.fail_commit(0, full);
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    for _ in 0..60 {
        faults.fail_commit(0, full);
        world.pass(10).await;
    }
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    assert!(world.intents().await.is_empty());
    assert!(
        world.sink("ops").count("program") >= 1,
        "{:?}",
        world.sink("ops").codes()
    );
    world.pass(1800).await;
    assert_eq!(
        world.intents().await[0].state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(world.cloud("hw").stops_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_start_follows_the_reset_once_and_only_of_what_was_stopped() {
    let world = World::armed_with(&["hw"], |config| config.guards[0].start_after_reset = true).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    let reset = world
        .engine
        .store()
        .intents(tidegate_store::IntentFilter::Open)
        .await
        .unwrap();
    assert!(reset.is_empty());
    world.timer.jump(21 * 86_400_000);
    world.cloud("hw").set(|state| {
        state.remaining = 1000 * GB;
        let window = state.window.unwrap();
        state.window = Some(tidegate_meter::Window::told(
            window.kind,
            window.end.unwrap(),
            window.end.map(|end| end.plus(Duration::from_secs(31 * 86_400))),
        ));
    });
    world.pass(6 * 3600).await;
    let starts = world.cloud("hw").get(|state| {
        state
            .acts
            .iter()
            .filter(|act| act.1 == tidegate_guard::ActionKind::Start)
            .count()
    });
    assert_eq!(starts, 1, "{:?}", world.story());
}
