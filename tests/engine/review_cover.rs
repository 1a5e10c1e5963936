//! Found by a review: a server with two packages, and numbers that nobody believes. In virtual time.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use crate::kit::{self, GB, World};
use tidegate_guard::IntentState;
use tidegate_meter::{MeterId, Outcome, Quantity, Reason};

/// A server with a second package, armed.
async fn with_two_packages() -> World {
    let world = World::idle(&["hw"]).await;
    let second = ("pkg2".to_owned(), 500 * GB, "srv-hw".to_owned());
    world.cloud("hw").set(|state| state.extra.push(second));
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.pass(600).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_server_goes_on_while_one_of_its_packages_has_enough_left() {
    let world = with_two_packages().await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(1800).await;
    assert_eq!(
        world.count("step"),
        1,
        "the used up package is told: {:?}",
        world.story()
    );
    assert_eq!(world.count("planned"), 0, "{:?}", world.story());
    assert_eq!(world.cloud("hw").stops_sent(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_is_stopped_when_all_its_packages_are_over_the_line() {
    let world = with_two_packages().await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.extra[0].1 = 8 * GB;
    });
    world.pass(1800).await;
    assert!(world.cloud("hw").stops_sent() >= 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_package_that_is_filled_during_the_countdown_keeps_its_server_running() {
    let world = with_two_packages().await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.extra[0].1 = 8 * GB;
    });
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    world.cloud("hw").set(|state| state.extra[0].1 = 500 * GB);
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    let intents = world.intents().await;
    assert!(
        intents.iter().all(|row| row.state == IntentState::Cancelled),
        "{intents:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_package_that_is_over_by_its_providers_word_covers_its_server_no_longer_than_a_bad_hour() {
    let world = with_two_packages().await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.extra.clear();
        state.over = [MeterId::new("pkg2").unwrap()].into();
    });
    world.pass(85 * 60).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    world.pass(1800).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    assert_eq!(world.count("blind"), 0, "the guard watches what took its place");
}

#[tokio::test(start_paused = true)]
async fn a_package_that_only_is_no_longer_told_covers_its_server_still() {
    let world = with_two_packages().await;
    world.cloud("hw").set(|state| {
        state.remaining = 8 * GB;
        state.extra.clear();
    });
    world.pass(24 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert_eq!(world.count("blind"), 1);
}

/// The remaining bytes of each recorded reading, in order.
fn recorded(world: &World) -> Vec<i64> {
    let events = world.events();
    let readings = events.iter().filter(|event| event["event"] == "reading");
    readings
        .map(|event| {
            let left: Quantity = serde_json::from_value(event["remaining"].clone()).unwrap();
            left.raw() / GB
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_number_that_nobody_believes_is_told_as_blind_and_never_as_the_value() {
    let world = World::armed(&["hw"]).await;
    world.pass(900).await;
    let before = recorded(&world).len();
    world.cloud("hw").set(|state| state.remaining = 0);
    let report = world.engine.check(&[]).await.unwrap();
    let meter = &report.meters[0];
    assert!(
        matches!(&meter.outcome, Outcome::Blind(blind) if blind.reason == Reason::Implausible),
        "{:?}",
        meter.outcome
    );
    let kept = meter.last_good.as_ref().unwrap().remaining().unwrap();
    assert_eq!(kept, Quantity::bytes(500 * GB), "the older truth stays");
    world.pass(1).await;
    assert_eq!(recorded(&world).len(), before, "no reading is told");
    assert_eq!(world.count("unread"), 1, "{:?}", world.story());
    world.cloud("hw").set(|state| state.remaining = 499 * GB);
    world.pass(900).await;
    let told = recorded(&world);
    assert!(
        told.len() > before && told.iter().all(|left| *left >= 499),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_jump_that_a_second_look_confirms_is_recorded() {
    let world = World::running(&["hw"]).await;
    world.pass(900).await;
    world.cloud("hw").set(|state| state.remaining = 0);
    while world.count("unread") == 0 {
        world.pass(1).await;
    }
    // As soon as near a line, not after a whole interval.
    world.pass(200).await;
    assert_eq!(recorded(&world).last(), Some(&0), "{:?}", world.story());
    assert_eq!(world.count("unread"), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_check_without_a_run_does_not_believe_a_jump_either() {
    let world = World::running(&["hw"]).await;
    world.pass(900).await;
    world.engine.stop().await;
    world.cloud("hw").set(|state| state.remaining = 0);
    let report = world.engine.check(&[]).await.unwrap();
    assert!(
        matches!(&report.meters[0].outcome, Outcome::Blind(blind) if blind.reason == Reason::Implausible),
        "{:?}",
        report.meters[0].outcome
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_that_a_person_takes_away_ends_without_a_message_of_recovery() {
    let world = World::running(&["hw"]).await;
    world.pass(900).await;
    world.cloud("hw").set(|state| state.remaining = 80 * GB);
    world.pass(900).await;
    assert_eq!(world.sink("ops").count("step_reached"), 1);
    let mut config = kit::config(&["hw"]);
    config.guards[0].steps = vec!["70%".parse().unwrap()];
    world.engine.configure(config, "test").await.unwrap();
    world.pass(900).await;
    assert_eq!(world.count("resolved"), 1, "{:?}", world.story());
    assert_eq!(
        world.sink("ops").count("step_resolved"),
        0,
        "{:?}",
        world.sink("ops").codes()
    );
}
