//! A meter over time: short whatever the history, exact, with gaps as gaps, and everything that happened on it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use std::collections::BTreeMap;

use kit::shelf::{
    DAY, GB, HOUR, MINUTE, NOW, Shelf, WHOLE, ago, alert, blind, blindness, cycle, decided, judged, lapse,
    left, look, package, stop,
};
use kit::{Stage, ask};
use tidegate_api::request::ChartAsked;
use tidegate_api::response::{ChartView, MarkerKind};
use tidegate_api::words::{IntentState, Lang, Severity};
use tidegate_api::{ErrorCode, Face, Request, Response};
use tidegate_meter::{AsOf, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason, Time, Unit};
use tidegate_sim::World;
use tidegate_store::Write;

/// A stage whose clock hardly moves while the test runs.
fn stage(home: &std::path::Path) -> Stage {
    Stage::at(home, World::example(1), 1)
}

fn asked(meter: &str, start: Time, points: u32, lang: Lang) -> Request {
    Request::Chart(ChartAsked {
        account: "hw".parse().unwrap(),
        meter: meter.parse().unwrap(),
        start,
        end: NOW,
        points,
        lang,
    })
}

async fn chart(face: &dyn Face, meter: &str, start: Time) -> ChartView {
    chart_in(face, meter, start, Lang::En).await
}

async fn chart_in(face: &dyn Face, meter: &str, start: Time, lang: Lang) -> ChartView {
    match ask(face, asked(meter, start, 2000, lang)).await {
        Response::Chart(view) => *view,
        other => panic!("{other:?}"),
    }
}

/// The points as pairs.
fn line(view: &ChartView) -> Vec<(i64, i64)> {
    assert_eq!(view.points.at.len(), view.points.value.len());
    let values = view.points.value.iter().map(|value| value.parse().unwrap());
    view.points.at.iter().copied().zip(values).collect()
}

/// The bytes of its JSON.
fn bytes(view: &ChartView) -> usize {
    serde_json::to_vec(view).unwrap().len()
}

/// A year of a package that is renewed every thirty days and falls with a ripple, read every five minutes; one day
/// nobody looked, and one reading stood far below all others.
fn year() -> Vec<(Time, i64)> {
    let begin = ago(365 * DAY);
    (0..365 * 288_u32)
        .filter(|n| !(200 * 288..201 * 288).contains(n))
        .map(|n| {
            let ripple = i64::from(n * 7919 % 97) * 10_000_000;
            let dip = if n == 100 * 288 + 77 { 60 * GB } else { 0 };
            let fallen = i64::from(n % (30 * 288)) * 15_000_000;
            (begin.plus(n * 5 * MINUTE), WHOLE - fallen - ripple - dip)
        })
        .collect()
}

fn looks(info: &MeterInfo, begin: Time, values: &[(Time, i64)]) -> Vec<Write> {
    let written = |(at, value): &(Time, i64)| {
        let windows = u32::try_from(at.since(begin).as_secs() / (30 * 86_400)).unwrap();
        look(info, left(*at, *value, cycle(begin.plus(windows * 30 * DAY))))
    };
    values.iter().map(written).collect()
}

