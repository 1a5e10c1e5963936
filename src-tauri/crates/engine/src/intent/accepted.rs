//! Accepted: the provider took it on. Not yet done.

use tidegate_channels::Message;
use tidegate_guard::{IntentState, Receipt, Severity};

use super::{Move, Work};
use crate::event::Event;
use crate::planning::action_ref;
use crate::{EngineError, limits};

/// The provider's receipt is recorded and told as what it is.
pub(crate) async fn enter(work: &mut Work, receipt: Receipt) -> Result<(), EngineError> {
    work.detail.receipt = Some(receipt.clone());
    let event = Event::Accepted {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        receipt: receipt.clone(),
    };
    let message = Message::ActionSent {
        action: action_ref(&work.row, &work.detail),
        manner: work.detail.manner,
        receipt: receipt.clone(),
    };
    let facts = serde_json::json!({ "receipt": receipt });
    let transition = Move::new(IntentState::Accepted, event)
        .facts(facts)
        .telling(message, Severity::Warning);
    work.go(transition).await
}

/// Begins to look at the state.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let event = Event::Verifying {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        power: None,
    };
    let transition = Move::new(IntentState::Verifying, event).after(limits::VERIFY_FAST);
    work.go(transition).await
}
