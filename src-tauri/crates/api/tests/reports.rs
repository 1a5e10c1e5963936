//! Reports as a person asks for them: settings by their fields, a preview in both languages, a day that is none.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::{Stage, ask, paths, save_account};
use serde_json::{Value, json};
use tidegate_api::request::{ReportAsked, ReportSettings, ReportSpan, SettingsChange};
use tidegate_api::response::{ReportView, SettingsView};
use tidegate_api::words::Lang;
use tidegate_api::{ApiError, ErrorCode, Face, Hosted, Request, Response};

async fn program(home: &std::path::Path) -> (Stage, Hosted) {
    let stage = Stage::new(home);
    let program = Hosted::open(stage.options.clone()).await.unwrap();
    save_account(&program, &stage).await;
    (stage, program)
}

async fn settings(face: &dyn Face) -> SettingsView {
    match ask(face, Request::Settings).await {
        Response::Settings(view) => *view,
        other => panic!("{other:?}"),
    }
}

async fn set(face: &dyn Face, report: Value) -> Result<Response, ApiError> {
    let change: SettingsChange = serde_json::from_value(json!({ "report": report })).unwrap();
    face.handle(Request::SaveSettings { change }, "test").await
}

fn asked(day: Option<&str>, lang: Lang) -> ReportAsked {
    ReportAsked {
        span: ReportSpan::Daily,
        day: day.map(|day| day.parse().unwrap()),
        lang,
    }
}

async fn report(face: &dyn Face, lang: Lang) -> ReportView {
    match ask(face, Request::Report(asked(None, lang))).await {
        Response::Report(view) => *view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_hour_of_reports_is_kept_and_every_mistake_names_its_field() {
    let home = tempfile::tempdir().unwrap();
    let (stage, program) = program(home.path()).await;
    let usual = settings(&program).await.report;
    assert_eq!(
        (usual.daily, usual.at.as_str(), usual.weekly),
        (true, "23:55", None)
    );
    let channels = json!([]);
    let wanted = json!({
        "daily": false, "at": "00:10", "weekly": "sun", "channels": channels, "quiet_when_idle": true,
    });
    set(&program, wanted.clone()).await.unwrap();
    program.stop().await;
    let program = Hosted::open(stage.options.clone()).await.unwrap();
    let kept: ReportSettings = settings(&program).await.report;
    assert_eq!(serde_json::to_value(kept).unwrap(), wanted);
    let wrong = json!({
        "daily": true, "at": "25:00", "weekly": "sunday", "channels": ["nobody"], "quiet_when_idle": false,
    });
    let refused = set(&program, wrong).await.unwrap_err();
    assert_eq!(
        paths(&refused),
        ["report.at", "report.channels[0]", "report.weekly"]
    );
    assert_eq!(
        settings(&program).await.report.at,
        "00:10",
        "nothing of it was taken"
    );
    program.stop().await;
}

#[tokio::test]
async fn a_preview_is_told_in_both_languages_and_a_day_ahead_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let (_stage, program) = program(home.path()).await;
    let (zh, en) = (report(&program, Lang::Zh).await, report(&program, Lang::En).await);
    assert!(zh.subject.starts_with("潮闸日报") && en.subject.starts_with("Tidegate daily report"));
    assert!(zh.html.contains("lang=\"zh-CN\"") && en.html.contains("lang=\"en\""));
    assert!(en.text.contains("Audit chain: entry") && en.sent.is_empty());
    assert_eq!(en.from, en.through);
    let ahead = Request::Report(asked(Some("2999-01-01"), Lang::En));
    let refused = program.handle(ahead, "test").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BadRequest);
    assert!(refused.detail.contains("day"), "{refused:?}");
    program.stop().await;
}
