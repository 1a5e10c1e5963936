//! Which account counts for which device: shared, renamed, switched off, removed, and never an agent's.

use tidegate_engine::{ConfigError, EngineError};
use tidegate_store::{Batch, DeviceRow, FlowBy, FlowWrite, Write};

use crate::flows::house::{House, World, config, device, proxy};

const DAY: (&str, &str) = ("2026-11-10", "2026-11-10");
const MIB: u64 = 1024 * 1024;

async fn ended(house: &House, id: &str) -> bool {
    let row = house.store.device(&device(id)).await.unwrap().unwrap();
    row.ended_at.is_some()
}

async fn by_device(house: &House) -> Vec<(String, u64)> {
    let told = house.asked(DAY, &[FlowBy::Device]).await;
    let mut sums: Vec<_> = told
        .page
        .sums
        .iter()
        .map(|sum| {
            (
                sum.device.as_ref().unwrap().to_string(),
                sum.bytes.total().unwrap(),
            )
        })
        .collect();
    sums.sort();
    sums
}

#[tokio::test(start_paused = true)]
async fn two_kernels_behind_one_device_are_added_and_each_goes_on_by_itself() {
    let world = World::new("2026-11-10T00:00:00Z", "UTC");
    let both = vec![proxy("one", "mac"), proxy("two", "mac")];
    let house = world.running(both).await;
    let (one, two) = (house.kernel("one"), house.kernel("two"));
    for _ in 0..3 {
        one.carry("a", ("HK 01", "Auto"), (0, 2 * MIB));
        two.carry("a", ("HK 01", "Auto"), (0, 3 * MIB));
        house.pass(61).await;
    }
    two.restart();
    house.engine.stop().await;
    one.carry("a", ("HK 01", "Auto"), (0, 5));
    two.carry("b", ("HK 01", "Auto"), (0, 7));
    let again = world.open(house.store.clone(), None).await;
    again.engine.run().await.unwrap();
    again.pass(400).await;
    assert_eq!(again.stored().await, one.carried() + two.carried());
    assert_eq!(by_device(&again).await, [("mac".to_owned(), 15 * MIB + 12)]);
}

#[tokio::test(start_paused = true)]
async fn a_renamed_device_takes_the_count_with_it_and_the_old_one_keeps_what_it_has() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (0, 100));
    house.pass(10).await;
    house.configure(vec![proxy("home", "laptop")]).await;
    house.pass(1).await;
    kernel.carry("a", ("HK 01", "Auto"), (0, 50));
    house.pass(10).await;
    house.engine.stop().await;
    assert_eq!(house.stored().await, kernel.carried());
    assert_eq!(
        by_device(&house).await,
        [("laptop".to_owned(), 50), ("mac".to_owned(), 100)]
    );
    assert!(ended(&house, "mac").await && !ended(&house, "laptop").await);
}

#[tokio::test(start_paused = true)]
async fn while_an_account_is_switched_off_nothing_is_counted() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (0, 100));
    house.pass(10).await;
    let mut off = proxy("home", "mac");
    off.enabled = false;
    house.configure(vec![off]).await;
    house.pass(10).await;
    kernel.carry("a", ("HK 01", "Auto"), (0, 5000));
    house.pass(600).await;
    assert!(!ended(&house, "mac").await, "it is only switched off");
    house.configure(vec![proxy("home", "mac")]).await;
    house.pass(5).await;
    kernel.carry("a", ("HK 01", "Auto"), (0, 30));
    house.pass(400).await;
    assert_eq!(house.stored().await, 130);
}

#[tokio::test(start_paused = true)]
async fn a_removed_account_ends_its_device_and_its_flows_stay() {
    let house = House::running().await;
    house.kernel("home").carry("a", ("HK 01", "Auto"), (0, 100));
    house.pass(10).await;
    house.configure(Vec::new()).await;
    house.pass(10).await;
    assert!(ended(&house, "mac").await);
    assert_eq!(house.stored().await, 100);
    assert!(house.engine.live().await.unwrap().devices.is_empty());
    house.configure(vec![proxy("home", "mac")]).await;
    house.pass(10).await;
    assert!(!ended(&house, "mac").await, "it came back");
}

#[tokio::test(start_paused = true)]
async fn what_was_removed_while_nothing_ran_is_ended_at_the_next_start() {
    let house = House::running().await;
    house.kernel("home").carry("a", ("HK 01", "Auto"), (0, 100));
    house.pass(10).await;
    house.engine.stop().await;
    let idle = house.world.open(house.store.clone(), None).await;
    idle.configure(Vec::new()).await;
    idle.engine.run().await.unwrap();
    idle.pass(5).await;
    assert!(ended(&idle, "mac").await);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_an_agent_hands_in_is_never_taken() {
    let house = House::running().await;
    let mut batch = Batch::default();
    batch.push(Write::Flow(FlowWrite::Device(DeviceRow {
        device: device("nas"),
        name: "NAS".to_owned(),
        account: None,
        token: Some(house.engine.row_id()),
        since: house.now(),
        seen_at: None,
        ended_at: None,
        body: serde_json::json!({}),
    })));
    house.store.write(batch).await.unwrap();
    let wanted = config(vec![proxy("home", "mac"), proxy("other", "nas")]);
    let told = house.engine.plan(&wanted).await.unwrap_err();
    assert!(
        matches!(told, EngineError::Config(ConfigError::Param { .. })),
        "{told}"
    );
    let told = house
        .engine
        .configure(wanted, "test")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("account other") && told.contains("device") && told.contains("agent"),
        "{told}"
    );
    let wrong = config(vec![proxy("home", "Not A Slug")]);
    let told = house
        .engine
        .configure(wrong, "test")
        .await
        .unwrap_err()
        .to_string();
    assert!(told.contains("account home: device"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_renewed_secret_makes_the_adapters_anew() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    let before = kernel.watches();
    house.engine.renew_secrets(&["home".to_owned()]).await;
    house.pass(2).await;
    assert_eq!(kernel.watches(), before + 1);
    kernel.carry("a", ("HK 01", "Auto"), (0, 100));
    house.pass(5).await;
    house.engine.stop().await;
    assert_eq!(house.stored().await, 100);
}
