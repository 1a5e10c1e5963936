//! Codes, tokens, ends.

use tidegate_engine::{EngineError, Refused};
use tidegate_meter::Clock;
use tidegate_meter::handover::HandedIn;
use tidegate_store::{DeviceRow, FlowWrite, Write};

use crate::devices::house::*;

#[tokio::test(start_paused = true)]
async fn a_code_makes_one_agent() {
    let house = House::new().await;
    let engine = &house.world.engine;
    let used = invite(&house.world, 1);
    assert_eq!(
        engine.enrol(&used, token(2), &body()).await.unwrap(),
        None,
        "it was used"
    );
    let late = invite(&house.world, 3);
    engine.invite_agent(late.clone()).await.unwrap();
    house.world.pass(15 * 60).await;
    assert_eq!(
        engine.enrol(&late, token(3), &body()).await.unwrap(),
        None,
        "its time is over"
    );
    let tokens = house.world.store.tokens().await.unwrap();
    assert_eq!(
        tokens.len(),
        1,
        "nothing of a refused enrolment stays: {tokens:?}"
    );
    assert_eq!(
        (
            house.audited("device.invited").await,
            house.audited("device.enrolled").await
        ),
        (2, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_device_that_is_invited_again_keeps_its_flows_and_its_old_token_ends() {
    let house = House::new().await;
    let first = house.hand_in(1, vec![flow(house.minute(), 700)]);
    house.take(&first).await;
    let since = house.row().await.since;
    house.world.pass(60).await;
    let before = house.token;
    let house = House {
        token: enrolled(&house.world.engine, &house.world, 2).await,
        ..house
    };
    let old = house.world.engine.ingest(before, &first).await.unwrap();
    assert_eq!(old, tidegate_engine::Taken::NotAnAgent);
    assert_eq!(
        house.take(&first).await,
        HandedIn::Repeated,
        "its spool is the same"
    );
    assert_eq!((house.row().await.since, house.total().await), (since, 700));
    let tokens = house.world.store.tokens().await.unwrap();
    let revoked = |n| tokens.iter().find(|row| row.id == id(n)).unwrap().revoked_at;
    assert_eq!(
        (revoked(1), revoked(2)),
        (Some(house.world.timer.now().wall), None)
    );
}

#[tokio::test(start_paused = true)]
async fn an_ended_device_has_no_token_and_no_invitation_and_can_be_invited_anew() {
    let house = House::new().await;
    let engine = &house.world.engine;
    house
        .take(&house.hand_in(1, vec![flow(house.minute(), 700)]))
        .await;
    let waiting = invite(&house.world, 2);
    engine.invite_agent(waiting.clone()).await.unwrap();
    engine.end_device(&nas(), "window").await.unwrap();
    engine.end_device(&nas(), "window").await.unwrap();
    assert_eq!(house.audited("device.ended").await, 1, "twice is once");
    assert_eq!(engine.enrol(&waiting, token(2), &body()).await.unwrap(), None);
    assert!(house.world.store.tokens().await.unwrap()[0].revoked_at.is_some());
    assert_eq!(house.total().await, 700, "its flows stay");
    let house = House {
        token: enrolled(engine, &house.world, 3).await,
        world: house.world,
    };
    assert_eq!(house.row().await.ended_at, None);
    let missing = house
        .world
        .engine
        .end_device(&"pc".parse().unwrap(), "window")
        .await;
    assert!(matches!(missing, Err(EngineError::NoDevice(_))), "{missing:?}");
}

#[tokio::test(start_paused = true)]
async fn a_kernel_that_is_watched_from_here_is_no_agents() {
    let house = House::new().await;
    let engine = &house.world.engine;
    let mine = DeviceRow {
        account: Some("home".parse().unwrap()),
        token: None,
        ..house.row().await
    };
    let write = Write::Flow(FlowWrite::Device(mine));
    house
        .world
        .store
        .write(tidegate_store::Batch { writes: vec![write] })
        .await
        .unwrap();
    let refused = |done: Result<(), EngineError>| {
        let Err(EngineError::Refused(refused)) = done else {
            panic!("{done:?}");
        };
        assert!(matches!(*refused, Refused::WatchedHere(_)), "{refused:?}");
    };
    refused(engine.invite_agent(invite(&house.world, 2)).await);
    refused(engine.end_device(&nas(), "window").await);
    refused(
        engine
            .enrol(&invite(&house.world, 2), token(2), &body())
            .await
            .map(drop),
    );
}
