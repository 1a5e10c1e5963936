//! One piece among the others: when it counts as ours, as somebody else's, as asked for, as done.

use std::time::Duration;

use tidegate_channels::Message;
use tidegate_guard::{Hatch, IntentState, Piece, PieceState, PieceWhy};
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;
use tidegate_providers::sub_accounts::Reach;
use tidegate_store::IntentRow;

use crate::closing::house::{House, closure, consent, deed, detail, state_of, volc};
use crate::closing::iam::{How, Iam, IamState, KEY, key};

const HICCUP: How = How::Refuses(ProviderErrorKind::Blind(Reason::Transient), "InternalError");
const NO_RIGHT: How = How::Refuses(ProviderErrorKind::Blind(Reason::Scope), "no right");

type Meddle = Box<dyn FnOnce(&mut IamState) + Send>;

/// Opened and closed again by somebody: closed, and not as it was left.
fn toggled(iam: &mut IamState, piece: Piece) {
    iam.change(piece.clone(), Hatch::Open);
    iam.change(piece, Hatch::Closed);
}

async fn in_state(house: &House, state: IntentState) -> IntentRow {
    for _ in 0..3600 {
        let row = house.intents().await.pop();
        if let Some(row) = row.filter(|row| row.state == state) {
            return row;
        }
        house.pass(1).await;
    }
    panic!("never {state:?}: {:?}", house.states().await);
}

fn why_of(row: &IntentRow, piece: &Piece) -> Option<PieceWhy> {
    let pieces = deed(row).pieces;
    pieces.into_iter().find(|told| told.piece == *piece).unwrap().why
}

#[tokio::test(start_paused = true)]
async fn a_refused_piece_fails_the_try_at_the_first_look_and_not_after_minutes_of_waiting() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(key(KEY), HICCUP));
    house.iam.with(|iam| iam.spent = 1000);
    let failed = in_state(&house, IntentState::Failed).await;
    let moves = house.store.intent_events(failed.id).await.unwrap();
    let at = |state| moves.iter().find(|event| event.to == state).unwrap().at;
    assert!(at(IntentState::Failed).since(at(IntentState::Accepted)) < Duration::from_secs(10));
    assert!(deed(&failed).disable && !deed(&failed).restorable, "it goes on");
    assert_eq!(
        detail(&failed).failure.as_deref(),
        Some("still open: key AKFAKE1 (InternalError)")
    );
    assert!(!detail(&failed).no_effect);
}

#[tokio::test(start_paused = true)]
async fn asked_for_and_not_seen_for_two_minutes_the_try_failed() {
    let house = House::armed().await;
    house
        .iam
        .with(|iam| iam.always.insert(Piece::Login, How::Nothing));
    house.iam.with(|iam| iam.spent = 1000);
    let failed = in_state(&house, IntentState::Failed).await;
    let moves = house.store.intent_events(failed.id).await.unwrap();
    let at = |state| moves.iter().find(|event| event.to == state).unwrap().at;
    let waited = at(IntentState::Failed).since(at(IntentState::Accepted)).as_secs();
    assert!((119..=126).contains(&waited), "{waited}");
    assert_eq!(
        detail(&failed).failure.as_deref(),
        Some("taken on, but still open: console login")
    );
    assert_eq!(state_of(&failed, &Piece::Login), PieceState::Asked);
}

#[tokio::test(start_paused = true)]
async fn a_restore_names_what_is_still_closed() {
    let house = House::armed().await;
    let disabled = house.disable().await;
    house.iam.with(|iam| iam.always.insert(key(KEY), HICCUP));
    let row = house.restore(disabled.id).await;
    assert_eq!(
        detail(&row).failure.as_deref(),
        Some("still closed: key AKFAKE1 (InternalError)")
    );
    assert!(!deed(&row).disable && !deed(&row).partly && !deed(&row).restorable);
    let known = closure(&row);
    assert!(known.before.is_some(), "it has a snapshot of its own");
    assert!(known.work.iter().all(|work| work.was == Hatch::Closed));
}

