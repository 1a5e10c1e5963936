//! A disable that comes to its end, or never begins.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_guard::{Hatch, IntentState, Piece, PieceState};
use tidegate_providers::ProviderErrorKind;

use crate::closing::house::{House, closure, deed, state_of};
use crate::closing::iam::{How, IDLE_KEY, KEY, key};

#[tokio::test(start_paused = true)]
async fn a_used_up_quota_closes_every_piece_rights_first() {
    let house = House::armed().await;
    house.used_up().await;
    let closed = [Piece::Rights, key(KEY), Piece::Login].map(|piece| (piece, Hatch::Closed));
    assert_eq!(house.iam.with(|iam| iam.sets.clone()), closed);
    assert!(house.iam.closed());
    let row = house.intents().await.pop().unwrap();
    assert_eq!(row.state, IntentState::Verified);
    for piece in [Piece::Rights, key(KEY), Piece::Login] {
        assert_eq!(state_of(&row, &piece), PieceState::Done, "{piece:?}");
    }
    assert_eq!(state_of(&row, &key(IDLE_KEY)), PieceState::WasSo);
    assert!(deed(&row).restorable && !deed(&row).partly);
}

#[tokio::test(start_paused = true)]
async fn planned_requested_and_proved_are_told_and_what_survives_is_said() {
    let house = House::armed().await;
    house.used_up().await;
    let planned = house.told("action_planned");
    assert!(planned.contains("all its rights are denied"), "{planned}");
    let sent = house.told("action_sent");
    assert!(sent.contains("took 3 changes and refused 0"), "{sent}");
    let verified = house.told("action_verified");
    for said in [
        "Confirmed: bob is disabled",
        "none of its 4 ways to spend is open",
        "access key AKFAKE1: closed, seen at",
        "access key AKFAKE2: was closed before",
        "Ark API keys",
        "up to 12 hours",
        "go on costing",
        "may pass 100 %",
        "tidegated restore",
    ] {
        assert!(verified.contains(said), "{said}: {verified}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_snapshot_says_what_stood_before_the_first_change() {
    let house = House::armed().await;
    house.used_up().await;
    let before = closure(&house.intents().await[0]).before.unwrap();
    let hatches: Vec<Hatch> = before.pieces.iter().map(|seen| seen.hatch).collect();
    assert_eq!(hatches, [Hatch::Open, Hatch::Open, Hatch::Closed, Hatch::Open]);
}

#[tokio::test(start_paused = true)]
async fn changes_that_show_a_minute_later_are_awaited_and_not_asked_for_twice() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.lag = Duration::from_secs(60));
    house.used_up().await;
    assert_eq!(house.iam.with(|iam| iam.sets.len()), 3);
    assert_eq!(house.states().await, [IntentState::Verified]);
    assert_eq!(house.sink.count("action_failed"), 0);
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_all_lost_are_resolved_by_reading() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        iam.always = [Piece::Rights, key(KEY), Piece::Login]
            .map(|piece| (piece, How::Loses(true)))
            .into();
    });
    house.used_up().await;
    assert_eq!(house.iam.with(|iam| iam.sets.len()), 3);
    assert_eq!(house.states().await, [IntentState::Verified]);
    assert_eq!(house.sink.count("action_unknown"), 1);
}

#[tokio::test(start_paused = true)]
async fn slow_answers_cut_a_try_short_and_the_next_one_goes_on_with_the_rest() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.latency = Duration::from_secs(45));
    house.used_up().await;
    house.pass(600).await;
    assert_eq!(house.states().await, [IntentState::Verified]);
    for piece in [Piece::Rights, key(KEY), Piece::Login] {
        assert_eq!(
            house.iam.with(|iam| iam.asked(&piece, Hatch::Closed)),
            1,
            "{piece:?}"
        );
    }
    assert!(house.told("action_failed").contains("checked too long ago"));
}