#[tokio::test]
async fn a_year_of_readings_is_two_thousand_points_in_64_kib_and_keeps_every_days_lowest_and_highest() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let (begin, values, info) = (ago(365 * DAY), year(), package("web-01"));
    assert!(values.len() > 104_800);
    shelf.put(looks(&info, begin, &values)).await;
    let asleep = (begin.plus(200 * DAY), begin.plus(201 * DAY));
    shelf.put([lapse(asleep.0, asleep.1, "asleep")]).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "web-01", begin).await;
    assert!(
        (1000..=2000).contains(&view.points.at.len()),
        "{}",
        view.points.at.len()
    );
    assert!(bytes(&view) <= 64 * 1024, "{} bytes", bytes(&view));

    let drawn = line(&view);
    assert!(drawn.is_sorted_by_key(|(at, _)| *at));
    let days = |values: &[(i64, i64)]| {
        let mut days: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for (at, value) in values {
            let day = days.entry(at.div_euclid(86_400_000)).or_insert((*value, *value));
            *day = (day.0.min(*value), day.1.max(*value));
        }
        days
    };
    let raw: Vec<(i64, i64)> = values.iter().map(|(at, value)| (at.ms(), *value)).collect();
    assert_eq!(days(&drawn), days(&raw));
    // No value is made up: each point was read.
    let read: BTreeMap<i64, i64> = raw.into_iter().collect();
    assert!(drawn.iter().all(|(at, value)| read.get(at) == Some(value)));

    assert_eq!(view.windows.len(), 13);
    assert_eq!(view.windows[1].start, begin.plus(30 * DAY).ms());
    assert_eq!(view.windows[0].end, Some(view.windows[1].start));
    assert_eq!(view.windows[12].end, Some(begin.plus(390 * DAY).ms()));
    assert_eq!(view.windows[12].limit, Some(WHOLE.to_string()));
    let gaps: Vec<(i64, i64, &str)> = view
        .gaps
        .iter()
        .map(|gap| (gap.start, gap.end, gap.reason.as_str()))
        .collect();
    assert_eq!(gaps, [(asleep.0.minus(5 * MINUTE).ms(), asleep.1.ms(), "asleep")]);
    app.stop().await;
}

#[tokio::test]
async fn readings_taken_hourly_before_today_s_interval_of_minutes_are_a_line_with_its_outages() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let begin = ago(10 * DAY);
    // Hourly for eight days with two outages around one lonely reading, every five minutes since.
    let hourly = (0..8 * 24_u32)
        .filter(|hour| !matches!(hour, 90..=99 | 101..=109))
        .map(|hour| begin.plus(hour * HOUR));
    let since = begin.plus(8 * DAY);
    let minutely = (0..2 * 288_u32).map(|n| since.plus(n * 5 * MINUTE));
    let values: Vec<(Time, i64)> = hourly.chain(minutely).map(|at| (at, WHOLE)).collect();
    shelf.put(looks(&package("web-01"), begin, &values)).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "web-01", begin).await;
    let gaps: Vec<(i64, i64)> = view.gaps.iter().map(|gap| (gap.start, gap.end)).collect();
    let hour = |n: u32| begin.plus(n * HOUR).ms();
    assert_eq!(gaps, [(hour(89), hour(100)), (hour(100), hour(110))]);
    app.stop().await;
}

#[tokio::test]
async fn the_asked_number_of_points_is_never_exceeded() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let values: Vec<(Time, i64)> = (0..2000_u32)
        .map(|n| {
            (
                ago(7 * DAY).plus(n * 5 * MINUTE),
                WHOLE - i64::from(n * 31 % 89) * GB,
            )
        })
        .collect();
    let info = package("web-01");
    shelf.put(looks(&info, ago(7 * DAY), &values)).await;
    shelf.close().await;
    let app = stage.app().await;
    let lowest = values.iter().map(|(_, value)| *value).min().unwrap();
    let highest = values.iter().map(|(_, value)| *value).max().unwrap();
    for (points, most) in [(0, 4), (4, 4), (50, 50), (2000, 2000), (u32::MAX, 2000)] {
        let Response::Chart(view) = ask(&app, asked("web-01", ago(7 * DAY), points, Lang::En)).await else {
            panic!("no chart");
        };
        let drawn = line(&view);
        assert!(
            !drawn.is_empty() && drawn.len() <= most,
            "{points}: {}",
            drawn.len()
        );
        assert!(drawn.iter().any(|(_, value)| *value == lowest), "{points}");
        assert!(drawn.iter().any(|(_, value)| *value == highest), "{points}");
    }
    app.stop().await;
}

