//! What people do: by the window, the shell and the configuration.

use tidegate_guard::{ActionKind, Consent, IntentState, StopManner};
use tidegate_meter::{AccountId, FlowBatch, GuardId, RowId, Span, Time};
use tidegate_store::{AlertFilter, InviteRow, TokenRow};

use super::servers::{armed, config};
use super::*;
use crate::kit::{self, GB};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        Scenario::of("a_restore", |_| {}, restored),
        Scenario::of("held_and_called_off", |_| {}, called_off),
        Scenario::of("commands", listed, commands),
        Scenario::of("a_changed_configuration", |_| {}, changed),
        Scenario::of("a_damaged_row", |_| {}, damaged),
        Scenario::of("a_device_and_what_it_hands_in", |_| {}, handed_in),
    ]
}

/// The provider tells a list of what it has.
fn listed(on: &Ground) {
    on.cloud.set(|state| state.list_age = Some(Duration::ZERO));
}

fn consent() -> Consent {
    Consent {
        by: "test".to_owned(),
        typed_name: "server-hw".to_owned(),
    }
}

fn hw() -> AccountId {
    AccountId::new("hw").unwrap()
}

/// A person stops a server by name and restores it.
fn restored<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        house.begin(config()).await;
        house.pass(90).await;
        let of = |action: ActionKind| async move {
            let rows = house.intents().await;
            rows.into_iter().find(|row| row.action == action)
        };
        if of(ActionKind::Stop).await.is_none() {
            let (engine, hw, target) = (&house.engine, hw(), house.ground.cloud.target());
            let asked = engine.act(&hw, &target.id, ActionKind::Stop, StopManner::Soft, consent());
            asked.await.unwrap();
        }
        house.verified(ActionKind::Stop, 1).await;
        let stop = of(ActionKind::Stop).await.unwrap();
        if of(ActionKind::Start).await.is_none() {
            house.engine.restore(stop.id, consent()).await.unwrap();
        }
        house.verified(ActionKind::Start, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

/// A planned stop is held, then called off.
fn called_off<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config();
        config.guards[0].countdown = minutes(15);
        armed(house, config).await;
        house
            .until("it is planned", async || !house.intents().await.is_empty())
            .await;
        let row = house.intents().await.remove(0);
        if !row.state.is_end() {
            house.engine.hold(row.id, minutes(30), "test").await.unwrap();
            house.pass(60).await;
            house.engine.cancel(row.id, "test").await.unwrap();
        }
        house.settled().await;
        assert_eq!(house.intents().await.remove(0).state, IntentState::Cancelled);
    }
    .boxed_local()
}

