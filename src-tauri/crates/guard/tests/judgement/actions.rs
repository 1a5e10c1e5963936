//! The states of an intent and which may follow.

use tidegate_guard::IntentState;

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
