//! Actions under concurrency: two decisions about one target, a person's word during a check, a refusal, a target that
//! is gone, a process that did not run. Each of these once sent, lost or told something it should not have.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use crate::kit::{self, GB, Stop, World, guard};
use futures_util::FutureExt;
use tidegate_engine::Engine;
use tidegate_engine::config::SecretRef;
use tidegate_guard::{ActionKind, Belt, Consent, IntentState, PowerState, StopManner};
use tidegate_meter::{AccountId, Clock, GuardId, Reason, RowId, TargetId, Time, Window, WindowKind};
use tidegate_providers::ProviderErrorKind;
use tidegate_store::{Batch, IntentEventRow, IntentRow, LeaseState, Store, Write};

const MONTH: Duration = Duration::from_secs(30 * 86_400);

async fn first(world: &World) -> IntentRow {
    let mut rows = world.intents().await;
    rows.pop().unwrap()
}

/// Lets the package run dry, until an action is planned.
async fn planned(world: &World) -> RowId {
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    until(world, "planned").await;
    first(world).await.id
}

/// Until an event of this name was told; a test that waits for longer than two hours fails.
async fn until(world: &World, name: &str) {
    for _ in 0..7200 {
        if world.count(name) > 0 {
            return;
        }
        world.pass(1).await;
    }
    panic!("no {name} in two hours: {:?}", world.story());
}

async fn arm_all(world: &World, guards: &[&str]) {
    for id in guards {
        let id = GuardId::new(*id).unwrap();
        world.engine.arm(&id, MONTH, "test").await.unwrap();
    }
}

