//! Trends, statistics and exports over the face: exact, bounded, and silent about what was never read.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::shelf::{
    DAY, GB, HOUR, MINUTE, NOW, Shelf, WHOLE, ago, alert, blind, cycle, decided, delivery, id, judged, left,
    look, package, stop,
};
use kit::{Stage, ask};
use serde_json::json;
use tidegate_api::export::{csv, objects};
use tidegate_api::request::{Every, ExportAsked, Exported, StatisticsAsked, TrendAsked};
use tidegate_api::response::{ColumnKind, ColumnView, ExportPage, ForecastView, StatisticsView, TrendView};
use tidegate_api::words::{DeliveryState, IntentState, Lang, Severity};
use tidegate_api::{ErrorCode, Face, Request, Response};
use tidegate_meter::{AsOf, Outcome, Quantity, Reading, Reason, Time, Unit};
use tidegate_sim::World;
use tidegate_store::{AlertRow, Write};

/// A stage whose clock hardly moves while the test runs.
fn stage(home: &std::path::Path) -> Stage {
    Stage::at(home, World::example(1), 1)
}

async fn trend(face: &dyn Face, meter: &str, start: Time) -> TrendView {
    let request = Request::Trend(TrendAsked {
        account: "hw".parse().unwrap(),
        meter: meter.parse().unwrap(),
        start,
        end: NOW,
        lang: Lang::En,
    });
    match ask(face, request).await {
        Response::Trend(view) => *view,
        other => panic!("{other:?}"),
    }
}

async fn statistics(face: &dyn Face, start: Time) -> StatisticsView {
    let end = NOW.plus(MINUTE);
    match ask(face, Request::Statistics(StatisticsAsked { start, end })).await {
        Response::Statistics(view) => *view,
        other => panic!("{other:?}"),
    }
}

fn asked(what: Exported, start: Time, after: Option<String>) -> Request {
    Request::ExportHistory(ExportAsked {
        what,
        start,
        end: NOW.plus(MINUTE),
        after,
        lang: Lang::En,
    })
}

/// Every page.
async fn pages(face: &dyn Face, what: &Exported, start: Time) -> Vec<ExportPage> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let Response::Exported(page) = ask(face, asked(what.clone(), start, after)).await else {
            panic!("no page");
        };
        after = page.next.clone();
        pages.push(page);
        if after.is_none() {
            return pages;
        }
    }
}

fn readings(meter: &str, every: Every) -> Exported {
    Exported::Readings {
        account: "hw".parse().unwrap(),
        meter: meter.parse().unwrap(),
        every,
    }
}

/// What is left of a balance, to the last of six digits.
fn money(at: Time, micro: i64) -> Reading {
    let left = Quantity::from_raw(micro, Unit::Money("CNY".parse().unwrap()));
    Reading::new(None, None, Some(left), None, AsOf::Fetch(at), at).unwrap()
}

#[tokio::test]
async fn a_balance_s_trend_is_exact_and_its_top_up_no_burn() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = package("wallet");
    // 100.10 falls by 10.01 a day; a top-up of 50 on the fifth day.
    let micro = |n: i64| 100_100_000 - 10_010_000 * n + if n >= 5 { 50_000_000 } else { 0 };
    let days = (0..=9_u32).map(|n| look(&info, money(ago((9 - n) * DAY), micro(n.into()))));
    shelf.put(days).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = trend(&app, "wallet", ago(9 * DAY)).await;
    let told = view.figures.unwrap();
    let text = |quantity: Quantity| quantity.to_string();
    assert_eq!((view.unit.as_str(), view.of.as_str()), ("CNY", "remaining"));
    assert_eq!(text(told.first.value), "100.1 CNY");
    assert_eq!(text(told.last.value), "60.01 CNY");
    assert_eq!(text(told.change), "-40.09 CNY");
    assert_eq!(text(told.change_share.unwrap()), "-40.05 percent");
    // Eight days of nine are comparable.
    assert_eq!(text(told.burned), "80.08 CNY");
    assert_eq!(text(told.burned_daily.unwrap()), "10.01 CNY");
    assert_eq!((told.lowest.at, told.highest.at), (NOW, ago(9 * DAY)));
    assert_eq!(view.events, [ago(4 * DAY)]);
    assert_eq!(view.points.len(), 10);
    assert_eq!(view.points[1].value, "90.09");
    let json = serde_json::to_value(&view.points[0]).unwrap();
    assert_eq!(json, json!({ "at": "2026-01-06T08:00:00Z", "value": "100.1" }));
    app.stop().await;
}

