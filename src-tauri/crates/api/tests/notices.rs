//! The channel `desktop` in the whole program: through the outbox like every other, with a desktop and without.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::{Stage, account, ask, items, secrets, until};
use serde_json::json;
use tidegate_api::request::SecretItems;
use tidegate_api::words::{DeliveryState, Lang};
use tidegate_api::{Face, NoticeDeed, Request, Response};
use tidegate_sim::{World, days, gib, mbit, seconds};

/// A package that crosses its limit within simulated minutes.
fn dry() -> tidegate_sim::Builder {
    World::new(3)
        .account("main")
        .feishu(None, None)
        .server("web-01")
        .package(gib(200))
        .used(gib(180))
        .bought_ago(days(10))
        .step(seconds(2))
        .burn(mbit(800))
}

const DELIVERIES: Request = Request::Deliveries {
    limit: 50,
    before: None,
    lang: Lang::En,
};

/// An armed guard that tells only the screen, beside a Feishu group that it does not name.
async fn armed(face: &dyn Face, stage: &Stage) {
    let (path, _) = stage.world.feishu_hook();
    let url = format!("http://127.0.0.1{path}");
    let mut account = account("hw");
    account["interval"] = "10s".into();
    account["interval_near"] = "5s".into();
    let guard = json!({
        "id": "hw-traffic", "account": "hw", "limit": "15 GiB", "action": "stop", "countdown": "60s",
        "channels": ["screen"],
    });
    let channels = vec![
        json!({ "id": "screen", "kind": "desktop", "language": "en" }),
        json!({ "id": "team", "kind": "feishu", "url": "vault:team", "language": "en" }),
    ];
    let secrets: SecretItems = [
        ("hw".to_owned(), stage.secrets()),
        ("team".to_owned(), secrets(&[("url", &url)])),
    ]
    .into();
    let save = Request::Save {
        items: items(vec![account], channels, vec![guard]),
        remove: Vec::new(),
        secrets,
    };
    ask(face, save).await;
    let arm = Request::Arm {
        guard: "hw-traffic".parse().unwrap(),
        seconds: 86_400,
    };
    ask(face, arm).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_stop_is_shown_with_its_buttons_and_stands_in_the_outbox() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::over(home.path(), dry());
    let app = stage.app().await;
    app.run().await.unwrap();
    armed(&app, &stage).await;
    until(&app, DELIVERIES, |answer| {
        let Response::Deliveries(rows) = answer else {
            return false;
        };
        rows.iter()
            .any(|row| row.code == "action_planned" && row.state == DeliveryState::Delivered)
    })
    .await;
    {
        let shown = stage.screen.0.lock().unwrap();
        let planned = shown.iter().find(|notice| notice.actions.len() == 3).unwrap();
        assert!(matches!(
            planned.actions.first().unwrap().kind,
            NoticeDeed::Hold { .. }
        ));
        assert!(!planned.simulated);
        assert!(planned.key.starts_with("action/hw/"), "{}", planned.key);
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_desktop_a_critical_message_goes_to_the_next_channel() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::over(home.path(), dry());
    stage.options.notices = None;
    let app = stage.app().await;
    app.run().await.unwrap();
    armed(&app, &stage).await;
    let answer = until(&app, DELIVERIES, |answer| {
        let Response::Deliveries(rows) = answer else {
            return false;
        };
        rows.iter().any(|row| {
            row.code == "action_planned"
                && row.channel.as_str() == "team"
                && row.state == DeliveryState::Delivered
        })
    })
    .await;
    let Response::Deliveries(rows) = answer else {
        panic!("no deliveries");
    };
    let refused = rows
        .iter()
        .find(|row| row.code == "action_planned" && row.channel.as_str() == "screen")
        .unwrap();
    assert_eq!(refused.state, DeliveryState::Refused);
    let said = refused.error.clone().unwrap();
    assert!(said.contains("start Tidegate on the desktop"), "{said}");
    app.stop().await;
}
