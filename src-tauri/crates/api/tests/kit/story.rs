//! A package that runs dry in simulated minutes under an armed guard, up to the proof of its stop.

use std::path::Path;

use serde_json::{Value, json};
use tidegate_api::response::ActionView;
use tidegate_api::words::IntentState;
use tidegate_api::{App, Face, Request, Response};
use tidegate_sim::{World, days, gib, mbit, seconds};

use super::{Stage, account, ask, guard, items, until};

pub const ACTIONS: Request = Request::Actions {
    open: false,
    limit: 50,
    before: None,
    lang: None,
};

/// The stage: 30 GiB left of 200, six a simulated minute.
pub fn stage(home: &Path) -> Stage {
    let world = World::new(3)
        .account("main")
        .server("web-01")
        .package(gib(200))
        .used(gib(170))
        .bought_ago(days(10))
        .step(seconds(2))
        .burn(mbit(800));
    Stage::over(home, world)
}

/// Its guard: two steps and a line, all of them crossed within three simulated minutes.
pub fn dry() -> Value {
    let mut guard = guard("hw-traffic", "hw");
    guard["steps"] = json!(["86%", "90%"]);
    guard["limit"] = "15 GiB".into();
    guard["countdown"] = "60s".into();
    guard
}

/// Guarding, not armed yet.
pub async fn begin(stage: &Stage) -> App {
    let app = stage.app().await;
    app.run().await.unwrap();
    let mut account = account("hw");
    account["interval"] = "10s".into();
    account["interval_near"] = "10s".into();
    let channel = json!({ "id": "screen", "kind": "desktop", "language": "en" });
    let save = Request::Save {
        items: items(vec![account], vec![channel], vec![dry()]),
        remove: Vec::new(),
        secrets: [("hw".to_owned(), stage.secrets())].into(),
    };
    ask(&app, save).await;
    app
}

pub async fn arm(face: &dyn Face) {
    let arm = Request::Arm {
        guard: "hw-traffic".parse().unwrap(),
        seconds: 86_400,
    };
    ask(face, arm).await;
}

/// Until its server is stopped with proof.
pub async fn stopped(face: &dyn Face) -> ActionView {
    let verified = |answer: &Response| match answer {
        Response::Actions(rows) => rows
            .iter()
            .find(|row| row.state == IntentState::Verified)
            .cloned(),
        _ => None,
    };
    let answer = until(face, ACTIONS, |answer| verified(answer).is_some()).await;
    verified(&answer).unwrap()
}
