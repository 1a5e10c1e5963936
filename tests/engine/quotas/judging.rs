//! Steps, messages, blindness.

use tidegate_guard::Level;
use tidegate_meter::Reason;

use crate::quotas::bank::cny;
use crate::quotas::house::{House, percent};

/// Alice is charged for `web` and granted a hundred; the first look is over.
async fn granted() -> House {
    let house = House::new().await;
    house.bank.costs("web", "40");
    house.look().await;
    house.link("1", "web").await;
    house.allocate("1", "100").await;
    house.look().await;
    house
}

impl House {
    /// The project costs that much from the next look on, and the look is taken twice: a jump is believed then.
    async fn spend(&self, amount: &str) {
        self.bank.costs("web", amount);
        self.look().await;
        self.look().await;
        self.pass(10).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_message_for_the_highest_newly_crossed_step() {
    let house = granted().await;
    house.spend("85").await;
    assert_eq!(house.steps(), ["alice 80%"], "50 and 80 were passed at once");
    house.spend("89.999999").await;
    assert_eq!(house.steps().len(), 1);
    house.spend("90").await;
    assert_eq!(house.steps(), ["alice 80%", "alice 90%"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_top_up_only_the_steps_above_the_new_level_are_armed() {
    let house = granted().await;
    house.spend("85").await;
    house.spend("95").await;
    assert_eq!(house.steps(), ["alice 80%", "alice 90%"]);
    // 95 of 112 is 84.8 %.
    house.allocate("1", "12").await;
    house.pass(10).await;
    assert_eq!(
        house.sink().count("step_resolved"),
        1,
        "told at once, not with the next look"
    );
    house.spend("96").await;
    assert_eq!(house.steps().len(), 2, "the lower ones do not fire again");
    house.spend("101").await;
    assert_eq!(house.steps(), ["alice 80%", "alice 90%", "alice 90%"]);
}

#[tokio::test(start_paused = true)]
async fn a_fractional_step_is_exact_and_stops_nobody_from_being_judged() {
    let house = granted().await;
    house
        .rule("1", |rules| {
            rules.steps = Some(vec![percent("79.9999"), percent("99.5")]);
        })
        .await;
    house.spend("79.999899").await;
    assert_eq!(house.steps(), Vec::<String>::new());
    house.spend("79.9999").await;
    assert_eq!(house.steps(), ["alice 79.9999%"]);
    house.spend("99.499999").await;
    assert_eq!(house.steps().len(), 1);
    house.spend("99.5").await;
    assert_eq!(house.steps(), ["alice 79.9999%", "alice 99.5%"]);
}

#[tokio::test(start_paused = true)]
async fn the_steps_are_the_users_own_else_the_guards_else_fifty_eighty_ninety() {
    let house = granted().await;
    let steps = house.user("1").await.steps;
    assert_eq!(steps, [percent("50"), percent("80"), percent("90")]);
    let mut config = house.engine.config().await;
    config.guards[0].steps = vec!["60%".parse().unwrap()];
    house.engine.configure(config, "test").await.unwrap();
    assert_eq!(house.user("1").await.steps, [percent("60")]);
    house
        .rule("1", |rules| rules.steps = Some(vec![percent("70")]))
        .await;
    assert_eq!(house.user("1").await.steps, [percent("70")]);
    assert_eq!(house.user("2").await.steps, [percent("60")]);
    house.spend("65").await;
    assert_eq!(house.steps(), Vec::<String>::new());
    house.spend("70").await;
    assert_eq!(house.steps(), ["alice 70%"]);
}

#[tokio::test(start_paused = true)]
async fn a_bill_that_cannot_be_read_is_a_state_with_an_alert_and_its_old_number_is_not_told_as_new() {
    let house = granted().await;
    let november = house.bank.month();
    let before = house.user("1").await;
    house.bank.set(|state| {
        state.unread.insert(november);
    });
    house.look().await;
    let alice = house.user("1").await;
    assert_eq!(alice.blind.as_ref().unwrap().reason, Reason::Transient);
    assert_eq!(
        (alice.spent, alice.as_of),
        (before.spent, before.as_of),
        "with its own age"
    );
    house.pass(6 * 3600).await;
    assert_eq!(house.sink().count("blind"), 1, "{:?}", house.sink().codes());
    assert_eq!(house.user("1").await.level, Level::Blind);
    house.bank.set(|state| state.unread.clear());
    house.look().await;
    house.pass(10).await;
    assert_eq!(house.sink().count("blind_resolved"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_does_not_answer_leaves_every_quota_blind_and_loses_nothing() {
    let house = granted().await;
    house.bank.set(|state| state.down = true);
    house.look().await;
    let account = &house.engine.quotas(None).await.unwrap()[0];
    assert!(account.blind.is_some());
    assert!(account.users.iter().all(|user| user.blind.is_some()));
    house.bank.set(|state| state.down = false);
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("40")));
}

#[tokio::test(start_paused = true)]
async fn a_number_nobody_read_lately_is_blind_by_its_age() {
    let house = granted().await;
    house.engine.stop().await;
    house.pass(4 * 3600).await;
    let again = House::over(house.store.clone(), &house.timer, &house.bank).await;
    let alice = again.user("1").await;
    assert_eq!(alice.blind.unwrap().reason, Reason::Stale);
}

#[tokio::test(start_paused = true)]
async fn the_bills_delay_of_a_day_is_part_of_the_overshoot_contract() {
    let house = granted().await;
    let guards = house.engine.guards().await;
    let alice = guards[0]
        .meters
        .iter()
        .find(|meter| meter.info.name == "alice")
        .unwrap();
    assert_eq!(alice.contract.lag.as_secs(), 24 * 3600);
    let account = &house.engine.quotas(None).await.unwrap()[0];
    assert_eq!(account.delay.as_secs(), 24 * 3600);
}

#[tokio::test(start_paused = true)]
async fn a_large_bill_may_take_longer_than_a_look_at_another_account() {
    let house = granted().await;
    house
        .bank
        .set(|state| state.latency = std::time::Duration::from_secs(15 * 60));
    house.bank.costs("web", "41");
    house.look().await;
    assert_eq!(house.spent("1").await, Some(cny("41")));
}
