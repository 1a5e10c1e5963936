//! Labelled points between two durable steps. Owns the labels and the call: outside crash tests it does nothing.
//! A crash test's hook ends the process (or the test's world) at a label and starts again on the same file.

use tidegate_guard::IntentState;

use crate::parts::Options;

/// Every label, in the order a check, an intent and a message pass them; crash tests walk this list.
pub const POINTS: [&str; 27] = [
    "look.before_commit",
    "look.committed",
    "intent.rechecked.before",
    "intent.rechecked.committed",
    "intent.sent.before",
    "intent.sent.committed",
    "intent.sent.answered",
    "closure.asked.before",
    "closure.asked.committed",
    "closure.answered",
    "closure.done.before",
    "closure.done.committed",
    "intent.accepted.before",
    "intent.accepted.committed",
    "intent.verifying.before",
    "intent.verifying.committed",
    "intent.verified.before",
    "intent.verified.committed",
    "intent.failed.before",
    "intent.failed.committed",
    "intent.unknown.before",
    "intent.unknown.committed",
    "intent.end.before",
    "intent.end.committed",
    "delivery.sending.committed",
    "delivery.answered",
    "delivery.recorded",
];

/// Passes a labelled point.
pub(crate) fn point(options: &Options, label: &'static str) {
    if let Some(hook) = &options.crash_hook {
        hook(label);
    }
}

/// The points around one transition.
pub(crate) struct Labels {
    pub(crate) before: &'static str,
    pub(crate) committed: &'static str,
}

/// The points around the transition into a state.
pub(crate) const fn labels(state: IntentState) -> Labels {
    let (before, committed) = match state {
        IntentState::Rechecked => ("intent.rechecked.before", "intent.rechecked.committed"),
        IntentState::Sent => ("intent.sent.before", "intent.sent.committed"),
        IntentState::Accepted => ("intent.accepted.before", "intent.accepted.committed"),
        IntentState::Verifying => ("intent.verifying.before", "intent.verifying.committed"),
        IntentState::Verified => ("intent.verified.before", "intent.verified.committed"),
        IntentState::Failed => ("intent.failed.before", "intent.failed.committed"),
        IntentState::Unknown => ("intent.unknown.before", "intent.unknown.committed"),
        IntentState::Planned | IntentState::Cancelled | IntentState::Abandoned => {
            ("intent.end.before", "intent.end.committed")
        }
    };
    Labels { before, committed }
}
