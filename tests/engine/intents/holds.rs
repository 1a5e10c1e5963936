//! What a proof leaves behind: whose doing it was, and which guards leave the server alone.

use std::time::Duration;

use tidegate_guard::{ActionKind, Consent, IntentState, PowerState, RestartPolicy, StopManner};
use tidegate_meter::{AccountId, Clock as _, Time, Window, WindowKind};
use tidegate_store::TargetRow;

use crate::intents::house::{acts, earlier, left, resumed, row, since_start, until, wish};
use crate::kit::{self, GB, World, guard};

async fn holds(world: &World) -> Vec<(String, Time)> {
    let settings = world.store.settings().await.unwrap();
    settings
        .into_iter()
        .filter(|(key, _)| key.starts_with("hold/"))
        .map(|(key, until)| (key, serde_json::from_value(until).unwrap()))
        .collect()
}

async fn target(world: &World) -> TargetRow {
    world.store.targets(None).await.unwrap().remove(0)
}

/// A guard of each kind watches; a person starts or stops the server by hand.
async fn by_hand(action: ActionKind, window: Option<Window>) -> World {
    let world = World::with(&["hw"], |config| {
        let mut again = guard("hw-again", "hw");
        again.restart = RestartPolicy::StopAgain;
        let mut warns = guard("hw-warns", "hw");
        warns.action = ActionKind::Warn;
        let mut warns_again = warns.clone();
        warns_again.id = tidegate_meter::GuardId::new("hw-warns-again").unwrap();
        warns_again.restart = RestartPolicy::StopAgain;
        config.guards.extend([again, warns, warns_again]);
    })
    .await;
    world.cloud("hw").set(|cloud| {
        cloud.window = window;
        if action == ActionKind::Start {
            cloud.power = PowerState::Stopped;
        }
    });
    world.engine.run().await.unwrap();
    world.pass(10).await;
    let consent = Consent {
        by: "me".to_owned(),
        typed_name: "server-hw".to_owned(),
    };
    let (account, server) = (AccountId::new("hw").unwrap(), world.cloud("hw").target().id);
    let act = world
        .engine
        .act(&account, &server, action, StopManner::Soft, consent);
    let id = act.await.unwrap();
    assert_eq!(world.engine.drive(id).await.unwrap().state, IntentState::Verified);
    world
}

fn window(end: &str) -> Window {
    let start = "2026-11-01T00:00:00Z".parse().unwrap();
    Window::told(WindowKind::Cycle, start, Some(end.parse().unwrap()))
}

#[tokio::test(start_paused = true)]
async fn what_a_person_started_is_left_alone_until_the_reset_by_guards_that_suspend() {
    let world = by_hand(ActionKind::Start, Some(window("2026-12-01T00:00:00Z"))).await;
    let reset: Time = "2026-12-01T00:00:00Z".parse().unwrap();
    assert_eq!(holds(&world).await, [("hold/hw-traffic/pkg".to_owned(), reset)]);
}

#[tokio::test(start_paused = true)]
async fn where_no_reset_is_to_come_it_is_left_alone_for_a_day() {
    for window in [None, Some(window("2026-11-09T00:00:00Z"))] {
        let world = by_hand(ActionKind::Start, window).await;
        let held = holds(&world).await;
        assert_eq!(held.len(), 1, "{held:?}");
        let span = held[0].1.ms_since(world.timer.now().wall).div_euclid(1000);
        assert!((86_390..=86_400).contains(&span), "{span}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_person_stopped_holds_no_guard() {
    let world = by_hand(ActionKind::Stop, Some(window("2026-12-01T00:00:00Z"))).await;
    assert_eq!(holds(&world).await, []);
}

/// Stopped by its guard, and a new window began in which the guard wants to start it again.
async fn starting_again() -> World {
    let world = World::armed_with(&["hw"], |config| config.guards[0].start_after_reset = true).await;
    world.pass(600).await;
    world.cloud("hw").set(|cloud| cloud.remaining = 8 * GB);
    until(&world, "verified", 1).await;
    assert!(target(&world).await.stopped_by_us_at.is_some());
    let now = world.timer.now().wall;
    let month = Some(now.plus(Duration::from_secs(30 * 86_400)));
    world.cloud("hw").set(|cloud| {
        cloud.window = Some(Window::told(WindowKind::Cycle, now, month));
        cloud.remaining = 1000 * GB;
    });
    until(&world, "planned", 2).await;
    world
}

#[tokio::test(start_paused = true)]
async fn what_a_guard_started_after_the_reset_holds_no_guard() {
    let world = starting_again().await;
    world.pass(600).await;
    assert_eq!(
        acts(&world),
        [ActionKind::Stop, ActionKind::Start],
        "{:?}",
        world.story()
    );
    assert_eq!(holds(&world).await, []);
    assert_eq!(target(&world).await.stopped_by_us_at, None);
}

#[tokio::test(start_paused = true)]
async fn a_start_after_the_reset_is_called_off_when_the_package_runs_dry_in_its_countdown() {
    let world = starting_again().await;
    world.cloud("hw").set(|cloud| cloud.remaining = 12 * GB);
    world.pass(600).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
    let start = world.intents().await.remove(0);
    assert_eq!(
        (start.action, start.state),
        (ActionKind::Start, IntentState::Cancelled),
        "{:?}",
        world.story()
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_of_ours_is_remembered_with_the_time_of_its_proof() {
    let world = resumed(left(IntentState::Verifying), |cloud| {
        cloud.power = PowerState::Stopped;
    })
    .await;
    world.pass(60).await;
    let stopped = target(&world).await;
    assert_eq!(stopped.stopped_by_us_at.map(since_start), Some(5));
    assert_eq!(stopped.power.map(|(power, _)| power), Some(PowerState::Stopped));
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_was_not_ours_is_not_remembered_as_ours() {
    let record = wish(IntentState::Planned, ActionKind::Stop);
    let world = resumed(record, |cloud| cloud.power = PowerState::Stopped).await;
    world.pass(60).await;
    assert_eq!(row(&world).await.state, IntentState::Verified);
    assert_eq!(target(&world).await.stopped_by_us_at, None);
}

#[tokio::test(start_paused = true)]
async fn a_start_of_ours_is_remembered_as_a_start_now() {
    let record = wish(IntentState::Planned, ActionKind::Start);
    let world = resumed(record, |cloud| cloud.power = PowerState::Stopped).await;
    world.pass(60).await;
    let started = target(&world).await;
    assert_eq!(started.stopped_by_us_at, None);
    assert!(started.started_at.unwrap() > earlier());
    assert!(started.started_at.unwrap() >= kit::start());
}
