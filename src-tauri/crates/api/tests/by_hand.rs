//! Actions by hand in a process without running loops, against a simulated cloud that goes away.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

use std::path::Path;
use std::sync::Arc;

use tidegate_api::request::Request;
use tidegate_api::words::{IntentState, Lang, SecretString};
use tidegate_api::{App, AppOptions, ErrorCode, Face, Response, VaultChoice};
use tidegate_meter::Clock;
use tidegate_sim::time::ScaledTimer;
use tidegate_sim::{Credential, World, listen};

/// A port on which nobody listens.
const NOBODY: &str = "http://127.0.0.1:9";
/// Virtual minutes pass in a second.
const SPEED: u32 = 100;

fn config(base: &str) -> String {
    format!(
        "[[account]]\nid = \"hw\"\nprovider = \"huawei\"\nendpoint = \"{base}\"\n\
         [account.secret]\nak = \"env:AK\"\nsk = \"env:SK\"\n"
    )
}

async fn app(home: &Path, timer: Arc<ScaledTimer>, key: Credential) -> App {
    let mut options = AppOptions::new(home);
    options.vault = VaultChoice::Environment;
    options.timer = timer;
    options.environment = Arc::new(move |name| match name {
        "AK" => Some(SecretString::from(key.ak.clone())),
        "SK" => Some(SecretString::from(key.sk.clone())),
        _ => None,
    });
    App::open(options).await.unwrap()
}

async fn apply(app: &App, base: &str) {
    let request = Request::Apply {
        text: config(base),
        prune: false,
    };
    app.handle(request, "test").await.unwrap();
}

/// A stage on which one server was stopped by hand, so that it is known, and the cloud then went away.
async fn without_cloud(home: &Path) -> (App, Request) {
    let timer = Arc::new(ScaledTimer::new("2026-01-15T08:00:00Z".parse().unwrap(), SPEED));
    let clock: Arc<dyn Clock> = timer.clone();
    let world = World::example(1).build(clock);
    let account = world.accounts().first().unwrap().clone();
    let key = world.credentials(&account).unwrap().first().unwrap().clone();
    let listening = listen("127.0.0.1:0", world).await.unwrap();
    let base = format!("http://{}", listening.addr);
    let serving = tokio::spawn(listening.run());
    let app = app(home, timer, key).await;
    apply(&app, &base).await;
    let Response::Meters(view) = app
        .handle(
            Request::Check {
                accounts: Vec::new(),
                lang: Lang::En,
            },
            "test",
        )
        .await
        .unwrap()
    else {
        panic!("no meters");
    };
    let target = { view.meters }
        .into_iter()
        .find_map(|meter| meter.targets.into_iter().next());
    let target = target.expect("a server");
    let stop = Request::Stop {
        account: "hw".parse().unwrap(),
        target: target.id.clone(),
        typed_name: target.name.clone(),
        forced: false,
    };
    let Response::Planned(stopped) = app.handle(stop, "test").await.unwrap() else {
        panic!("no action");
    };
    assert_eq!(stopped.state, IntentState::Verified);
    serving.abort();
    apply(&app, NOBODY).await;
    let start = Request::Start {
        account: "hw".parse().unwrap(),
        target: target.id,
        typed_name: target.name,
    };
    (app, start)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_by_hand_that_cannot_ask_the_cloud_ends_and_does_not_leave_later() {
    let home = tempfile::tempdir().unwrap();
    let (app, start) = without_cloud(home.path()).await;
    let error = app.handle(start, "test").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Outside, "{error:?}");
    assert!(error.detail.contains("nothing was sent"), "{error:?}");
    let request = Request::Actions {
        open: true,
        limit: 9,
        before: None,
        lang: None,
    };
    let Response::Actions(open) = app.handle(request, "test").await.unwrap() else {
        panic!("no actions");
    };
    assert!(open.is_empty(), "{open:?}");
    app.stop().await;
}