fn token() -> TokenRow {
    TokenRow {
        id: RowId::from_bytes([3; 16]),
        name: "a program".to_owned(),
        hash: [3; 32],
        scopes: "read".to_owned(),
        created_at: Time::from_ms(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

fn commands<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        house.begin(config()).await;
        house.pass(90).await;
        house.ground.cloud.set(|state| state.remaining = 250 * GB);
        let (engine, now) = (&house.engine, house.ground.now());
        house
            .until("an alert", async || {
                !house.store.alerts(AlertFilter::open()).await.unwrap().is_empty()
            })
            .await;
        let alert = house.store.alerts(AlertFilter::open()).await.unwrap().remove(0);
        engine.acknowledge(alert.id, "seen", "test").await.unwrap();
        engine.pause(now.plus(minutes(600)), "test").await.unwrap();
        engine.resume("test").await.unwrap();
        let target = house.ground.cloud.target().id;
        engine.protect(&hw(), &target, true, "test").await.unwrap();
        engine.protect(&hw(), &target, false, "test").await.unwrap();
        if !house
            .store
            .tokens()
            .await
            .unwrap()
            .iter()
            .any(|row| row.id == token().id)
        {
            engine.create_token(token(), "test").await.unwrap();
        }
        engine
            .save_settings(None, None, vec![("language".to_owned(), "en".into())], "test")
            .await
            .unwrap();
        engine.note("test", "backup.made", serde_json::json!({})).await;
        engine
            .test_channel(&"ops".parse().unwrap(), "test")
            .await
            .unwrap();
        engine
            .raise_condition("own_condition", "a condition of the shell")
            .await;
        house.pass(30).await;
        engine.resolve_condition("own_condition").await;
        engine
            .import_flows("an older one", earlier(), "test")
            .await
            .unwrap();
        engine
            .disarm(&GuardId::new("hw-traffic").unwrap(), "test")
            .await
            .unwrap();
        house.settled().await;
    }
    .boxed_local()
}

fn earlier() -> FlowBatch {
    let start = kit::start().minus(minutes(600));
    FlowBatch {
        device: "older".parse().unwrap(),
        epoch: RowId::from_bytes([4; 16]),
        sequence: 1,
        sealed_at: start.plus(minutes(1)),
        watched: vec![Span {
            start,
            end: start.plus(minutes(1)),
        }],
        flows: vec![crate::devices::house::flow(start, 11)],
        restarts: 0,
        kernel: String::new(),
    }
}

/// Its channel is taken away while it waits with a warning and a critical message.
fn changed<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        *house.ground.sink("ops").down.lock().unwrap() = Some(super::telling::unreachable());
        house.begin(config()).await;
        house.arm("hw-traffic").await;
        house.pass(90).await;
        house
            .ground
            .cloud
            .set(|state| state.remaining = state.remaining.min(250 * GB));
        house
            .until("a warning waits", async || !house.deliveries().await.is_empty())
            .await;
        armed(house, config()).await;
        house
            .until("it is planned", async || !house.intents().await.is_empty())
            .await;
        let mut config = house.engine.config().await;
        config.channels = vec![kit::channel("ops-new")];
        house.engine.configure(config, "test").await.unwrap();
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

/// A row of the database is of a later version: its guard may not act.
fn damaged<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let is_damaged = house
            .ground
            .notes
            .borrow()
            .iter()
            .any(|note| note == "it is damaged");
        if !is_damaged {
            house.begin(config()).await;
            house.arm("hw-traffic").await;
            house.pass(90).await;
        }
        house
            .once("it is damaged", async || {
                house.engine.stop().await;
                crate::sweep::house::damage(house).await;
            })
            .await;
        house.engine.run().await.unwrap();
        house.ground.cloud.set(|state| state.remaining = 8 * GB);
        house.pass(600).await;
        assert!(house.ground.wire.counts().is_empty());
        house.settled().await;
    }
    .boxed_local()
}

fn invite(house: &House<'_>, n: u8) -> InviteRow {
    let now = house.ground.now();
    InviteRow {
        hash: [n; 32],
        device: crate::devices::house::nas(),
        name: "NAS".to_owned(),
        by: "window".to_owned(),
        created_at: now,
        expires_at: now.plus(minutes(15)),
        used_at: None,
    }
}

/// A device is invited, enrolled, hands in, and is ended.
fn handed_in<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        house.begin(config()).await;
        let engine = &house.engine;
        let device = house.store.device(&crate::devices::house::nas()).await.unwrap();
        let token = crate::devices::house::id(1);
        if device.is_none_or(|row| row.token.is_none() && row.ended_at.is_none()) {
            // An invitation whose answer never came is of no use: another one is made.
            let count = u8::try_from(house.store.invites().await.unwrap().len()).unwrap();
            let invite = invite(house, 1 + count);
            engine.invite_agent(invite.clone()).await.unwrap();
            let body = crate::devices::house::body();
            let taken = engine.enrol(&invite, crate::devices::house::token(1), &body);
            taken.await.unwrap().unwrap();
        }
        let ended = async || {
            let row = house.store.device(&crate::devices::house::nas()).await.unwrap();
            row.unwrap().ended_at.is_some()
        };
        if !ended().await {
            let minute = kit::start();
            for sequence in 1..=3 {
                let flows = vec![crate::devices::house::flow(minute, 700 + sequence)];
                let batch = crate::devices::house::hand_in(house.ground.now(), sequence, flows);
                engine.ingest(token, &batch).await.unwrap();
            }
            engine
                .end_device(&crate::devices::house::nas(), "test")
                .await
                .unwrap();
        }
        house.settled().await;
    }
    .boxed_local()
}