#[tokio::test]
async fn long_numbers_make_fewer_points_and_not_a_longer_answer() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = MeterInfo {
        kind: MeterKind::Balance,
        targets: Vec::new(),
        ..package("balance")
    };
    let cny = Unit::Money("CNY".parse().unwrap());
    let reading = |n: u32| {
        let at = ago(7 * DAY).plus(n * 5 * MINUTE);
        let value = Quantity::from_raw(1_234_567_890_123_456_789 - i64::from(n * 31 % 89), cny);
        Reading::new(None, None, Some(value), None, AsOf::Fetch(at), at).unwrap()
    };
    shelf.put((0..2000).map(|n| look(&info, reading(n)))).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "balance", ago(7 * DAY)).await;
    assert!(bytes(&view) <= 64 * 1024, "{} bytes", bytes(&view));
    assert!(
        (1000..2000).contains(&view.points.at.len()),
        "{}",
        view.points.at.len()
    );
    assert_eq!((view.unit.as_str(), view.scale), ("CNY", 6));
    assert!(view.windows.iter().all(|window| window.limit.is_none()));
    app.stop().await;
}

/// A day with four silences: asleep, blind, unread without anybody knowing why, and blind up to now.
async fn silences(shelf: &Shelf) {
    let info = package("web-01");
    let silent = [(20, 18), (15, 13), (10, 8), (2, 0)];
    let at = |hours: u32| ago(hours * HOUR);
    let read = |when: &Time| {
        let during = |(from, to): &(u32, u32)| *when > at(*from) && *when < at(*to);
        !silent.iter().any(during) && *when <= at(2)
    };
    let times = (0..24 * 12_u32)
        .map(|n| ago(DAY).plus(n * 5 * MINUTE))
        .filter(read);
    let window = cycle(ago(5 * DAY));
    shelf
        .put(times.map(|when| look(&info, left(when, 150 * GB, window))))
        .await;
    let unread = (0..4_u32).map(|n| blind(&info, ago((20 - 5 * n) * MINUTE), Reason::Auth));
    shelf.put(unread).await;
    let told = [
        blindness(&info, (at(14), at(13)), 1, Reason::Rate),
        tidegate_store::AlertRow {
            resolved_at: None,
            ..blindness(&info, (at(1), at(0)), 2, Reason::Auth)
        },
    ];
    shelf.put(told.into_iter().map(Write::RaiseAlert)).await;
    shelf.put([lapse(at(20), at(18), "asleep")]).await;
}

#[tokio::test]
async fn a_silence_is_a_gap_with_its_reason_and_never_a_zero() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    silences(&shelf).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "web-01", ago(DAY)).await;
    let gaps: Vec<(i64, &str)> = view
        .gaps
        .iter()
        .map(|gap| (gap.start, gap.reason.as_str()))
        .collect();
    let at = |hours: u32| ago(hours * HOUR).ms();
    assert_eq!(
        gaps,
        [
            (at(20), "asleep"),
            (at(15), "rate"),
            (at(10), "unread"),
            (at(2), "auth")
        ]
    );
    // The last one goes on: nothing is known up to the end of the chart.
    assert_eq!(view.gaps[3].end, NOW.ms());
    for (when, value) in line(&view) {
        assert_eq!(value, 150 * GB);
        assert!(!view.gaps.iter().any(|gap| when > gap.start && when < gap.end));
    }
    assert_eq!(view.forecast, None, "there is no truth to begin from");
    let texts = |view: &ChartView| -> Vec<String> { view.gaps.iter().map(|gap| gap.text.clone()).collect() };
    assert_eq!(texts(&view)[2], "no reading");
    let zh = chart_in(&app, "web-01", ago(DAY), Lang::Zh).await;
    assert_eq!(texts(&zh)[2], "没有读数");
    for (en, zh) in texts(&view).iter().zip(texts(&zh)) {
        assert!(en.is_ascii() && !zh.is_ascii(), "{en} / {zh}");
    }
    app.stop().await;
}

