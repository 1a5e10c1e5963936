//! Quiet hours: what is below critical waits for their end, and nothing else does.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use crate::kit::{GB, World};
use tidegate_engine::QuietHours;
use tidegate_meter::Time;
use tidegate_store::{DeliveryFilter, DeliveryState};

/// Quiet from now for so many whole hours, in UTC.
async fn hush(world: &World, hours: i64) {
    let hour = |at: i64| format!("{:02}:00", at.rem_euclid(24));
    let now = world.timer_now().seconds() / 3600;
    let quiet = QuietHours::new(&hour(now), &hour(now + hours), "UTC").unwrap();
    world
        .engine
        .save_settings(Some(Some(quiet)), None, Vec::new(), "test")
        .await
        .unwrap();
}

trait Now {
    fn timer_now(&self) -> Time;
}

impl Now for World {
    fn timer_now(&self) -> Time {
        use tidegate_meter::Clock as _;
        self.timer.now().wall
    }
}

#[tokio::test(start_paused = true)]
async fn a_warning_waits_for_the_end_of_the_quiet_hours_and_is_then_told_once() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    hush(&world, 3).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(2 * 3600 - 900).await;
    assert_eq!(world.count("step"), 1, "{:?}", world.story());
    assert!(
        world.sink("ops").codes().is_empty(),
        "{:?}",
        world.sink("ops").codes()
    );
    let status = world.engine.status().await;
    assert_eq!(status.deliveries_waiting, 1);
    world.pass(3 * 3600).await;
    assert_eq!(world.sink("ops").codes(), ["step_reached"]);
}

#[tokio::test(start_paused = true)]
async fn a_critical_message_does_not_wait() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    hush(&world, 20).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(1800).await;
    let codes = world.sink("ops").codes();
    assert!(codes.contains(&"action_planned".to_owned()), "{codes:?}");
    assert!(!codes.contains(&"action_verified".to_owned()), "{codes:?}");
    // What is good news waits, and the stop itself did not.
    assert_eq!(world.cloud("hw").stops_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_that_are_ended_by_hand_let_everything_go_at_once() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    hush(&world, 20).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(1200).await;
    assert!(world.sink("ops").codes().is_empty());
    world
        .engine
        .save_settings(Some(None), None, Vec::new(), "test")
        .await
        .unwrap();
    world.pass(5).await;
    assert_eq!(world.sink("ops").codes(), ["step_reached"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_through_a_long_night_does_not_expire_and_is_not_escalated() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    hush(&world, 23).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(22 * 3600).await;
    let waiting = world
        .engine
        .store()
        .deliveries(DeliveryFilter::Pending)
        .await
        .unwrap();
    assert!(
        waiting
            .iter()
            .all(|row| row.state == DeliveryState::Pending && row.tries == 0)
    );
    world.pass(3 * 3600).await;
    assert!(world.sink("ops").codes().contains(&"step_reached".to_owned()));
    assert!(
        world
            .engine
            .store()
            .deliveries(DeliveryFilter::Pending)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_are_kept_over_a_restart() {
    let world = World::running(&["hw"]).await;
    hush(&world, 5).await;
    let kept = world.engine.quiet_hours();
    assert!(kept.is_some());
    world.engine.stop().await;
    world.engine.run().await.unwrap();
    assert_eq!(world.engine.quiet_hours(), kept);
}
