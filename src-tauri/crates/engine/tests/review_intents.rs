//! Actions under concurrency: two decisions about one target, a person's word during a check, a refusal, a target that
//! is gone, a process that did not run. Each of these once sent, lost or told something it should not have.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod kit;

use std::time::Duration;

use kit::{GB, Stop, World, guard};
use tidegate_guard::{ActionKind, Belt, IntentState, PowerState};
use tidegate_meter::{Clock, GuardId, Reason, RowId, Window, WindowKind};
use tidegate_providers::ProviderErrorKind;
use tidegate_store::IntentRow;

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

/// Until an event of this name was told; a test that waits for longer than a day fails.
async fn until(world: &World, name: &str) {
    for _ in 0..86_400 {
        if world.count(name) > 0 {
            return;
        }
        world.pass(1).await;
    }
    panic!("no {name} in a day: {:?}", world.story());
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

#[tokio::test(start_paused = true)]
async fn a_pause_that_falls_between_the_check_and_the_sending_holds_the_request() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    // The key is gone from memory, and the vault takes its time: the check is over by then.
    world
        .cloud("hw")
        .set(|state| state.latency = Duration::from_secs(10));
    world.pass(62).await;
    let until = world.timer.now().wall.plus(Duration::from_secs(3600));
    world.engine.pause(until, "me").await.unwrap();
    world.pass(600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
}