#[tokio::test(start_paused = true)]
async fn a_restore_that_shows_a_minute_later_is_awaited_and_not_asked_for_twice() {
    let house = House::armed().await;
    let disabled = house.disable().await;
    house.pass(120).await;
    house.iam.with(|iam| {
        iam.lag = Duration::from_secs(60);
        iam.sets.clear();
    });
    let row = house.restore(disabled.id).await;
    assert_eq!(row.state, IntentState::Verified);
    assert_eq!((row.tries, house.iam.with(|iam| iam.sets.len())), (0, 3));
    for piece in [Piece::Rights, key(KEY), Piece::Login] {
        assert_eq!(state_of(&row, &piece), PieceState::Done, "{piece:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_opened_before_the_restore_is_left_alone_and_not_called_our_doing() {
    let house = House::armed().await;
    let disabled = house.disable().await;
    house.iam.with(|iam| iam.change(key(KEY), Hatch::Open));
    let row = house.restore(disabled.id).await;
    assert_eq!(row.state, IntentState::Verified);
    assert_eq!(state_of(&row, &key(KEY)), PieceState::Skipped);
    assert_eq!(why_of(&row, &key(KEY)), Some(PieceWhy::Changed));
    assert_eq!(house.iam.with(|iam| iam.asked(&key(KEY), Hatch::Open)), 0);
}

#[tokio::test(start_paused = true)]
async fn a_restore_that_is_undone_before_it_was_seen_is_asked_for_again() {
    let house = House::armed().await;
    let disabled = house.disable().await;
    house.iam.with(|iam| {
        let close = |iam: &mut IamState| iam.change(Piece::Login, Hatch::Closed);
        iam.meddle.insert(4, Box::new(close) as Meddle);
    });
    let row = house.restore(disabled.id).await;
    assert_eq!((row.state, row.tries), (IntentState::Verified, 1));
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Login, Hatch::Open)), 2);
    assert_eq!(state_of(&row, &Piece::Login), PieceState::Done);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_toggled_after_we_closed_it_is_not_ours_to_open() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        iam.always.insert(key(KEY), HICCUP);
        // Right after the second request for the key: the rights were seen closed long before.
        iam.meddle.insert(
            4,
            Box::new(|iam: &mut IamState| toggled(iam, Piece::Rights)) as Meddle,
        );
    });
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Abandoned);
    assert_eq!(state_of(&row, &Piece::Rights), PieceState::Skipped);
    assert_eq!(why_of(&row, &Piece::Rights), Some(PieceWhy::Changed));
    assert_eq!(state_of(&row, &Piece::Login), PieceState::Done);
    let restored = house.restore(row.id).await;
    assert_eq!(restored.state, IntentState::Verified);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Open)), 0);
    assert_eq!(house.iam.with(|iam| iam.hatch(&Piece::Login)), Some(Hatch::Open));
}

#[tokio::test(start_paused = true)]
async fn what_somebody_opens_again_before_the_end_is_not_shown_as_done() {
    let house = House::armed().await;
    house
        .iam
        .with(|iam| iam.always.insert(Piece::Login, How::Nothing));
    house.iam.with(|iam| iam.spent = 1000);
    let accepted = in_state(&house, IntentState::Verifying).await;
    house.pass(20).await;
    assert_eq!(
        state_of(&house.intents().await[0], &Piece::Rights),
        PieceState::Done
    );
    house.iam.with(|iam| {
        iam.change(Piece::Rights, Hatch::Open);
        iam.always.insert(Piece::Rights, How::Nothing);
    });
    house.pass(20).await;
    let row = house.intents().await.remove(0);
    assert_eq!((row.id, row.state), (accepted.id, IntentState::Verifying));
    assert_eq!(state_of(&row, &Piece::Rights), PieceState::Waiting);
    assert_eq!(why_of(&row, &Piece::Rights), None);
}

#[tokio::test(start_paused = true)]
async fn a_later_disable_takes_on_only_what_still_stands_as_the_earlier_one_left_it() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(Piece::Login, NO_RIGHT));
    let first = house.disable().await;
    assert_eq!(first.state, IntentState::Abandoned);
    house.iam.with(|iam| {
        toggled(iam, Piece::Rights);
        iam.always.clear();
    });
    let second = house.disable().await;
    assert_eq!(second.state, IntentState::Verified);
    let known = closure(&second);
    assert!(known.before.is_some(), "it has a snapshot of its own");
    let earlier = |piece: &Piece| {
        known
            .work
            .iter()
            .find(|work| work.piece == *piece)
            .unwrap()
            .earlier
    };
    assert_eq!(earlier(&Piece::Rights), None, "somebody else closed it last");
    assert_eq!(earlier(&key(KEY)), Some(first.id));
    assert_eq!(state_of(&second, &key(KEY)), PieceState::WasSo);
    assert_eq!(why_of(&second, &key(KEY)), Some(PieceWhy::Earlier));
    let restored = house.restore(second.id).await;
    assert_eq!(restored.state, IntentState::Verified);
    assert_eq!(
        house.iam.with(|iam| iam.hatch(&Piece::Rights)),
        Some(Hatch::Closed)
    );
    assert_eq!(house.iam.with(|iam| iam.hatch(&key(KEY))), Some(Hatch::Open));
    assert_eq!(house.iam.with(|iam| iam.hatch(&Piece::Login)), Some(Hatch::Open));
}

#[tokio::test(start_paused = true)]
async fn refused_in_everything_nothing_was_taken_on_and_what_follows_is_not_ours() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        iam.always = [Piece::Rights, key(KEY), Piece::Login]
            .map(|piece| (piece, HICCUP))
            .into();
    });
    house.iam.with(|iam| iam.spent = 1000);
    let failed = in_state(&house, IntentState::Failed).await;
    assert_eq!(detail(&failed).sent_at, None);
    house.pass(10).await;
    assert_eq!(house.sink.count("action_sent"), 0);
    house.iam.with(|iam| {
        for piece in [Piece::Rights, key(KEY), Piece::Login] {
            iam.change(piece, Hatch::Closed);
        }
    });
    let row = in_state(&house, IntentState::Verified).await;
    assert!(!deed(&row).restorable);
    house.pass(10).await;
    let told = house.sink.messages();
    let asked = told.iter().find_map(|message| match message {
        Message::ActionVerified { asked, .. } => Some(*asked),
        _ => None,
    });
    assert_eq!(asked, Some(tidegate_channels::Asked::Refused));
}

