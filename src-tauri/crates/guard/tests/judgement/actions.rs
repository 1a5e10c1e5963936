//! The states of an intent and which may follow.

use tidegate_guard::{IntentState, Piece};

const STATES: [IntentState; 10] = [
    IntentState::Planned,
    IntentState::Rechecked,
    IntentState::Sent,
    IntentState::Accepted,
    IntentState::Verifying,
    IntentState::Verified,
    IntentState::Failed,
    IntentState::Unknown,
    IntentState::Cancelled,
    IntentState::Abandoned,
];

#[test]
fn nothing_follows_an_end_and_something_follows_everything_else() {
    for state in STATES {
        let follows = STATES.iter().any(|next| state.may_become(*next));
        assert_eq!(follows, !state.is_end(), "{state:?}");
    }
}

#[test]
fn a_lost_answer_is_resolved_by_reading_and_never_by_sending_again() {
    for state in [
        IntentState::Sent,
        IntentState::Unknown,
        IntentState::Accepted,
        IntentState::Verifying,
    ] {
        assert!(!state.may_become(IntentState::Sent), "{state:?}");
        assert!(!state.may_become(IntentState::Rechecked), "{state:?}");
    }
}

#[test]
fn nothing_is_sent_that_was_not_checked_again() {
    for state in STATES {
        assert_eq!(
            state.may_become(IntentState::Sent),
            state == IntentState::Rechecked,
            "{state:?}"
        );
    }
}

#[test]
fn what_was_sent_can_no_longer_be_cancelled() {
    for state in [
        IntentState::Sent,
        IntentState::Unknown,
        IntentState::Accepted,
        IntentState::Verifying,
    ] {
        assert!(!state.may_become(IntentState::Cancelled), "{state:?}");
    }
}

#[test]
fn an_accepted_stop_is_not_yet_a_stop() {
    assert!(
        !IntentState::Accepted.may_become(IntentState::Verified),
        "only the provider's state ends it"
    );
    assert!(IntentState::Verifying.may_become(IntentState::Verified));
}

#[test]
fn names_are_those_that_are_stored() {
    for state in STATES {
        assert_eq!(
            serde_json::to_string(&state).unwrap(),
            format!("\"{}\"", state.name())
        );
    }
}

#[test]
fn a_piece_is_the_same_by_what_it_is_and_never_by_its_name() {
    let text = ToString::to_string;
    let endpoint = |id: &str, name: &str| Piece::Endpoint {
        id: text(id),
        name: text(name),
    };
    let instance = |id: &str, name: &str, region: &str| Piece::Instance {
        id: text(id),
        name: text(name),
        region: text(region),
    };
    let key = |id: &str| Piece::Key { id: text(id) };
    for (one, other, same) in [
        (endpoint("e1", "a"), endpoint("e1", "renamed"), true),
        (endpoint("e1", "a"), endpoint("e2", "a"), false),
        (instance("i1", "a", "r"), instance("i1", "renamed", "r"), true),
        (instance("i1", "a", "r"), instance("i2", "a", "r"), false),
        (instance("i1", "a", "r"), instance("i1", "a", "elsewhere"), false),
        (instance("i1", "a", "r"), instance("i2", "a", "elsewhere"), false),
        (endpoint("i1", "a"), instance("i1", "a", "r"), false),
        (key("k1"), key("k1"), true),
        (key("k1"), key("k2"), false),
        (Piece::Rights, Piece::Rights, true),
        (Piece::Rights, Piece::Login, false),
    ] {
        assert_eq!(one.is_same(&other), same, "{one:?} and {other:?}");
    }
}
