//! A package that runs dry, and its server.

use tidegate_engine::config::Config;
use tidegate_guard::{ActionKind, IntentState, PowerState, RestartPolicy};
use tidegate_meter::{Reason, Window};
use tidegate_providers::ProviderErrorKind;

use super::*;
use crate::kit::{self, GB, Stop};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        Scenario::of("a_stop_that_works", |_| {}, stopped),
        Scenario::of(
            "a_request_that_is_lost",
            |on| stops(on, [Stop::Loses(false)]),
            stopped,
        ),
        Scenario::of(
            "an_answer_that_is_lost",
            |on| stops(on, [Stop::Loses(true)]),
            stopped,
        ),
        Scenario::of("a_refused_stop", |on| stops(on, [refused()]), stopped),
        Scenario::of("a_stop_that_is_ignored", |on| stops(on, [Stop::Nothing]), stopped),
        Scenario::of(
            "a_stop_that_is_stuck",
            |on| stops(on, [Stop::Works(minutes(8))]),
            stopped,
        ),
        Scenario::of("a_forced_stop", |on| stops(on, [Stop::Nothing]), forced),
        Scenario::of("stopped_by_hand_meanwhile", |_| {}, by_hand_meanwhile),
        Scenario::of("started_again_by_hand", |_| {}, started_again),
        Scenario::of("a_start_after_the_reset", |_| {}, after_the_reset),
        Scenario::of("picking_up_a_request_on_the_wire", |_| {}, stopped).after(("intent.sent.answered", 1)),
        Scenario::of("picking_up_a_message_on_the_wire", |_| {}, stopped).after(("delivery.answered", 1)),
    ]
}

fn refused() -> Stop {
    Stop::Refuses(
        ProviderErrorKind::Blind(Reason::Transient),
        "internal error".to_owned(),
    )
}

fn stops<const N: usize>(on: &Ground, stops: [Stop; N]) {
    on.cloud.set(|state| state.stop.extend(stops));
}

/// One account that is looked at each minute, and its guard.
pub(super) fn config() -> Config {
    let mut config = kit::config(&["hw"]);
    config.accounts[0].interval = minutes(1);
    config.accounts[0].interval_near = minutes(1);
    config
}

pub(super) async fn armed(house: &House<'_>, config: Config) {
    house.begin(config).await;
    house.arm("hw-traffic").await;
    house.pass(90).await;
    house
        .ground
        .cloud
        .set(|state| state.remaining = state.remaining.min(8 * GB));
}

fn stopped<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        armed(house, config()).await;
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

fn forced<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config();
        config.guards[0].forced = true;
        armed(house, config).await;
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

fn by_hand_meanwhile<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config();
        config.guards[0].countdown = minutes(10);
        armed(house, config).await;
        house
            .until("it is planned", async || !house.intents().await.is_empty())
            .await;
        house.ground.cloud.set(|state| state.power = PowerState::Stopped);
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

fn started_again<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config();
        config.guards[0].restart = RestartPolicy::StopAgain;
        armed(house, config).await;
        house.verified(ActionKind::Stop, 1).await;
        house
            .once("somebody starts it", async || {
                house.ground.cloud.set(|state| state.power = PowerState::Running);
            })
            .await;
        house.verified(ActionKind::Stop, 2).await;
        house.settled().await;
    }
    .boxed_local()
}

fn after_the_reset<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config();
        config.guards[0].start_after_reset = true;
        let ended = house
            .intents()
            .await
            .iter()
            .any(|row| row.state == IntentState::Verified);
        if ended {
            house.begin(config).await;
        } else {
            armed(house, config).await;
        }
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
        house
            .once("the month turns", async || {
                house.ground.timer.jump(21 * 86_400_000);
                house.ground.cloud.set(|state| {
                    state.remaining = 1000 * GB;
                    let window = state.window.unwrap();
                    let end = window.end.map(|end| end.plus(minutes(31 * 24 * 60)));
                    state.window = Some(Window::told(window.kind, window.end.unwrap(), end));
                });
            })
            .await;
        house.verified(ActionKind::Start, 1).await;
        house.settled().await;
    }
    .boxed_local()
}
