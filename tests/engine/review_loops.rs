//! Faults of the loops themselves: a defect that ends a task, a provider that asks for a month of rest, a full disk, a
//! channel that goes, a clock that jumps, a row that cannot be read. None may end in silence.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::kit::{self, GB, World};
use tidegate_channels::{DeliveryError, Message, Refusal};
use tidegate_engine::config::Config;
use tidegate_guard::{IntentState, Mode, PowerState, RestartPolicy, Severity};
use tidegate_meter::{Clock, GuardId, Reason, RowId};
use tidegate_store::{AlertFilter, AlertRow, Batch, Faults, OpenOptions, Store, Write};

/// The conditions of the program that a channel was told.
fn conditions(world: &World, channel: &str) -> Vec<String> {
    fn named(message: Message, names: &mut Vec<String>) {
        match message {
            Message::Program { condition, .. } => names.push(condition),
            Message::Group { messages } => messages.into_iter().for_each(|message| named(message, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    for message in world.sink(channel).messages() {
        named(message, &mut names);
    }
    names
}

fn reads(world: &World) -> u32 {
    world.cloud("hw").get(|state| state.reads)
}

/// Below the limit; returns when a stop is planned.
async fn planned(world: &World) -> RowId {
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    world.intents().await[0].id
}

#[tokio::test(start_paused = true)]
async fn a_look_that_a_defect_ends_is_told_and_the_account_is_looked_at_again() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.panics = true);
    world.pass(1200).await;
    assert_eq!(
        conditions(&world, "ops"),
        ["look_broken:hw"],
        "told once, not at each look"
    );
    world.cloud("hw").set(|state| state.panics = false);
    let before = reads(&world);
    world.pass(3600).await;
    assert!(
        reads(&world) - before >= 10,
        "{} reads in an hour",
        reads(&world) - before
    );
    let open = world.store.alerts(AlertFilter::open()).await.unwrap();
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_a_defect_ends_is_of_unknown_outcome_and_the_action_goes_on() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| state.act_panics = true);
    planned(&world).await;
    world.pass(70).await;
    assert_eq!(world.count("sent"), 1, "{:?}", world.story());
    world.cloud("hw").set(|state| state.act_panics = false);
    world.pass(1800).await;
    assert_eq!(world.count("unknown"), 1, "{:?}", world.story());
    assert_eq!(world.intents().await[0].state, IntentState::Verified);
    assert_eq!(world.cloud("hw").stops_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_send_a_defect_ended_goes_out_again_as_a_repeat() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    *world.sink("ops").panics.lock().unwrap() = true;
    world.cloud("hw").set(|state| state.remaining = 200 * GB);
    world.pass(1200).await;
    let got = world.sink("ops").got.lock().unwrap().clone();
    assert_eq!(got.len(), 1, "{:?}", world.story());
    assert!(got[0].2, "it may have arrived before");
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_a_defect_ends_is_told_and_all_of_them_start_again() {
    let world = World::idle(&["hw"]).await;
    // The loop of the upkeep dies at once: nothing else waits for that long.
    *world.timer.bad_sleep.lock().unwrap() = Some(tidegate_engine::limits::MAINTENANCE_FIRST);
    world.engine.run().await.unwrap();
    world.pass(60).await;
    assert_eq!(*world.timer.bad_sleep.lock().unwrap(), None, "the defect was met");
    let before = reads(&world);
    world.pass(3600).await;
    assert_eq!(conditions(&world, "ops"), ["loop_broken"]);
    assert!(
        reads(&world) - before >= 10,
        "{} reads in an hour",
        reads(&world) - before
    );
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_for_a_month_of_rest_gets_a_quarter_of_an_hour_and_the_guard_is_told_as_blind() {
    let world = World::armed(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| {
        state.fail = Some((Reason::Rate, "too many requests".to_owned()));
        state.fail_after = Some(Duration::from_secs(30 * 86_400));
    });
    let before = reads(&world);
    world.pass(4 * 3600).await;
    let asked = reads(&world) - before;
    assert!(
        (13..=17).contains(&asked),
        "every quarter of an hour: {asked} reads in four hours"
    );
    assert_eq!(
        world.sink("ops").count("blind"),
        1,
        "{:?}",
        world.sink("ops").codes()
    );
    world.cloud("hw").set(|state| state.fail = None);
    world.pass(1000).await;
    assert_eq!(
        world.sink("ops").count("blind_resolved"),
        1,
        "{:?}",
        world.sink("ops").codes()
    );
}

/// A world whose store can be made to fail.
async fn with_faults() -> (World, Faults) {
    let faults = Faults::default();
    let timer = kit::TestTimer::new(kit::start());
    let options = OpenOptions {
        faults: faults.clone(),
        ..kit::store_options(None, &timer, "one")
    };
    let cloud = kit::Cloud::new("hw", &timer);
    let outside = Arc::new(kit::FakeOutside {
        clouds: Mutex::new(BTreeMap::from([(cloud.account.clone(), cloud)])),
        sinks: Mutex::default(),
        timer: timer.clone(),
    });
    let store = Store::open(options).unwrap();
    let world = World::on(store, outside, Arc::default(), timer, None).await;
    world
        .engine
        .configure(kit::config(&["hw"]), "test")
        .await
        .unwrap();
    world.engine.run().await.unwrap();
    (world, faults)
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_takes_heartbeats_and_refuses_looks_is_told_once_and_costs_the_provider_no_more_reads() {
    let (world, faults) = with_faults().await;
    world.pass(600).await;
    faults.limit_pages(Some(1));
    let before = reads(&world);
    world.pass(24 * 3600).await;
    let asked = reads(&world) - before;
    assert!(
        asked <= 24 * 12 + 40,
        "{asked} reads in a day of five minutes each"
    );
    assert_eq!(conditions(&world, "ops"), ["store_unwritable"]);
    faults.limit_pages(None);
    world.cloud("hw").set(|state| state.remaining = 200 * GB);
    world.pass(1200).await;
    assert_eq!(
        world.sink("ops").count("step_reached"),
        1,
        "{:?}",
        world.sink("ops").codes()
    );
}

#[tokio::test(start_paused = true)]
async fn a_pause_whose_end_cannot_be_read_goes_on_until_a_person_ends_it() {
    let world = World::armed(&["hw"]).await;
    let until = world.timer.now().wall.plus(Duration::from_secs(86_400));
    world.engine.pause(until, "test").await.unwrap();
    let mut batch = Batch::default();
    let unreadable = serde_json::json!("2026-11-1q");
    batch.push(Write::Setting("pause".to_owned(), Some(unreadable)));
    world.store.write(batch).await.unwrap();
    world.engine.stop().await;
    let world = world.again().await;
    world.engine.run().await.unwrap();
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert!(world.engine.status().await.paused_until.is_some());
    world.engine.resume("test").await.unwrap();
    world.pass(1200).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

fn down() -> Option<DeliveryError> {
    Some(DeliveryError {
        refusal: Refusal::Retry(Duration::from_secs(10)),
        detail: "down".to_owned(),
        may_have_arrived: false,
        sends: 1,
    })
}

/// What a channel got of the plan to stop, and whether each was marked as a repeat.
fn plans(world: &World, channel: &str) -> usize {
    world.sink(channel).count("action_planned")
}

#[tokio::test(start_paused = true)]
async fn a_critical_message_of_a_removed_channel_goes_to_the_one_in_its_place() {
    let world = World::armed(&["hw"]).await;
    *world.sink("ops").down.lock().unwrap() = down();
    planned(&world).await;
    let mut config = world.engine.config().await;
    config.channels = vec![kit::channel("ops-new")];
    world.engine.configure(config, "test").await.unwrap();
    world.pass(30).await;
    assert_eq!(plans(&world, "ops-new"), 1, "{:?}", world.sink("ops-new").codes());
}

#[tokio::test(start_paused = true)]
async fn a_critical_message_waits_for_a_channel_when_none_is_left() {
    let world = World::armed(&["hw"]).await;
    *world.sink("ops").down.lock().unwrap() = down();
    planned(&world).await;
    let mut config = world.engine.config().await;
    config.channels[0].enabled = false;
    world.engine.configure(config.clone(), "test").await.unwrap();
    world.pass(3600).await;
    let open = world.engine.status().await.conditions;
    assert!(open.iter().any(|(name, _)| name == "messages_untold"), "{open:?}");
    *world.sink("ops").down.lock().unwrap() = None;
    config = world.engine.config().await;
    config.channels[0].enabled = true;
    world.engine.configure(config, "test").await.unwrap();
    world.pass(60).await;
    assert_eq!(plans(&world, "ops"), 1, "{:?}", world.sink("ops").codes());
    let open = world.engine.status().await.conditions;
    assert!(
        !open.iter().any(|(name, _)| name == "messages_untold"),
        "{open:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_outbox_outlives_a_sleep_of_more_than_a_day() {
    let world = World::armed_with(&["hw"], |config| config.channels.push(kit::channel("ops2"))).await;
    *world.sink("ops").down.lock().unwrap() = down();
    *world.sink("ops2").down.lock().unwrap() = down();
    planned(&world).await;
    *world.sink("ops").down.lock().unwrap() = None;
    *world.sink("ops2").down.lock().unwrap() = None;
    world.timer.jump(30 * 3600 * 1000);
    world.pass(600).await;
    assert_eq!(
        (plans(&world, "ops"), plans(&world, "ops2")),
        (1, 1),
        "{:?}",
        world.story()
    );
}

#[tokio::test(start_paused = true)]
async fn an_escalated_message_goes_to_a_channel_that_does_not_have_it() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].channels = vec![config.channels[0].id.clone(), kit::channel("ops2").id];
        config
            .channels
            .extend([kit::channel("ops2"), kit::channel("ops3")]);
    })
    .await;
    *world.sink("ops").down.lock().unwrap() = down();
    planned(&world).await;
    world.pass(1200).await;
    assert_eq!((plans(&world, "ops2"), plans(&world, "ops3")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_account_holds_up_no_command_of_another() {
    let world = World::idle(&["hw", "zz"]).await;
    world.cloud("zz").set(|state| state.hang = true);
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    let engine = world.engine.clone();
    let month = Duration::from_secs(30 * 86_400);
    let stuck = tokio::spawn(async move { engine.arm(&"zz-traffic".parse().unwrap(), month, "test").await });
    world.pass(1).await;
    let before = world.timer.now().mono;
    let server = world.cloud("hw").target().id;
    let account = world.cloud("hw").account.clone();
    world
        .engine
        .disarm(&"hw-traffic".parse().unwrap(), "test")
        .await
        .unwrap();
    world
        .engine
        .protect(&account, &server, true, "test")
        .await
        .unwrap();
    assert!(world.timer.now().mono.since(before) < Duration::from_secs(1));
    assert!(!stuck.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_takes_the_lease_knows_what_the_other_one_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let made = World::idle(&["hw"]).await;
    let open = async |holder: &str| {
        let store = Store::open(kit::store_options(Some(&path), &made.timer, holder)).unwrap();
        World::on(
            store,
            made.outside.clone(),
            made.vault.clone(),
            made.timer.clone(),
            None,
        )
        .await
    };
    let one = open("one").await;
    one.engine.configure(kit::config(&["hw"]), "test").await.unwrap();
    one.engine.run().await.unwrap();
    one.pass(1).await;
    let two = open("two").await;
    one.arm("hw").await;
    one.engine.stop().await;
    let server = one.cloud("hw").target().id;
    two.engine
        .protect(&one.cloud("hw").account, &server, true, "test")
        .await
        .unwrap();
    let guards = two.engine.config().await.guards;
    assert!(
        matches!(guards[0].mode, Mode::Armed { .. }),
        "{:?}",
        guards[0].mode
    );
}

#[tokio::test(start_paused = true)]
async fn one_row_that_cannot_be_read_is_disarmed_and_told_and_the_rest_goes_on() {
    let world = World::armed(&["hw", "odd"]).await;
    world.engine.stop().await;
    let mut batch = Batch::default();
    for mut row in world.store.guards().await.unwrap() {
        if row.id.as_str() == "hw-traffic" {
            row.config["steps"] = "of a later version".into();
            batch.push(Write::PutGuard(row));
        }
    }
    for mut row in world.store.accounts().await.unwrap() {
        if row.id.as_str() == "odd" {
            row.config["interval"] = "of a later version".into();
            batch.push(Write::PutAccount(row));
        }
    }
    let mut spare = world.store.channels().await.unwrap().remove(0);
    spare.id = "spare".parse().unwrap();
    spare.config = "of a later version".into();
    batch.push(Write::PutChannel(spare));
    world
        .store
        .take_lease(world.timer.now().wall, Duration::from_secs(60))
        .await
        .unwrap();
    world.store.write(batch).await.unwrap();
    world.store.release_lease().await.unwrap();
    let (store, outside) = (world.store.clone(), world.outside.clone());
    let again = World::on(store, outside, world.vault.clone(), world.timer.clone(), None).await;
    let before = reads(&again);
    again.engine.run().await.unwrap();
    again.pass(600).await;
    assert!(reads(&again) > before, "the account that can be read is read");
    let mut told = conditions(&again, "ops");
    told.sort();
    let expected = [
        "account_unreadable:odd",
        "channel_unreadable:spare",
        "guard_unreadable:hw-traffic",
    ];
    assert_eq!(told, expected);
    for row in again.store.guards().await.unwrap() {
        assert_eq!(
            row.config["mode"],
            serde_json::to_value(Mode::Watch).unwrap(),
            "{}",
            row.id
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_forward_does_not_free_the_actions_of_the_day() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].belts.actions_guard = 1;
        config.guards[0].restart = RestartPolicy::StopAgain;
    })
    .await;
    planned(&world).await;
    world.pass(600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    world.timer.jump(25 * 3600 * 1000);
    world.pass(600).await;
    world.cloud("hw").set(|state| state.power = PowerState::Running);
    world.pass(4 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
    world.pass(4 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 2, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_was_told_long_ago_in_this_window_keeps_no_look_from_being_recorded() {
    let world = World::running(&["hw"]).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 200 * GB);
    world.pass(1200).await;
    assert_eq!(world.sink("ops").count("step_reached"), 1);
    let config = world.engine.config().await;
    let without = Config {
        guards: Vec::new(),
        ..config.clone()
    };
    world.engine.configure(without, "test").await.unwrap();
    let now = world.timer.now().wall;
    let mut batch = Batch::default();
    for number in 0..1200_u16 {
        let [high, low] = number.to_be_bytes();
        batch.push(Write::RaiseAlert(AlertRow {
            id: RowId::new(now, [high, low, 0, 0, 0, 0, 0, 0, 0, 0]),
            guard: None,
            account: None,
            meter: None,
            key: format!("another-{number}"),
            window_start: now,
            severity: Severity::Info,
            raised_at: now,
            resolved_at: Some(now),
            acknowledged: None,
            snoozed_until: None,
            body: serde_json::Value::Null,
        }));
    }
    world.store.write(batch).await.unwrap();
    world.engine.configure(config, "test").await.unwrap();
    world.pass(1200).await;
    assert_eq!(world.sink("ops").count("step_reached"), 2, "{:?}", world.story());
}

/// Each of them is below its own count; the server's patience is one.
#[tokio::test(start_paused = true)]
async fn two_guards_of_one_server_together_stop_it_no_oftener_than_one_may() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].restart = RestartPolicy::StopAgain;
        config.guards[0].belts.actions_guard = 2;
        let mut second = config.guards[0].clone();
        second.id = GuardId::new("second-traffic").unwrap();
        config.guards.push(second);
    })
    .await;
    world.arm("second").await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    for _ in 0..4 {
        world.cloud("hw").set(|state| state.power = PowerState::Running);
        world.pass(2 * 3600).await;
    }
    assert_eq!(world.cloud("hw").stops_sent(), 2, "{:?}", world.story());
}