fn messages(world: &World, code: &str) -> Vec<serde_json::Value> {
    let all = world.sink("ops").messages();
    let values = all.iter().map(|message| serde_json::to_value(message).unwrap());
    values
        .flat_map(|value| match value["messages"].as_array() {
            Some(group) => group.clone(),
            None => vec![value],
        })
        .filter(|value| value["code"] == code)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn two_armed_guards_of_one_server_send_one_stop() {
    let world = World::with(&["hw"], |config| config.guards.push(guard("hw-second", "hw"))).await;
    world.engine.run().await.unwrap();
    world.pass(1).await;
    arm_all(&world, &["hw-traffic", "hw-second"]).await;
    world.cloud("hw").set(|state| {
        state.latency = Duration::from_millis(500);
        state.act_latency = Duration::from_millis(800);
    });
    planned(&world).await;
    assert_eq!(world.intents().await.len(), 1, "{:?}", world.story());
    world.pass(900).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn two_packages_of_one_server_send_one_stop() {
    let world = World::with(&["hw"], |_| {}).await;
    world.cloud("hw").set(|state| {
        state.extra.push(("pkg2".into(), 500 * GB, "srv-hw".into()));
    });
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.pass(600).await;
    world.cloud("hw").set(|state| {
        state.latency = Duration::from_millis(500);
        state.act_latency = Duration::from_millis(800);
        state.remaining = 8 * GB;
        state.extra[0].1 = 8 * GB;
    });
    until(&world, "planned").await;
    assert_eq!(world.intents().await.len(), 1, "{:?}", world.story());
    world.pass(900).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_limit_whose_action_finds_the_server_busy_is_told_by_itself() {
    let world = World::with(&["hw"], |config| {
        config.guards[0].steps.clear();
        config.guards[0].limit = Some("50 GB".parse().unwrap());
        let mut second = guard("hw-second", "hw");
        second.steps.clear();
        config.guards.push(second);
    })
    .await;
    world.cloud("hw").set(|state| state.stop_always = Stop::Nothing);
    world.engine.run().await.unwrap();
    world.pass(1).await;
    arm_all(&world, &["hw-traffic", "hw-second"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 40 * GB);
    until(&world, "planned").await;
    world.pass(100).await;
    world.cloud("hw").set(|state| state.remaining = 0);
    world.pass(600).await;
    let told = messages(&world, "step_reached");
    let of_second = told.iter().filter(|told| told["meter"]["guard"] == "hw-second");
    assert_eq!(of_second.count(), 1, "{:?}", world.sink("ops").codes());
}

#[tokio::test(start_paused = true)]
async fn a_hold_during_the_check_outlasts_a_check_that_could_not_read() {
    let world = World::armed(&["hw"]).await;
    let id = planned(&world).await;
    world
        .cloud("hw")
        .set(|state| state.latency = Duration::from_secs(10));
    world.pass(62).await;
    world.cloud("hw").set(|state| state.state_fails = true);
    let held = world
        .engine
        .hold(id, Duration::from_secs(3600), "me")
        .await
        .unwrap();
    world.pass(12).await;
    world.cloud("hw").set(|state| {
        state.state_fails = false;
        state.latency = Duration::ZERO;
    });
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert_eq!(first(&world).await.due, held);
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_hold_during_the_check_outlasts_a_check_that_cleared() {
    let world = World::armed(&["hw"]).await;
    let id = planned(&world).await;
    world
        .cloud("hw")
        .set(|state| state.latency = Duration::from_secs(10));
    world.pass(62).await;
    world
        .engine
        .hold(id, Duration::from_secs(3600), "me")
        .await
        .unwrap();
    world.pass(12).await;
    world.cloud("hw").set(|state| state.latency = Duration::ZERO);
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
}

fn refuses(reason: Reason) -> Stop {
    Stop::Refuses(ProviderErrorKind::Blind(reason), "not now".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_somebody_stopped_after_a_refusal_is_not_ours_to_start() {
    let world = World::armed_with(&["hw"], |config| config.guards[0].start_after_reset = true).await;
    world
        .cloud("hw")
        .set(|state| state.stop_always = refuses(Reason::Rate));
    planned(&world).await;
    until(&world, "failed").await;
    // By hand, in the console.
    world.cloud("hw").set(|state| state.power = PowerState::Stopped);
    until(&world, "verified").await;
    let told = &messages(&world, "action_verified")[0];
    assert_eq!(told["asked"], "refused", "{told}");
    let targets = world.store.targets(None).await.unwrap();
    assert_eq!(targets[0].stopped_by_us_at, None);
    world.pass(22 * 86_400).await;
    world.cloud("hw").set(|state| {
        state.window = Some(Window::told(
            WindowKind::Cycle,
            "2026-12-01T00:00:00Z".parse().unwrap(),
            Some("2027-01-01T00:00:00Z".parse().unwrap()),
        ));
        state.remaining = 1000 * GB;
    });
    world.pass(86_400).await;
    let starts = world.cloud("hw").get(|state| {
        let acts = state.acts.iter().map(|act| act.1);
        acts.filter(|action| *action == ActionKind::Start).count()
    });
    assert_eq!(starts, 0, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_stopping_when_ours_was_refused_is_not_ours() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| {
        state.stop_always = Stop::Refuses(ProviderErrorKind::Conflict, "it is stopping".to_owned());
        state.act_latency = Duration::from_secs(1);
    });
    planned(&world).await;
    until(&world, "sent").await;
    world.cloud("hw").set(|state| state.power = PowerState::Stopped);
    until(&world, "verified").await;
    let told = &messages(&world, "action_verified")[0];
    assert_eq!(told["asked"], "refused", "{told}");
    let targets = world.store.targets(None).await.unwrap();
    assert_eq!(targets[0].stopped_by_us_at, None);
}

#[tokio::test(start_paused = true)]
async fn a_stop_whose_answer_was_lost_is_told_as_sent_and_is_ours() {
    let world = World::armed(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.stop_always = Stop::Loses(true));
    planned(&world).await;
    until(&world, "verified").await;
    world.pass(30).await;
    let told = &messages(&world, "action_verified")[0];
    assert_eq!(told["asked"], "unanswered", "{told}");
    let targets = world.store.targets(None).await.unwrap();
    assert!(targets[0].stopped_by_us_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_gone_between_two_tries_ends_with_a_word() {
    let world = World::armed(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.stop_always = refuses(Reason::Transient));
    planned(&world).await;
    until(&world, "failed").await;
    world.cloud("hw").set(|state| state.power = PowerState::Gone);
    let reads = world.cloud("hw").get(|state| state.reads);
    world.pass(3600).await;
    assert_eq!(
        first(&world).await.state,
        IntentState::Abandoned,
        "{:?}",
        world.story()
    );
    let last = messages(&world, "action_failed").pop().unwrap();
    assert!(last["retry_at"].is_null(), "{last}");
    assert!(
        last["detail"].as_str().unwrap().contains("no such target"),
        "{last}"
    );
    let reads = world.cloud("hw").get(|state| state.reads) - reads;
    assert!(reads <= 40, "{reads} reads in an hour");
}

/// Who called the one action off, and what the message says became of its requests.
fn called_off(world: &World) -> (String, String) {
    let told = messages(world, "action_cancelled");
    assert_eq!(told.len(), 1, "{:?}", world.story());
    let word = |key: &str| told[0][key].as_str().unwrap().to_owned();
    (word("by"), word("asked"))
}

#[tokio::test(start_paused = true)]
async fn a_pause_in_the_countdown_is_not_told_as_a_recovery() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    let until = world.timer.now().wall.plus(Duration::from_secs(3600));
    world.engine.pause(until, "me").await.unwrap();
    world.pass(400).await;
    assert_eq!(called_off(&world), ("belt".to_owned(), "never".to_owned()));
    let told = messages(&world, "action_cancelled");
    let belts: Vec<Belt> = serde_json::from_value(told[0]["why"]["belts"].clone()).unwrap();
    assert!(belts.contains(&Belt::Paused { until }), "{belts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_meter_that_recovers_in_the_countdown_is_told_as_a_recovery() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].countdown = Duration::from_secs(900);
    })
    .await;
    planned(&world).await;
    world.cloud("hw").set(|state| state.remaining = 800 * GB);
    world.pass(1800).await;
    assert_eq!(called_off(&world), ("recovered".to_owned(), "never".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_after_a_try_does_not_deny_the_request() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| state.stop_always = Stop::Nothing);
    let id = planned(&world).await;
    until(&world, "failed").await;
    world.engine.cancel(id, "me").await.unwrap();
    world.pass(60).await;
    assert_ne!(called_off(&world).1, "never");
}

#[tokio::test(start_paused = true)]
async fn a_check_that_cannot_read_for_an_hour_says_so() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    world.cloud("hw").set(|state| state.state_fails = true);
    world.pass(3700).await;
    assert_eq!(called_off(&world), ("unread".to_owned(), "never".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_long_hold_leaves_the_check_its_whole_hour() {
    let world = World::armed(&["hw"]).await;
    let id = planned(&world).await;
    let span = Duration::from_secs(2 * 3600);
    world.engine.hold(id, span, "me").await.unwrap();
    world.pass(7100).await;
    world.cloud("hw").set(|state| state.state_fails = true);
    world.pass(300).await;
    assert_eq!(
        first(&world).await.state,
        IntentState::Planned,
        "{:?}",
        world.story()
    );
    world.cloud("hw").set(|state| state.state_fails = false);
    world.pass(300).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_stopped_in_the_countdown_counts_down_again() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    // Both clocks go on, and nothing runs.
    tokio::time::advance(Duration::from_secs(3600)).await;
    world.pass(50).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert_eq!(world.count("lapse"), 1);
    let due = first(&world).await.due;
    assert!(due > world.timer.now().wall, "the record has the new end");
    world.pass(60).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

/// A world whose engine is told of something at the moment an intent is cleared to leave.
async fn at_the_clearing(told: fn(&Engine, Time)) -> World {
    let timer = kit::TestTimer::new(kit::start());
    let outside = outside(&timer);
    let engine: Arc<OnceLock<Engine>> = Arc::default();
    let (inside, clock) = (Arc::clone(&engine), Arc::clone(&timer));
    let hook = Arc::new(move |label: &'static str| {
        if label == "intent.rechecked.committed" {
            told(inside.get().unwrap(), clock.now().wall);
        }
    });
    let store = Store::open(kit::store_options(None, &timer, "one")).unwrap();
    let world = World::on(store, outside, Arc::default(), timer, Some(hook)).await;
    assert!(engine.set(world.engine.clone()).is_ok());
    world
        .engine
        .configure(kit::config(&["hw"]), "test")
        .await
        .unwrap();
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world
}

fn outside(timer: &Arc<kit::TestTimer>) -> Arc<kit::FakeOutside> {
    let cloud = kit::Cloud::new("hw", timer);
    Arc::new(kit::FakeOutside {
        clouds: Mutex::new([(AccountId::new("hw").unwrap(), cloud)].into_iter().collect()),
        sinks: Mutex::default(),
        timer: Arc::clone(timer),
    })
}

#[tokio::test(start_paused = true)]
async fn a_pause_between_the_check_and_the_sending_holds_the_request() {
    let world = at_the_clearing(|engine, now| {
        let until = now.plus(Duration::from_secs(3600));
        engine.pause(until, "me").now_or_never().unwrap().unwrap();
    })
    .await;
    planned(&world).await;
    world.pass(600).await;
    assert_eq!(world.count("rechecked"), 1, "{:?}", world.story());
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert_eq!(called_off(&world).0, "belt");
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_grew_old_is_not_used() {
    let world = armed_with_hook("intent.sent.before").await;
    planned(&world).await;
    until(&world, "failed").await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    world.pass(600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

/// The wall clock jumps by ten minutes when this point is passed for the first time.
async fn armed_with_hook(point: &'static str) -> World {
    let timer = kit::TestTimer::new(kit::start());
    let outside = outside(&timer);
    let clock = Arc::clone(&timer);
    let passed = AtomicBool::new(false);
    let hook = Arc::new(move |label: &'static str| {
        if label == point && !passed.swap(true, Ordering::SeqCst) {
            clock.jump(600_000);
        }
    });
    let store = Store::open(kit::store_options(None, &timer, "one")).unwrap();
    let world = World::on(store, outside, Arc::default(), timer, Some(hook)).await;
    world
        .engine
        .configure(kit::config(&["hw"]), "test")
        .await
        .unwrap();
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world
}

#[tokio::test(start_paused = true)]
async fn another_key_or_site_disarms() {
    let world = World::armed(&["hw"]).await;
    let id = GuardId::new("hw-traffic").unwrap();
    let mut config = world.engine.config().await;
    config.accounts[0].site = "eu".to_owned();
    let plan = world.engine.configure(config, "me").await.unwrap();
    assert_eq!(plan.disarmed, std::slice::from_ref(&id));
    world.pass(10).await;
    world.arm("hw").await;
    let mut config = world.engine.config().await;
    let other = SecretRef::Vault("other".to_owned());
    config.accounts[0].secret.insert("ak".to_owned(), other);
    let plan = world.engine.configure(config, "me").await.unwrap();
    assert_eq!(plan.disarmed, [id]);
}

/// A stop by a command beside no running guard, on a database that others may open too.
struct Command {
    _folder: tempfile::TempDir,
    world: World,
    other: Store,
    driven: tokio::task::JoinHandle<IntentState>,
}

async fn command() -> Command {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tidegate.db");
    let timer = kit::TestTimer::new(kit::start());
    let store = Store::open(kit::store_options(Some(&path), &timer, "command")).unwrap();
    let outside = outside(&timer);
    let world = World::on(store, outside, Arc::default(), timer, None).await;
    world
        .engine
        .configure(kit::config(&["hw"]), "test")
        .await
        .unwrap();
    world.cloud("hw").set(|state| state.stop_always = Stop::Nothing);
    let consent = Consent {
        by: "cli".to_owned(),
        typed_name: "server-hw".to_owned(),
    };
    let (account, target) = (AccountId::new("hw").unwrap(), TargetId::new("srv-hw").unwrap());
    let act = world
        .engine
        .act(&account, &target, ActionKind::Stop, StopManner::Soft, consent);
    let id = act.await.unwrap();
    let engine = world.engine.clone();
    let driven = tokio::spawn(async move { engine.drive(id).await.unwrap().state });
    let other = Store::open(kit::store_options(Some(&path), &world.timer, "daemon")).unwrap();
    Command {
        _folder: folder,
        world,
        other,
        driven,
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_keeps_its_lease_while_it_follows_a_slow_stop() {
    let Command {
        _folder,
        world,
        other,
        driven,
    } = command().await;
    for _ in 0..60 {
        if driven.is_finished() {
            break;
        }
        world.pass(30).await;
        let now = world.timer.now().wall;
        let lease = other.take_lease(now, Duration::from_secs(360)).await.unwrap();
        assert!(
            driven.is_finished() || matches!(lease, LeaseState::Other { .. }),
            "{lease:?}"
        );
    }
    assert_eq!(driven.await.unwrap(), IntentState::Abandoned);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_lost_its_lease_follows_the_one_who_took_it() {
    let Command {
        _folder,
        world,
        other,
        driven,
    } = command().await;
    world.pass(30).await;
    // To the other one the command is silent for hours: it looks often enough to be sure.
    let ttl = Duration::from_secs(360);
    for hours in 7..12 {
        let later = world.timer.now().wall.plus(Duration::from_secs(hours * 3600));
        other.take_lease(later, ttl).await.unwrap();
    }
    let outside = Arc::clone(&world.outside);
    let daemon = World::on(other, outside, Arc::default(), Arc::clone(&world.timer), None).await;
    daemon.engine.run().await.unwrap();
    world.cloud("hw").set(|state| state.power = PowerState::Stopped);
    world.pass(600).await;
    assert_eq!(
        first(&daemon).await.state,
        IntentState::Verified,
        "{:?}",
        daemon.story()
    );
    assert!(driven.is_finished(), "{:?}", world.story());
    assert_eq!(driven.await.unwrap(), IntentState::Verified);
    assert_eq!(world.cloud("hw").stops_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_while_another_one_to_its_server_is_on_the_wire() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    // As an older version could leave it: two intents on one server, due at once.
    let row = first(&world).await;
    let twin = IntentRow {
        id: RowId::new(row.created_at, [3; 10]),
        ..row
    };
    let event = IntentEventRow {
        intent: twin.id,
        from: None,
        to: IntentState::Planned,
        at: twin.created_at,
        facts: serde_json::Value::Null,
    };
    let mut batch = Batch::default();
    batch.push(Write::Intent(twin, event));
    world.store.write(batch).await.unwrap();
    world.engine.stop().await;
    world.engine.run().await.unwrap();
    world.cloud("hw").set(|state| {
        state.latency = Duration::from_millis(500);
        state.act_latency = Duration::from_secs(20);
    });
    world.pass(900).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    assert_eq!(world.count("verified"), 2, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn of_twelve_servers_over_the_line_at_once_ten_are_stopped() {
    let names: Vec<String> = (0..12).map(|n| format!("hw-{n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let world = World::armed(&names).await;
    world.pass(600).await;
    for name in &names {
        world.cloud(name).set(|state| state.remaining = 8 * GB);
    }
    world.pass(3 * 3600).await;
    let stops: usize = names.iter().map(|name| world.cloud(name).stops_sent()).sum();
    assert_eq!(stops, 10, "{:?}", world.story());
    assert_eq!(world.sink("ops").count("action_verified"), 10);
}
