//! Cancelled: called off before anything was sent. Owns its message and what ends an intent without an account.

use std::sync::Arc;

use tidegate_channels::Message;
use tidegate_guard::{IntentState, Severity, Why};
use tidegate_store::{Batch, IntentRow, Write};

use super::{Move, Work, abandoned};
use crate::EngineError;
use crate::crash::Step;
use crate::desk::Cell;
use crate::event::Event;
use crate::inner::Inner;
use crate::planning::{IntentDetail, action_ref, asked, called_off};

/// A belt, an expiry or a missing guard calls it off.
pub(crate) async fn enter(work: &mut Work, by: &str, why: Option<Box<Why>>) -> Result<(), EngineError> {
    let event = Event::Cancelled {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        by: by.to_owned(),
    };
    let message = Message::ActionCancelled {
        action: action_ref(&work.row, &work.detail),
        by: by.to_owned(),
        why: why.clone(),
        asked: asked(&work.detail),
    };
    let facts = serde_json::json!({ "by": by, "why": why });
    let transition = Move::new(IntentState::Cancelled, event)
        .facts(facts)
        .telling(message, Severity::Warning);
    work.go(transition).await
}

/// The account was removed: what was not sent is called off, what was sent cannot be followed any more.
pub(crate) async fn without_account(
    inner: &Arc<Inner>,
    cell: &Arc<Cell>,
    row: &IntentRow,
    detail: &IntentDetail,
) -> Result<(), EngineError> {
    let now = inner.wall();
    let mut batch = Batch::default();
    let mut events = Vec::new();
    let end = if row.state.may_become(IntentState::Cancelled) {
        let off = called_off(row, now, "person");
        batch.push(Write::MoveIntent {
            row: off.row.clone(),
            event: off.event,
        });
        batch.push(off.audit);
        events.push(off.told);
        off.row
    } else {
        abandoned::without_account(row, detail, now, &mut batch, &mut events)
    };
    inner.commit(Step::IntentEnd, batch, events).await?;
    inner.desk.remove(row.id);
    cell.set_row(end, inner.now().mono);
    Ok(())
}
