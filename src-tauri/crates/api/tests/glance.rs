//! What is seen at a glance: the worst first, one sentence, and the same words for tray and first page.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::shelf::{
    DAY, GB, HOUR, MINUTE, NOW, Shelf, ago, alert, blind, cycle, decided, judged, lapse, left, look, package,
    server, steady, stop,
};
use kit::{Stage, ask, story, until};
use tidegate_api::response::{MeterState, OverviewView, TrayState, TrayView};
use tidegate_api::words::{IntentState, Lang, PowerState, Severity};
use tidegate_api::{Face, Hosted, Request, Response};
use tidegate_meter::{AsOf, Blind, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason, Unit};
use tidegate_sim::World;
use tidegate_store::{TargetRow, Write};

/// A stage whose clock hardly moves while the test runs.
fn stage(home: &std::path::Path) -> Stage {
    Stage::at(home, World::example(1), 1)
}

async fn tray(face: &dyn Face, lang: Lang) -> TrayView {
    match ask(face, Request::Tray { lang }).await {
        Response::Tray(view) => *view,
        other => panic!("{other:?}"),
    }
}

async fn overview(face: &dyn Face, lang: Lang) -> OverviewView {
    match ask(face, Request::Overview { lang }).await {
        Response::Overview(view) => *view,
        other => panic!("{other:?}"),
    }
}

/// A meter that could be read once and cannot any more.
fn unread(name: &str) -> Vec<Write> {
    let info = package(name);
    let good = left(ago(DAY), 90 * GB, cycle(ago(5 * DAY)));
    let since = |n: u32| ago((60 - n) * MINUTE);
    let looks: Vec<_> = (0..60_u32)
        .map(|n| (since(n), Outcome::Blind(Blind::new(Reason::Auth, "FAKE detail"))))
        .collect();
    let first = (ago(DAY), Outcome::Known(good.clone()));
    let state = judged(&info, std::iter::once(first).chain(looks));
    vec![look(&info, good), blind(&info, since(59), Reason::Auth), state]
}

/// A server that Tidegate stopped an hour ago.
fn rests(name: &str) -> Write {
    Write::PutTarget(TargetRow {
        account: "hw".parse().unwrap(),
        target: server(name),
        protected: false,
        power: Some((PowerState::Stopped, ago(HOUR))),
        started_at: None,
        stopped_by_us_at: Some(ago(HOUR)),
        present: true,
        meters: vec![name.parse().unwrap()],
        addresses: Vec::new(),
    })
}

/// A balance, which the guard of traffic packages does not watch.
fn balance() -> Write {
    let info = MeterInfo {
        kind: MeterKind::Balance,
        targets: Vec::new(),
        ..package("balance")
    };
    let at = ago(MINUTE);
    let value = Quantity::from_raw(12_340_000, Unit::Money("CNY".parse().unwrap()));
    look(
        &info,
        Reading::new(None, None, Some(value), None, AsOf::Fetch(at), at).unwrap(),
    )
}

/// A meter of every kind there is.
async fn one_of_each(shelf: &Shelf) {
    for (name, bytes) in [
        ("calm", 150 * GB),
        ("low", 50 * GB),
        ("lower", 30 * GB),
        ("dry", 2 * GB),
        ("rests", 2 * GB),
        ("leaving", 50 * GB),
    ] {
        shelf.put(steady(name, bytes)).await;
    }
    shelf.put(unread("blind")).await;
    shelf.put([balance(), rests("rests")]).await;
    let acting = stop(&package("leaving"), ago(MINUTE), 1, IntentState::Verifying);
    shelf.put([decided(acting)]).await;
}