#[tokio::test]
async fn a_trend_shows_thresholds_and_forecast_and_never_more_than_500_points() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let (info, window) = (package("web-01"), cycle(ago(29 * DAY)));
    let seen: Vec<Reading> = (0..29 * 288_u32)
        .map(|n| {
            left(
                ago(29 * DAY).plus(n * 5 * MINUTE),
                WHOLE - i64::from(n) * 10_000_000,
                window,
            )
        })
        .collect();
    let outcomes = seen
        .iter()
        .map(|reading| (reading.fetched_at(), Outcome::Known(reading.clone())));
    let state = judged(&info, outcomes);
    shelf
        .put(seen.into_iter().map(|reading| look(&info, reading)))
        .await;
    shelf.put([state]).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = trend(&app, "web-01", ago(30 * DAY)).await;
    assert!((200..=500).contains(&view.points.len()), "{}", view.points.len());
    let told = view.figures.unwrap();
    assert_eq!(told.readings, 29 * 288);
    assert_eq!(told.burned_daily.unwrap(), Quantity::bytes(288 * 10_000_000));
    let marks: Vec<Option<Quantity>> = view.steps.iter().map(|step| step.at).collect();
    assert_eq!(
        marks,
        [Some(Quantity::bytes(60 * GB)), Some(Quantity::bytes(10 * GB))]
    );
    assert_eq!(view.limits[0].at, Some(Quantity::bytes(10 * GB)));
    let Some(ForecastView::Known { burn_likely, .. }) = view.forecast else {
        panic!("{:?}", view.forecast);
    };
    assert_eq!(burn_likely, Quantity::bytes(12 * 10_000_000));
    app.stop().await;
}

#[tokio::test]
async fn a_span_without_readings_has_no_figures_and_no_zero() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = package("web-01");
    shelf
        .put([look(&info, left(ago(20 * DAY), WHOLE, cycle(ago(25 * DAY))))])
        .await;
    shelf.close().await;
    let app = stage.app().await;
    let view = trend(&app, "web-01", ago(2 * DAY)).await;
    assert_eq!((view.figures, view.points.len()), (None, 0));
    let request = Request::Trend(TrendAsked {
        account: "hw".parse().unwrap(),
        meter: "nobody".parse().unwrap(),
        start: ago(DAY),
        end: NOW,
        lang: Lang::Zh,
    });
    let refused = app.handle(request, "test").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    app.stop().await;
}

#[tokio::test]
async fn statistics_count_alerts_messages_actions_and_blind_checks() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = package("web-01");
    let raised = |n: u8, key: &str, severity| alert(&info, ago(u32::from(n) * HOUR), n, key, severity);
    shelf
        .put([
            Write::RaiseAlert(raised(1, "share:70", Severity::Warning)),
            Write::RaiseAlert(raised(2, "share:95", Severity::Critical)),
            Write::RaiseAlert(raised(3, "limit", Severity::Critical)),
            Write::RaiseAlert(AlertRow {
                resolved_at: Some(NOW),
                ..alert(&info, ago(40 * DAY), 4, "share:70", Severity::Warning)
            }),
            delivery(ago(HOUR), 5, DeliveryState::Delivered),
            delivery(ago(HOUR), 6, DeliveryState::Refused),
            delivery(ago(2 * HOUR), 7, DeliveryState::Delivered),
            decided(stop(&info, ago(HOUR), 8, IntentState::Planned)),
            look(&info, left(ago(HOUR), WHOLE, cycle(ago(DAY)))),
            look(&info, left(ago(50 * MINUTE), WHOLE, cycle(ago(DAY)))),
            blind(&info, ago(40 * MINUTE), Reason::Auth),
        ])
        .await;
    shelf.close().await;
    let app = stage.app().await;
    let view = statistics(&app, ago(30 * DAY)).await;
    assert_eq!((view.alerts, view.resolved), (3, 0));
    let codes: Vec<(&str, u64)> = view
        .by_code
        .iter()
        .map(|row| (row.name.as_str(), row.count))
        .collect();
    assert_eq!(codes, [("share", 2), ("limit", 1)]);
    assert_eq!(
        view.by_severity,
        [(Severity::Critical, 2), (Severity::Warning, 1)]
    );
    assert_eq!(
        (view.top_accounts[0].name.as_str(), view.top_accounts[0].count),
        ("hw", 3)
    );
    let results: Vec<(DeliveryState, u64)> =
        view.deliveries.iter().map(|row| (row.state, row.count)).collect();
    assert_eq!(
        results,
        [(DeliveryState::Delivered, 2), (DeliveryState::Refused, 1)]
    );
    assert_eq!(
        (view.actions[0].state, view.actions[0].count),
        (IntentState::Planned, 1)
    );
    let checks = &view.checks[0];
    assert_eq!((checks.known, checks.blind), (2, 1));
    assert_eq!(checks.blind_share.unwrap().to_string(), "33.3333 percent");
    app.stop().await;
}

