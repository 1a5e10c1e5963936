//! What stands in the record: every move with its facts and its times.

use tidegate_guard::{ActionKind, IntentState as S};
use tidegate_meter::RowId;
use tidegate_store::IntentEventRow;

use crate::intents::house::{earlier, resumed, row, since_start, wish};
use crate::kit::World;

async fn moves(world: &World, id: RowId) -> Vec<IntentEventRow> {
    world.store.intent_events(id).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_move_stands_there_with_where_from_when_and_its_facts() {
    let world = resumed(wish(S::Planned, ActionKind::Stop), |_| {}).await;
    world.pass(60).await;
    let id = row(&world).await.id;
    let moves = moves(&world, id).await;
    let ways: Vec<(Option<S>, S, i64)> = moves
        .iter()
        .map(|row| (row.from, row.to, row.at.ms_since(earlier()) / 1000 - 3600))
        .collect();
    assert_eq!(
        ways,
        [
            (None, S::Planned, -3600),
            (Some(S::Planned), S::Rechecked, 0),
            (Some(S::Rechecked), S::Sent, 0),
            (Some(S::Sent), S::Accepted, 0),
            (Some(S::Accepted), S::Verifying, 0),
            (Some(S::Verifying), S::Verified, 25),
        ]
    );
    assert_eq!(moves[1].facts["power"]["power"], "running", "{}", moves[1].facts);
    assert_eq!(
        (&moves[2].facts["action"], &moves[2].facts["manner"]),
        (&"stop".into(), &"soft".into())
    );
    assert_eq!(moves[3].facts["receipt"]["job"], "job-1");
    assert_eq!(moves[5].facts["proof"]["receipt"]["job"], "job-1");
    let row = row(&world).await;
    assert_eq!((since_start(row.updated_at), since_start(row.next_at)), (25, 25));
    assert_eq!(row.created_at, earlier());
}

#[tokio::test(start_paused = true)]
async fn each_move_is_in_the_audit_by_name() {
    let world = resumed(wish(S::Planned, ActionKind::Stop), |_| {}).await;
    world.pass(60).await;
    let audit = world.store.audit(0, 500).await.unwrap();
    let named: Vec<String> = audit
        .iter()
        .map(|entry| entry.event.clone())
        .filter(|event| event.starts_with("intent."))
        .collect();
    assert_eq!(
        named,
        [
            "intent.rechecked",
            "intent.sent",
            "intent.accepted",
            "intent.verifying",
            "intent.verified"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_ended_is_not_taken_up_again() {
    for state in [S::Verified, S::Cancelled, S::Abandoned] {
        let world = resumed(wish(state, ActionKind::Stop), |_| {}).await;
        world.pass(600).await;
        assert_eq!(
            (
                row(&world).await.state,
                moves(&world, row(&world).await.id).await.len()
            ),
            (state, 1)
        );
    }
}
