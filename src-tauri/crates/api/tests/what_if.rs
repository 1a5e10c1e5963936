//! What a draft of a guard would have done: the judgement of the real guard over the stored past, and nothing changed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::shelf::{DAY, GB, MINUTE, NOW, Shelf, WHOLE, ago, cycle, left, look, package};
use kit::{Stage, ask, guard, guards, paths, story};
use serde_json::{Value, json};
use tidegate_api::request::{ChartAsked, Item, WhatIfAsked};
use tidegate_api::response::{AlertView, WhatIfView};
use tidegate_api::words::Lang;
use tidegate_api::{ApiError, App, ErrorCode, Face, Request, Response};
use tidegate_meter::{Time, Window};
use tidegate_sim::World;
use tidegate_store::Write;

fn stage(home: &std::path::Path) -> Stage {
    Stage::at(home, World::example(1), 1)
}

fn asked(meter: &str, guard: Value, days: u32, lang: Lang) -> Request {
    Request::WhatIf(WhatIfAsked {
        account: "hw".parse().unwrap(),
        meter: meter.parse().unwrap(),
        guard: Item(guard),
        days,
        lang,
    })
}

async fn told(face: &dyn Face, guard: Value) -> WhatIfView {
    told_in(face, guard, Lang::En).await
}

async fn told_in(face: &dyn Face, guard: Value, lang: Lang) -> WhatIfView {
    match ask(face, asked("web-01", guard, 60, lang)).await {
        Response::WhatIf(view) => *view,
        other => panic!("{other:?}"),
    }
}

async fn refused(face: &dyn Face, request: Request) -> ApiError {
    face.handle(request, "test").await.unwrap_err()
}

fn draft(limit: &str) -> Value {
    json!({ "steps": ["70%", "95%"], "limit": limit, "action": "stop", "countdown": "60s" })
}

/// When the first of two windows begins.
fn begin() -> Time {
    ago(45 * DAY)
}

/// A package that ran dry on its twentieth day, and its successor that is half used: ten gigabytes a day, read every
/// half an hour.
fn past() -> Vec<Write> {
    let info = package("web-01");
    let look_at = |at: Time, window: Window, begin: Time| {
        let burned = i64::try_from(at.since(begin).as_secs()).unwrap() * 10 * GB / 86_400;
        look(&info, left(at, (WHOLE - burned).max(0), window))
    };
    let every = 30 * MINUTE;
    let first = (0..30 * 48_u32).map(|n| look_at(begin().plus(n * every), cycle(begin()), begin()));
    let next = begin().plus(30 * DAY);
    let second = (0..10 * 48_u32).map(|n| look_at(next.plus(n * every), cycle(next), next));
    first.chain(second).collect()
}

async fn program(stage: &Stage) -> App {
    let shelf = Shelf::of(stage).await;
    shelf.put(past()).await;
    shelf.close().await;
    stage.app().await
}

#[tokio::test]
async fn it_tells_when_it_would_have_warned_and_acted_and_what_the_history_says_about_it() {
    let home = tempfile::tempdir().unwrap();
    let app = program(&stage(home.path())).await;
    let view = told(&app, draft("10 GB")).await;
    assert_eq!(view.readings, 40 * 48);
    assert_eq!(view.from, Some(begin()));
    assert_eq!(view.to, Some(begin().plus(40 * DAY).minus(30 * MINUTE)));
    let warned: Vec<&str> = view.warned.iter().map(|warned| warned.step.as_str()).collect();
    assert_eq!(warned, ["70%", "95%", "limit"]);
    // 70 % of 200 GB are fourteen days at ten gigabytes.
    assert_eq!(view.warned[0].at, begin().plus(14 * DAY));
    assert_eq!(view.warned[0].remaining.unwrap().raw(), 60 * GB);
    let acted = &view.acted[0];
    assert!(
        acted.at > begin().plus(19 * DAY) && acted.at < begin().plus(20 * DAY),
        "{}",
        acted.at
    );
    assert_eq!(acted.lead, Some(begin().plus(20 * DAY).since(acted.at).as_secs()));
    assert_eq!(serde_json::to_value(acted.verdict).unwrap(), "saved");
    assert_eq!(
        (view.acted.len(), view.false_stops, view.missed, view.cut),
        (1, 0, 0, false)
    );
    assert_eq!(view.verdict, "It would have warned 3 times and stopped once.");
    assert!(!view.contract.is_empty());
    let zh = told_in(&app, draft("10 GB"), Lang::Zh).await;
    assert_eq!(zh.verdict, "会提醒 3 次，停止 1 次。");
    assert!(!zh.contract.is_ascii());
    app.stop().await;
}

#[tokio::test]
async fn a_lower_limit_acts_later_and_one_that_is_never_reached_misses() {
    let home = tempfile::tempdir().unwrap();
    let app = program(&stage(home.path())).await;
    let mut times = Vec::new();
    for limit in ["40 GB", "20 GB", "10 GB", "5 GB"] {
        let view = told(&app, draft(limit)).await;
        times.push(view.acted[0].at);
        assert!(view.acted[0].remaining.unwrap().raw() < limit[..2].trim().parse::<i64>().unwrap() * GB);
    }
    assert!(times.is_sorted() && times[0] < times[3], "{times:?}");
    let without = json!({ "steps": ["70%"], "action": "warn" });
    let view = told(&app, without).await;
    assert_eq!((view.acted.len(), view.missed), (0, 1));
    assert_eq!(
        view.verdict,
        "It would have warned once and stopped nothing. 1 window was used up without a stop in time."
    );
    app.stop().await;
}

