//! Taken on: how long and how often its effect is awaited, and what proves it.

use std::time::Duration;

use tidegate_channels::Message;
use tidegate_guard::{ActionKind, IntentState, PowerState, Receipt};
use tidegate_providers::ProviderErrorKind;
use tidegate_store::IntentRow;

use crate::intents::house::{
    acts, detail, left, looks, message, recorded_in, resumed, row, says, silent, since_start, times, until,
    wish,
};
use crate::kit::{self, GB, Told, World};

fn taken(state: IntentState) -> (IntentRow, tidegate_engine::intent::IntentDetail) {
    let (row, mut detail) = left(state);
    detail.receipt = Some(Receipt {
        job: Some("job-1".to_owned()),
        request: None,
        at: kit::start(),
    });
    (row, detail)
}

async fn seen(answer: Told) -> World {
    resumed(taken(IntentState::Verifying), |cloud| {
        cloud.told_always = Some(answer);
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn taken_on_it_is_looked_at_after_five_seconds_and_proved_by_the_read_after() {
    let world = resumed(taken(IntentState::Accepted), |cloud| {
        cloud.told_always = Some(says(PowerState::Stopped));
    })
    .await;
    world.pass(60).await;
    assert_eq!(times(&world, "verified"), [10], "{:?}", world.story());
    let told = message(&world, "action_verified");
    assert_eq!(told["proof"]["receipt"]["job"], "job-1");
    assert_eq!(
        (&told["proof"]["before"], &told["proof"]["after"]),
        (
            &serde_json::to_value(PowerState::Running).unwrap(),
            &serde_json::to_value(PowerState::Stopped).unwrap(),
        )
    );
    let Some(Message::ActionVerified { took, .. }) = world.sink("ops").messages().pop() else {
        panic!("{:?}", world.sink("ops").codes());
    };
    assert_eq!(took.as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn without_effect_for_five_minutes_it_failed() {
    let words = [
        (PowerState::Running, "running"),
        (PowerState::Starting, "starting"),
        (
            PowerState::Other {
                word: "rebooting".to_owned(),
            },
            "rebooting",
        ),
    ];
    for (power, word) in words {
        let world = seen(says(power)).await;
        until(&world, "failed", 1).await;
        assert_eq!(times(&world, "failed"), [300], "{word}");
        let every_five: Vec<u64> = (0..300).step_by(5).collect();
        assert_eq!(looks(&world), every_five, "{word}");
        world.pass(1).await;
        let told = message(&world, "action_failed");
        assert_eq!(
            told["detail"],
            format!("taken on, but the target is still {word}")
        );
        assert!(
            detail(&row(&world).await).no_effect,
            "a forced stop may follow, with its consent"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn on_its_way_it_has_half_an_hour_and_is_looked_at_less_often() {
    let world = seen(says(PowerState::Stopping)).await;
    until(&world, "failed", 1).await;
    assert_eq!(times(&world, "failed"), [1800]);
    let fast = (0..300).step_by(5);
    let slow = (300..1800).step_by(30);
    assert_eq!(looks(&world), fast.chain(slow).collect::<Vec<u64>>());
    world.pass(1).await;
    assert_eq!(
        message(&world, "action_failed")["detail"],
        "taken on, but the target is still stopping"
    );
}

#[tokio::test(start_paused = true)]
async fn while_the_job_at_the_provider_runs_its_end_is_near() {
    for (job, next) in [(Some(true), 305), (Some(false), 330), (None, 330)] {
        let world = seen(says(PowerState::Stopping)).await;
        world.cloud("hw").set(|cloud| cloud.job = job);
        world.pass(340).await;
        let after = looks(&world).into_iter().find(|at| *at > 300);
        assert_eq!(after, Some(next), "the job says {job:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_receipt_there_is_no_job_to_ask() {
    let world = resumed(left(IntentState::Verifying), |cloud| {
        cloud.told_always = Some(says(PowerState::Stopping));
        cloud.job = Some(true);
    })
    .await;
    world.pass(340).await;
    assert_eq!(looks(&world).into_iter().find(|at| *at > 300), Some(330));
}

#[tokio::test(start_paused = true)]
async fn unread_for_half_an_hour_its_outcome_is_unknown() {
    let world = seen(silent(None)).await;
    until(&world, "unknown", 1).await;
    assert_eq!(times(&world, "unknown"), [1800]);
    world.pass(1).await;
    assert_eq!(message(&world, "action_unknown")["detail"], "no answer");
    assert_eq!(world.count("failed"), 0);
}

#[tokio::test(start_paused = true)]
async fn unread_it_is_asked_again_in_five_seconds_or_when_the_provider_says() {
    for (asked, next) in [(None, 5), (Some(1), 5), (Some(120), 120), (Some(86_400), 900)] {
        let rest = silent(asked.map(Duration::from_secs));
        let world = resumed(taken(IntentState::Verifying), |cloud| {
            cloud.told.push_back(rest);
            cloud.told_always = Some(says(PowerState::Stopping));
        })
        .await;
        world.pass(910).await;
        assert_eq!(looks(&world).first(), Some(&next), "asked for {asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gone_meanwhile_it_failed_for_good() {
    let gone = kit::error(ProviderErrorKind::Gone, "no such server");
    for answer in [says(PowerState::Gone), Err(gone)] {
        let world = seen(answer).await;
        world.pass(60).await;
        assert_eq!(
            (times(&world, "failed"), times(&world, "abandoned")),
            (vec![0], vec![0])
        );
        assert!(message(&world, "action_failed")["retry_at"].is_null());
    }
}

#[tokio::test(start_paused = true)]
async fn one_read_that_says_otherwise_begins_the_proof_anew() {
    let world = resumed(taken(IntentState::Verifying), |cloud| {
        cloud
            .told
            .extend([says(PowerState::Stopped), says(PowerState::Running)]);
        cloud.told_always = Some(says(PowerState::Stopped));
    })
    .await;
    world.pass(60).await;
    assert_eq!(times(&world, "verified"), [15], "{:?}", world.story());
}

/// A stop that took effect, while the account is looked at every three seconds.
async fn stopped_beside_quick_looks() -> World {
    let world = recorded_in(taken(IntentState::Verifying), None, |config| {
        config.accounts[0].interval = Duration::from_secs(3);
        config.accounts[0].interval_near = Duration::from_secs(3);
    })
    .await;
    world.cloud("hw").set(|cloud| {
        cloud.remaining = 8 * GB;
        cloud.told_always = Some(says(PowerState::Stopped));
    });
    world.engine.run().await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn a_look_that_saw_it_running_between_the_two_reads_begins_the_proof_anew() {
    let world = stopped_beside_quick_looks().await;
    world.pass_ms(100).await;
    world
        .cloud("hw")
        .set(|cloud| cloud.told_always = Some(says(PowerState::Running)));
    world.pass_ms(4_800).await;
    world
        .cloud("hw")
        .set(|cloud| cloud.told_always = Some(says(PowerState::Stopped)));
    world.pass(30).await;
    assert_eq!(times(&world, "verified"), [10], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn looks_that_saw_it_stopped_as_well_are_no_doubt() {
    let world = stopped_beside_quick_looks().await;
    world.pass(30).await;
    assert_eq!(times(&world, "verified"), [5], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_start_is_awaited_on_its_way_up_and_proved_running() {
    let start = || {
        let (row, mut detail) = wish(IntentState::Verifying, ActionKind::Start);
        detail.sent_at = Some(kit::start());
        detail.left = true;
        (row, detail)
    };
    let world = resumed(start(), |cloud| {
        cloud.told_always = Some(says(PowerState::Starting));
    })
    .await;
    world.pass(400).await;
    assert_eq!(world.count("failed"), 0, "it is on its way");
    world
        .cloud("hw")
        .set(|cloud| cloud.told_always = Some(says(PowerState::Running)));
    world.pass(60).await;
    assert_eq!(row(&world).await.state, IntentState::Verified);
    let world = resumed(start(), |cloud| {
        cloud.told_always = Some(says(PowerState::Stopped));
    })
    .await;
    until(&world, "failed", 1).await;
    assert_eq!(times(&world, "failed"), [300]);
    world.pass(1).await;
    assert_eq!(
        message(&world, "action_failed")["detail"],
        "taken on, but the target is still stopped"
    );
    let world = resumed(start(), |cloud| {
        cloud.told_always = Some(says(PowerState::Stopping));
    })
    .await;
    until(&world, "failed", 1).await;
    assert_eq!(
        times(&world, "failed"),
        [300],
        "stopping is not on its way to running"
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_look_after_a_real_answer_comes_five_seconds_later() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.stop_always = kit::Stop::Nothing;
    })
    .await;
    until(&world, "failed", 1).await;
    assert_eq!(looks(&world).first(), Some(&5));
    assert_eq!(times(&world, "failed"), [300]);
    assert_eq!(acts(&world), [ActionKind::Stop]);
    assert_eq!(
        detail(&row(&world).await)
            .receipt
            .map(|receipt| since_start(receipt.at)),
        Some(0)
    );
}
