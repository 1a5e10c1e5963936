//! What each write leaves behind, and that a refused batch leaves nothing.

use serde_json::json;
use tidegate_guard::{IntentState as S, PowerState};
use tidegate_meter::Outcome;
use tidegate_store::{
    AccountRow, AlertFilter, ChannelRow, DeliveryFilter, DeliveryState, IntentFilter, LapseRow, NextDue,
    StoreError, Write,
};

use crate::support::*;

fn refused(what: &str) -> Result<(), StoreError> {
    Err(StoreError::Conflict {
        what: what.to_owned(),
    })
}

#[tokio::test]
async fn configured_rows_come_back_as_they_were_written_and_go_when_removed() {
    let store = ready().await;
    let account_row = AccountRow {
        id: account(),
        provider: "huawei".to_owned(),
        name: "主账号".to_owned(),
        enabled: true,
        config: json!({"secret": {"ak": "env:HW_AK"}}),
    };
    let channel = ChannelRow {
        id: "ops".parse().unwrap(),
        kind: "feishu".to_owned(),
        enabled: false,
        config: json!({"url": "vault:ops"}),
    };
    let first = [
        Write::PutAccount(account_row.clone()),
        Write::PutChannel(channel.clone()),
        Write::PutGuard(guard()),
        setting("paused", 7),
    ];
    store.write(batch(first)).await.unwrap();
    assert_eq!(store.accounts().await.unwrap(), vec![account_row]);
    assert_eq!(store.channels().await.unwrap(), vec![channel.clone()]);
    assert_eq!(store.guards().await.unwrap(), [guard()]);
    assert_eq!(store.setting("paused").await.unwrap(), Some(json!(7)));
    let second = [
        Write::RemoveAccount(account()),
        Write::RemoveChannel(channel.id),
        Write::RemoveGuard(guard().id),
        Write::Setting("paused".to_owned(), None),
    ];
    store.write(batch(second)).await.unwrap();
    assert!(store.accounts().await.unwrap().is_empty());
    assert!(store.channels().await.unwrap().is_empty());
    assert!(store.guards().await.unwrap().is_empty());
    assert!(store.settings().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_last_truth_is_kept_while_a_meter_is_blind() {
    let store = ready().await;
    store
        .write(batch([look(T0, 5), blind_look(minutes(5))]))
        .await
        .unwrap();
    let row = store.meter(&account(), &meter()).await.unwrap().unwrap();
    assert!(matches!(row.outcome, Some(Outcome::Blind(_))));
    assert_eq!(row.last_good, Some(reading(T0, 5)));
    assert_eq!(row.looked_at, Some(minutes(5)));
    store.write(batch([look(minutes(10), 4)])).await.unwrap();
    let row = store.meter(&account(), &meter()).await.unwrap().unwrap();
    assert_eq!(row.outcome, Some(Outcome::Known(reading(minutes(10), 4))));
}

#[tokio::test]
async fn a_meter_never_seen_is_no_meter_and_a_meter_never_known_is_blind() {
    let store = ready().await;
    assert_eq!(store.meter(&account(), &meter()).await.unwrap(), None);
    store.write(batch([blind_look(T0)])).await.unwrap();
    let row = store.meter(&account(), &meter()).await.unwrap().unwrap();
    assert_eq!(row.last_good, None);
    assert!(matches!(row.outcome, Some(Outcome::Blind(_))));
}

#[tokio::test]
async fn a_meter_that_is_no_longer_found_leaves_the_list_and_comes_back_with_its_next_look() {
    let store = ready().await;
    let retain = Write::RetainMeters {
        account: account(),
        present: vec!["another".parse().unwrap()],
    };
    store.write(batch([look(T0, 5), retain])).await.unwrap();
    assert!(store.meters(Some(&account())).await.unwrap().is_empty());
    assert!(store.meter(&account(), &meter()).await.unwrap().is_some());
    store.write(batch([look(minutes(1), 5)])).await.unwrap();
    assert_eq!(store.meters(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn two_judgements_from_one_version_cannot_both_win() {
    let store = ready().await;
    store
        .write(batch([Write::PutGuard(guard()), state(0, "first")]))
        .await
        .unwrap();
    assert_eq!(
        store.write(batch([state(0, "again")])).await,
        refused("guard_state")
    );
    store.write(batch([state(1, "second")])).await.unwrap();
    assert_eq!(
        store.write(batch([state(1, "late")])).await,
        refused("guard_state")
    );
    let row = store.guard_state(&guard().id, &meter()).await.unwrap().unwrap();
    assert_eq!((row.version, row.state), (2, json!({"said": "second"})));
}

#[tokio::test]
async fn a_judgement_of_a_guard_that_was_removed_meanwhile_is_refused() {
    let store = ready().await;
    assert_eq!(
        store.write(batch([state(0, "orphan")])).await,
        refused("guard_state")
    );
}

#[tokio::test]
async fn a_refused_write_takes_its_whole_batch_with_it() {
    let store = ready().await;
    store
        .write(batch([Write::RaiseAlert(alert(1, "share:70"))]))
        .await
        .unwrap();
    let mixed = [
        look(T0, 5),
        plan(9),
        audit("intent.planned", T0),
        Write::Delivery(delivery(3, DeliveryState::Pending, T0)),
        Write::RaiseAlert(alert(2, "share:70")),
        setting("after", 1),
    ];
    assert_eq!(store.write(batch(mixed)).await, refused("alert"));
    assert_eq!(store.meter(&account(), &meter()).await.unwrap(), None);
    assert!(store.intents(IntentFilter::Open).await.unwrap().is_empty());
    assert!(store.audit(0, 10).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), NextDue::default());
    assert_eq!(store.setting("after").await.unwrap(), None);
}

#[tokio::test]
async fn a_step_is_raised_once_per_guard_meter_window_and_key_for_ever() {
    let store = ready().await;
    let resolve = Write::ResolveAlert {
        guard: Some(guard().id),
        meter: Some(meter()),
        key: "share:70".to_owned(),
        window_start: T0,
        at: minutes(9),
    };
    store
        .write(batch([Write::RaiseAlert(alert(1, "share:70")), resolve]))
        .await
        .unwrap();
    assert_eq!(
        store.alert(id(1)).await.unwrap().unwrap().resolved_at,
        Some(minutes(9))
    );
    assert_eq!(
        store
            .write(batch([Write::RaiseAlert(alert(2, "share:70"))]))
            .await,
        refused("alert")
    );
    let mut next_window = alert(3, "share:70");
    next_window.window_start = minutes(60);
    let mut program = alert(4, "share:70");
    (program.guard, program.meter) = (None, None);
    store
        .write(batch([
            Write::RaiseAlert(next_window),
            Write::RaiseAlert(program.clone()),
        ]))
        .await
        .unwrap();
    program.id = id(5);
    assert_eq!(
        store.write(batch([Write::RaiseAlert(program)])).await,
        refused("alert")
    );
}

#[tokio::test]
async fn alerts_are_answered_and_listed_newest_first() {
    let store = ready().await;
    for n in 1..=3 {
        store
            .write(batch([Write::RaiseAlert(alert(n, &format!("share:{n}")))]))
            .await
            .unwrap();
    }
    let answer = Write::AnswerAlert {
        id: id(2),
        acknowledged: Some((minutes(1), "known".to_owned())),
        snoozed_until: None,
    };
    let later = Write::AnswerAlert {
        id: id(2),
        acknowledged: None,
        snoozed_until: Some(minutes(90)),
    };
    store.write(batch([answer, later])).await.unwrap();
    let answered = store.alert(id(2)).await.unwrap().unwrap();
    assert_eq!(answered.acknowledged, Some((minutes(1), "known".to_owned())));
    assert_eq!(answered.snoozed_until, Some(minutes(90)));
    let ids = |rows: Vec<tidegate_store::AlertRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let page = AlertFilter {
        open: false,
        before: Some(id(3)),
        limit: 1,
    };
    assert_eq!(ids(store.alerts(page).await.unwrap()), [id(2)]);
    assert_eq!(
        ids(store.alerts(AlertFilter::open()).await.unwrap()),
        [id(3), id(2), id(1)]
    );
    let unknown = Write::AnswerAlert {
        id: id(99),
        acknowledged: None,
        snoozed_until: None,
    };
    assert_eq!(store.write(batch([unknown])).await, refused("alert"));
}

#[tokio::test]
async fn removing_a_guard_ends_its_alerts_and_its_states() {
    let store = ready().await;
    let first = [
        Write::PutGuard(guard()),
        state(0, "first"),
        Write::RaiseAlert(alert(1, "limit")),
    ];
    store.write(batch(first)).await.unwrap();
    let removal = [Write::RemoveGuard(guard().id), audit("guard.removed", minutes(7))];
    store.write(batch(removal)).await.unwrap();
    assert!(store.guard_states(None).await.unwrap().is_empty());
    let row = store.alert(id(1)).await.unwrap().unwrap();
    assert_eq!(row.resolved_at, Some(minutes(7)));
}

#[tokio::test]
async fn an_intent_moves_only_from_where_it_stands_and_only_along_the_table() {
    let store = ready().await;
    store.write(batch([plan(1)])).await.unwrap();
    let at = minutes(1);
    let wrong = [
        go(1, S::Rechecked, S::Sent, at),
        go(1, S::Planned, S::Sent, at),
        go(2, S::Planned, S::Rechecked, at),
    ];
    for write in wrong {
        assert_eq!(store.write(batch([write])).await, Err(StoreError::IllegalMove));
    }
    let way = [
        go(1, S::Planned, S::Rechecked, at),
        go(1, S::Rechecked, S::Sent, at),
    ];
    store.write(batch(way)).await.unwrap();
    let twice = store.write(batch([go(1, S::Sent, S::Sent, at)])).await;
    assert_eq!(
        twice,
        Err(StoreError::IllegalMove),
        "a lost answer is never re-sent blindly"
    );
    let events = store.intent_events(id(1)).await.unwrap();
    let states: Vec<_> = events.iter().map(|event| (event.from, event.to)).collect();
    assert_eq!(
        states,
        [
            (None, S::Planned),
            (Some(S::Planned), S::Rechecked),
            (Some(S::Rechecked), S::Sent)
        ]
    );
}

#[tokio::test]
async fn the_targets_of_an_intent_are_frozen_when_it_is_made() {
    let store = ready().await;
    store.write(batch([plan(1)])).await.unwrap();
    let mut row = intent(1);
    row.state = S::Rechecked;
    row.target.id = "another-server".parse().unwrap();
    let event = event(&row, Some(S::Planned), minutes(1));
    store
        .write(batch([Write::MoveIntent { row, event }]))
        .await
        .unwrap();
    let stored = store.intents(IntentFilter::One(id(1))).await.unwrap();
    assert_eq!(stored.first().unwrap().target, server());
}

#[tokio::test]
async fn a_touch_made_from_a_state_that_was_left_is_refused() {
    let store = ready().await;
    store.write(batch([plan(1)])).await.unwrap();
    let mut held = intent(1);
    held.next_at = minutes(30);
    held.detail = json!({"held": true});
    store
        .write(batch([Write::TouchIntent(held.clone())]))
        .await
        .unwrap();
    let stored = store.intents(IntentFilter::Open).await.unwrap();
    assert_eq!(stored, [held.clone()]);
    store
        .write(batch([go(1, S::Planned, S::Cancelled, minutes(2))]))
        .await
        .unwrap();
    assert_eq!(
        store.write(batch([Write::TouchIntent(held)])).await,
        Err(StoreError::IllegalMove)
    );
    assert!(store.intents(IntentFilter::Open).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_action_counts_once_it_was_sent_whatever_became_of_it() {
    let store = ready().await;
    store.write(batch([plan(1), plan(2)])).await.unwrap();
    let way = [
        go(1, S::Planned, S::Rechecked, minutes(1)),
        go(1, S::Rechecked, S::Sent, minutes(2)),
        go(1, S::Sent, S::Failed, minutes(3)),
        go(2, S::Planned, S::Cancelled, minutes(3)),
    ];
    store.write(batch(way)).await.unwrap();
    let traffic = guard().id;
    assert_eq!(store.actions_since(Some(&traffic), T0).await.unwrap(), 1);
    assert_eq!(store.actions_since(None, minutes(2)).await.unwrap(), 1);
    assert_eq!(store.actions_since(None, minutes(3)).await.unwrap(), 0);
    let other = "other".parse().unwrap();
    assert_eq!(store.actions_since(Some(&other), T0).await.unwrap(), 0);
}

#[tokio::test]
async fn the_outbox_tells_what_is_due_and_what_was_on_the_wire() {
    let store = ready().await;
    let rows = [
        delivery(1, DeliveryState::Pending, minutes(5)),
        delivery(2, DeliveryState::Pending, minutes(1)),
        delivery(3, DeliveryState::Sending, minutes(1)),
        delivery(4, DeliveryState::Delivered, minutes(0)),
    ];
    store
        .write(batch(rows.clone().map(Write::Delivery)))
        .await
        .unwrap();
    store.write(batch([plan(7)])).await.unwrap();
    let ids = |rows: Vec<tidegate_store::DeliveryRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let due = DeliveryFilter::Due(minutes(4));
    assert_eq!(ids(store.deliveries(due).await.unwrap()), [id(2)]);
    let pending = store.deliveries(DeliveryFilter::Pending).await.unwrap();
    assert_eq!(ids(pending), [id(2), id(1)]);
    let sending = store.deliveries(DeliveryFilter::Sending).await.unwrap();
    assert_eq!(sending.as_slice(), &rows[2..3]);
    let recent = DeliveryFilter::Recent {
        before: None,
        limit: 2,
    };
    assert_eq!(ids(store.deliveries(recent).await.unwrap()), [id(4), id(3)]);
    let next = NextDue {
        intent: Some(minutes(1)),
        delivery: Some(minutes(1)),
    };
    assert_eq!(store.next_due().await.unwrap(), next);
}

#[tokio::test]
async fn what_a_removed_channel_had_not_delivered_stays_for_the_deliverer() {
    let store = ready().await;
    let rows = [
        delivery(1, DeliveryState::Pending, T0),
        delivery(2, DeliveryState::Delivered, T0),
    ];
    store.write(batch(rows.map(Write::Delivery))).await.unwrap();
    store
        .write(batch([Write::RemoveChannel("ops".parse().unwrap())]))
        .await
        .unwrap();
    let one = |n| DeliveryFilter::One(id(n));
    let state = store.deliveries(one(1)).await.unwrap()[0].state;
    assert_eq!(state, DeliveryState::Pending);
    let state = store.deliveries(one(2)).await.unwrap()[0].state;
    assert_eq!(state, DeliveryState::Delivered);
}

#[tokio::test]
async fn only_a_person_changes_the_protect_list() {
    let store = ready().await;
    let protect = |protected| Write::Protect {
        account: account(),
        target: server().id,
        protected,
    };
    store
        .write(batch([protect(true), Write::PutTarget(target())]))
        .await
        .unwrap();
    let found = store.targets(Some(&account())).await.unwrap();
    assert!(found[0].protected, "protected before it was ever seen");
    store.write(batch([protect(false)])).await.unwrap();
    let mut seen = target();
    seen.protected = true;
    seen.power = Some((PowerState::Running, minutes(1)));
    store.write(batch([Write::PutTarget(seen)])).await.unwrap();
    let found = store.targets(None).await.unwrap();
    assert!(!found[0].protected);
    assert_eq!(found[0].power, Some((PowerState::Running, minutes(1))));
}

#[tokio::test]
async fn a_lapse_that_goes_on_is_one_lapse() {
    let store = ready().await;
    let lapse = |end| {
        Write::Lapse(LapseRow {
            start: T0,
            end,
            cause: "asleep".to_owned(),
        })
    };
    store
        .write(batch([lapse(minutes(5)), lapse(minutes(9))]))
        .await
        .unwrap();
    let lapses = store.lapses(None, 10).await.unwrap();
    assert_eq!(
        lapses.iter().map(|lapse| lapse.end).collect::<Vec<_>>(),
        [minutes(9)]
    );
}
