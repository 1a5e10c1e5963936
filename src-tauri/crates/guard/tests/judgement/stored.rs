//! The stored state: its round trip, its size, and what is refused.

use tidegate_guard::GuardState;
use tidegate_meter::{Reason, Window, WindowKind};

use crate::common::*;

/// As much as a state can hold: every step told, two ladders, a full ring, a quarantine and a blindness.
fn full() -> GuardState {
    let mut guard = Watchman::new(watching());
    for poll in 0..400 {
        let left = 190 * GB - poll * 450_000_000 - poll * poll;
        guard.look(left.max(GB), poll * 37);
    }
    let other = Window::told(WindowKind::Cycle, at(60), march().end);
    for minute in [14_805, 14_810, 14_815] {
        guard.show(within(GB, 200 * GB, minute, Some(other)), minute);
    }
    guard.show(within(0, 200 * GB, 14_820, Some(other)), 14_820);
    guard.lose(Reason::Auth, 14_825);
    guard.state
}

#[test]
fn a_full_state_survives_json_and_stays_under_four_kibibytes() {
    let state = full();
    let text = serde_json::to_string(&state).unwrap();
    assert!(text.len() <= 4096, "{} bytes: {text}", text.len());
    assert_eq!(serde_json::from_str::<GuardState>(&text).unwrap(), state);
    let value = serde_json::to_value(&state).unwrap();
    assert_eq!(serde_json::from_value::<GuardState>(value).unwrap(), state);
}

#[test]
fn a_state_with_an_unknown_field_is_refused() {
    let mut value = serde_json::to_value(full()).unwrap();
    value["surprise"] = serde_json::json!(1);
    assert!(serde_json::from_value::<GuardState>(value).is_err());
}

#[test]
fn a_state_with_a_broken_value_is_refused() {
    for (pointer, broken) in [
        ("/ladder/rungs", serde_json::json!("none")),
        ("/last/remaining/value", serde_json::json!("1e9")),
        ("/last/remaining/value", serde_json::json!(5)),
        ("/level", serde_json::json!("fine")),
        ("/over/seen", serde_json::json!(-1)),
    ] {
        let mut value = serde_json::to_value(full()).unwrap();
        *value.pointer_mut(pointer).expect(pointer) = broken;
        assert!(serde_json::from_value::<GuardState>(value).is_err(), "{pointer}");
    }
}

#[test]
fn an_empty_object_is_the_first_state() {
    assert_eq!(
        serde_json::from_str::<GuardState>("{}").unwrap(),
        GuardState::default()
    );
}

#[test]
fn judging_from_a_stored_state_is_judging_from_the_live_one() {
    let mut live = Watchman::new(spec());
    let mut stored = Watchman::new(spec());
    for poll in 0..300 {
        let left = 200 * GB - poll * 700_000_000;
        let expected = live.look(left.max(1), poll * 20);
        assert_eq!(stored.look(left.max(1), poll * 20), expected);
        let text = serde_json::to_string(&stored.state).unwrap();
        stored.state = serde_json::from_str(&text).unwrap();
    }
}

/// Ten hours of 2 GB each: a rate, a lag, a value, and no step passed.
fn known_for_ten_hours() -> GuardState {
    let mut guard = Watchman::new(watching());
    for hour in 0..=10 {
        guard.look(190 * GB - hour * 2 * GB, hour * 60);
    }
    guard.state
}

/// The same, with one place of what is stored told otherwise.
fn with(state: &GuardState, field: &str, key: &str, told: serde_json::Value) -> GuardState {
    let mut value = serde_json::to_value(state).unwrap();
    if key.is_empty() {
        value[field] = told;
    } else {
        value[field][key] = told;
    }
    serde_json::from_value(value).unwrap()
}

#[test]
fn whatever_stands_open_tells_two_states_apart() {
    let state = known_for_ten_hours();
    assert!(state.stands_the_same(&state) && state.knows_the_same(&state));
    let value = serde_json::to_value(&state).unwrap();
    let last = value["last"].clone();
    let time = last["fetched_at"].clone();
    let line = serde_json::to_value(limit("7 GB")).unwrap();
    for (field, key, told) in [
        ("ladder", "window", serde_json::Value::Null),
        ("previous", "", value["ladder"].clone()),
        ("quarantine", "", last),
        ("jumped", "", time),
        ("over", "line", line),
        ("over", "seen", 1.into()),
        ("blind", "misses", 1.into()),
        ("level", "", "warning".into()),
    ] {
        let other = with(&state, field, key, told);
        assert!(!state.stands_the_same(&other), "{field} {key}");
        assert!(!state.knows_the_same(&other), "{field} {key}");
        assert!(other.stands_the_same(&other) && other.knows_the_same(&other));
    }
}

#[test]
fn the_time_of_a_look_alone_tells_no_states_apart() {
    let state = known_for_ten_hours();
    let mut guard = Watchman::new(watching());
    guard.state = state.clone();
    guard.look(170 * GB, 605);
    assert_ne!(guard.state, state);
    assert!(guard.state.stands_the_same(&state) && guard.state.knows_the_same(&state));
    let fetched = serde_json::to_value(&state).unwrap()["last"]["fetched_at"].clone();
    let other = with(&state, "over", "fetched", fetched);
    assert!(other.stands_the_same(&state) && other.knows_the_same(&state));
}

#[test]
fn another_value_rate_or_lag_is_known_otherwise_though_all_stands_the_same() {
    let state = known_for_ten_hours();
    let lag = with(&state, "lag", "median", 1800.into());
    let mut rates = serde_json::to_value(&state).unwrap()["burn"]["rates"].clone();
    rates["likely"] = 1.into();
    let rate = with(&state, "burn", "rates", rates);
    let mut guard = Watchman::new(watching());
    guard.state = state.clone();
    guard.look(170 * GB - 1, 605);
    let value = guard.state;
    for (what, other) in [("value", value), ("rate", rate), ("lag", lag)] {
        assert!(state.stands_the_same(&other), "{what}");
        assert!(!state.knows_the_same(&other), "{what}");
    }
}

#[test]
fn how_often_a_step_was_armed_again_is_stored_where_it_was() {
    let mut guard = Watchman::seen(watching(), 61 * GB);
    guard.look(60 * GB, 105);
    let rung = |guard: &Watchman| serde_json::to_value(&guard.state).unwrap()["ladder"]["rungs"][0].clone();
    assert_eq!(rung(&guard).get("rearmed"), None);
    guard.look(150 * GB, 110);
    assert_eq!(raised(&guard.look(59 * GB, 115)), ["share:70#2"]);
    assert_eq!(rung(&guard)["rearmed"], 1);
    let text = serde_json::to_string(&guard.state).unwrap();
    assert_eq!(serde_json::from_str::<GuardState>(&text).unwrap(), guard.state);
}