#[tokio::test]
async fn a_draft_with_mistakes_is_refused_with_each_beside_its_field() {
    let home = tempfile::tempdir().unwrap();
    let app = program(&stage(home.path())).await;
    let draft = json!({ "steps": ["70%", "lots"], "limit": "10 parsecs", "action": "stop", "colour": "red" });
    let error = refused(&app, asked("web-01", draft, 30, Lang::En)).await;
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
    assert_eq!(
        paths(&error),
        ["guard[0].colour", "guard[0].limit", "guard[0].steps[1]"]
    );
    for days in [0, 91] {
        let error = refused(&app, asked("web-01", self::draft("10 GB"), days, Lang::En)).await;
        assert!(error.detail.contains("1 to 90"), "{error:?}");
    }
    let error = refused(&app, asked("nobody", self::draft("10 GB"), 30, Lang::En)).await;
    assert_eq!(error.code, ErrorCode::NotFound);
    let error = refused(&app, asked("web-01", json!("a word"), 30, Lang::En)).await;
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
    app.stop().await;
}

/// Everything that a person could see changed.
async fn seen(face: &dyn Face) -> Vec<Response> {
    let audit = Request::Audit {
        after: 0,
        limit: 500,
        before: None,
        lang: None,
    };
    let alerts = Request::Alerts {
        open: false,
        limit: 500,
        before: None,
        lang: Lang::En,
    };
    let actions = Request::Actions {
        open: false,
        limit: 500,
        before: None,
        lang: None,
    };
    let deliveries = Request::Deliveries {
        limit: 500,
        before: None,
        lang: Lang::En,
    };
    let mut answers = Vec::new();
    for request in [
        audit,
        alerts,
        actions,
        deliveries,
        guards(),
        Request::Items,
        Request::Export,
    ] {
        answers.push(ask(face, request).await);
    }
    answers
}

#[tokio::test]
async fn it_changes_nothing_and_asks_nobody() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let app = program(&stage).await;
    let before = seen(&app).await;
    let mut changes = app.changes();
    // Under the id of a guard that exists, on an account that is not its own, armed: none of it counts.
    let mut draft = guard("hw-traffic", "elsewhere");
    draft["limit"] = "40 GB".into();
    assert_eq!(told(&app, draft).await.acted.len(), 1);
    assert_eq!(seen(&app).await, before);
    assert!(changes.try_recv().is_err());
    assert!(stage.world.requests().is_empty());
    app.stop().await;
}

#[tokio::test]
async fn a_span_without_readings_says_that_there_is_nothing_to_judge() {
    let home = tempfile::tempdir().unwrap();
    let app = program(&stage(home.path())).await;
    let Response::WhatIf(view) = ask(&app, asked("web-01", draft("10 GB"), 1, Lang::En)).await else {
        panic!("no answer");
    };
    assert_eq!((view.readings, view.from, view.to), (0, None, None));
    assert!(view.warned.is_empty() && view.acted.is_empty());
    assert_eq!(view.verdict, "There are no readings in this span to judge.");
    app.stop().await;
}

async fn alerts(face: &dyn Face) -> Vec<AlertView> {
    let request = Request::Alerts {
        open: false,
        limit: 50,
        before: None,
        lang: Lang::En,
    };
    match ask(face, request).await {
        Response::Alerts(mut rows) => {
            rows.reverse();
            rows
        }
        other => panic!("{other:?}"),
    }
}

/// When each reading was fetched.
async fn fetched(face: &dyn Face, meter: &str) -> Vec<Time> {
    let request = Request::Chart(ChartAsked {
        account: "hw".parse().unwrap(),
        meter: meter.parse().unwrap(),
        start: NOW,
        end: NOW.plus(DAY),
        points: 2000,
        lang: Lang::En,
    });
    match ask(face, request).await {
        Response::Chart(view) => view.points.at.iter().map(|at| Time::from_ms(*at)).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_warns_and_acts_at_the_readings_at_which_the_real_guard_did() {
    let home = tempfile::tempdir().unwrap();
    let app = story::begin(&story::stage(home.path())).await;
    story::arm(&app).await;
    let action = story::stopped(&app).await;
    let meter = action.meter.clone().unwrap();
    let Response::WhatIf(view) = ask(&app, asked(meter.as_str(), story::dry(), 1, Lang::En)).await else {
        panic!("no answer");
    };
    let keys = ["share:86", "share:90", "limit"];
    let really: Vec<Time> = alerts(&app)
        .await
        .iter()
        .filter(|alert| keys.contains(&alert.key.as_str()))
        .map(|alert| alert.raised_at)
        .collect();
    let warned: Vec<&str> = view.warned.iter().map(|warned| warned.step.as_str()).collect();
    assert_eq!(warned, ["86%", "90%", "limit"]);
    assert_eq!(really.len(), 3);
    // At the same reading: no other was fetched between it and the decision.
    let fetched = fetched(&app, meter.as_str()).await;
    let same = |told: Time, real: Time| fetched.iter().rfind(|at| **at <= real) == Some(&told);
    for (warned, real) in view.warned.iter().zip(&really) {
        assert!(same(warned.at, *real), "{} {} {real}", warned.step, warned.at);
    }
    assert_eq!(view.acted.len(), 1);
    let decided = (view.acted[0].at.minus(MINUTE), action.due.minus(MINUTE));
    assert!(same(decided.0, decided.1), "{decided:?}");
    app.stop().await;
}
