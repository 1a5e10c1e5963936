//! What a message is about: its meter, its action, its step.

use crate::{ActionRef, Message, MeterRef};

/// The meter of a message that is about one; also of an announced action.
pub(crate) const fn meter(message: &Message) -> Option<&MeterRef> {
    match message {
        Message::StepReached { meter, .. }
        | Message::StepReminder { meter, .. }
        | Message::StepResolved { meter, .. }
        | Message::ActionPlanned { meter, .. }
        | Message::Blind { meter, .. }
        | Message::BlindResolved { meter, .. } => Some(meter),
        _ => None,
    }
}

/// The action of a message that is about one.
pub(crate) const fn action(message: &Message) -> Option<&ActionRef> {
    match message {
        Message::ActionPlanned { action, .. }
        | Message::ActionCancelled { action, .. }
        | Message::ActionSent { action, .. }
        | Message::ActionVerified { action, .. }
        | Message::ActionFailed { action, .. }
        | Message::ActionUnknown { action, .. } => Some(action),
        _ => None,
    }
}

/// The step of a message that is about one.
pub(crate) fn step(message: &Message) -> Option<&str> {
    match message {
        Message::StepReached { step, .. }
        | Message::StepReminder { step, .. }
        | Message::StepResolved { step, .. } => Some(step),
        _ => None,
    }
}
