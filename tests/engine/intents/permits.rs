//! Between the check and the request: a permit that grew old, a pause, another request to the same server.

use std::time::Duration;

use futures_util::FutureExt as _;
use tidegate_engine::Engine;
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{Clock as _, RowId};
use tidegate_store::IntentRow;

use crate::intents::house::{
    Once, acts, detail, empty, left, message, messages, put, recorded, recorded_in, row, times, until, wish,
};
use crate::kit::{self, GB, Stop, TestTimer, World};

const CLEARED: &str = "intent.rechecked.committed";
const LEAVING: &str = "intent.sent.before";

async fn stopping(once: Once) -> World {
    let record = wish(IntentState::Planned, ActionKind::Stop);
    let world = recorded_in(record, Some(once), |config| config.guards.clear()).await;
    world.engine.run().await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_grew_old_before_the_record_is_asked_for_anew() {
    let world = stopping((CLEARED, |_, timer| timer.jump(61_000))).await;
    world.pass(60).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
    assert_eq!(world.count("failed"), 0);
    assert_eq!(times(&world, "sent"), [61 + 5]);
}

#[tokio::test(start_paused = true)]
async fn a_permit_of_a_minute_is_still_used() {
    for point in [CLEARED, LEAVING] {
        let world = stopping((point, |_, timer| timer.jump(60_000))).await;
        world.pass(60).await;
        assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
        assert_eq!((world.count("sent"), world.count("failed")), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_grew_old_behind_the_record_sends_nothing_and_says_so() {
    let world = stopping((LEAVING, |_, timer| timer.jump(61_000))).await;
    until(&world, "failed", 1).await;
    assert_eq!(acts(&world), []);
    let failed = row(&world).await;
    assert_eq!(detail(&failed).sent_at, None);
    assert!(!detail(&failed).left, "no request left in any try");
    world.engine.cancel(failed.id, "me").await.unwrap();
    world.pass(10).await;
    assert_eq!(message(&world, "action_cancelled")["asked"], "never");
    let told = message(&world, "action_failed");
    assert_eq!(
        told["detail"],
        "it was checked too long ago; no request was sent in this try"
    );
}

#[tokio::test(start_paused = true)]
async fn an_earlier_request_that_was_refused_is_not_denied_when_a_later_try_sends_nothing() {
    let (mut wished, mut known) = left(IntentState::Failed);
    wished.tries = 1;
    known.sent_at = None;
    let once: Once = (LEAVING, |_, timer| timer.jump(61_000));
    let world = recorded_in((wished, known), Some(once), |config| config.guards.clear()).await;
    world.engine.run().await.unwrap();
    until(&world, "failed", 1).await;
    assert_eq!(acts(&world), []);
    world.engine.cancel(row(&world).await.id, "me").await.unwrap();
    world.pass(10).await;
    assert_eq!(message(&world, "action_cancelled")["asked"], "refused");
}

/// Until an hour from now nothing that guards want is done.
fn pause(engine: &Engine, timer: &TestTimer) {
    let until = timer.now().wall.plus(Duration::from_secs(3600));
    engine.pause(until, "me").now_or_never().unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_pause_behind_the_check_keeps_a_guards_request_from_leaving() {
    let world = empty(Some((CLEARED, pause)), |_| {}).await;
    world.engine.run().await.unwrap();
    world.pass(1).await;
    world.arm("hw").await;
    world.pass(600).await;
    world.cloud("hw").set(|cloud| cloud.remaining = 8 * GB);
    until(&world, "rechecked", 1).await;
    world.pass(600).await;
    assert_eq!(
        (acts(&world), world.count("sent")),
        (vec![], 0),
        "{:?}",
        world.story()
    );
    assert_eq!(message(&world, "action_cancelled")["asked"], "never");
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_what_guards_do_does_not_keep_a_persons_wish() {
    let world = stopping((CLEARED, pause)).await;
    world.pass(60).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn two_wishes_for_one_server_are_on_the_wire_one_after_the_other() {
    let (wished, known) = wish(IntentState::Planned, ActionKind::Stop);
    let twin = IntentRow {
        id: RowId::new(wished.created_at, [9; 10]),
        ..wished.clone()
    };
    let world = recorded((wished, known.clone())).await;
    put(&world, twin, &known).await;
    world.cloud("hw").set(|cloud| {
        cloud.act_latency = Duration::from_secs(3);
        cloud.stop_always = Stop::Works(Duration::from_secs(20));
    });
    world.engine.run().await.unwrap();
    world.pass(300).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
    assert_eq!(world.count("verified"), 2, "{:?}", world.story());
    let told: Vec<String> = messages(&world, "action_verified")
        .iter()
        .map(|told| told["asked"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        told.iter().filter(|asked| *asked == "never").count(),
        1,
        "{told:?}"
    );
    assert!(world.timer.now().wall > kit::start());
}
