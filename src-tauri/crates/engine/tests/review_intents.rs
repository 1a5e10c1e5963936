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
use tidegate_meter::{GuardId, RowId};
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
    world.cloud("hw").set(|state| state.latency = Duration::from_secs(10));
    world.pass(62).await;
    world.cloud("hw").set(|state| state.state_fails = true);
    let held = world.engine.hold(id, Duration::from_secs(3600), "me").await.unwrap();
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
    world.cloud("hw").set(|state| state.latency = Duration::from_secs(10));
    world.pass(62).await;
    world.engine.hold(id, Duration::from_secs(3600), "me").await.unwrap();
    world.pass(12).await;
    world.cloud("hw").set(|state| state.latency = Duration::ZERO);
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
}
