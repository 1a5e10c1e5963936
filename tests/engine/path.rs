//! The whole path of a reading, from the first look to the proof, in virtual time.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

use std::time::Duration;

use crate::kit::{self, GB, World};
use tidegate_channels::Message;
use tidegate_guard::{ActionKind, Belt, IntentState, PowerState};

#[tokio::test(start_paused = true)]
async fn a_package_that_runs_dry_is_told_planned_stopped_and_proven() {
    let world = World::armed(&["hw"]).await;
    let cloud = world.cloud("hw");
    world.pass(600).await;
    cloud.set(|state| state.remaining = 250 * GB);
    world.pass(700).await;
    assert_eq!(world.sink("ops").codes(), ["step_reached"], "{:?}", world.story());
    cloud.set(|state| state.remaining = 8 * GB);
    world.pass(1500).await;
    let intents = world.intents().await;
    assert_eq!(intents.len(), 1, "{:?}", world.story());
    assert_eq!(intents[0].state, IntentState::Verified, "{:?}", world.story());
    assert_eq!(cloud.stops_sent(), 1);
    assert_eq!(cloud.get(|state| state.power.clone()), PowerState::Stopped);
    let codes = world.sink("ops").codes();
    for code in ["action_planned", "action_sent", "action_verified"] {
        assert_eq!(
            codes.iter().filter(|got| *got == code).count(),
            1,
            "{code} in {codes:?}"
        );
    }
    let order: Vec<String> = world
        .story()
        .into_iter()
        .filter(|name| ["planned", "rechecked", "sent", "accepted", "verified"].contains(&name.as_str()))
        .collect();
    assert_eq!(order, ["planned", "rechecked", "sent", "accepted", "verified"]);
}

#[tokio::test(start_paused = true)]
async fn a_guard_in_watch_mode_says_what_it_would_do_and_stops_nothing() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(3600).await;
    assert!(world.intents().await.is_empty());
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    assert!(
        world.sink("ops").count("step_reached") >= 1,
        "{:?}",
        world.sink("ops").codes()
    );
}

#[tokio::test(start_paused = true)]
async fn each_step_is_told_once_however_often_it_is_looked_at() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(4 * 3600).await;
    assert_eq!(world.sink("ops").count("step_reached"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_countdown_is_kept_before_the_stop_leaves() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(1500).await;
    let at = |name: &str| -> tidegate_meter::Time {
        let event = world
            .events()
            .into_iter()
            .find(|event| event["event"] == name)
            .unwrap();
        event["at"].as_str().unwrap().parse().unwrap()
    };
    assert!(at("sent").since(at("planned")) >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn only_frozen_targets_are_touched_when_foreign_servers_appear() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| {
        state
            .extra
            .push(("pkg-foreign".to_owned(), GB, "srv-foreign".to_owned()));
    });
    world.pass(3600).await;
    let foreign = world.cloud("hw").get(|state| {
        state
            .acts
            .iter()
            .filter(|act| act.0.as_str() == "srv-foreign")
            .count()
    });
    assert_eq!(foreign, 0, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn the_proof_names_what_was_before_and_after() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(1500).await;
    let proof = world
        .sink("ops")
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::ActionVerified { proof, .. } => Some(proof),
            _ => None,
        });
    let proof = proof.expect("a verified message");
    assert_eq!(proof.before, PowerState::Running);
    assert_eq!(proof.after, PowerState::Stopped);
    assert!(proof.receipt.is_some());
    assert_eq!(world.intents().await[0].action, ActionKind::Stop);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_are_read_fifty_at_a_time_without_idle_places() {
    let ids: Vec<String> = (0..1000).map(|number| format!("hw-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let world = World::idle(&ids).await;
    for id in &ids {
        world
            .cloud(id)
            .set(|state| state.latency = Duration::from_millis(200));
    }
    world.engine.run().await.unwrap();
    world.pass_ms(4_100).await;
    let read: u32 = ids
        .iter()
        .map(|id| world.cloud(id).get(|state| state.reads))
        .sum();
    assert_eq!(read, 1000);
    assert_eq!(
        world.store.meters(None).await.unwrap().len(),
        1000,
        "every reading is stored"
    );
}

/// What blocks the guard on the first meter of the first guard.
async fn belts(world: &World) -> Vec<Belt> {
    let guards = world.engine.guards().await;
    guards[0].meters[0].why.clone().unwrap().belts
}

#[tokio::test(start_paused = true)]
async fn far_from_the_line_the_power_is_known_for_one_request_an_hour() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    assert_eq!(belts(&world).await, [Belt::Watch], "nothing else blocks it");
    world.arm("hw").await;
    world.pass(10).await;
    assert_eq!(belts(&world).await, []);
    let before = world.cloud("hw").get(|state| state.states);
    assert!(before <= 2, "at the first look, and after arming: {before}");
    world.pass(24 * 3600).await;
    assert_eq!(belts(&world).await, []);
    let asked = world.cloud("hw").get(|state| state.states) - before;
    assert!((20..=24).contains(&asked), "hourly: {asked}");
}

#[tokio::test(start_paused = true)]
async fn a_power_that_was_asked_for_and_not_told_is_said_to_be_unread() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.state_fails = true);
    world.pass(3600).await;
    let unread = Belt::Unreadable {
        what: "power".to_owned(),
    };
    assert_eq!(belts(&world).await, [Belt::Watch, unread]);
    world.cloud("hw").set(|state| state.state_fails = false);
    world.pass(3900).await;
    assert_eq!(belts(&world).await, [Belt::Watch]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_by_hand_near_the_line_is_noticed_in_the_next_look() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.power = PowerState::Stopped;
    });
    world.pass(400).await;
    assert!(belts(&world).await.contains(&Belt::NothingRunning));
}

#[tokio::test(start_paused = true)]
async fn a_look_that_changes_nothing_writes_its_reading_and_no_state() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    let version = || async { world.store.guard_states(None).await.unwrap()[0].version };
    let before = version().await;
    world.pass(1800).await;
    assert_eq!(version().await, before, "only times changed");
    world.cloud("hw").set(|state| state.remaining -= GB);
    world.pass(350).await;
    assert_eq!(version().await, before + 1, "the value changed");
    world.pass(3 * 3600).await;
    let hourly = version().await - before - 1;
    assert!((2..=3).contains(&hourly), "once an hour all the same: {hourly}");
    let mut readings = world.store.readings(
        &tidegate_meter::AccountId::new("hw").unwrap(),
        &tidegate_meter::MeterId::new("pkg").unwrap(),
        kit::start(),
    );
    let page = readings.next_page().await.unwrap();
    assert!(page.len() >= 40, "each look is in the history: {}", page.len());
}
