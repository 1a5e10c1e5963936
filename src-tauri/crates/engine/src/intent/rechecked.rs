//! Rechecked: cleared to leave. Found here at a step it is the rest of a crash: the permit is gone, so it is checked
//! again.

use tidegate_guard::{IntentState, Permit};

use super::recheck::recheck;
use super::{Move, Work, planned, sent};
use crate::event::Event;
use crate::{EngineError, limits};

/// After a crash between the check and the sending.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let found = recheck(work).await?;
    planned::resolve(work, found).await
}

/// Records that the request is leaving, then lets it leave.
pub(crate) async fn send(work: &mut Work, permit: Permit) -> Result<(), EngineError> {
    let cell = std::sync::Arc::clone(&work.cell);
    {
        let _pen = cell.pen.lock().await;
        if !work.is_still_due() {
            return Ok(());
        }
        if !work.inner.may_act() {
            return work.stay_in_hand(limits::STORE_RETRY, None).await;
        }
        // With the gate in hand, so that of two intents on one target only one finds the wire free.
        let gate = std::sync::Arc::clone(&work.inner);
        let _gate = gate.gate.lock().await;
        if work.inner.desk.is_on_the_wire(&work.row) {
            return work.stay_in_hand(limits::RECHECK_WAIT, None).await;
        }
        let now = work.now().wall;
        work.detail.sent_at = Some(now);
        work.detail.receipt = None;
        work.detail.unchanged_since = None;
        work.detail.unread_since = None;
        let event = Event::Sent {
            at: now,
            intent: work.row.id,
            target: work.row.target.clone(),
        };
        let facts = serde_json::json!({ "manner": work.detail.manner, "action": work.row.action });
        work.go(Move::new(IntentState::Sent, event).facts(facts)).await?;
        work.inner.desk.record_send(&work.row, now);
    }
    sent::exchange(work, permit).await
}
