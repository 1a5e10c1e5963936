//! From a quota that is used up to a disable, and what calls it off: on which data it is decided, and that an allocation
//! made meanwhile wins.

use std::time::Duration;

use tidegate_engine::quotas::QuotaStanding;
use tidegate_guard::{Consent, IntentState};

use crate::quotas::bank::cny;
use crate::quotas::house::{House, percent, vc};

/// Alice is granted a hundred and has spent ninety; the guard is armed.
async fn armed() -> House {
    armed_in(House::new().await).await
}

/// The same in a house that runs.
pub(crate) async fn armed_in(house: House) -> House {
    house.bank.costs("web", "90");
    house.look().await;
    house.link("1", "web").await;
    house.allocate("1", "100").await;
    house.look().await;
    house.arm().await;
    house.look().await;
    house
}

impl House {
    /// Alice has used up her quota, and a disable of her is planned.
    async fn plan(&self) {
        self.bank.costs("web", "101");
        self.look().await;
        self.look().await;
        assert_eq!(self.states().await, [IntentState::Planned]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_used_up_quota_is_disabled_piece_by_piece_and_proven() {
    let house = armed().await;
    house.plan().await;
    let reads = house.bank.get(|state| state.reads);
    house.pass(300).await;
    assert_eq!(house.states().await, [IntentState::Verified]);
    assert!(house.bank.is_closed("1"));
    assert!(!house.bank.is_closed("2"));
    assert_eq!(house.user("1").await.standing, QuotaStanding::Disabled);
    let later = house.bank.get(|state| state.reads);
    assert!(
        later <= reads + 1,
        "the bill was not read again for the check: {reads}, {later}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_list_with_a_hundred_in_it_still_disables() {
    let house = armed().await;
    house
        .rule("1", |rules| {
            rules.steps = Some(vec![percent("50"), percent("100")]);
        })
        .await;
    house.plan().await;
    house.pass(300).await;
    assert!(house.bank.is_closed("1"));
}

#[tokio::test(start_paused = true)]
async fn a_user_that_may_not_be_disabled_is_only_warned_of() {
    let house = armed().await;
    house.rule("1", |rules| rules.disable = false).await;
    house.bank.costs("web", "101");
    house.look().await;
    house.look().await;
    house.pass(600).await;
    assert!(house.intents().await.is_empty());
    assert_eq!(house.steps().last().map(String::as_str), Some("alice limit"));
}

#[tokio::test(start_paused = true)]
async fn a_top_up_calls_a_planned_disable_off_at_once() {
    let house = armed().await;
    house.plan().await;
    // 101 of 101.5: not over the line any more, and not far from it either.
    house.allocate("1", "1.5").await;
    assert_eq!(house.states().await, [IntentState::Cancelled]);
    house.pass(600).await;
    assert!(!house.bank.is_closed("1"));
    assert_eq!(house.sink().count("action_cancelled"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_top_up_that_is_too_small_calls_nothing_off() {
    let house = armed().await;
    house.plan().await;
    house.allocate("1", "1").await;
    house.pass(300).await;
    assert!(
        house.bank.is_closed("1"),
        "101 of 101 is used up: {:?}",
        house.states().await
    );
}

#[tokio::test(start_paused = true)]
async fn switching_the_automatic_disable_off_calls_a_planned_one_off() {
    let house = armed().await;
    house.plan().await;
    house.rule("1", |rules| rules.disable = false).await;
    assert_eq!(house.states().await, [IntentState::Cancelled]);
    house.pass(600).await;
    assert!(!house.bank.is_closed("1"));
}

#[tokio::test(start_paused = true)]
async fn an_allocation_made_while_a_check_runs_wins_over_what_the_check_began_with() {
    let house = armed().await;
    house.bank.set(|state| state.latency = Duration::from_secs(120));
    house.bank.costs("web", "101");
    house.engine.sync_quotas(&vc()).await.unwrap();
    let account = vc();
    let running = house.engine.sync_quotas(&account);
    let granting = async {
        house.pass(60).await;
        house.allocate("1", "100").await;
    };
    let (looked, ()) = tokio::join!(running, granting);
    looked.unwrap();
    house.pass(600).await;
    assert!(house.intents().await.is_empty(), "{:?}", house.intents().await);
    assert_eq!(
        house.user("1").await.granted,
        Some(cny("200")),
        "and the allocation stands"
    );
    assert!(!house.bank.is_closed("1"));
}

#[tokio::test(start_paused = true)]
async fn a_disable_is_not_decided_on_a_bill_that_is_old() {
    let house = armed().await;
    house.plan().await;
    let november = house.bank.month();
    house.bank.set(|state| {
        state.unread.insert(november);
    });
    house.look().await;
    house.pass(600).await;
    assert_eq!(
        house.states().await,
        [IntentState::Planned],
        "it waits for a bill"
    );
    house.bank.set(|state| state.unread.clear());
    house.look().await;
    house.pass(120).await;
    assert!(house.bank.is_closed("1"));
}

#[tokio::test(start_paused = true)]
async fn a_correction_between_plan_and_disable_calls_it_off() {
    let house = armed().await;
    house.plan().await;
    house.bank.costs("web", "80");
    house.look().await;
    assert_eq!(house.states().await, [IntentState::Cancelled]);
}

#[tokio::test(start_paused = true)]
async fn a_disabled_user_is_still_read_and_overspends_below_zero() {
    let house = armed().await;
    house.plan().await;
    house.pass(300).await;
    assert!(house.bank.is_closed("1"));
    house.bank.costs("web", "130");
    house.look().await;
    house.look().await;
    let alice = house.user("1").await;
    assert_eq!((alice.spent, alice.left), (Some(cny("130")), Some(cny("-30"))));
    house.pass(3600).await;
    assert_eq!(
        house.intents().await.len(),
        1,
        "the last day's bill raises no second disable"
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_look_does_not_keep_a_disable_waiting() {
    let house = armed().await;
    house.plan().await;
    house
        .bank
        .set(|state| state.latency = Duration::from_secs(25 * 60));
    let account = vc();
    let looking = house.engine.sync_quotas(&account);
    let waiting = async {
        house.pass(300).await;
        house.bank.is_closed("1")
    };
    let (looked, closed) = tokio::join!(looking, waiting);
    looked.unwrap();
    assert!(closed, "it stands on the whole bill before");
}

#[tokio::test(start_paused = true)]
async fn after_a_top_up_a_disabled_user_stays_disabled_until_a_person_restores_it() {
    let house = armed().await;
    house.plan().await;
    house.pass(300).await;
    house.allocate("1", "100").await;
    house.pass(7200).await;
    assert!(
        house.bank.is_closed("1"),
        "an allocation restores nothing by itself"
    );
    let disable = house.intents().await[0].id;
    let consent = Consent {
        by: "test".to_owned(),
        typed_name: "alice".to_owned(),
    };
    let restore = house.engine.restore(disable, consent).await.unwrap();
    house.pass(600).await;
    assert!(!house.bank.is_closed("1"));
    let states = house.intents().await;
    let restored = states.iter().find(|row| row.id == restore).unwrap();
    assert_eq!(restored.state, IntentState::Verified);
    assert_eq!(house.user("1").await.standing, QuotaStanding::Enabled);
    assert!(!house.audit("intent.verified").await.is_empty());
}
