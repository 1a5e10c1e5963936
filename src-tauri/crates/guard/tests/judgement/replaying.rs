//! Replay: the same judgement over history.

use tidegate_guard::{GuardSpec, Replay, ReplayOptions, ReplayVerdict, replay};
use tidegate_meter::Reading;

use crate::common::*;

/// A poll every 5 minutes for `hours`, burning `mb` megabytes an hour from 200 GB, in March.
fn month(hours: i64, mb: i64) -> Vec<Reading> {
    (0..=hours * 12)
        .map(|poll| reading((200 * GB - poll * mb * 1_000_000 / 12).max(0), poll * 5))
        .collect()
}

fn run(spec: &GuardSpec, history: Vec<Reading>) -> Replay {
    replay(spec, history, &ReplayOptions::default())
}

#[test]
fn a_package_that_runs_dry_shows_its_warnings_the_stop_and_the_lead_times() {
    let result = run(&spec(), month(300, 1000));
    let keys: Vec<&str> = result
        .warnings
        .iter()
        .map(|warning| warning.key.as_str())
        .collect();
    assert_eq!(keys, ["share:70", "share:85", "share:95", "limit"]);
    // 70 % at hour 140, the line (below 10 GB) five minutes after hour 190.
    assert_eq!(result.warnings[0].at, at(140 * 60));
    assert_eq!(result.warnings[0].lead, Some(minutes(50 * 60 + 5)));
    let action = &result.actions[0];
    assert_eq!(
        action.at,
        at(190 * 60 + 10 + 1),
        "the second reading over the line, and the countdown"
    );
    assert_eq!(action.verdict, ReplayVerdict::Saved);
    assert_eq!(result.exhausted.first(), Some(&at(200 * 60)));
    assert_eq!(action.lead, Some(at(200 * 60).since(action.at)));
    assert_eq!((result.actions.len(), result.false_stops), (1, 0));
}

#[test]
fn a_stop_in_a_window_that_ends_with_something_left_is_a_false_stop() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut history: Vec<Reading> = month(191, 1000);
    history.push(reading(8 * GB, 191 * 60 + 60));
    history.push(reading(7 * GB, turn - 5));
    history.push(within(200 * GB, 200 * GB, turn + 5, Some(april())));
    let result = run(&spec(), history);
    assert_eq!(result.actions.len(), 1);
    assert_eq!(result.actions[0].verdict, ReplayVerdict::False);
    assert_eq!(result.false_stops, 1);
}

#[test]
fn a_window_that_has_not_ended_is_open() {
    let result = run(&spec(), month(191, 1000));
    assert_eq!(result.actions[0].verdict, ReplayVerdict::Open);
    assert_eq!((result.false_stops, result.actions[0].lead), (0, None));
}

#[test]
fn a_stop_that_comes_after_exhaustion_is_late() {
    let mut patient = spec();
    patient.countdown = hours(12);
    assert_eq!(
        run(&patient, month(300, 1000)).actions[0].verdict,
        ReplayVerdict::Late
    );
}

#[test]
fn a_stop_that_takes_effect_only_after_exhaustion_is_late() {
    let mut slow = spec();
    slow.stop_latency = hours(10);
    let action = run(&slow, month(300, 1000)).actions[0].clone();
    assert_eq!(
        action.verdict,
        ReplayVerdict::Late,
        "sent in time, but ten hours of stopping are too long"
    );
    assert!(action.lead.is_some());
}

#[test]
fn a_watching_spec_is_replayed_as_if_it_were_armed() {
    assert_eq!(run(&watching(), month(300, 1000)), run(&spec(), month(300, 1000)));
}

#[test]
fn a_predictive_limit_acts_earlier_than_its_bare_reserve() {
    let with = |text: &str| {
        let spec = GuardSpec {
            limit: Some(limit(text)),
            ..spec()
        };
        run(&spec, month(300, 1000)).actions[0].at
    };
    assert!(with("predictive 5 GB") < with("5 GB"));
}

#[test]
fn each_window_acts_once() {
    let turn = (APRIL - MARCH) / 60_000;
    let april_polls = (0..=200 * 12).map(|poll| {
        let left = (200 * GB - poll * 1_000_000_000 / 12).max(0);
        within(left, 200 * GB, turn + poll * 5, Some(april()))
    });
    let history: Vec<Reading> = month(250, 1000).into_iter().chain(april_polls).collect();
    let result = run(&spec(), history);
    assert_eq!(result.actions.len(), 2);
    assert_eq!(result.actions[1].window, Some(april()));
}

#[test]
fn a_balance_that_is_topped_up_runs_again() {
    let balance = |left: i64, minute: i64| within(left, 200 * GB, minute, None);
    let falls = |from: i64| (0..30_i64).map(move |poll| balance(15 * GB - poll * GB / 2, from + poll * 5));
    let history: Vec<Reading> = falls(0)
        .chain([
            balance(150 * GB, 200),
            balance(16 * GB, 205),
            balance(16 * GB, 210),
        ])
        .chain(falls(215))
        .collect();
    let result = run(&spec(), history);
    assert_eq!(result.actions.len(), 2);
}

#[test]
fn an_empty_history_says_nothing() {
    assert_eq!(run(&spec(), Vec::new()), Replay::default());
}

#[test]
fn a_step_that_comes_back_while_the_line_stays_crossed_starts_no_server() {
    let spec = GuardSpec {
        steps: vec![step("20 GB")],
        limit: Some(limit("50 GB")),
        ..spec()
    };
    for window in [None, Some(march())] {
        let lefts = [120, 60, 45, 44, 30, 15, 14, 25, 24, 23, 22];
        let history: Vec<Reading> = (20..)
            .zip(lefts)
            .map(|(poll, left)| within(left * GB, 200 * GB, poll * 5, window))
            .collect();
        let result = run(&spec, history);
        let keys: Vec<&str> = result.warnings.iter().map(|told| told.key.as_str()).collect();
        assert_eq!(keys, ["limit", "headroom:bytes:20000000000"]);
        assert_eq!(result.actions.len(), 1, "{window:?}");
    }
}

#[test]
fn a_replay_acts_as_often_in_a_day_as_the_belts_allow() {
    // A balance that falls under the line and is filled up again, every two hours for two days.
    let history: Vec<Reading> = (0..24_i64)
        .flat_map(|round| {
            let looks = [(0, 60), (30, 9), (35, 8), (40, 7), (60, 150), (65, 60)];
            looks.map(|(minute, left)| within(left * GB, 200 * GB, round * 120 + minute, None))
        })
        .collect();
    let result = run(&spec(), history);
    let (mut first, mut second) = (0, 0);
    for action in &result.actions {
        *(if action.at < at(24 * 60) {
            &mut first
        } else {
            &mut second
        }) += 1;
    }
    assert_eq!((first, second), (3, 3), "{:?}", result.actions);
}
