//! What a person does: arm, hold, cancel, pause, protect, act, restore, configure. In virtual time.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

use std::time::Duration;

use crate::kit::{self, GB, World, account, guard};
use tidegate_engine::{Engine, EngineError, Refused};
use tidegate_guard::{ActionKind, Belt, Consent, IntentState, Limit, Mode, PowerState, StopManner};
use tidegate_meter::{AccountId, GuardId, Reason, RowId};
use tidegate_store::Store;

fn gid(id: &str) -> GuardId {
    GuardId::new(id).unwrap()
}

const MONTH: Duration = Duration::from_secs(30 * 86_400);

async fn planned(world: &World) -> RowId {
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    while world.count("planned") == 0 {
        world.pass(5).await;
    }
    world.intents().await[0].id
}

fn consent(name: &str) -> Consent {
    Consent {
        by: "test".to_owned(),
        typed_name: name.to_owned(),
    }
}

fn refused(error: EngineError) -> Refused {
    match error {
        EngineError::Refused(refused) => *refused,
        other => panic!("expected a refusal, got {other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn arming_freezes_the_targets_by_name() {
    let world = World::running(&["hw"]).await;
    world.pass(1).await;
    let armed = world.engine.arm(&gid("hw-traffic"), MONTH, "test").await.unwrap();
    assert_eq!(armed.targets.len(), 1);
    assert_eq!(armed.targets[0].name, "server-hw");
    assert_eq!(armed.contracts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn arming_is_refused_without_a_limit_a_target_or_sight() {
    let world = World::with(&["hw"], |config| config.guards[0].limit = None).await;
    world.engine.run().await.unwrap();
    world.pass(1).await;
    let error = world
        .engine
        .arm(&gid("hw-traffic"), MONTH, "test")
        .await
        .unwrap_err();
    assert!(matches!(refused(error), Refused::NothingToArm(_)));

    let world = World::idle(&["hw"]).await;
    world.cloud("hw").set(|state| state.no_targets = true);
    world.engine.run().await.unwrap();
    world.pass(1).await;
    let error = world
        .engine
        .arm(&gid("hw-traffic"), MONTH, "test")
        .await
        .unwrap_err();
    assert!(matches!(refused(error), Refused::NoTargetKnown(_)));

    let world = World::idle(&["hw"]).await;
    world
        .cloud("hw")
        .set(|state| state.fail = Some((Reason::Auth, "key refused".to_owned())));
    world.engine.run().await.unwrap();
    world.pass(1).await;
    let error = world
        .engine
        .arm(&gid("hw-traffic"), MONTH, "test")
        .await
        .unwrap_err();
    assert!(matches!(refused(error), Refused::AccountBlind(_)));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_action_stops_nothing_and_holds_its_guard_for_a_day() {
    let world = World::armed(&["hw"]).await;
    let intent = planned(&world).await;
    world.engine.cancel(intent, "test").await.unwrap();
    world.pass(12 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
    assert_eq!(world.intents().await.len(), 1);
    world.pass(14 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "the hold has an end");
}

#[tokio::test(start_paused = true)]
async fn a_held_action_leaves_only_after_the_hold() {
    let world = World::armed(&["hw"]).await;
    let intent = planned(&world).await;
    world
        .engine
        .hold(intent, Duration::from_secs(1800), "test")
        .await
        .unwrap();
    world.pass(1500).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    world.pass(600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn stop_now_ends_the_countdown() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].countdown = Duration::from_secs(3600);
    })
    .await;
    let intent = planned(&world).await;
    world.engine.stop_now(intent, "test").await.unwrap();
    world.pass(60).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn too_late_is_said_once_the_request_left() {
    let world = World::armed(&["hw"]).await;
    let intent = planned(&world).await;
    world.pass(300).await;
    let error = world.engine.cancel(intent, "test").await.unwrap_err();
    assert!(matches!(refused(error), Refused::TooLate(_)));
}

#[tokio::test(start_paused = true)]
async fn a_pause_keeps_every_guard_from_acting_and_not_from_telling() {
    let world = World::armed(&["hw"]).await;
    let until = kit::start().plus(Duration::from_secs(6 * 3600));
    world.engine.pause(until, "test").await.unwrap();
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(3 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    assert!(world.sink("ops").count("step_reached") >= 1);
    world.engine.resume("test").await.unwrap();
    world.pass(1200).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_protected_server_is_never_touched() {
    let world = World::armed(&["hw"]).await;
    let target = world.cloud("hw").target();
    let account = AccountId::new("hw").unwrap();
    world
        .engine
        .protect(&account, &target.id, true, "test")
        .await
        .unwrap();
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    let error = world
        .engine
        .act(
            &account,
            &target.id,
            ActionKind::Stop,
            StopManner::Soft,
            consent("server-hw"),
        )
        .await
        .unwrap_err();
    assert!(matches!(refused(error), Refused::Protected(_)));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_protection_tag_protects() {
    let world = World::armed(&["hw"]).await;
    world.cloud("hw").set(|state| state.protected = None);
    world.pass(600).await;
    world.cloud("hw").set(|state| state.remaining = 8 * GB);
    world.pass(3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_person_stops_and_restores_by_name() {
    let world = World::running(&["hw"]).await;
    world.pass(1).await;
    let target = world.cloud("hw").target();
    let account = AccountId::new("hw").unwrap();
    let error = world
        .engine
        .act(
            &account,
            &target.id,
            ActionKind::Stop,
            StopManner::Soft,
            consent("another"),
        )
        .await
        .unwrap_err();
    assert!(matches!(refused(error), Refused::TypedName));
    let stop = world
        .engine
        .act(
            &account,
            &target.id,
            ActionKind::Stop,
            StopManner::Soft,
            consent("server-hw"),
        )
        .await
        .unwrap();
    let row = world.engine.drive(stop).await.unwrap();
    assert_eq!(row.state, IntentState::Verified, "{:?}", world.story());
    let start = world.engine.restore(stop, consent("server-hw")).await.unwrap();
    let row = world.engine.drive(start).await.unwrap();
    assert_eq!(
        (row.action, row.state),
        (ActionKind::Start, IntentState::Verified)
    );
    assert_eq!(
        world.cloud("hw").get(|state| state.power.clone()),
        PowerState::Running
    );
    let error = world
        .engine
        .restore(stop, consent("server-hw"))
        .await
        .unwrap_err();
    assert!(
        matches!(refused(error), Refused::NotOurs { .. }),
        "restored once already"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_started_again_by_somebody_is_left_alone_until_the_reset() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    world.pass(600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1);
    world.cloud("hw").set(|state| state.power = PowerState::Running);
    world.pass(6 * 3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn with_the_policy_stop_again_it_is_stopped_again_after_the_grace() {
    let world = World::armed_with(&["hw"], |config| {
        config.guards[0].restart = tidegate_guard::RestartPolicy::StopAgain;
    })
    .await;
    planned(&world).await;
    world.pass(600).await;
    world.cloud("hw").set(|state| state.power = PowerState::Running);
    world.pass(600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 1, "within the grace");
    world.pass(3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 2, "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn editing_one_guard_touches_no_other_and_keeps_its_state() {
    let world = World::armed(&["hw", "two"]).await;
    world.pass(600).await;
    let mut config = world.engine.config().await;
    let index = config
        .guards
        .iter()
        .position(|item| item.id == gid("two-traffic"))
        .unwrap();
    config.guards[index].steps.pop();
    let plan = world.engine.configure(config, "test").await.unwrap();
    assert_eq!(plan.guards.changed, [gid("two-traffic")]);
    assert_eq!(plan.guards.kept, [gid("hw-traffic")]);
    assert!(plan.accounts.is_empty() && plan.channels.is_empty());
    assert!(plan.disarmed.is_empty());
    let guards = world.engine.config().await.guards;
    assert!(
        guards
            .iter()
            .all(|guard| matches!(guard.mode, Mode::Armed { .. }))
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_limit_disarms_the_guard_and_says_so() {
    let world = World::armed(&["hw"]).await;
    let mut config = world.engine.config().await;
    config.guards[0].limit = Some("100 GB".parse::<Limit>().unwrap());
    assert_eq!(
        world.engine.plan(&config).await.unwrap().disarmed,
        [gid("hw-traffic")]
    );
    let plan = world.engine.configure(config, "test").await.unwrap();
    assert_eq!(plan.disarmed, [gid("hw-traffic")]);
    assert_eq!(world.engine.config().await.guards[0].mode, Mode::Watch);
}

#[tokio::test(start_paused = true)]
async fn a_mode_in_a_configuration_is_ignored_only_arm_arms() {
    let world = World::with(&["hw"], |config| {
        config.guards[0].mode = Mode::Armed {
            until: kit::start().plus(MONTH),
            targets: Vec::new(),
        };
    })
    .await;
    assert_eq!(world.engine.config().await.guards[0].mode, Mode::Watch);
}

#[tokio::test(start_paused = true)]
async fn a_new_account_is_looked_at_at_once() {
    let world = World::running(&["hw"]).await;
    world.pass(10).await;
    let cloud = kit::Cloud::new("late", &world.timer);
    world
        .outside
        .clouds
        .lock()
        .unwrap()
        .insert(AccountId::new("late").unwrap(), cloud);
    let mut config = world.engine.config().await;
    config.accounts.push(account("late"));
    config.guards.push(guard("late-traffic", "late"));
    world.engine.configure(config, "test").await.unwrap();
    world.pass(1).await;
    assert_eq!(world.cloud("late").get(|state| state.reads), 1);
}

#[tokio::test(start_paused = true)]
async fn a_removed_guard_takes_its_planned_action_with_it() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    let mut config = world.engine.config().await;
    config.guards.clear();
    world.engine.configure(config, "test").await.unwrap();
    world.pass(3600).await;
    assert_eq!(world.cloud("hw").stops_sent(), 0);
    assert_eq!(world.intents().await[0].state, IntentState::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_check_without_loops_reads_and_writes_nothing() {
    let world = World::idle(&["hw"]).await;
    let report = world.engine.check(&[]).await.unwrap();
    assert_eq!(report.meters.len(), 1);
    assert!(!report.any_blind());
    assert!(world.store.meters(None).await.unwrap().is_empty());
    assert!(world.store.guard_states(None).await.unwrap().is_empty());
}

/// What blocks the guard of the first meter, in a check without loops.
async fn belts(world: &World) -> Vec<Belt> {
    let mut report = world.engine.check(&[]).await.unwrap();
    report.meters.remove(0).guards.remove(0).why.unwrap().belts
}

#[tokio::test(start_paused = true)]
async fn a_check_without_loops_says_what_a_run_would_do() {
    let world = World::idle(&["hw"]).await;
    world.engine.stop().await;
    assert_eq!(belts(&world).await, [Belt::Watch]);
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.engine.stop().await;
    assert_eq!(belts(&world).await, []);
    world.cloud("hw").set(|state| state.can_act = false);
    assert_eq!(belts(&world).await, [Belt::NoCredential]);
}

#[tokio::test(start_paused = true)]
async fn a_check_beside_another_copy_says_that_the_other_one_guards() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let world = World::idle(&["hw"]).await;
    let open = |holder| {
        let store = Store::open(kit::store_options(Some(&path), &world.timer, holder)).unwrap();
        Engine::open(kit::parts(store, &world.outside, &world.vault, &world.timer))
    };
    let one = open("first").await.unwrap();
    one.configure(kit::config(&["hw"]), "test").await.unwrap();
    one.run().await.unwrap();
    let two = open("second").await.unwrap();
    let mut report = two.check(&[]).await.unwrap();
    let why = report.meters.remove(0).guards.remove(0).why.unwrap();
    assert_eq!(why.belts, [Belt::Watch, Belt::NotHolder]);
    one.stop().await;
}