/// Two days at a gigabyte an hour, and what the guard made of it.
fn falling(info: &MeterInfo) -> Vec<Write> {
    let window = cycle(ago(5 * DAY));
    let readings: Vec<Reading> = (0..=48 * 12_u32)
        .map(|n| {
            let at = ago(2 * DAY).plus(n * 5 * MINUTE);
            left(at, 150 * GB - i64::from(n) * GB / 12, window)
        })
        .collect();
    let looks = readings
        .iter()
        .map(|reading| (reading.fetched_at(), Outcome::Known(reading.clone())));
    let state = judged(info, looks);
    let mut writes: Vec<Write> = readings.into_iter().map(|reading| look(info, reading)).collect();
    writes.push(state);
    writes
}

#[tokio::test]
async fn thresholds_are_levels_and_the_forecast_is_a_band_from_the_newest_reading() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    shelf.put(falling(&package("web-01"))).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "web-01", ago(7 * DAY)).await;
    let steps: Vec<(&str, Option<String>)> = view
        .steps
        .iter()
        .map(|step| (step.text.as_str(), step.at.clone()))
        .collect();
    // 70 % and 95 % used of 200 GB.
    assert_eq!(
        steps,
        [
            ("70%", Some((60 * GB).to_string())),
            ("95%", Some((10 * GB).to_string()))
        ]
    );
    assert_eq!(view.limits[0].at, Some((10 * GB).to_string()));
    assert_eq!((view.limits.len(), view.limits[0].predictive), (1, false));
    let band = view.forecast.clone().unwrap();
    for line in [&band.early, &band.likely, &band.late] {
        assert_eq!(
            (line.at[0], line.value[0].clone()),
            (NOW.ms(), (102 * GB).to_string())
        );
        assert_eq!(line.at.len(), 2);
        assert_ne!(line.at[1], line.at[0]);
    }
    assert!(band.early.at[1] <= band.likely.at[1] && band.likely.at[1] <= band.late.at[1]);
    // 102 GB at a gigabyte an hour are 102 hours, within an hour's doubt.
    assert_eq!(band.likely.value[1], "0");
    let lasts = (band.likely.at[1] - NOW.ms()) / 3_600_000;
    assert!((100..=104).contains(&lasts), "{lasts} h");

    // A chart of a day shows a day to come, not a run-out far outside of it.
    let day = chart(&app, "web-01", ago(DAY)).await.forecast.unwrap();
    assert_eq!(day.likely.at[1], NOW.plus(DAY).ms());
    let then: i64 = day.likely.value[1].parse().unwrap();
    assert!((77 * GB..=79 * GB).contains(&then), "{then}");
    app.stop().await;
}

#[tokio::test]
async fn a_moving_line_has_the_level_at_which_it_stands_now() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    shelf.put(falling(&package("web-01"))).await;
    shelf.close().await;
    let app = stage.app().await;
    let mut guard = kit::guard("ahead", "hw");
    guard["limit"] = "predictive 5 GB".into();
    let save = Request::Save {
        items: kit::items(Vec::new(), Vec::new(), vec![guard]),
        remove: Vec::new(),
        secrets: Default::default(),
    };
    ask(&app, save).await;
    let view = chart(&app, "web-01", ago(DAY)).await;
    let moving: Vec<&Option<String>> = view
        .limits
        .iter()
        .filter(|limit| limit.predictive)
        .map(|limit| &limit.at)
        .collect();
    // It has not judged yet: its level cannot be said, and is no zero.
    assert_eq!(moving, [&None]);
    assert_eq!(view.steps.len(), 4);
    app.stop().await;
}

