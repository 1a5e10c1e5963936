//! Records page by page, in both languages, also beside the demonstration; and a person's answer to an alert.
#![expect(clippy::panic, reason = "a test may fall over; that is its answer")]

mod kit;

use kit::shelf::{DAY, HOUR, MINUTE, NOW, Shelf, ago, alert, decided, delivery, lapse, package, stop};
use kit::{Stage, ask, story, until};
use tidegate_api::response::{ActionView, AlertView, AuditView, DeliveryView, LapseView};
use tidegate_api::words::{AuditVerdict, DeliveryState, IntentState, Lang, RowId, Severity};
use tidegate_api::{ErrorCode, Face, Hosted, Request, Response};
use tidegate_meter::Time;
use tidegate_sim::World;
use tidegate_store::Write;

/// A stage whose clock hardly moves while the test runs.
fn stage(home: &std::path::Path) -> Stage {
    Stage::at(home, World::example(1), 1)
}

async fn actions(face: &dyn Face, limit: u32, before: Option<RowId>, lang: Lang) -> Vec<ActionView> {
    let request = Request::Actions {
        open: false,
        limit,
        before,
        lang: Some(lang),
    };
    match ask(face, request).await {
        Response::Actions(rows) => rows,
        other => panic!("{other:?}"),
    }
}

async fn alerts(face: &dyn Face, limit: u32, before: Option<RowId>, lang: Lang) -> Vec<AlertView> {
    let request = Request::Alerts {
        open: false,
        limit,
        before,
        lang,
    };
    match ask(face, request).await {
        Response::Alerts(rows) => rows,
        other => panic!("{other:?}"),
    }
}

async fn deliveries(face: &dyn Face, limit: u32, before: Option<RowId>, lang: Lang) -> Vec<DeliveryView> {
    let request = Request::Deliveries { limit, before, lang };
    match ask(face, request).await {
        Response::Deliveries(rows) => rows,
        other => panic!("{other:?}"),
    }
}

async fn audit(face: &dyn Face, limit: u32, before: Option<i64>, lang: Lang) -> Vec<AuditView> {
    let request = Request::Audit {
        after: 0,
        limit,
        before,
        lang: Some(lang),
    };
    match ask(face, request).await {
        Response::Audit(rows) => rows,
        other => panic!("{other:?}"),
    }
}

async fn lapses(face: &dyn Face, limit: u32, before: Option<Time>, lang: Lang) -> Vec<LapseView> {
    let request = Request::Lapses {
        limit,
        before,
        lang: Some(lang),
    };
    match ask(face, request).await {
        Response::Lapses(rows) => rows,
        other => panic!("{other:?}"),
    }
}

/// Follows the pages of two rows to the end: each begins before the last row of the one before it.
macro_rules! leafed {
    ($ask:ident, $face:expr, $key:expr) => {{
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = $ask($face, 2, before, Lang::En).await;
            assert!(page.len() <= 2);
            let Some(last) = page.last() else { break found };
            before = Some($key(last));
            found.extend(page);
            assert!(found.len() < 1000, "the same page over and over");
        }
    }};
}

