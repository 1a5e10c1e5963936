//! The demonstration inside a running guard: it shows the whole story, is marked everywhere, keeps apart from what is
//! real, and leaves nothing behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::{Stage, ask, guards, meters, save_account, until};
use serde_json::Value;
use tidegate_api::response::{DemoView, ModeName};
use tidegate_api::words::{IntentState, Lang};
use tidegate_api::{Changes, ErrorCode, Face, Hosted, Request, Response};
use tidegate_sim::World;

async fn hosted(stage: &Stage) -> Hosted {
    Hosted::open(stage.options.clone()).await.unwrap()
}

fn demo(on: bool) -> Request {
    Request::Demo {
        on,
        minutes: Some(2),
        lang: Lang::En,
    }
}

async fn turn(program: &Hosted, on: bool) -> DemoView {
    match ask(program, demo(on)).await {
        Response::Demo(view) => view,
        other => panic!("{other:?}"),
    }
}

const ACTIONS: Request = Request::Actions {
    open: false,
    limit: 20,
    before: None,
    lang: None,
};

/// Hears changes until the wanted event, and what was told on the way.
async fn hear(changes: &mut Changes, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut heard = Vec::new();
    loop {
        let batch = changes.recv().await.unwrap();
        heard.extend(batch["events"].as_array().unwrap().iter().cloned());
        if heard.iter().any(&wanted) {
            return heard;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_runs_dry_before_ones_eyes_and_its_server_is_stopped_with_proof() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    program.run().await.unwrap();
    let mut changes = program.changes();
    let view = turn(&program, true).await;
    assert!(view.on && view.account.is_some() && view.dry_at.is_some());
    let heard = hear(&mut changes, |event| event["event"] == "verified").await;
    for name in [
        "reading",
        "step",
        "planned",
        "rechecked",
        "sent",
        "accepted",
        "verified",
    ] {
        let told: Vec<&Value> = heard.iter().filter(|event| event["event"] == name).collect();
        assert!(!told.is_empty(), "{name}");
        assert!(
            told.iter().all(|event| event["simulated"] == true),
            "{name}: {told:?}"
        );
    }
    let planned = heard.iter().find(|event| event["event"] == "planned").unwrap();
    assert_eq!(
        planned["target"]["name"]
            .as_str()
            .map(|name| name.contains("demo-web-01")),
        Some(true)
    );
    let Response::Actions(actions) = ask(&program, ACTIONS).await else {
        panic!("no actions");
    };
    assert_eq!(actions.len(), 1);
    assert!(actions[0].simulated && actions[0].proof.is_some());
    assert_eq!(actions[0].state, IntentState::Verified);
    let span = actions[0].due.since(actions[0].created_at).as_secs();
    assert!((25..=40).contains(&span), "{span}");
    // Its messages went to the screen, each marked.
    until(&program, ACTIONS, |_| {
        stage
            .screen
            .0
            .lock()
            .unwrap()
            .iter()
            .any(|notice| notice.title.contains("confirmed"))
            || stage.screen.0.lock().unwrap().len() >= 4
    })
    .await;
    assert!(
        stage
            .screen
            .0
            .lock()
            .unwrap()
            .iter()
            .all(|notice| notice.simulated && notice.title.starts_with("Demo · "))
    );
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_apart_from_what_is_real() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    save_account(&program, &stage).await;
    program.run().await.unwrap();
    turn(&program, true).await;
    let Response::Meters(view) = until(&program, meters(), |answer| {
        let Response::Meters(view) = answer else {
            return false;
        };
        let real = view.meters.iter().filter(|meter| !meter.simulated).count();
        real >= 4 && view.meters.iter().filter(|meter| meter.simulated).count() >= 2
    })
    .await
    else {
        panic!("no meters");
    };
    for meter in &view.meters {
        assert_eq!(
            meter.simulated,
            meter.account.as_str() == "tidegate-demo",
            "{}",
            meter.account
        );
    }
    let Response::Guards(guards) = ask(&program, guards()).await else {
        panic!("no guards");
    };
    let modes: Vec<(&str, ModeName, bool)> = guards
        .iter()
        .map(|guard| (guard.id.as_str(), guard.mode, guard.simulated))
        .collect();
    assert_eq!(
        modes,
        [
            ("hw-traffic", ModeName::Watch, false),
            ("tidegate-demo-traffic", ModeName::Armed, true)
        ]
    );
    // Neither the configuration nor the audit nor the vault of the real program knows of it.
    let Response::Items(items) = ask(&program, Request::Items).await else {
        panic!("no items");
    };
    assert_eq!(items.account.len(), 1);
    let Response::Text(text) = ask(&program, Request::Export).await else {
        panic!("no text");
    };
    assert!(!text.contains("demo"));
    let Response::VaultItems(vault) = ask(&program, Request::VaultList).await else {
        panic!("no vault");
    };
    assert_eq!(vault.items, ["hw"]);
    let Response::Settings(settings) = ask(&program, Request::Settings).await else {
        panic!("no settings");
    };
    assert!(settings.demo);
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_countdown_can_be_held_and_hurried_like_a_real_one() {
    let home = tempfile::tempdir().unwrap();
    // The countdown lasts three real seconds.
    let stage = Stage::at(home.path(), World::example(1), 10);
    let program = hosted(&stage).await;
    program.run().await.unwrap();
    turn(&program, true).await;
    let planned = until(
        &program,
        ACTIONS,
        |answer| matches!(answer, Response::Actions(rows) if !rows.is_empty()),
    )
    .await;
    let Response::Actions(rows) = planned else {
        panic!("no actions");
    };
    let hold = Request::Hold {
        action: rows[0].id,
        seconds: 7200,
    };
    assert_eq!(ask(&program, hold).await, Response::Done);
    let Response::Actions(held) = ask(&program, ACTIONS).await else {
        panic!("no actions");
    };
    assert!(held[0].due.since(rows[0].due).as_secs() >= 7000);
    ask(&program, Request::StopNow { action: rows[0].id }).await;
    until(
        &program,
        ACTIONS,
        |answer| matches!(answer, Response::Actions(rows) if rows[0].state == IntentState::Verified),
    )
    .await;
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_it_removes_everything_of_it() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    program.run().await.unwrap();
    turn(&program, true).await;
    assert!(home.path().join("demo").exists());
    assert!(!turn(&program, false).await.on);
    assert!(!home.path().join("demo").exists());
    for request in [meters(), guards(), ACTIONS] {
        let rows = match ask(&program, request.clone()).await {
            Response::Meters(view) => view.meters.len() + view.blind_accounts.len(),
            Response::Guards(rows) => rows.len(),
            Response::Actions(rows) => rows.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(rows, 0, "{request:?}");
    }
    let Response::Audit(rows) = ask(
        &program,
        Request::Audit {
            after: 0,
            limit: 99,
            before: None,
            lang: None,
        },
    )
    .await
    else {
        panic!("no audit");
    };
    let events: Vec<&str> = rows.iter().map(|row| row.event.as_str()).collect();
    assert!(
        events.contains(&"demo.begun") && events.contains(&"demo.ended"),
        "{events:?}"
    );
    assert!(
        rows.iter()
            .all(|row| !row.facts.to_string().contains("tidegate-demo"))
    );
    // Again, from its beginning.
    assert!(turn(&program, true).await.on);
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_with_its_process_also_when_that_was_killed() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    turn(&program, true).await;
    assert!(home.path().join("demo").exists());
    // Dropped without a stop, as a crash would.
    drop(program);
    let program = hosted(&stage).await;
    assert!(!home.path().join("demo").exists());
    let Response::Settings(settings) = ask(&program, Request::Settings).await else {
        panic!("no settings");
    };
    assert!(!settings.demo);
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_desktop_it_tells_nobody_and_works_all_the_same() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(home.path());
    stage.options.notices = None;
    let program = hosted(&stage).await;
    program.run().await.unwrap();
    let mut changes = program.changes();
    turn(&program, true).await;
    hear(&mut changes, |event| event["event"] == "verified").await;
    let request = Request::Deliveries {
        limit: 20,
        before: None,
        lang: Lang::En,
    };
    assert_eq!(ask(&program, request).await, Response::Deliveries(Vec::new()));
    let Response::Status(status) = ask(&program, Request::Status).await else {
        panic!("no status");
    };
    assert!(status.conditions.is_empty(), "{:?}", status.conditions);
    program.stop().await;
}

#[tokio::test]
async fn a_length_that_nobody_can_watch_is_refused_and_so_is_a_program_that_nobody_hosts() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    for minutes in [0, 1, 61] {
        let request = Request::Demo {
            on: true,
            minutes: Some(minutes),
            lang: Lang::Zh,
        };
        assert_eq!(
            program.handle(request, "test").await.unwrap_err().code,
            ErrorCode::BadRequest
        );
    }
    program.stop().await;
    drop(program);
    let app = stage.app().await;
    assert_eq!(
        app.handle(demo(true), "test").await.unwrap_err().code,
        ErrorCode::NotRunning
    );
}