#[tokio::test]
async fn the_worst_comes_first_and_the_tray_shows_three_of_them() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    one_of_each(&shelf).await;
    shelf.close().await;
    let app = stage.app().await;
    let page = overview(&app, Lang::En).await;
    let order: Vec<(&str, MeterState)> = page
        .meters
        .iter()
        .map(|meter| (meter.name.as_str(), meter.state))
        .collect();
    assert_eq!(
        order,
        [
            ("leaving", MeterState::Acting),
            ("dry", MeterState::Critical),
            ("blind", MeterState::Blind),
            ("lower", MeterState::Warning),
            ("low", MeterState::Warning),
            ("rests", MeterState::Stopped),
            ("calm", MeterState::Calm),
            ("balance", MeterState::Unguarded),
        ]
    );
    let view = tray(&app, Lang::En).await;
    assert_eq!((view.state, page.state), (TrayState::Acting, TrayState::Acting));
    // What is left of the worst, in steps of five percent.
    assert_eq!(view.fill, 25);
    let lines: Vec<&str> = view.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines[0], "leaving: 50 GB left of 200 GB");
    assert_eq!(lines[1], "dry: 2 GB left of 200 GB");
    assert!(lines[2].starts_with("blind: blind: "), "{lines:?}");
    assert!(!lines[2].contains("GB"), "an old number is no truth: {lines:?}");
    // But it says of when the last truth is.
    assert_eq!(view.lines[2].as_of, Some(ago(DAY)));
    assert!(
        view.lines
            .iter()
            .all(|line| !line.age_text.is_empty() && !line.simulated)
    );
    assert_eq!(view.lines.len(), 3);
    app.stop().await;
}

#[tokio::test]
async fn tray_and_first_page_and_status_say_the_same_sentence_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    one_of_each(&shelf).await;
    shelf.close().await;
    let app = stage.app().await;
    let Response::Status(status) = ask(&app, Request::Status).await else {
        panic!("no status");
    };
    for (lang, said) in [(Lang::Zh, &status.sentence.zh), (Lang::En, &status.sentence.en)] {
        assert_eq!(&tray(&app, lang).await.sentence, said);
        let page = overview(&app, lang).await;
        assert_eq!(&page.sentence, said);
        assert_eq!(page.status.sentence, status.sentence);
    }
    assert_eq!(
        status.sentence.en,
        "To stop leaving: waiting for the provider's state."
    );
    assert!(!status.sentence.zh.is_ascii());
    app.stop().await;
}

#[tokio::test]
async fn without_an_account_it_says_so_and_nothing_becomes_unprotected() {
    let home = tempfile::tempdir().unwrap();
    let app = stage(home.path()).app().await;
    let view = tray(&app, Lang::En).await;
    assert_eq!(view.sentence, "No account yet.");
    assert_eq!(tray(&app, Lang::Zh).await.sentence, "还没有账户。");
    assert_eq!((view.state, view.fill, view.armed), (TrayState::Calm, 0, 0));
    assert!(view.lines.is_empty() && view.actions.is_empty());
    assert_eq!((view.unprotected_on_quit.as_str(), view.next_look_at), ("", None));
    app.stop().await;
}

#[tokio::test]
async fn accounts_that_nobody_looks_at_are_blind_however_calm_the_last_numbers_were() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    shelf.put(steady("calm", 150 * GB)).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = tray(&app, Lang::En).await;
    assert_eq!(view.state, TrayState::Blind);
    assert_eq!(view.sentence, "Nothing is on guard.");
    assert_eq!(
        view.unprotected_on_quit, "",
        "what does not guard protects nothing"
    );
    app.stop().await;
}