#[tokio::test(start_paused = true)]
async fn refused_in_the_rest_what_was_closed_before_is_still_our_doing() {
    let house = House::armed().await;
    house.iam.with(|iam| iam.always.insert(key(KEY), HICCUP));
    house.iam.with(|iam| iam.spent = 1000);
    in_state(&house, IntentState::Failed).await;
    // The second try asks for the key alone, and is refused.
    house.pass(70).await;
    let failed = in_state(&house, IntentState::Failed).await;
    assert_eq!(failed.tries, 2);
    assert!(detail(&failed).sent_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn of_an_answer_that_was_lost_among_refusals_the_state_decides() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        iam.always = [
            (Piece::Rights, How::Loses(true)),
            (key(KEY), HICCUP),
            (Piece::Login, HICCUP),
        ]
        .into();
    });
    house.iam.with(|iam| iam.spent = 1000);
    let failed = in_state(&house, IntentState::Failed).await;
    let moves = house.store.intent_events(failed.id).await.unwrap();
    assert_eq!(
        moves
            .iter()
            .filter(|event| event.to == IntentState::Unknown)
            .count(),
        1
    );
    assert!(detail(&failed).sent_at.is_some());
    assert_eq!(state_of(&failed, &Piece::Rights), PieceState::Done);
    assert_eq!(state_of(&failed, &key(KEY)), PieceState::Failed);
    assert_eq!(
        why_of(&failed, &key(KEY)),
        Some(PieceWhy::Refused {
            detail: "InternalError".to_owned()
        })
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_and_never_arrived_is_awaited_before_it_is_asked_for_again() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        for piece in [Piece::Rights, key(KEY), Piece::Login] {
            iam.how.entry(piece).or_default().push_back(How::Loses(false));
        }
    });
    house.iam.with(|iam| iam.spent = 1000);
    let failed = in_state(&house, IntentState::Failed).await;
    let moves = house.store.intent_events(failed.id).await.unwrap();
    let at = |state| moves.iter().find(|event| event.to == state).unwrap().at;
    let waited = at(IntentState::Failed).since(at(IntentState::Unknown)).as_secs();
    assert!((29..=31).contains(&waited), "{waited}");
    let verified = in_state(&house, IntentState::Verified).await;
    assert_eq!(verified.id, failed.id);
    assert_eq!(house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Closed)), 2);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_disables_while_over_the_quota_is_not_told_what_a_restore_would_lead_to() {
    let house = House::idle(|_| {}).await;
    house.iam.with(|iam| iam.spent = 1200);
    house.pass(900).await;
    let row = house.disable().await;
    assert_eq!(row.state, IntentState::Verified);
    house.pass(10).await;
    assert_eq!(overs(&house), [None]);
}

#[tokio::test(start_paused = true)]
async fn restored_below_the_quota_nothing_is_said_of_being_over_it() {
    let house = House::armed().await;
    let row = house.disable().await;
    house.restore(row.id).await;
    house.pass(10).await;
    assert_eq!(overs(&house), [None, None]);
}

#[tokio::test(start_paused = true)]
async fn restored_over_a_quota_that_is_only_warned_of_nothing_waits() {
    let house = House::idle(|guard| guard.action = tidegate_guard::ActionKind::Warn).await;
    house.iam.with(|iam| iam.spent = 1200);
    house.pass(900).await;
    let row = house.disable().await;
    house.restore(row.id).await;
    house.pass(10).await;
    assert_eq!(overs(&house), [None, None]);
}

/// What each proof that was told says of guards that wait.
fn overs(house: &House) -> Vec<Option<tidegate_channels::StillOver>> {
    let told = house.sink.messages();
    let over = told.iter().filter_map(|message| match message {
        Message::ActionVerified { action, .. } => Some(action.deed.as_ref().unwrap().over),
        _ => None,
    });
    over.collect()
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_go_with_a_sub_account_are_surveyed_by_its_disable_and_by_the_restore() {
    let house = House::armed().await;
    let user = Iam::target().id;
    let mut rules = house.engine.quota(&volc(), &user).await.unwrap().rules;
    rules.endpoints = true;
    house
        .engine
        .set_rules(&volc(), &user, rules.clone(), "test")
        .await
        .unwrap();
    let row = house.disable().await;
    let endpoints = Reach {
        endpoints: true,
        ..Reach::default()
    };
    assert_eq!(house.iam.with(|iam| iam.reach.clone()), endpoints);
    assert_eq!(closure(&row).reach, endpoints);
    // What the owner chooses afterwards changes nothing of what that disable closed.
    rules.endpoints = false;
    house
        .engine
        .set_rules(&volc(), &user, rules, "test")
        .await
        .unwrap();
    let restored = house.restore(row.id).await;
    assert_eq!(restored.state, IntentState::Verified);
    assert_eq!(closure(&restored).reach, endpoints);
    assert!(house.engine.restore(row.id, consent()).await.is_err());
}
