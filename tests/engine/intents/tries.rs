//! Refusals: which are tried again, when, and when nobody tries any more.

use std::time::Duration;

use tidegate_guard::{ActionKind, IntentState, PowerState, StopManner};
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;

use crate::intents::house::{
    acts, detail, left, message, messages, resumed, row, says, silent, since_start, times, until, wish,
};
use crate::kit::{GB, Stop, World};

fn refuses(reason: Reason) -> Stop {
    Stop::Refuses(ProviderErrorKind::Blind(reason), "not now".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_tried_again_after_one_two_and_five_minutes_then_given_up() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.stop_always = refuses(Reason::Transient);
    })
    .await;
    until(&world, "failed", 1).await;
    let first = row(&world).await;
    assert_eq!(
        (first.state, first.tries, since_start(first.next_at)),
        (IntentState::Failed, 1, 60)
    );
    assert_eq!(detail(&first).failure.as_deref(), Some("not now"));
    assert_eq!(detail(&first).sent_at, None, "a definite no did nothing");
    world.pass(3600).await;
    assert_eq!(times(&world, "failed"), [0, 60, 180, 480]);
    assert_eq!(times(&world, "abandoned"), [480]);
    assert_eq!(acts(&world), [ActionKind::Stop; 4]);
    let told = messages(&world, "action_failed");
    let retries: Vec<bool> = told.iter().map(|told| told["retry_at"].is_null()).collect();
    assert_eq!(retries, [false, false, false, true]);
    assert!(told.iter().all(|told| told["detail"] == "not now"), "{told:?}");
    assert_eq!(
        (row(&world).await.tries, row(&world).await.state),
        (4, IntentState::Abandoned)
    );
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_a_refusal_asks_for_lengthens_the_wait_within_bounds() {
    for (asked, kept) in [(10, 60), (600, 600), (86_400, 900)] {
        let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
            cloud.stop_always = refuses(Reason::Rate);
            cloud.refused_after = Some(Duration::from_secs(asked));
        })
        .await;
        until(&world, "failed", 2).await;
        assert_eq!(times(&world, "failed"), [0, kept], "asked for {asked} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_not_tried_again() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.stop_always = refuses(Reason::Scope);
    })
    .await;
    world.pass(600).await;
    assert_eq!(acts(&world), [ActionKind::Stop]);
    assert_eq!(
        (times(&world, "failed"), times(&world, "abandoned")),
        (vec![0], vec![0])
    );
    assert!(message(&world, "action_failed")["retry_at"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_when_the_request_arrives_ends_it() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.stop_always = Stop::Refuses(ProviderErrorKind::Gone, "no such server".to_owned());
    })
    .await;
    world.pass(600).await;
    assert_eq!(acts(&world), [ActionKind::Stop]);
    assert_eq!(times(&world, "abandoned"), [0]);
    assert_eq!(
        message(&world, "action_failed")["detail"],
        "the provider has no such target any more"
    );
}

#[tokio::test(start_paused = true)]
async fn gone_between_two_tries_it_ends_with_one_more_word_and_no_more_tries() {
    let (mut row_left, detail) = left(IntentState::Failed);
    row_left.tries = 1;
    let world = resumed((row_left, detail), |cloud| cloud.power = PowerState::Gone).await;
    world.pass(600).await;
    assert_eq!((world.count("failed"), times(&world, "abandoned")), (0, vec![0]));
    assert!(message(&world, "action_failed")["retry_at"].is_null());
    assert_eq!(row(&world).await.tries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_forbids_it_is_read_before_anything_else_is_tried() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud
            .stop
            .push_back(Stop::Refuses(ProviderErrorKind::Conflict, "locked".to_owned()));
    })
    .await;
    until(&world, "verified", 1).await;
    assert_eq!(
        (times(&world, "unknown"), times(&world, "failed")),
        (vec![0], vec![30])
    );
    assert_eq!(acts(&world), [ActionKind::Stop; 2]);
}

#[tokio::test(start_paused = true)]
async fn stopped_by_somebody_between_two_tries_the_receipt_of_the_try_that_was_taken_on_stays() {
    let (mut row_left, mut detail) = left(IntentState::Failed);
    row_left.tries = 1;
    detail.receipt = Some(tidegate_guard::Receipt {
        job: Some("job-0".to_owned()),
        request: None,
        at: crate::intents::house::earlier(),
    });
    let world = resumed((row_left, detail), |cloud| cloud.power = PowerState::Stopped).await;
    world.pass(60).await;
    assert_eq!(acts(&world), []);
    assert_eq!(
        message(&world, "action_verified")["proof"]["receipt"]["job"],
        "job-0"
    );
}

#[tokio::test(start_paused = true)]
async fn a_manner_that_a_person_asked_for_is_the_one_that_leaves() {
    let (row, mut detail) = wish(IntentState::Planned, ActionKind::Stop);
    detail.manner = StopManner::Forced;
    let world = resumed((row, detail), |_| {}).await;
    world.pass(60).await;
    let manners = world
        .cloud("hw")
        .get(|cloud| cloud.acts.iter().map(|act| act.2).collect::<Vec<_>>());
    assert_eq!(manners, [StopManner::Forced]);
}

#[tokio::test(start_paused = true)]
async fn with_the_consent_to_force_a_refused_soft_stop_is_still_followed_by_a_soft_one() {
    let world = World::armed_with(&["hw"], |config| config.guards[0].forced = true).await;
    world
        .cloud("hw")
        .set(|cloud| cloud.stop.push_back(refuses(Reason::Transient)));
    world.pass(600).await;
    world.cloud("hw").set(|cloud| cloud.remaining = 8 * GB);
    until(&world, "verified", 1).await;
    let manners = world
        .cloud("hw")
        .get(|cloud| cloud.acts.iter().map(|act| act.2).collect::<Vec<_>>());
    assert_eq!(manners, [StopManner::Soft; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_without_effect_is_followed_by_a_forced_one_only_with_the_consent() {
    for (forced, second) in [(false, StopManner::Soft), (true, StopManner::Forced)] {
        let world = World::armed_with(&["hw"], |config| config.guards[0].forced = forced).await;
        world.cloud("hw").set(|cloud| cloud.stop.push_back(Stop::Nothing));
        world.pass(600).await;
        world.cloud("hw").set(|cloud| cloud.remaining = 8 * GB);
        until(&world, "verified", 1).await;
        let acts = world.cloud("hw").get(|cloud| cloud.acts.clone());
        let manners: Vec<StopManner> = acts.iter().map(|act| act.2).collect();
        assert_eq!(manners, [StopManner::Soft, second]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_try_is_checked_like_the_first_and_waits_while_nothing_can_be_read() {
    let (mut row_left, detail) = left(IntentState::Failed);
    row_left.tries = 1;
    let world = resumed((row_left, detail), |cloud| {
        cloud.told.extend([silent(None), silent(None)]);
    })
    .await;
    until(&world, "sent", 1).await;
    assert_eq!(
        (times(&world, "rechecked"), times(&world, "sent")),
        (vec![60], vec![60])
    );
    assert_eq!(world.cloud("hw").get(|cloud| cloud.told.len()), 0);
    let world = resumed(
        {
            let (mut row, detail) = left(IntentState::Failed);
            row.tries = 1;
            (row, detail)
        },
        |cloud| cloud.told_always = Some(Ok((PowerState::Running, Some(true)))),
    )
    .await;
    world.pass(60).await;
    assert_eq!((acts(&world), times(&world, "cancelled")), (vec![], vec![0]));
    assert!(says(PowerState::Running).is_ok());
}
