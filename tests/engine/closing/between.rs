//! Somebody opens what we closed; two copies of the program.

use std::time::Duration;

use tidegate_guard::{Hatch, IntentState, Piece, RestartPolicy};

use crate::closing::house::{Ground, House};
use crate::closing::iam::{KEY, key};

#[tokio::test(start_paused = true)]
async fn a_key_that_somebody_activates_again_is_noticed_and_named_once() {
    let house = House::armed().await;
    house.used_up().await;
    house.iam.with(|iam| iam.change(key(KEY), Hatch::Open));
    house.pass(3600).await;
    assert_eq!(house.sink.count("opened_again"), 1);
    let told = house.told("opened_again");
    for said in [
        "Somebody opened bob again",
        "open: access key AKFAKE1",
        "leave it alone until the window resets",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(house.intents().await.len(), 1, "left alone, as a started server");
}

#[tokio::test(start_paused = true)]
async fn with_the_policy_stop_again_it_is_closed_again_and_one_restore_undoes_all_of_it() {
    let house = House::armed_with(|guard| guard.restart = RestartPolicy::StopAgain).await;
    house.used_up().await;
    house.iam.with(|iam| iam.change(key(KEY), Hatch::Open));
    house.pass(3600).await;
    assert!(
        house
            .told("opened_again")
            .contains("disables it again after the grace")
    );
    assert_eq!(house.states().await, [IntentState::Verified; 2]);
    assert!(house.iam.closed());
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Closed)), 1);
    let id = house.intents().await[1].id;
    assert_eq!(house.restore(id).await.state, IntentState::Verified);
    for piece in [Piece::Rights, key(KEY), Piece::Login] {
        assert_eq!(
            house.iam.with(|iam| iam.hatch(&piece)),
            Some(Hatch::Open),
            "{piece:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn our_deny_taken_off_by_somebody_is_noticed_as_well() {
    let house = House::armed().await;
    house.used_up().await;
    house.iam.with(|iam| iam.change(Piece::Rights, Hatch::Open));
    house.pass(900).await;
    assert!(house.told("opened_again").contains("open: all rights"));
}

#[tokio::test(start_paused = true)]
async fn our_own_restore_is_not_somebody_opening_it() {
    let house = House::armed().await;
    house.used_up().await;
    let id = house.intents().await[0].id;
    house.restore(id).await;
    house.pass(3600).await;
    assert_eq!(house.sink.count("opened_again"), 0);
}

#[tokio::test(start_paused = true)]
async fn of_two_copies_one_closes_each_piece_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let ground = Ground::new();
    let one = ground.house(ground.store(Some(&path), "first"), None).await;
    one.begin(|_| {}).await;
    one.arm().await;
    ground.iam.with(|iam| {
        iam.latency = Duration::from_secs(5);
        iam.spent = 1000;
    });
    let two = ground.house(ground.store(Some(&path), "second"), None).await;
    for _ in 0..7200 {
        if ground.iam.with(|iam| !iam.sets.is_empty()) {
            break;
        }
        one.pass(1).await;
    }
    assert!(two.engine.run().await.is_err(), "the first one holds the lease");
    one.pass(600).await;
    assert_eq!(one.states().await, [IntentState::Verified]);
    assert_eq!(ground.iam.with(|iam| iam.sets.len()), 3);
    one.engine.stop().await;
    two.engine.run().await.unwrap();
    two.pass(1200).await;
    assert_eq!(
        ground.iam.with(|iam| iam.sets.len()),
        3,
        "the second one has nothing left to do"
    );
}