#[tokio::test(start_paused = true)]
async fn a_key_made_in_between_is_closed_too() {
    let house = House::armed().await;
    let new = key("AKFAKE3");
    house.iam.with(|iam| {
        let made = new.clone();
        iam.meddle = BTreeMap::from([(
            2,
            Box::new(move |iam: &mut crate::closing::iam::IamState| iam.change(made, Hatch::Open)) as Box<_>,
        )]);
    });
    house.used_up().await;
    assert_eq!(house.states().await, [IntentState::Verified]);
    assert!(house.iam.closed());
    assert_eq!(state_of(&house.intents().await[0], &new), PieceState::Done);
}

#[tokio::test(start_paused = true)]
async fn the_identity_that_we_act_with_is_refused_before_anything_is_sent() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.ourselves = true);
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Cancelled);
    assert!(house.iam.with(|iam| iam.sets.is_empty()));
    house.pass(60).await;
    assert!(
        house
            .told("action_cancelled")
            .contains("identity that Tidegate itself acts with")
    );
    house.used_up().await;
    assert!(house.iam.with(|iam| iam.sets.is_empty()), "nor by its guard");
}

#[tokio::test(start_paused = true)]
async fn a_protected_sub_account_is_refused_before_anything_is_sent() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.protected = Some(true));
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Cancelled);
    house.used_up().await;
    assert!(house.iam.with(|iam| iam.sets.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_closed_blindly() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.unread = true);
    house.used_up().await;
    assert!(house.iam.with(|iam| iam.sets.is_empty()));
    house.iam.with(|iam| iam.unread = false);
    house.pass(300).await;
    assert!(house.iam.closed(), "{:?}", house.states().await);
}

#[tokio::test(start_paused = true)]
async fn closed_by_somebody_else_it_counts_at_once_and_is_not_ours_to_restore() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        for piece in [Piece::Rights, key(KEY), Piece::Login] {
            iam.change(piece, Hatch::Closed);
        }
    });
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Verified);
    assert!(house.iam.with(|iam| iam.sets.is_empty()));
    assert!(!deed(&row).restorable);
    let refused = house
        .engine
        .restore(row.id, crate::closing::house::consent())
        .await;
    assert!(refused.unwrap_err().to_string().contains("closed nothing"));
}

#[tokio::test(start_paused = true)]
async fn a_sub_account_that_is_gone_ends_it_and_says_so() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.gone = true);
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert!(house.iam.with(|iam| iam.sets.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn late_bills_after_a_disable_raise_no_second_one() {
    let house = House::armed().await;
    house.used_up().await;
    let (planned, reached) = (
        house.sink.count("action_planned"),
        house.sink.count("step_reached"),
    );
    for spent in [1100, 1300, 1700] {
        house.iam.with(|iam| iam.spent = spent);
        house.pass(1200).await;
    }
    assert_eq!(house.intents().await.len(), 1);
    assert_eq!(house.sink.count("action_planned"), planned);
    assert_eq!(house.sink.count("step_reached"), reached);
}

#[tokio::test(start_paused = true)]
async fn an_allocation_after_a_disable_offers_the_restore_in_words() {
    let house = House::armed().await;
    house.used_up().await;
    house.grant(4000).await;
    house.pass(1200).await;
    assert!(house.iam.closed(), "nobody restores by itself");
    let told = house.sink.messages();
    let told: Vec<String> = told.iter().map(crate::closing::house::words).collect();
    assert!(
        told.iter()
            .any(|words| words.contains("bob is still closed; restore it")),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_another_hand_made_true_is_not_ours_to_restore() {
    let house = House::armed().await;
    let conflict = How::Refuses(ProviderErrorKind::Conflict, "busy");
    house.iam.with(|iam| {
        iam.how.entry(Piece::Login).or_default().push_back(conflict);
        iam.meddle = BTreeMap::from([(
            3,
            Box::new(|iam: &mut crate::closing::iam::IamState| iam.change(Piece::Login, Hatch::Closed))
                as Box<_>,
        )]);
    });
    house.used_up().await;
    let row = house.intents().await.remove(0);
    assert_eq!(row.state, IntentState::Verified);
    assert_eq!(state_of(&row, &Piece::Login), PieceState::WasSo);
    let restored = house.restore(row.id).await;
    assert_eq!(restored.state, IntentState::Verified);
    assert_eq!(
        house.iam.with(|iam| iam.hatch(&Piece::Login)),
        Some(Hatch::Closed)
    );
}
