//! A restore undoes what the disable did, in reverse, and nothing else.

use tidegate_engine::EngineError;
use tidegate_engine::quotas::QuotaStanding;
use tidegate_guard::{ActionKind, Hatch, IntentState, Piece, PieceState, RestartPolicy, StopManner};
use tidegate_meter::{AccountId, Reason};
use tidegate_providers::ProviderErrorKind;

use crate::closing::house::{House, consent, state_of};
use crate::closing::iam::{How, IDLE_KEY, Iam, KEY, key};

const HICCUP: How = How::Refuses(ProviderErrorKind::Blind(Reason::Transient), "InternalError");

async fn disabled() -> (House, tidegate_meter::RowId) {
    let house = House::armed().await;
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Verified);
    house.iam.with(|iam| iam.sets.clear());
    (house, row.id)
}

#[tokio::test(start_paused = true)]
async fn it_opens_what_was_closed_in_reverse_and_the_rights_last() {
    let (house, id) = disabled().await;
    assert_eq!(house.standing().await, QuotaStanding::Disabled);
    let row = house.restore(id).await;
    assert_eq!(row.state, IntentState::Verified);
    assert_eq!(house.standing().await, QuotaStanding::Enabled);
    let opened = [Piece::Login, key(KEY), Piece::Rights].map(|piece| (piece, Hatch::Open));
    assert_eq!(house.iam.with(|iam| iam.sets.clone()), opened);
    house.pass(60).await;
    let told = house.told("action_verified");
    assert!(told.contains("Confirmed: bob is restored"), "{told}");
    assert!(told.contains("3 open again, read at"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_inactive_before_stays_inactive() {
    let (house, id) = disabled().await;
    house.restore(id).await;
    assert_eq!(
        house.iam.with(|iam| iam.hatch(&key(IDLE_KEY))),
        Some(Hatch::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn rights_that_were_denied_before_us_stay_denied() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.change(Piece::Rights, Hatch::Closed));
    let row = house.disable().await;
    let row = house.restore(row.id).await;
    assert_eq!(row.state, IntentState::Verified);
    assert_eq!(
        house.iam.with(|iam| iam.hatch(&Piece::Rights)),
        Some(Hatch::Closed)
    );
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Open)), 0);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_or_removed_is_left_alone_and_said() {
    let (house, id) = disabled().await;
    house.iam.with(|iam| {
        // Opened and closed again: closed, but not as we left it.
        iam.change(key(KEY), Hatch::Open);
        iam.change(key(KEY), Hatch::Closed);
        iam.pieces.remove(&Piece::Login);
    });
    let row = house.restore(id).await;
    assert_eq!(row.state, IntentState::Verified);
    assert_eq!(
        house.iam.with(|iam| iam.sets.clone()),
        [(Piece::Rights, Hatch::Open)]
    );
    assert_eq!(state_of(&row, &key(KEY)), PieceState::Skipped);
    assert_eq!(state_of(&row, &Piece::Login), PieceState::Skipped);
    house.pass(60).await;
    let told = house.told("action_verified");
    for said in [
        "bob is restored, 2 left alone",
        "access key AKFAKE1: left alone, somebody else changed it",
        "console login: left alone, it is not there any more",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_made_by_somebody_is_none_of_its_business() {
    let (house, id) = disabled().await;
    house.iam.with(|iam| iam.change(key("AKFAKE3"), Hatch::Closed));
    assert_eq!(house.restore(id).await.state, IntentState::Verified);
    assert_eq!(
        house.iam.with(|iam| iam.hatch(&key("AKFAKE3"))),
        Some(Hatch::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn changed_by_somebody_during_the_restore_a_piece_is_not_fought_over() {
    let (house, id) = disabled().await;
    house.iam.with(|iam| {
        let meddle = |iam: &mut crate::closing::iam::IamState| iam.change(Piece::Login, Hatch::Closed);
        iam.always.insert(key(KEY), HICCUP);
        iam.meddle.insert(4, Box::new(meddle));
    });
    let row = house.restore(id).await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Login, Hatch::Open)), 1);
    assert_eq!(state_of(&row, &Piece::Login), PieceState::Skipped);
}

#[tokio::test(start_paused = true)]
async fn a_refused_piece_fails_the_restore_and_a_second_restore_goes_on_with_it() {
    let (house, id) = disabled().await;
    house.iam.with(|iam| iam.always.insert(key(KEY), HICCUP));
    let row = house.restore(id).await;
    assert_eq!(row.state, IntentState::Abandoned);
    house.pass(60).await;
    let told = house.told("action_failed");
    assert!(
        told.contains("Could not open all of bob: 1 of 3 still closed"),
        "{told}"
    );
    house.iam.with(|iam| {
        iam.always.clear();
        iam.sets.clear();
    });
    assert_eq!(house.restore(id).await.state, IntentState::Verified);
    assert_eq!(house.iam.with(|iam| iam.sets.clone()), [(key(KEY), Hatch::Open)]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_restored_twice() {
    let (house, id) = disabled().await;
    house.restore(id).await;
    let refused = house.engine.restore(id, consent()).await;
    assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn opening_a_sub_account_by_hand_is_restoring_what_we_closed() {
    let (house, _) = disabled().await;
    let account = AccountId::new("volc").unwrap();
    let start = || {
        let target = Iam::target().id;
        let account = account.clone();
        let engine = &house.engine;
        async move {
            engine
                .act(&account, &target, ActionKind::Start, StopManner::Soft, consent())
                .await
        }
    };
    let id = start().await.unwrap();
    assert_eq!(house.engine.drive(id).await.unwrap().state, IntentState::Verified);
    assert_eq!(house.iam.with(|iam| iam.hatch(&Piece::Rights)), Some(Hatch::Open));
    house.iam.with(|iam| iam.change(Piece::Rights, Hatch::Closed));
    let refused = start().await.unwrap_err().to_string();
    assert!(refused.contains("no action of ours closed anything"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn restored_while_over_the_quota_it_says_what_the_guard_does_next() {
    let house = House::armed().await;
    house.used_up().await;
    let id = house.intents().await[0].id;
    house.restore(id).await;
    house.pass(3600).await;
    let told = house.told("action_verified");
    assert!(
        told.contains("still over its quota: its guards leave it alone until"),
        "{told}"
    );
    assert_eq!(house.intents().await.len(), 2, "held, as a server would be");
}

#[tokio::test(start_paused = true)]
async fn with_the_policy_stop_again_the_restore_says_so_and_it_is_disabled_again() {
    let house = House::armed_with(|guard| guard.restart = RestartPolicy::StopAgain).await;
    house.used_up().await;
    let id = house.intents().await[0].id;
    house.restore(id).await;
    house.pass(60).await;
    let told = house.told("action_verified");
    assert!(told.contains("will disable it again after the grace"), "{told}");
    house.pass(3600).await;
    assert!(house.iam.closed());
}
