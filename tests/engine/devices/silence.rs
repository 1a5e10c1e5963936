//! A device that falls silent.

use tidegate_meter::Clock;

use crate::devices::house::*;

#[tokio::test(start_paused = true)]
async fn a_device_that_was_heard_of_and_fell_silent_is_told_of_once_and_ends_by_itself() {
    let house = House::new().await;
    house.world.pass(5 * 3600).await;
    assert_eq!(house.conditions().await, [] as [&str; 0], "it was never heard of");
    house.take(&house.hand_in(1, Vec::new())).await;
    house.world.pass(3590).await;
    assert_eq!(house.conditions().await, [] as [&str; 0]);
    house.world.pass(20).await;
    assert_eq!(house.conditions().await, ["device_silent:nas"]);
    house.world.pass(9 * 3600).await;
    assert_eq!(house.audited("program.raised").await, 1, "told once");
    house.take(&house.hand_in(2, Vec::new())).await;
    assert_eq!(house.conditions().await, [] as [&str; 0]);
    house.world.pass(3700).await;
    assert_eq!(
        house.conditions().await,
        ["device_silent:nas"],
        "and again when it falls silent again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_night_in_which_this_machine_slept_is_nobodys_silence() {
    let house = House::new().await;
    house.take(&house.hand_in(1, Vec::new())).await;
    house.world.pass(60).await;
    house.world.timer.jump(8 * 3_600_000);
    house.world.pass(1800).await;
    assert_eq!(house.conditions().await, [] as [&str; 0]);
    house.world.pass(1800).await;
    assert_eq!(house.conditions().await, ["device_silent:nas"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_start_a_device_has_the_whole_span_to_be_heard() {
    let house = House::new().await;
    house.take(&house.hand_in(1, Vec::new())).await;
    house.world.engine.stop().await;
    house.world.pass(7200).await;
    let again = house.world.again().await;
    again.engine.run().await.unwrap();
    again.pass(3500).await;
    assert_eq!(house.conditions().await, [] as [&str; 0]);
    again.pass(200).await;
    assert_eq!(house.conditions().await, ["device_silent:nas"]);
    again.engine.end_device(&nas(), "test").await.unwrap();
    assert_eq!(
        house.conditions().await,
        [] as [&str; 0],
        "one that was ended is expected no more"
    );
    let ended = house.row().await.ended_at;
    assert_eq!(ended, Some(again.timer.now().wall));
}
