//! Clocks that jump, machines that sleep, two copies, and a database that cannot be read or written. In virtual time.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use crate::kit::{self, GB, World, parts, store_options};
use tidegate_channels::Message;
use tidegate_engine::{Engine, EngineError};
use tidegate_guard::{IntentState, Mode, PowerState};
use tidegate_providers::Control as _;
use tidegate_store::{Batch, Faults, LeaseState, OpenOptions, Opened, Store, Write};

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
    let lapse = world.store.lapses(None, 1).await.unwrap().pop().unwrap();
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
    let lapse = world.store.lapses(None, 1).await.unwrap().pop().unwrap();
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

/// An armed guard over a disk that can be made full.
async fn on_a_disk(faults: &Faults) -> World {
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
    world
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_acts_on_nothing_marks_nothing_tells_it_and_recovers() {
    let faults = Faults::default();
    let world = on_a_disk(&faults).await;
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

/// A database file with this many bytes of noise in the place of its beginning.
fn ruin(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let noise = bytes.len().min(8192);
    bytes[..noise].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_database_is_kept_aside_disarms_every_guard_and_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let world = World::idle(&["hw"]).await;
    drop(Store::open(store_options(Some(&path), &world.timer, "first")).unwrap());
    ruin(&path);
    let store = Store::open(store_options(Some(&path), &world.timer, "second")).unwrap();
    let Opened::Recovered { kept, .. } = store.opened_as().clone() else {
        panic!("{:?}", store.opened_as())
    };
    assert_eq!(
        std::fs::read(&kept).unwrap()[..4],
        [0x5a; 4],
        "the unreadable file stays"
    );
    let again = world.again_on(store).await;
    again
        .engine
        .configure(kit::config(&["hw"]), "test")
        .await
        .unwrap();
    again.arm("hw").await;
    again.engine.run().await.unwrap();
    again.pass(10).await;
    let modes: Vec<Mode> = again
        .engine
        .guards()
        .await
        .into_iter()
        .map(|guard| guard.config.mode)
        .collect();
    assert_eq!(modes, [Mode::Watch]);
    let told = again.sink("ops").messages();
    let name = kept.file_name().unwrap().to_string_lossy().into_owned();
    assert!(
        matches!(&told[..], [Message::Program { condition, detail }]
            if condition == "database_unreadable" && detail.contains(&name)),
        "{told:?}"
    );
    again.cloud("hw").set(|state| state.remaining = 8 * GB);
    again.pass(1800).await;
    assert_eq!(again.cloud("hw").stops_sent(), 0);
    assert_eq!(again.sink("ops").count("program"), 1, "told once");
}

#[tokio::test(start_paused = true)]
async fn a_guard_whose_state_cannot_be_read_does_not_act_and_is_told_once() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    world.engine.stop().await;
    let mut row = world.store.guard_states(None).await.unwrap().remove(0);
    row.state["from_a_newer_version"] = true.into();
    let mut batch = Batch::default();
    batch.push(Write::GuardState(row));
    let now = tidegate_meter::Clock::now(world.timer.as_ref()).wall;
    world
        .store
        .take_lease(now, Duration::from_secs(60))
        .await
        .unwrap();
    world.store.write(batch).await.unwrap();
    world.store.release_lease().await.unwrap();
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    let again = || world.again();
    let second = again().await;
    second.engine.run().await.unwrap();
    second.pass(1800).await;
    assert!(matches!(second.engine.guards().await[0].config.mode, Mode::Watch));
    second.engine.stop().await;
    let third = again().await;
    third.engine.run().await.unwrap();
    third.pass(1800).await;
    assert_eq!(third.cloud("hw").stops_sent(), 0);
    let told = third.sink("ops").messages();
    let unreadable = |message: &&Message| matches!(message, Message::Program { condition, .. } if condition == "guard_unreadable:hw-traffic");
    assert_eq!(told.iter().filter(unreadable).count(), 1, "{told:?}");
    assert_eq!(third.sink("ops").count("step_reached"), 1, "it goes on warning");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_lost_ends_everything_at_once_until_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let made = World::idle(&["hw"]).await;
    let store = Store::open(store_options(Some(&path), &made.timer, "first")).unwrap();
    let world = made.again_on(store.clone()).await;
    let mut config = kit::config(&["hw"]);
    config.guards[0].countdown = Duration::from_secs(900);
    world.engine.configure(config, "test").await.unwrap();
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    // Another copy holds the lease from here.
    let other = Store::open(store_options(Some(&path), &made.timer, "second")).unwrap();
    let now = || tidegate_meter::Clock::now(made.timer.as_ref()).wall;
    store.release_lease().await.unwrap();
    let ttl = Duration::from_secs(180);
    let taken = other.take_lease(now(), ttl).await.unwrap();
    assert!(matches!(taken, LeaseState::Held { .. }));
    world.pass(121).await;
    let leases = |world: &World| -> Vec<bool> {
        let events = world.events().into_iter();
        events
            .filter(|event| event["event"] == "lease")
            .map(|event| event["holder"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(leases(&world), [true, false]);
    let reads = || world.cloud("hw").get(|state| state.reads);
    let tries = || *world.sink("ops").tries.lock().unwrap();
    let (reads_before, tries_before) = (reads(), tries());
    for _ in 0..30 {
        world.pass(60).await;
        other.renew_lease(now(), ttl).await.unwrap();
    }
    assert_eq!(reads(), reads_before, "nothing is polled");
    assert_eq!(tries(), tries_before, "nothing is delivered");
    assert_eq!(world.cloud("hw").stops_sent(), 0, "nothing is acted on");
    other.release_lease().await.unwrap();
    world.pass(30).await;
    assert_eq!(leases(&world), [true, false, true]);
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    assert_eq!(world.intents().await[0].state, IntentState::Verified);
}

/// A disk that is full from when `since` says it for nine minutes, while a stop takes effect and a person starts the server
/// after six and a half of them.
async fn started_while_nothing_could_be_recorded(since: impl Fn(&World) -> bool) -> World {
    let faults = Faults::default();
    let world = on_a_disk(&faults).await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.act_latency = Duration::from_secs(1);
    });
    while !since(&world) {
        world.pass_ms(50).await;
    }
    let full = 13;
    faults.fail_commits(Some(full));
    world.pass(390).await;
    assert_eq!(
        world.cloud("hw").get(|state| state.power.clone()),
        PowerState::Stopped
    );
    world.cloud("hw").set(|state| state.power = PowerState::Running);
    world.pass(150).await;
    faults.fail_commits(None);
    world.pass(6 * 3600).await;
    world
}

fn is_left_alone(world: &World) {
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    let messages = world.sink("ops").messages().into_iter();
    let failed = messages.rev().find_map(|message| match message {
        Message::ActionFailed { detail, .. } => Some(detail),
        _ => None,
    });
    assert!(
        failed.is_some_and(|detail| detail.contains("started again since")),
        "{:?}",
        world.story()
    );
}

/// Found by a seed: a disk that was full while a stop took effect, and a person who started the server meanwhile.
#[tokio::test(start_paused = true)]
async fn a_server_that_somebody_started_while_nothing_could_be_recorded_is_not_stopped_again() {
    let world = started_while_nothing_could_be_recorded(|world| world.count("accepted") > 0).await;
    is_left_alone(&world);
}

/// Found by another: not even that the request was taken on could be recorded.
#[tokio::test(start_paused = true)]
async fn a_server_that_somebody_started_before_the_answer_was_recorded_is_not_stopped_again() {
    let world = started_while_nothing_could_be_recorded(|world| world.count("sent") > 0).await;
    is_left_alone(&world);
    let unknown = world
        .sink("ops")
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::ActionUnknown { detail, .. } => Some(detail),
            _ => None,
        });
    assert_eq!(
        unknown.as_deref(),
        Some("what the provider answered could not be recorded"),
        "{:?}",
        world.story()
    );
}

/// Found by a seed: the process ended as well, so that nobody can say whether the server was stopped in between.
#[tokio::test(start_paused = true)]
async fn a_server_that_may_have_been_started_while_nothing_ran_has_its_grace_before_the_next_try() {
    let faults = Faults::default();
    let world = on_a_disk(&faults).await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.act_latency = Duration::from_secs(1);
    });
    while world.count("sent") == 0 {
        world.pass_ms(50).await;
    }
    let full = 13;
    faults.fail_commits(Some(full));
    world.engine.stop().await;
    world.pass(400).await;
    let cloud = world.cloud("hw");
    let target = cloud.target();
    assert_eq!(cloud.state(&target).await.unwrap().power, PowerState::Stopped);
    cloud.set(|state| state.power = PowerState::Running);
    faults.fail_commits(None);
    let next = world.again().await;
    next.engine.run().await.unwrap();
    next.pass(870).await;
    assert_eq!(next.count("failed"), 1, "{:?}", next.story());
    assert_eq!(next.cloud("hw").stops_sent(), 1, "{:?}", next.story());
    next.pass(600).await;
    assert_eq!(next.cloud("hw").stops_sent(), 2, "{:?}", next.story());
}
