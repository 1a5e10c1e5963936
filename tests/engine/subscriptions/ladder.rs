//! The guards that exist work on a subscription's meters: a ladder by share, headroom and run-out, from the first warning
//! to the end by a reset; the expiry by days.

use std::time::Duration;

use tidegate_engine::config::{GuardConfig, MeterChoice};
use tidegate_meter::MeterId;
use tidegate_sim::panel::PanelLie;

use super::house::{GIB, House, guard, hours, start};

fn count(house: &House, word: &str) -> usize {
    house.told().iter().filter(|text| text.contains(word)).count()
}

#[tokio::test(start_paused = true)]
async fn each_step_is_told_once_and_a_reset_ends_them() {
    let guards = vec![guard("airport", &["70%", "85%", "10 GiB"])];
    let house = House::one(&[("reset_day", "12")], guards).await;
    house.pass(hours(2)).await;
    assert_eq!(house.told().len(), 0, "10 % used");
    for (used, key) in [(62, "70%"), (16, "85%"), (4, "10 GiB")] {
        house.panel().bill(0, used * GIB);
        house.pass(hours(4)).await;
        assert_eq!(count(&house, key), 1, "{key}: {:?}", house.told());
    }
    house.pass(hours(10)).await;
    assert_eq!(house.alerts().await.len(), 3);
    let midnight = "2026-11-11T16:00:00Z".parse::<tidegate_meter::Time>().unwrap();
    house
        .pass(midnight.since(house.now()) - Duration::from_secs(10))
        .await;
    house.panel().reset();
    house.panel().bill(0, GIB);
    house.pass(hours(6)).await;
    assert_eq!(
        house.alerts().await.len(),
        0,
        "a new cycle is a new ladder: {:?}",
        house.alerts().await
    );
    house.panel().bill(0, 80 * GIB);
    house.pass(hours(4)).await;
    assert!(!house.alerts().await.is_empty(), "and it begins anew");
    house.engine.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_run_out_within_a_week_is_told() {
    let house = House::one(&[], vec![guard("airport", &["7d"])]).await;
    // 90 GiB at half a GiB an hour: seven days and a half, and falling.
    for _ in 0..72 {
        house.panel().bill(0, GIB / 2);
        house.pass(hours(1)).await;
    }
    assert_eq!(house.alerts().await.len(), 1);
    let told = house.told();
    let reminders = told.iter().filter(|text| text.contains("Reminder")).count();
    assert_eq!(told.len() - reminders, 1, "once, and its reminders: {told:?}");
    assert!(told[0].contains("runs out within 7 days"), "{}", told[0]);
}

#[tokio::test(start_paused = true)]
async fn the_expiry_is_a_meter_of_days() {
    let expiry = GuardConfig {
        meter: MeterChoice::One(MeterId::new("expiry").unwrap()),
        ..guard("airport", &["7 days"])
    };
    let house = House::one(&[], vec![expiry]).await;
    house.panel().set_expiry(Some(start().plus(hours(24 * 9))));
    house.pass(hours(24)).await;
    assert_eq!(house.alerts().await.len(), 0);
    house.pass(hours(48)).await;
    assert_eq!(house.alerts().await.len(), 1, "six days and some hours");
    house.panel().set_expiry(Some(start().plus(hours(24 * 40))));
    house.pass(hours(6)).await;
    assert_eq!(house.alerts().await.len(), 0, "renewed");
}

#[tokio::test(start_paused = true)]
async fn an_account_problem_is_told_as_blind_and_never_as_nothing_used() {
    let house = House::one(&[], vec![guard("airport", &["70%"])]).await;
    house.panel().lie(Some(PanelLie::Empty));
    house.pass(hours(8)).await;
    let told = house.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("the plan ended or the account is locked"),
        "{}",
        told[0]
    );
    house.panel().lie(None);
    house.pass(hours(3)).await;
    assert_eq!(house.alerts().await.len(), 0);
}
