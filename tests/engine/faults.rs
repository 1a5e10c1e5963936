//! Every fault that an action, a channel or a vault may have, in virtual time. None may stop a healthy server, lose an
//! alert, send twice, or go on in silence.

use std::time::Duration;

use crate::kit::{self, GB, Stop, World};
use tidegate_channels::{DeliveryError, Message, Refusal};
use tidegate_guard::{IntentState, PowerState, StopManner};
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;
use tidegate_store::{AlertFilter, DeliveryFilter};

async fn over(world: &World) {
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
}

fn failure(world: &World) -> Option<(String, bool)> {
    world
        .sink("ops")
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::ActionFailed { detail, retry_at, .. } => Some((detail, retry_at.is_some())),
            _ => None,
        })
}

#[tokio::test(start_paused = true)]
async fn a_refused_stop_is_tried_again_and_told_as_failed() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| {
        state.stop.push_back(Stop::Refuses(
            ProviderErrorKind::Blind(Reason::Transient),
            "internal error".to_owned(),
        ));
    });
    over(&world).await;
    world.pass(1800).await;
    assert_eq!(
        world.intents().await[0].state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(world.cloud("hw").stops_sent(), 2);
    assert_eq!(failure(&world), Some(("internal error".to_owned(), true)));
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_named_and_not_tried_again() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| {
        state.stop_always = Stop::Refuses(
            ProviderErrorKind::Blind(Reason::Scope),
            "missing right ecs:cloudServers:stop".to_owned(),
        );
    });
    over(&world).await;
    world.pass(900).await;
    let first = world.intents().await.pop().unwrap();
    assert_eq!(first.state, IntentState::Abandoned, "{:?}", world.story());
    assert_eq!(first.tries, 1);
    assert_eq!(
        failure(&world),
        Some(("missing right ecs:cloudServers:stop".to_owned(), false))
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_is_taken_on_and_does_nothing_is_tried_three_times_more_then_given_up() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| state.stop_always = Stop::Nothing);
    over(&world).await;
    world.pass(3000).await;
    let first = world.intents().await.pop().unwrap();
    assert_eq!(first.state, IntentState::Abandoned, "{:?}", world.story());
    let manners = world
        .cloud("hw")
        .get(|state| state.acts.iter().map(|act| act.2).collect::<Vec<_>>());
    assert!(
        manners.iter().all(|manner| *manner == StopManner::Soft),
        "a soft stop never becomes a forced one by itself"
    );
    assert_eq!(world.sink("ops").count("action_verified"), 0);
}

#[tokio::test(start_paused = true)]
async fn one_read_of_a_status_that_flaps_is_no_proof() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| state.stop_always = Stop::Nothing);
    over(&world).await;
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    // From the check before the request on, every second read says that the server stands. It runs all the time.
    world.cloud("hw").set(|state| state.flaps = true);
    world.pass(3600).await;
    assert_eq!(world.count("verified"), 0, "{:?}", world.story());
    assert_eq!(world.sink("ops").count("action_verified"), 0);
    assert!(
        world.sink("ops").count("action_failed") > 0,
        "{:?}",
        world.story()
    );
}