#[tokio::test]
async fn today_counts_from_midnight_in_the_users_zone() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = stage(home.path());
    // There it is 16:00; the day began at 16:00 of yesterday in UTC.
    stage.options.zone = "Asia/Shanghai".parse().unwrap();
    let shelf = Shelf::of(&stage).await;
    let info = package("web-01");
    let raised = [
        alert(&info, ago(17 * HOUR), 1, "share:70", Severity::Warning),
        alert(&info, ago(15 * HOUR), 2, "share:80", Severity::Warning),
        alert(&info, ago(2 * HOUR), 3, "share:90", Severity::Warning),
        alert(&info, ago(HOUR), 4, "limit", Severity::Critical),
    ];
    shelf.put(raised.map(Write::RaiseAlert)).await;
    shelf
        .put((1..=7).map(|n| lapse(ago(n * HOUR), ago(n * HOUR - MINUTE), "asleep")))
        .await;
    let ended = (1..=7_u8).map(|n| stop(&info, ago(u32::from(n) * HOUR), n, IntentState::Cancelled));
    shelf.put(ended.map(decided)).await;
    shelf.close().await;
    let app = stage.app().await;
    let page = overview(&app, Lang::En).await;
    assert_eq!(page.today.since, ago(16 * HOUR));
    assert_eq!((page.today.warnings, page.today.criticals), (2, 1));
    assert_eq!(page.today.text, "2 warnings · 1 critical");
    assert!(page.today.stops.is_empty());
    assert_eq!(overview(&app, Lang::Zh).await.today.text, "2 次提醒 · 1 次告急");
    // The newest five of each, newest first.
    let lapses: Vec<_> = page.lapses.iter().map(|lapse| lapse.start).collect();
    assert_eq!(lapses, [1, 2, 3, 4, 5].map(|n| ago(n * HOUR)));
    let ended: Vec<_> = page.ended.iter().map(|action| action.created_at).collect();
    assert_eq!(ended, [1, 2, 3, 4, 5].map(|n| ago(n * HOUR)));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_seen_coming_under_way_and_proved() {
    let home = tempfile::tempdir().unwrap();
    let app = story::begin(&story::stage(home.path())).await;
    // While it is being looked at, the next look is not settled yet.
    let seen = |answer: &Response| match answer {
        Response::Tray(view) => !view.lines.is_empty() && view.next_look_at.is_some_and(|at| at > NOW),
        _ => false,
    };
    let asked = Request::Tray { lang: Lang::En };
    let Response::Tray(watching) = until(&app, asked.clone(), seen).await else {
        panic!("no tray");
    };
    assert_eq!(watching.armed, 0);
    assert_eq!(
        watching.unprotected_on_quit,
        "Once closed, nobody watches 1 meter."
    );
    story::arm(&app).await;
    let armed = tray(&app, Lang::En).await;
    assert_eq!(armed.armed, 1);
    assert!(
        armed
            .unprotected_on_quit
            .starts_with("Once closed, nothing stops web-01 at the limit"),
        "{}",
        armed.unprotected_on_quit
    );
    assert!(tray(&app, Lang::Zh).await.unprotected_on_quit.contains("web-01"));
    let counting = |answer: &Response| matches!(answer, Response::Tray(view) if !view.actions.is_empty());
    let Response::Tray(acting) = until(&app, asked, counting).await else {
        panic!("no tray");
    };
    assert_eq!(acting.state, TrayState::Acting);
    assert_eq!(acting.actions[0].target.name, "web-01");
    assert!(
        acting
            .unprotected_on_quit
            .ends_with("followed up only at the next start.")
    );
    let proved = story::stopped(&app).await;
    let page = overview(&app, Lang::En).await;
    assert_eq!(page.ended[0].id, proved.id);
    let stops: Vec<_> = page.today.stops.iter().map(|stop| (stop.id, stop.at)).collect();
    assert_eq!(stops, [(proved.id, proved.proof.unwrap().at)]);
    assert!(
        page.today.text.contains("1 stop, verified 08:"),
        "{}",
        page.today.text
    );
    assert!(
        page.today.warnings + page.today.criticals >= 3,
        "{:?}",
        page.today
    );
    assert_eq!(page.meters[0].state, MeterState::Stopped);
    assert_eq!(page.state, TrayState::Stopped);
    assert!(page.sentence.starts_with("The server of "), "{}", page.sentence);
    assert!(page.sentence.contains("1 guard armed"), "{}", page.sentence);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_is_seen_marked_and_protects_nothing() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let program = Hosted::open(stage.options.clone()).await.unwrap();
    kit::save_account(&program, &stage).await;
    program.run().await.unwrap();
    let begin = Request::Demo {
        on: true,
        minutes: Some(60),
        lang: Lang::En,
    };
    ask(&program, begin).await;
    let both = |answer: &Response| match answer {
        Response::Overview(page) => {
            let simulated = page.meters.iter().filter(|meter| meter.simulated).count();
            simulated >= 2 && page.meters.len() - simulated >= 3
        }
        _ => false,
    };
    let Response::Overview(page) = until(&program, Request::Overview { lang: Lang::En }, both).await else {
        panic!("no overview");
    };
    for meter in &page.meters {
        assert_eq!(meter.simulated, meter.account.as_str() == "tidegate-demo");
    }
    let view = tray(&program, Lang::En).await;
    assert!(view.simulated);
    assert_eq!(view.armed, 1, "the demonstration's own");
    // The real program only watches: it is what a person would lose.
    assert!(
        view.unprotected_on_quit
            .starts_with("Once closed, nobody watches "),
        "{}",
        view.unprotected_on_quit
    );
    assert!(!view.unprotected_on_quit.contains("demo"));
    program.stop().await;
}
