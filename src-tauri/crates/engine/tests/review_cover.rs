//! Found by a review: a server with two packages, and numbers that nobody believes. In virtual time.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod kit;

use kit::{GB, World};
use tidegate_guard::IntentState;

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