/// Five rows of each kind, an hour between two.
async fn five(shelf: &Shelf) {
    let info = package("web-01");
    for n in 1..=5_u8 {
        let at = ago(u32::from(n) * HOUR);
        let raised = alert(&info, at, n, "limit", Severity::Critical);
        let ended = stop(&info, at, n, IntentState::Cancelled);
        shelf
            .put([
                Write::RaiseAlert(raised),
                decided(ended),
                delivery(at, n, DeliveryState::Refused),
                lapse(at, at.plus(MINUTE), "asleep"),
            ])
            .await;
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_row_lost_or_told_twice() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    five(&shelf).await;
    shelf.close().await;
    let app = stage.app().await;
    let hours: Vec<Time> = [1, 2, 3, 4, 5].map(|n| ago(n * HOUR)).into();
    let found = leafed!(actions, &app, |row: &ActionView| row.id);
    assert_eq!(found.iter().map(|row| row.created_at).collect::<Vec<_>>(), hours);
    let found = leafed!(alerts, &app, |row: &AlertView| row.id);
    assert_eq!(found.iter().map(|row| row.raised_at).collect::<Vec<_>>(), hours);
    let found = leafed!(deliveries, &app, |row: &DeliveryView| row.id);
    assert_eq!(found.iter().map(|row| row.created_at).collect::<Vec<_>>(), hours);
    let found = leafed!(lapses, &app, |row: &LapseView| row.start);
    assert_eq!(found.iter().map(|row| row.start).collect::<Vec<_>>(), hours);
    let found: Vec<i64> = {
        let rows = leafed!(audit_backwards, &app, |row: &AuditView| row.seq);
        rows.iter().map(|row| row.seq).collect()
    };
    let all: Vec<i64> = audit(&app, 500, None, Lang::En)
        .await
        .iter()
        .map(|row| row.seq)
        .collect();
    assert!(!all.is_empty() && all.is_sorted());
    assert_eq!(found, all.into_iter().rev().collect::<Vec<_>>());
    app.stop().await;
}

/// A page of the audit from its end.
async fn audit_backwards(face: &dyn Face, limit: u32, before: Option<i64>, lang: Lang) -> Vec<AuditView> {
    audit(face, limit, Some(before.unwrap_or(i64::MAX)), lang).await
}

#[tokio::test]
async fn every_row_is_told_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    five(&shelf).await;
    shelf.close().await;
    let app = stage.app().await;
    let both = |en: &str, zh: &str| {
        assert!(en.is_ascii() && !en.is_empty(), "{en}");
        assert!(!zh.is_ascii(), "{en} / {zh}");
    };
    let (en, zh) = (Lang::En, Lang::Zh);
    let pair = (actions(&app, 9, None, en).await, actions(&app, 9, None, zh).await);
    both(&pair.0[0].state_text, &pair.1[0].state_text);
    let pair = (
        deliveries(&app, 9, None, en).await,
        deliveries(&app, 9, None, zh).await,
    );
    both(&pair.0[0].next, &pair.1[0].next);
    assert!(pair.0[0].retryable);
    let pair = (lapses(&app, 9, None, en).await, lapses(&app, 9, None, zh).await);
    both(&pair.0[0].text, &pair.1[0].text);
    let pair = (audit(&app, 9, None, en).await, audit(&app, 9, None, zh).await);
    for (en, zh) in pair.0.iter().zip(&pair.1) {
        both(&en.text, &zh.text);
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_and_an_action_say_what_was_done_and_what_comes_next_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let app = story::begin(&story::stage(home.path())).await;
    story::arm(&app).await;
    let proved = story::stopped(&app).await;
    for (lang, is_ascii) in [(Lang::En, true), (Lang::Zh, false)] {
        let rows = alerts(&app, 50, None, lang).await;
        let limit = rows.iter().find(|row| row.key == "limit").unwrap();
        for text in [&limit.title, &limit.sentence, &limit.next] {
            // The provider's own name for a package is Chinese in both.
            let said = text.replace("web-01 · 流量包", "");
            assert!(!said.is_empty() && said.is_ascii() == is_ascii, "{text}");
        }
        let rows = actions(&app, 50, None, lang).await;
        let done = rows.iter().find(|row| row.id == proved.id).unwrap();
        assert_eq!(done.state_text.is_ascii(), is_ascii, "{}", done.state_text);
        assert_eq!(done.why.as_ref().unwrap().is_ascii(), is_ascii, "{:?}", done.why);
        assert_eq!(
            (done.by.as_str(), done.by_person, done.restorable),
            ("hw-traffic", false, true)
        );
        assert!(done.proof.is_some() && done.before.is_some() && done.after.is_some());
        assert_eq!(done.next, None);
        assert!(done.events.iter().all(|event| event.text.is_ascii() == is_ascii));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_the_demonstration_a_page_hides_no_row_of_the_other_program() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = package("web-01");
    // Newer than anything that the demonstration will tell.
    let later = |n: u8| NOW.plus(DAY).plus(u32::from(n) * HOUR);
    let raised = (1..=5_u8).map(|n| alert(&info, later(n), n, "limit", Severity::Critical));
    shelf.put(raised.map(Write::RaiseAlert)).await;
    shelf.close().await;
    let program = Hosted::open(stage.options.clone()).await.unwrap();
    program.run().await.unwrap();
    let begin = Request::Demo {
        on: true,
        minutes: Some(2),
        lang: Lang::En,
    };
    ask(&program, begin).await;
    let every = Request::Alerts {
        open: false,
        limit: 500,
        before: None,
        lang: Lang::En,
    };
    let told = |answer: &Response| match answer {
        Response::Alerts(rows) => rows.iter().filter(|row| row.simulated).count() >= 2,
        _ => false,
    };
    until(&program, every, told).await;
    let found = leafed!(alerts, &program, |row: &AlertView| row.id);
    let real: Vec<Time> = found
        .iter()
        .filter(|row| !row.simulated && row.meter.is_some())
        .map(|row| row.raised_at)
        .collect();
    assert_eq!(real, [5, 4, 3, 2, 1].map(later));
    assert!(found.iter().filter(|row| row.simulated).count() >= 2);
    assert!(found.is_sorted_by_key(|row| std::cmp::Reverse(row.id)));
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snoozed_alert_is_quiet_and_its_reason_stands_in_the_audit() {
    let home = tempfile::tempdir().unwrap();
    let app = story::begin(&story::stage(home.path())).await;
    let open = Request::Alerts {
        open: true,
        limit: 50,
        before: None,
        lang: Lang::En,
    };
    let raised = |answer: &Response| match answer {
        Response::Alerts(rows) => rows.iter().find(|row| row.key == "share:86").cloned(),
        _ => None,
    };
    let answer = until(&app, open.clone(), |answer| raised(answer).is_some()).await;
    let alert = raised(&answer).unwrap();
    assert!(alert.asks && alert.snoozed_until.is_none());
    let snooze = |reason: &str, seconds: u64| Request::Snooze {
        alert: alert.id,
        seconds,
        reason: reason.to_owned(),
    };
    ask(&app, snooze("the package is renewed tomorrow", 86_400)).await;
    let quiet = raised(&ask(&app, open).await).unwrap();
    let until = quiet.snoozed_until.unwrap();
    assert!(until > NOW.plus(DAY) && until < NOW.plus(2 * DAY), "{until}");
    assert!(!quiet.asks && quiet.resolved_at.is_none() && quiet.acknowledged.is_none());
    let rows = audit(&app, 500, None, Lang::En).await;
    let row = rows.iter().rfind(|row| row.event == "alert.answered").unwrap();
    assert_eq!(row.actor, "test");
    assert_eq!(row.facts["reason"], "the package is renewed tomorrow");
    assert_eq!(row.facts["alert"], alert.id.to_string());
    assert_eq!(row.facts["until"], serde_json::to_value(until).unwrap());
    let verdict = ask(&app, Request::AuditVerify).await;
    assert!(matches!(
        verdict,
        Response::AuditVerdict(AuditVerdict::Intact { .. })
    ));
    // A page of a book is no reason, and neither is a second line.
    for reason in ["x".repeat(201), "one\ntwo".to_owned()] {
        let error = app.handle(snooze(&reason, 3600), "test").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::BadRequest, "{error:?}");
    }
    app.stop().await;
}

#[test]
fn an_older_program_snoozes_without_a_reason() {
    let text = r#"{ "request": "snooze", "alert": "01890000-0000-7000-8000-000000000000", "seconds": 60 }"#;
    let request: Request = serde_json::from_str(text).unwrap();
    assert!(matches!(request, Request::Snooze { reason, .. } if reason.is_empty()));
}
