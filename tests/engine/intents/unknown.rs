//! The answer was lost: only reading resolves it.

use std::time::Duration;

use tidegate_guard::{ActionKind, IntentState, PowerState};
use tidegate_providers::ProviderErrorKind;

use crate::intents::house::{
    acts, detail, left, message, messages, now, resumed, row, says, silent, since_start, times, until,
};
use crate::kit;

#[tokio::test(start_paused = true)]
async fn on_the_wire_at_the_end_of_a_process_it_is_unknown_first_and_never_sent_blindly() {
    let world = resumed(left(IntentState::Sent), |cloud| {
        cloud.told_always = Some(says(PowerState::Stopped));
    })
    .await;
    world.pass(60).await;
    assert_eq!(
        row(&world).await.state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(acts(&world), []);
    assert_eq!(
        (times(&world, "unknown"), times(&world, "verified")),
        (vec![0], vec![5])
    );
    let told = message(&world, "action_unknown");
    assert_eq!(
        told["detail"],
        "the program ended while the request was on its way"
    );
    assert_eq!(told["given_up"], false);
    let told = message(&world, "action_verified");
    assert_eq!(told["asked"], "unanswered");
    assert_eq!(since_start(detail(&row(&world).await).proof.unwrap().at), 5);
}

#[tokio::test(start_paused = true)]
async fn still_running_it_fails_by_the_second_read_half_a_minute_later_and_is_tried_again() {
    let world = resumed(left(IntentState::Unknown), |_| {}).await;
    until(&world, "failed", 1).await;
    assert_eq!(times(&world, "failed"), [30]);
    assert_eq!(acts(&world), []);
    world.pass(1).await;
    let told = message(&world, "action_failed");
    assert_eq!(
        told["detail"],
        "the request had no effect: the target is still running"
    );
    let failed = row(&world).await;
    assert_eq!((failed.tries, since_start(failed.next_at)), (1, 90));
    assert!(
        !detail(&failed).no_effect,
        "it may never have arrived: a forced stop does not follow"
    );
    world.pass(90).await;
    assert_eq!(acts(&world), [ActionKind::Stop]);
    assert_eq!(row(&world).await.state, IntentState::Verified);
}

#[tokio::test(start_paused = true)]
async fn a_silence_of_a_minute_is_no_first_read() {
    let world = resumed(left(IntentState::Unknown), |cloud| {
        cloud.told_always = Some(silent(None));
    })
    .await;
    world.pass(62).await;
    world.cloud("hw").set(|cloud| cloud.told_always = None);
    until(&world, "failed", 1).await;
    assert_eq!(times(&world, "failed"), [65 + 30]);
}

#[tokio::test(start_paused = true)]
async fn a_read_of_the_process_before_is_not_the_first_of_two() {
    let (row, mut detail) = left(IntentState::Unknown);
    detail.unchanged_since = Some(crate::intents::house::earlier());
    let world = resumed((row, detail), |_| {}).await;
    until(&world, "failed", 1).await;
    assert_eq!(times(&world, "failed"), [30]);
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_once_stands_in_the_record() {
    let world = resumed(left(IntentState::Unknown), |_| {}).await;
    world.pass(10).await;
    let row = row(&world).await;
    assert_eq!(detail(&row).unchanged_since.map(since_start), Some(0));
    assert_eq!((since_start(row.updated_at), since_start(row.next_at)), (0, 30));
}

#[tokio::test(start_paused = true)]
async fn unread_for_half_an_hour_it_is_given_up_as_unknown() {
    let world = resumed(left(IntentState::Unknown), |cloud| {
        cloud.told_always = Some(silent(None));
    })
    .await;
    until(&world, "abandoned", 1).await;
    assert_eq!(times(&world, "abandoned"), [1800]);
    world.pass(1).await;
    let told = message(&world, "action_unknown");
    assert_eq!(
        (&told["given_up"], &told["detail"]),
        (&true.into(), &"no answer".into())
    );
    assert_eq!(world.count("failed"), 0);
    assert!(messages(&world, "action_failed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_the_provider_asks_for_is_kept_within_bounds() {
    for (asked, kept) in [(1, 5), (120, 120), (86_400, 900)] {
        let rest = silent(Some(Duration::from_secs(asked)));
        let world = resumed(left(IntentState::Unknown), |cloud| cloud.told.push_back(rest)).await;
        until(&world, "failed", 1).await;
        assert_eq!(times(&world, "failed"), [kept + 30], "asked for {asked} s");
    }
}

#[tokio::test(start_paused = true)]
async fn gone_meanwhile_it_ends_as_failed_for_good() {
    let gone = kit::error(ProviderErrorKind::Gone, "no such server");
    for answer in [says(PowerState::Gone), Err(gone)] {
        let world = resumed(left(IntentState::Unknown), |cloud| {
            cloud.told_always = Some(answer);
        })
        .await;
        world.pass(60).await;
        assert_eq!(
            (times(&world, "failed"), times(&world, "abandoned")),
            (vec![0], vec![0])
        );
        let told = message(&world, "action_failed");
        assert_eq!(told["detail"], "the provider has no such target any more");
        assert!(told["retry_at"].is_null());
        assert_eq!(now(&world), 60);
    }
}

#[tokio::test(start_paused = true)]
async fn on_its_way_down_it_arrived_and_is_awaited_without_a_second_request() {
    let world = resumed(left(IntentState::Unknown), |cloud| {
        cloud
            .told
            .extend([says(PowerState::Stopping), says(PowerState::Stopping)]);
        cloud.told_always = Some(says(PowerState::Stopped));
    })
    .await;
    world.pass(60).await;
    assert_eq!(times(&world, "verified"), [15], "{:?}", world.story());
    assert_eq!((world.count("failed"), acts(&world)), (0, vec![]));
}