#[tokio::test]
async fn alerts_actions_new_windows_and_top_ups_are_marked_at_their_time() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = package("web-01");
    let (old, new) = (cycle(ago(31 * DAY)), cycle(ago(DAY)));
    let at = |hours: u32| ago(hours * HOUR);
    let hourly = (1..=48_u32).rev().map(|hours| {
        let window = if hours > 24 { old } else { new };
        // Topped up half a day ago.
        let value = if hours > 12 { 100 * GB } else { 160 * GB };
        look(&info, left(at(hours), value, window))
    });
    shelf.put(hourly).await;
    let alerts = [
        alert(&info, at(40), 1, "share:70", Severity::Warning),
        alert(&info, at(39), 2, "limit", Severity::Critical),
        // Before the chart begins.
        alert(&info, at(60), 3, "share:70", Severity::Warning),
        // Of another meter.
        alert(&package("db-01"), at(38), 4, "limit", Severity::Critical),
    ];
    shelf.put(alerts.iter().cloned().map(Write::RaiseAlert)).await;
    let mut stopped = stop(&info, at(39), 5, IntentState::Verified);
    stopped.updated_at = at(38);
    let mut by_hand = stop(&info, at(36), 6, IntentState::Verified);
    (by_hand.guard, by_hand.meter) = (None, None);
    by_hand.action = tidegate_api::words::ActionKind::Start;
    by_hand.updated_at = at(35);
    let mut elsewhere = stop(&package("db-01"), at(34), 7, IntentState::Cancelled);
    (elsewhere.guard, elsewhere.meter) = (None, None);
    let intents = [stopped.clone(), by_hand.clone(), elsewhere];
    shelf.put(intents.map(decided)).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "web-01", at(48)).await;
    let marks: Vec<(i64, MarkerKind, Option<String>)> = view
        .markers
        .iter()
        .map(|mark| (mark.at, mark.kind, mark.id.clone()))
        .collect();
    let named = |id: tidegate_meter::RowId| Some(id.to_string());
    assert_eq!(
        marks,
        [
            (at(40).ms(), MarkerKind::Step, named(alerts[0].id)),
            (at(39).ms(), MarkerKind::Limit, named(alerts[1].id)),
            (at(39).ms(), MarkerKind::Planned, named(stopped.id)),
            (at(38).ms(), MarkerKind::Stopped, named(stopped.id)),
            (at(36).ms(), MarkerKind::Planned, named(by_hand.id)),
            (at(35).ms(), MarkerKind::Restored, named(by_hand.id)),
            (at(24).ms(), MarkerKind::Renewed, None),
            (at(12).ms(), MarkerKind::ToppedUp, None),
        ]
    );
    assert_eq!(
        view.markers[3].text,
        "stop web-01: confirmed by the provider's state"
    );
    let zh = chart_in(&app, "web-01", at(48), Lang::Zh).await;
    for (en, zh) in view.markers.iter().zip(&zh.markers) {
        assert!(
            en.text.is_ascii() && !zh.text.is_ascii(),
            "{} / {}",
            en.text,
            zh.text
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn where_only_the_use_is_known_the_use_is_drawn_and_no_forecast_is_made_up() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    let info = MeterInfo {
        kind: MeterKind::Spending,
        targets: Vec::new(),
        ..package("spending")
    };
    let used = |n: u32| {
        let at = ago(DAY).plus(n * 5 * MINUTE);
        let used = Quantity::from_raw(i64::from(n) * 1_000_000, Unit::Money("CNY".parse().unwrap()));
        Reading::new(Some(used), None, None, None, AsOf::Fetch(at), at).unwrap()
    };
    shelf.put((0..288).map(|n| look(&info, used(n)))).await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "spending", ago(DAY)).await;
    assert_eq!((view.of.as_str(), view.points.at.len()), ("used", 288));
    assert_eq!(view.points.value[287], "287000000");
    assert_eq!(view.forecast, None);
    app.stop().await;
}

#[tokio::test]
async fn a_meter_without_history_is_an_empty_chart_and_an_unknown_one_is_not_found() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let shelf = Shelf::of(&stage).await;
    shelf
        .put([blind(&package("web-01"), ago(HOUR), Reason::Auth)])
        .await;
    shelf.close().await;
    let app = stage.app().await;
    let view = chart(&app, "web-01", ago(DAY)).await;
    assert!(view.points.at.is_empty() && view.windows.is_empty() && view.markers.is_empty());
    let error = app
        .handle(asked("nobody", ago(DAY), 100, Lang::En), "test")
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    app.stop().await;
}
