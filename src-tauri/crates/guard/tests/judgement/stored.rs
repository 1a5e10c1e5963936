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
