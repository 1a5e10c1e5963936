//! What passes now: from memory, told while somebody looks, and never more than it knows.

use std::time::Duration;

use tidegate_engine::{DeviceState, Event};

use crate::flows::house::House;

fn lives(house: &House) -> usize {
    house.count(|event| matches!(event, Event::Live { .. }))
}

/// C3.21: a rate is a rate: what passed in the last second, not all that ever passed.
#[tokio::test(start_paused = true)]
async fn c3_21_the_rate_of_now_is_not_the_sum_of_all() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (0, 1_000_000_000));
    house.pass(5).await;
    kernel.carry("a", ("HK 01", "Auto"), (1000, 5000));
    house.pass(1).await;
    let live = house.engine.live().await.unwrap();
    let now = live.devices.first().unwrap();
    assert_eq!((now.state, now.rates), (DeviceState::Watched, Some((1000, 5000))));
    assert_eq!((now.connections, live.connections.len()), (Some(1), 1));
    let node = now.nodes.first().unwrap();
    assert_eq!(
        (node.node.as_str(), node.up_rate, node.down_rate),
        ("HK 01", 1000, 5000)
    );
}

#[tokio::test(start_paused = true)]
async fn who_does_not_ask_is_told_nothing() {
    let house = House::running().await;
    for _ in 0..60 {
        house.kernel("home").carry("a", ("HK 01", "Auto"), (0, 1000));
        house.pass(1).await;
    }
    assert_eq!(lives(&house), 0);
}

#[tokio::test(start_paused = true)]
async fn who_asks_is_told_once_of_a_change_and_not_more_often_than_every_two_seconds() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    house.engine.live().await.unwrap();
    for second in 0..10_u64 {
        kernel.carry("a", ("HK 01", "Auto"), (0, 1000 + second));
        house.pass(1).await;
    }
    assert_eq!(lives(&house), 1, "one question, one word");
    let begun = house.now();
    for second in 0..20_u64 {
        house.engine.live().await.unwrap();
        kernel.carry("a", ("HK 01", "Auto"), (0, 3000 + second));
        house.pass(1).await;
    }
    assert_eq!(house.now().since(begun), Duration::from_secs(20));
    let told = lives(&house) - 1;
    assert!((9..=10).contains(&told), "{told} times in twenty seconds");
}

#[tokio::test(start_paused = true)]
async fn while_nothing_changes_nothing_is_told() {
    let house = House::running().await;
    house.engine.live().await.unwrap();
    house.pass(5).await;
    let settled = lives(&house);
    house.engine.live().await.unwrap();
    house.pass(600).await;
    assert_eq!(lives(&house), settled);
}

#[tokio::test(start_paused = true)]
async fn a_kernel_that_is_gone_has_no_rate() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (0, 1000));
    house.pass(2).await;
    kernel.answers(false);
    house.pass(3).await;
    let live = house.engine.live().await.unwrap();
    let now = live.devices.first().unwrap();
    assert_eq!(
        (now.state, now.rates, now.connections),
        (DeviceState::Lost, None, None)
    );
    assert!(now.as_of.is_some() && live.connections.is_empty());
}
