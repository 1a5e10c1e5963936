//! Messages: retried, escalated, refused for good; reports, renewals, mail; lapses.

use tidegate_channels::{DeliveryError, Refusal};
use tidegate_engine::ReportSettings;
use tidegate_engine::config::{Config, RenewalConfig};
use tidegate_guard::ActionKind;
use tidegate_meter::{MailKind, RenewalId};
use tidegate_providers::calendar::Cycle;
use tidegate_providers::mailbox::{Certainty, Find};
use tidegate_store::DeliveryState;

use super::servers::{armed, config};
use super::*;
use crate::kit::{self, FakeBox, GB};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        Scenario::of("a_message_is_retried_and_escalated", |_| {}, escalated),
        Scenario::of("a_channel_that_refuses_for_good", |_| {}, refused_for_good),
        Scenario::of("a_renewal", |_| {}, renewed).at("2026-11-12T08:50:00Z"),
        Scenario::of("the_report_of_a_day", |_| {}, reported).at("2026-11-10T23:40:00Z"),
        Scenario::of("a_mail", |_| {}, mailed),
        Scenario::of("a_sleep_in_a_countdown", |_| {}, slept),
        Scenario::of("a_process_that_is_frozen_in_a_countdown", |_| {}, frozen),
    ]
}

pub(super) fn unreachable() -> DeliveryError {
    DeliveryError {
        refusal: Refusal::Retry(Duration::from_secs(60)),
        detail: "unreachable".to_owned(),
        may_have_arrived: false,
        sends: 1,
    }
}

/// The first channel is down until the second one has the news.
fn escalated<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config();
        config.guards[0].channels = vec![config.channels[0].id.clone()];
        config.channels.push(kit::channel("second"));
        if house.ground.sink("second").count("action_planned") == 0 {
            *house.ground.sink("ops").down.lock().unwrap() = Some(unreachable());
        }
        armed(house, config).await;
        house
            .until("the second channel has it", async || {
                house.ground.sink("second").count("action_planned") > 0
            })
            .await;
        house.pass(10).await;
        *house.ground.sink("ops").down.lock().unwrap() = None;
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

/// What it refused is tried again by a person once it takes messages.
fn refused_for_good<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let refuses = DeliveryError {
            refusal: Refusal::Permanent,
            detail: "sign match fail".to_owned(),
            may_have_arrived: false,
            sends: 1,
        };
        let is_refused = async || {
            let rows = house.deliveries().await;
            rows.into_iter().find(|row| row.state == DeliveryState::Refused)
        };
        let mended = house.ground.notes.borrow().iter().any(|note| note == "mended");
        if !mended {
            *house.ground.sink("ops").down.lock().unwrap() = Some(refuses);
        }
        house.begin(config()).await;
        house.ground.cloud.set(|state| state.remaining = 250 * GB);
        house
            .once("refused", async || {
                house
                    .until("it is refused", async || is_refused().await.is_some())
                    .await;
            })
            .await;
        house
            .once("mended", async || {
                *house.ground.sink("ops").down.lock().unwrap() = None;
            })
            .await;
        while let Some(row) = is_refused().await {
            house.engine.retry_delivery(row.id, "test").await.unwrap();
            house.pass(60).await;
        }
        house.settled().await;
    }
    .boxed_local()
}

fn renewed<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let id = RenewalId::new("domain").unwrap();
        let renewal = RenewalConfig {
            id: id.clone(),
            name: "example.org".to_owned(),
            enabled: true,
            owner: None,
            cycle: Cycle::parse("monthly", "15").unwrap(),
            amount: None,
            auto_renew: false,
            remind: vec![3, 0],
            paid: Some("2026-10-15".parse().unwrap()),
            note: None,
            channels: Vec::new(),
        };
        let config = Config {
            channels: vec![kit::channel("ops")],
            renewals: vec![renewal],
            ..Config::default()
        };
        house.begin(config).await;
        house
            .until("it is told", async || {
                house.ground.sink("ops").count("renewal_due") > 0
            })
            .await;
        let due = house.engine.renewals().await.unwrap().1.remove(0);
        if due.paid.is_none_or(|paid| paid < "2026-11-01".parse().unwrap()) {
            let paid = Some("2026-11-12".parse().unwrap());
            house.engine.mark_renewed(&id, paid, "test").await.unwrap();
        }
        house.settled().await;
    }
    .boxed_local()
}

fn reported<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        house.begin(super::accounts::proxy()).await;
        house.pass(5).await;
        // Its device is there now, and a report has something to tell of.
        let daily = Some(ReportSettings::default());
        house
            .engine
            .save_settings(None, daily, Vec::new(), "test")
            .await
            .unwrap();
        house
            .until("the day is told", async || {
                house.ground.sink("ops").count("report") > 0
            })
            .await;
        let reports = house
            .deliveries()
            .await
            .into_iter()
            .filter(|row| row.message["code"] == "report");
        if reports.count() < 2 {
            let kind = tidegate_channels::report::ReportKind::Daily;
            house.engine.send_report(kind, None, "test").await.unwrap();
        }
        house.settled().await;
    }
    .boxed_local()
}

fn mailed<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        filled(&house.ground.mailbox);
        let config = Config {
            channels: vec![kit::channel("ops")],
            mailboxes: vec![kit::mailbox_config()],
            ..Config::default()
        };
        house.begin(config).await;
        house
            .until("both are told", async || {
                house.ground.sink("ops").count("mail") >= 2
            })
            .await;
        house.pass(1000).await;
        house.settled().await;
    }
    .boxed_local()
}

/// The box holds what it holds, however often it is read.
fn filled(mailbox: &FakeBox) {
    let mut answers = mailbox.answers.lock().unwrap();
    answers.clear();
    answers.extend((0..3).map(|_| Ok(vec![mail(4), mail(5)])));
}

fn mail(uid: u32) -> Find {
    kit::find(uid, Certainty::Sure, MailKind::LowBalance)
}

async fn counting_down(house: &House<'_>) {
    let mut config = config();
    config.guards[0].countdown = minutes(10);
    armed(house, config).await;
    house
        .until("it is planned", async || !house.intents().await.is_empty())
        .await;
}

/// Both clocks go on for an hour in the middle of a countdown, and nothing runs.
fn frozen<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        counting_down(house).await;
        house
            .once("it is frozen", async || tokio::time::advance(minutes(60)).await)
            .await;
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

/// The lid is closed for an hour in the middle of a countdown.
fn slept<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        counting_down(house).await;
        house
            .once("it sleeps", async || house.ground.timer.jump(3_600_000))
            .await;
        house.verified(ActionKind::Stop, 1).await;
        house.settled().await;
    }
    .boxed_local()
}