#[tokio::test]
async fn an_export_comes_in_pages_and_tells_every_reading_once() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let (info, window) = (package("web-01"), cycle(ago(10 * DAY)));
    let at = |n: u32| ago(9 * DAY).plus(n * 5 * MINUTE);
    shelf
        .put((0..2500_u32).map(|n| look(&info, left(at(n), WHOLE - i64::from(n), window))))
        .await;
    shelf.close().await;
    let app = stage.app().await;
    let raw = pages(&app, &readings("web-01", Every::Raw), ago(10 * DAY)).await;
    assert_eq!(raw.len(), 3);
    let rows: Vec<_> = raw.iter().flat_map(|page| &page.rows).collect();
    assert_eq!(rows.len(), 2500);
    let told = rows.iter().map(|row| row[3].clone().unwrap());
    assert!(told.eq((0..2500).map(|n| (WHOLE - n).to_string())));
    let head = csv(&raw[0], true).unwrap();
    let first = format!(
        "fetched_at,as_of,unit,remaining,used,limit,window_start,window_end\r\n\
         {at},{at},bytes,200000000000,0,200000000000,{start},{end}\r\n",
        at = at(0),
        start = window.start,
        end = window.end.unwrap()
    );
    assert!(head.starts_with(&first), "{}", &head[..300]);
    let hours = pages(&app, &readings("web-01", Every::Hour), ago(10 * DAY)).await;
    let counted = |pages: &[ExportPage]| -> u64 {
        let rows = pages.iter().flat_map(objects);
        rows.map(|row| row["readings"].as_u64().unwrap()).sum()
    };
    assert_eq!(counted(&hours), 2500);
    let days = pages(&app, &readings("web-01", Every::Day), ago(10 * DAY)).await;
    assert_eq!(counted(&days), 2500);
    let place = asked(
        readings("web-01", Every::Raw),
        ago(DAY),
        Some("nowhere".to_owned()),
    );
    let refused = app.handle(place, "test").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BadRequest);
    app.stop().await;
}

#[tokio::test]
async fn records_are_exported_newest_first_over_pages_and_only_of_the_span() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = package("web-01");
    let raised = (0..1100_u32).map(|n| {
        Write::RaiseAlert(AlertRow {
            id: id(ago(n * MINUTE), 1),
            key: format!("share:{n}"),
            ..alert(&info, ago(n * MINUTE), 1, "", Severity::Warning)
        })
    });
    shelf.put(raised).await;
    shelf.put([delivery(ago(HOUR), 5, DeliveryState::Refused)]).await;
    shelf
        .put([decided(stop(&info, ago(HOUR), 8, IntentState::Planned))])
        .await;
    shelf.close().await;
    let app = stage.app().await;
    let alerts = pages(&app, &Exported::Alerts, ago(1049 * MINUTE)).await;
    let keys: Vec<String> = alerts
        .iter()
        .flat_map(objects)
        .map(|row| row["key"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(alerts.len(), 2);
    assert!(keys.into_iter().eq((0..1050).map(|n| format!("share:{n}"))));
    let deliveries = pages(&app, &Exported::Deliveries, ago(DAY)).await;
    let row = &objects(&deliveries[0])[0];
    assert_eq!(
        (&row["state"], &row["tries"], &row["repeat"]),
        (&json!("refused"), &json!(1), &json!(false))
    );
    assert_eq!(row["delivered_at"], json!(null));
    let actions = pages(&app, &Exported::Actions, ago(DAY)).await;
    assert_eq!(objects(&actions[0])[0]["target_name"], "web-01");
    app.stop().await;
}

#[test]
fn text_that_a_spreadsheet_would_run_is_set_apart_and_numbers_are_left_alone() {
    let column = |name: &str, kind| ColumnView {
        name: name.to_owned(),
        kind,
    };
    let cell = |text: &str| Some(text.to_owned());
    let page = ExportPage {
        columns: vec![
            column("title", ColumnKind::Text),
            column("left", ColumnKind::Amount),
        ],
        rows: vec![
            vec![cell("=HYPERLINK(\"http://x\")"), cell("-12.5")],
            vec![cell("+1"), None],
            vec![cell("@SUM(A1)"), cell("0")],
            vec![cell("-cmd"), cell("3")],
            vec![cell("甲, \"乙\""), cell("3")],
        ],
        next: None,
    };
    let told = csv(&page, false).unwrap();
    let lines: Vec<&str> = told.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "\"'=HYPERLINK(\"\"http://x\"\")\",-12.5",
            "'+1,",
            "'@SUM(A1),0",
            "'-cmd,3",
            "\"甲, \"\"乙\"\"\",3",
            ""
        ]
    );
    assert_eq!(objects(&page)[1], json!({ "title": "+1", "left": null }));
}
