//! A disable of which a part fails: shown as partial, tried again, given up by name, planned anew, and undone.

use tidegate_engine::quotas::QuotaStanding;
use tidegate_guard::{Hatch, IntentState, Piece, PieceState};
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;

use crate::closing::house::{House, closure, deed, state_of};
use crate::closing::iam::{How, KEY, key};

const HICCUP: How = How::Refuses(ProviderErrorKind::Blind(Reason::Transient), "InternalError");
const NO_RIGHT: How = How::Refuses(
    ProviderErrorKind::Blind(Reason::Scope),
    "no right iam:UpdateLoginProfile",
);

async fn failed_once(house: &House) {
    for _ in 0..3600 {
        if house.states().await.first() == Some(&IntentState::Failed) {
            return;
        }
        house.pass(1).await;
    }
    panic!("no try failed: {:?}", house.states().await);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_one_piece_does_not_stop_the_others() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(key(KEY), HICCUP));
    house.iam.with(|iam| iam.spent = 1000);
    failed_once(&house).await;
    let row = house.intents().await.remove(0);
    assert_eq!(state_of(&row, &Piece::Rights), PieceState::Done);
    assert_eq!(state_of(&row, &Piece::Login), PieceState::Done);
    assert_eq!(state_of(&row, &key(KEY)), PieceState::Failed);
    assert!(deed(&row).partly);
    let told = house.told("action_failed");
    for said in [
        "Could not close all of bob: 1 of 4 still open",
        "access key AKFAKE1: still open, refused: InternalError",
        "tries again at",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn given_up_it_names_what_is_open_and_claims_nothing() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(key(KEY), HICCUP));
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert!(deed(&row).partly && deed(&row).restorable);
    assert_eq!(house.standing().await, QuotaStanding::PartlyDisabled);
    assert_eq!(house.iam.with(|iam| iam.asked(&key(KEY), Hatch::Closed)), 4);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Closed)), 1);
    house.pass(60).await;
    let told = house.told("action_failed");
    assert!(told.contains("access key AKFAKE1: still open"), "{told}");
    assert!(told.contains("does not try again"), "{told}");
    assert_eq!(house.sink.count("action_verified"), 0);
}

#[tokio::test(start_paused = true)]
async fn success_that_changes_nothing_is_tried_again_and_never_called_done() {
    let house = House::armed().await;
    house
        .iam
        .with(|iam| iam.always.insert(Piece::Rights, How::Nothing));
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Closed)), 4);
    house.pass(60).await;
    assert_eq!(house.sink.count("action_verified"), 0);
    assert!(
        house
            .told("action_failed")
            .contains("all rights: asked to close, not seen closed yet")
    );
}

#[tokio::test(start_paused = true)]
async fn keys_alone_closed_are_not_a_disable_while_the_rights_stand() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(Piece::Rights, HICCUP));
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert_eq!(state_of(&row, &key(KEY)), PieceState::Done);
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_on_all_that_is_left_is_not_tried_again() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(Piece::Login, NO_RIGHT));
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Login, Hatch::Closed)), 1);
    house.pass(60).await;
    assert!(
        house
            .told("action_failed")
            .contains("no right iam:UpdateLoginProfile")
    );
}

#[tokio::test(start_paused = true)]
async fn refused_in_everything_nothing_is_ours() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        iam.always = [Piece::Rights, key(KEY), Piece::Login]
            .map(|piece| (piece, NO_RIGHT))
            .into();
    });
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert!(!deed(&row).restorable && !deed(&row).partly);
    assert!(
        house
            .engine
            .restore(row.id, crate::closing::house::consent())
            .await
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn while_over_the_limit_the_guard_plans_anew_and_the_later_one_holds_all_of_it() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(Piece::Login, HICCUP));
    house.iam.with(|iam| iam.spent = 1000);
    house.pass(1800).await;
    assert_eq!(house.states().await[0], IntentState::Abandoned);
    house.iam.with(|iam| iam.always.clear());
    house.pass(3600).await;
    let rows = house.intents().await;
    let (first, last) = (&rows[0], rows.last().unwrap());
    assert_eq!(last.state, IntentState::Verified);
    assert_ne!(first.id, last.id);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Closed)), 1);
    assert_eq!(closure(last).work[0].earlier, Some(first.id));
    let refused = house
        .engine
        .restore(first.id, crate::closing::house::consent())
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("a later action holds it closed")
    );
    let restored = house.restore(last.id).await;
    assert_eq!(restored.state, IntentState::Verified);
    for piece in [Piece::Rights, key(KEY), Piece::Login] {
        assert_eq!(
            house.iam.with(|iam| iam.hatch(&piece)),
            Some(Hatch::Open),
            "{piece:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_given_up_can_be_undone() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(Piece::Login, NO_RIGHT));
    let row = house.disable().await;
    let restored = house.restore(row.id).await;
    assert_eq!(restored.state, IntentState::Verified);
    assert_eq!(house.iam.with(|iam| iam.hatch(&Piece::Rights)), Some(Hatch::Open));
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Login, Hatch::Open)), 0);
}

#[tokio::test(start_paused = true)]
async fn called_off_between_two_tries_it_says_what_stays_closed() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(Piece::Login, HICCUP));
    house.iam.with(|iam| iam.spent = 1000);
    failed_once(&house).await;
    house.grant(8000).await;
    house.pass(900).await;
    let row = house.intents().await.remove(0);
    assert_eq!(row.state, IntentState::Cancelled);
    let told = house.told("action_cancelled");
    assert!(told.contains("2 that Tidegate closed stay closed"), "{told}");
    assert_eq!(house.restore(row.id).await.state, IntentState::Verified);
    assert_eq!(house.iam.with(|iam| iam.hatch(&Piece::Rights)), Some(Hatch::Open));
}
