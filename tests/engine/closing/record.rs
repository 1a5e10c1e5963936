//! What stands in the record while pieces are asked for, and how far back it is read.

use std::time::Duration;

use tidegate_guard::{ActionKind, Hatch, IntentState, Piece};
use tidegate_meter::{AccountId, RowId, TargetId, Time};
use tidegate_store::{Batch, IntentEventRow, IntentRow, Write};

use crate::closing::house::{House, closure};
use crate::closing::iam::{Iam, KEY, key};

/// Ended actions that were made after `row`, each as `change` makes it.
async fn later(house: &House, row: &IntentRow, count: u16, change: impl Fn(&mut IntentRow)) {
    let mut batch = Batch::default();
    for number in 0..count {
        let mut seed = [1; 10];
        seed[..2].copy_from_slice(&number.to_be_bytes());
        let mut made = row.clone();
        made.id = RowId::new(Time::from_ms(row.created_at.ms() + 60_000), seed);
        change(&mut made);
        let event = IntentEventRow {
            intent: made.id,
            from: None,
            to: made.state,
            at: made.created_at,
            facts: serde_json::Value::Null,
        };
        batch.push(Write::Intent(made, event));
    }
    house.store.write(batch).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_disable_is_found_behind_a_whole_page_of_later_actions_on_others() {
    for count in [499, 500, 700] {
        let house = House::armed().await;
        let row = house.disable().await;
        later(&house, &row, count, |row| {
            row.target.id = TargetId::new("60000009").unwrap();
        })
        .await;
        later(&house, &row, 1, |row| {
            row.account = AccountId::new("another").unwrap();
            row.id = RowId::new(Time::from_ms(row.created_at.ms() + 90_000), [4; 10]);
        })
        .await;
        assert_eq!(
            house.restore(row.id).await.state,
            IntentState::Verified,
            "{count}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn each_piece_that_was_seen_is_in_the_record_before_the_action_moves_on() {
    let house = House::armed().await;
    let row = house.disable().await;
    let audit = house.store.audit(0, 1000).await.unwrap();
    let named: Vec<&str> = audit
        .iter()
        .map(|entry| entry.event.as_str())
        .filter(|event| event.starts_with("intent."))
        .collect();
    assert_eq!(
        named,
        [
            "intent.planned",
            "intent.rechecked",
            "intent.sent",
            "intent.piece_asked",
            "intent.piece_asked",
            "intent.piece_asked",
            "intent.accepted",
            "intent.verifying",
            "intent.pieces_seen",
            "intent.verified",
        ]
    );
    assert_eq!(row.state, IntentState::Verified);
}

#[tokio::test(start_paused = true)]
async fn while_a_request_is_on_the_wire_the_record_says_which_and_since_when() {
    let house = House::armed().await;
    house.iam.with(|iam| {
        iam.latency = Duration::from_secs(20);
        iam.spent = 1000;
    });
    for _ in 0..3600 {
        if house.iam.with(|iam| iam.asked(&Piece::Rights, Hatch::Closed)) == 1 {
            break;
        }
        house.pass(1).await;
    }
    let row = house.intents().await.remove(0);
    assert_eq!((row.state, row.action), (IntentState::Sent, ActionKind::Stop));
    let known = closure(&row);
    let asked = |piece: &Piece| {
        known
            .work
            .iter()
            .find(|work| work.piece == *piece)
            .unwrap()
            .asked_at
    };
    let (rights, second) = (asked(&Piece::Rights).unwrap(), asked(&key(KEY)).unwrap());
    assert_eq!(second.since(rights), Duration::from_secs(20));
    assert_eq!(row.updated_at, second);
    assert_eq!(row.target, Iam::target());
}