#[tokio::test(start_paused = true)]
async fn a_forced_stop_follows_only_with_its_own_consent() {
    let world = World::armed_with(&["hw"], |config| config.guards[0].forced = true).await;
    world.cloud("hw").set(|state| state.stop.push_back(Stop::Nothing));
    over(&world).await;
    world.pass(1800).await;
    let manners = world
        .cloud("hw")
        .get(|state| state.acts.iter().map(|act| act.2).collect::<Vec<_>>());
    assert_eq!(
        manners,
        [StopManner::Soft, StopManner::Forced],
        "{:?}",
        world.story()
    );
    assert_eq!(world.intents().await[0].state, IntentState::Verified);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_somebody_stopped_during_the_countdown_is_verified_without_a_request() {
    let world = World::armed(&["hw"]).await;
    over(&world).await;
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    world.cloud("hw").set(|state| state.power = PowerState::Stopped);
    world.pass(120).await;
    let intent = world.intents().await.pop().unwrap();
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert!(
        matches!(intent.state, IntentState::Verified | IntentState::Cancelled),
        "{:?}",
        world.story()
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_ends_the_action_with_a_notice() {
    let world = World::armed(&["hw"]).await;
    over(&world).await;
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    world.cloud("hw").set(|state| state.power = PowerState::Gone);
    world.pass(600).await;
    let intent = world.intents().await.pop().unwrap();
    assert!(intent.state.is_end(), "{:?}", world.story());
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    let codes = world.sink("ops").codes();
    assert!(
        codes.contains(&"action_failed".to_owned()) || codes.contains(&"action_cancelled".to_owned()),
        "{codes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_resolved_by_reading_and_never_sent_again_when_it_arrived() {
    let world = World::armed(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.stop.push_back(Stop::Loses(true)));
    over(&world).await;
    world.pass(1800).await;
    assert_eq!(
        world.intents().await[0].state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(world.cloud("hw").stops_sent(), 1);
    assert_eq!(world.sink("ops").count("action_unknown"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_that_did_not_arrive_is_sent_again_only_after_two_reads_apart() {
    let world = World::armed(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.stop.push_back(Stop::Loses(false)));
    over(&world).await;
    world.pass(1800).await;
    assert_eq!(
        world.intents().await[0].state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(world.cloud("hw").stops_sent(), 2);
    let at = |name: &str| -> tidegate_meter::Time {
        let event = world
            .events()
            .into_iter()
            .find(|event| event["event"] == name)
            .unwrap();
        event["at"].as_str().unwrap().parse().unwrap()
    };
    assert!(at("failed").since(at("unknown")) >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_stays_unknown_is_told_as_unknown_and_never_as_failed() {
    let world = World::armed(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.stop.push_back(Stop::Loses(true)));
    over(&world).await;
    while world.count("sent") == 0 {
        world.pass(1).await;
    }
    world.cloud("hw").set(|state| state.state_fails = true);
    world.pass(2 * 3600).await;
    assert_eq!(world.count("abandoned"), 1, "{:?}", world.story());
    let told: Vec<bool> = world
        .sink("ops")
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::ActionUnknown { given_up, .. } => Some(given_up),
            _ => None,
        })
        .collect();
    assert_eq!(told.last(), Some(&true), "{told:?}");
    assert_eq!(told.iter().filter(|given_up| **given_up).count(), 1, "{told:?}");
    assert_eq!(failure(&world), None, "that it could not be stopped is not known");
}

#[tokio::test(start_paused = true)]
async fn a_job_record_that_is_gone_changes_nothing() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| {
        state.job = None;
        state.stop_always = Stop::Works(Duration::from_secs(400));
    });
    over(&world).await;
    world.pass(2400).await;
    assert_eq!(
        world.intents().await[0].state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(world.cloud("hw").stops_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_pauses_the_account_and_is_told_once() {
    let world = World::running(&["hw"]).await;
    world.pass(1).await;
    let before = world.cloud("hw").get(|state| state.reads);
    world
        .cloud("hw")
        .set(|state| state.fail = Some((Reason::Auth, "key refused".to_owned())));
    world.pass(3600).await;
    let reads = world.cloud("hw").get(|state| state.reads) - before;
    assert!(
        reads <= 13,
        "never tighter than five minutes: {reads} reads in an hour"
    );
    assert_eq!(
        world.sink("ops").count("blind"),
        1,
        "{:?}",
        world.sink("ops").codes()
    );
    world.cloud("hw").set(|state| state.fail = None);
    world.pass(1200).await;
    assert_eq!(world.sink("ops").count("blind_resolved"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_never_could_be_read_is_told_by_the_program() {
    let world = World::idle(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.fail = Some((Reason::Auth, "key refused".to_owned())));
    world.engine.run().await.unwrap();
    world.pass(1800).await;
    assert_eq!(world.sink("ops").codes(), ["program"]);
    let told = world.sink("ops").messages().remove(0);
    assert!(
        matches!(&told, Message::Program { condition, .. } if condition == "account_blind:hw"),
        "it names the account: {told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_locked_keychain_is_blind_once_and_goes_on_by_itself_after_the_unlock() {
    let world = World::idle(&["hw"]).await;
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.engine.stop().await;
    *world.vault.hangs.lock().unwrap() = true;
    let again = world.again().await;
    again.engine.run().await.unwrap();
    again.pass(1800).await;
    let blind = again.engine.status().await.accounts[0].blind.clone().unwrap();
    assert_eq!(blind.reason, Reason::Locked);
    *again.vault.hangs.lock().unwrap() = false;
    again.pass(900).await;
    assert_eq!(again.engine.status().await.accounts[0].blind, None);
    assert_eq!(
        conditions(&again),
        ["keychain_locked", "keychain_unlocked"],
        "{:?}",
        again.sink("ops").codes()
    );
}

/// The conditions of the program that were told.
fn conditions(world: &World) -> Vec<String> {
    let messages = world.sink("ops").messages().into_iter();
    messages
        .filter_map(|message| match message {
            Message::Program { condition, .. } => Some(condition),
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_locked_keychain_is_one_alert_for_all_its_accounts() {
    let world = World::idle(&["a", "b", "c", "new"]).await;
    world.cloud("new").set(|state| state.missing = true);
    world.engine.run().await.unwrap();
    world.pass(600).await;
    world.engine.stop().await;
    *world.vault.locked.lock().unwrap() = true;
    let again = world.again().await;
    again.engine.run().await.unwrap();
    again.pass(1800).await;
    assert_eq!(again.count("blind"), 3, "each guard knows: {:?}", again.story());
    assert_eq!(
        again.sink("ops").codes(),
        Vec::<String>::new(),
        "locked out as well"
    );
    again.engine.stop().await;
    let third = world.again().await;
    *third.vault.locked.lock().unwrap() = false;
    third.engine.run().await.unwrap();
    third.pass(900).await;
    assert_eq!(
        conditions(&third),
        ["keychain_locked", "keychain_unlocked"],
        "{:?}",
        third.sink("ops").codes()
    );
    assert_eq!(third.sink("ops").count("blind"), 0);
    assert_eq!(
        third.engine.status().await.conditions.len(),
        4,
        "only the discoveries"
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_refused_after_the_unlock_is_told_as_its_own_blindness() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.engine.stop().await;
    *world.vault.locked.lock().unwrap() = true;
    let again = world.again().await;
    again.engine.run().await.unwrap();
    again.pass(900).await;
    again
        .cloud("hw")
        .set(|state| state.fail = Some((Reason::Auth, "key refused".to_owned())));
    *again.vault.locked.lock().unwrap() = false;
    again.pass(900).await;
    assert_eq!(
        again.sink("ops").count("blind"),
        1,
        "{:?}",
        again.sink("ops").codes()
    );
    again.cloud("hw").set(|state| state.fail = None);
    again.pass(1200).await;
    assert_eq!(again.sink("ops").count("blind_resolved"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_package_that_vanishes_is_blind_once_then_let_go_and_its_alert_ends() {
    let world = World::idle(&["hw"]).await;
    let old = ("old".to_owned(), 500 * GB, "srv-old".to_owned());
    world.cloud("hw").set(|state| state.extra.push(old));
    world.engine.run().await.unwrap();
    world.pass(600).await;
    assert_eq!(world.engine.guards().await[0].meters.len(), 2);
    world.cloud("hw").set(|state| state.extra.clear());
    world.pass(24 * 3600).await;
    assert_eq!(world.sink("ops").count("blind"), 1);
    assert_eq!(
        world.engine.guards().await[0].meters.len(),
        2,
        "not silently dropped"
    );
    world.pass(7 * 24 * 3600).await;
    assert_eq!(world.engine.guards().await[0].meters.len(), 1);
    assert_eq!(world.sink("ops").count("blind"), 1, "never told again");
    let open = world.store.alerts(AlertFilter::open()).await.unwrap();
    assert!(
        open.iter().all(|alert| alert.guard.is_none()),
        "the alert of what is gone ended: {open:?}"
    );
    assert!(world.intents().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_down_for_an_hour_gets_every_message_once_afterwards() {
    let world = World::armed(&["hw"]).await;
    *world.sink("ops").down.lock().unwrap() = Some(DeliveryError {
        refusal: Refusal::Retry(Duration::from_secs(1)),
        detail: "unreachable".to_owned(),
        may_have_arrived: false,
        sends: 1,
    });
    over(&world).await;
    world.pass(3600).await;
    assert_eq!(world.sink("ops").codes(), Vec::<String>::new());
    assert!(
        *world.sink("ops").tries.lock().unwrap() < 60,
        "it waits longer and longer"
    );
    *world.sink("ops").down.lock().unwrap() = None;
    world.pass(900).await;
    for code in ["action_planned", "action_sent", "action_verified"] {
        assert_eq!(
            world.sink("ops").count(code),
            1,
            "{code}: {:?}",
            world.sink("ops").codes()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_refuses_for_good_is_told_on_another_one() {
    let world = World::with(&["hw"], |config| config.channels.push(kit::channel("second"))).await;
    *world.sink("ops").down.lock().unwrap() = Some(DeliveryError {
        refusal: Refusal::Permanent,
        detail: "sign match fail".to_owned(),
        may_have_arrived: false,
        sends: 1,
    });
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(900).await;
    assert_eq!(world.sink("second").count("step_reached"), 1);
    assert_eq!(
        world.sink("second").count("program"),
        1,
        "{:?}",
        world.sink("second").codes()
    );
    let rows = world
        .store
        .deliveries(DeliveryFilter::Recent {
            before: None,
            limit: 10,
        })
        .await
        .unwrap();
    assert!(
        rows.iter()
            .any(|row| row.error.as_deref() == Some("sign match fail"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_undelivered_critical_message_goes_to_the_next_channel_after_five_minutes() {
    let world = World::armed_with(&["hw"], |config| {
        config.channels.push(kit::channel("second"));
        config.guards[0].channels = vec![config.channels[0].id.clone()];
    })
    .await;
    *world.sink("ops").down.lock().unwrap() = Some(DeliveryError {
        refusal: Refusal::Retry(Duration::from_secs(1)),
        detail: "unreachable".to_owned(),
        may_have_arrived: false,
        sends: 1,
    });
    over(&world).await;
    world.pass(3600).await;
    assert_eq!(
        world.sink("second").count("action_planned"),
        1,
        "{:?}",
        world.sink("second").codes()
    );
}

#[tokio::test(start_paused = true)]
async fn one_hanging_account_does_not_delay_the_others() {
    let world = World::idle(&["hw", "slow"]).await;
    world.cloud("slow").set(|state| state.hang = true);
    world.engine.run().await.unwrap();
    world.pass(3600).await;
    let reads = world.cloud("hw").get(|state| state.reads);
    assert!((11..=14).contains(&reads), "one look each five minutes: {reads}");
}

#[tokio::test(start_paused = true)]
async fn more_hanging_accounts_than_places_delay_no_other() {
    let hanging: Vec<String> = (0..120).map(|n| format!("slow-{n}")).collect();
    let names: Vec<&str> = ["hw"]
        .into_iter()
        .chain(hanging.iter().map(String::as_str))
        .collect();
    let world = World::idle(&names).await;
    for name in &hanging {
        world.cloud(name).set(|state| state.hang = true);
    }
    world.engine.run().await.unwrap();
    // The first round may wait for places; from then on no look is a minute late in an hour.
    world.pass(600).await;
    let before = world.cloud("hw").get(|state| state.reads);
    world.pass(3600).await;
    let reads = world.cloud("hw").get(|state| state.reads) - before;
    assert!((11..=14).contains(&reads), "one look each five minutes: {reads}");
}

#[tokio::test(start_paused = true)]
async fn missing_data_never_stops_anything() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.missing = true);
    world.pass(4 * 3600).await;
    assert!(world.intents().await.is_empty());
    assert_eq!(
        world.sink("ops").count("blind"),
        1,
        "{:?}",
        world.sink("ops").codes()
    );
}

#[tokio::test(start_paused = true)]
async fn each_request_of_a_message_counts_against_the_limits_of_its_channel() {
    let world = World::running(&["hw"]).await;
    *world.sink("ops").sends.lock().unwrap() = 2;
    world.pass(1).await;
    world.cloud("hw").set(|state| state.remaining = 250 * GB);
    world.pass(900).await;
    assert_eq!(world.sink("ops").codes(), ["step_reached"]);
    let pace = world.store.setting("pace/ops").await.unwrap().unwrap();
    assert_eq!(
        pace["sent"].as_array().unwrap().len(),
        2,
        "the card was sent again as text: {pace}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_discovery_shows_in_the_status_and_is_told_once_when_the_list_is_old() {
    let world = World::idle(&["hw"]).await;
    let day = 24 * 3600;
    world
        .cloud("hw")
        .set(|state| state.list_age = Some(Duration::ZERO));
    world.engine.run().await.unwrap();
    world.pass(600).await;
    assert_eq!(world.engine.status().await.conditions, []);
    world.cloud("hw").set(|state| state.list_age = None);
    world.pass(2 * day).await;
    let (condition, detail) = world.engine.status().await.conditions.remove(0);
    assert_eq!(condition, "discovery_failed:hw");
    assert!(
        detail.contains("no discovery (transient)") && detail.contains("as of 2026-11-10"),
        "{detail}"
    );
    assert_eq!(world.sink("ops").count("program"), 0, "not old yet");
    world.pass(3 * day).await;
    assert_eq!(world.sink("ops").count("program"), 1, "once");
    world
        .cloud("hw")
        .set(|state| state.list_age = Some(Duration::ZERO));
    world.pass(2 * 3600).await;
    assert_eq!(world.engine.status().await.conditions, []);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_the_provider_itself_has_not_renewed_for_days_is_told() {
    let world = World::idle(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.list_age = Some(Duration::from_secs(4 * 24 * 3600)));
    world.engine.run().await.unwrap();
    world.pass(2 * 3600).await;
    assert_eq!(world.sink("ops").codes(), ["program"]);
}
