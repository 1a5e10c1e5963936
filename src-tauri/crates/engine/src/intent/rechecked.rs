//! Rechecked: cleared to leave. Found here at a step it is the rest of a crash: the permit is gone, so it is checked
//! again.

use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::{ActionKind, IntentState, Permit};
use tidegate_meter::Mono;

use super::recheck::recheck;
use super::{Move, Work, planned, sent};
use crate::event::Event;
use crate::{EngineError, limits};

/// After a crash between the check and the sending.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let found = recheck(work).await?;
    planned::resolve(work, found).await
}

/// Records that the request is leaving, then lets it leave. `cleared` is when the check ended: everything that may take
/// long is done before the record, and a permit that grew old meanwhile is not used.
pub(crate) async fn send(work: &mut Work, permit: Permit, cleared: Mono) -> Result<(), EngineError> {
    let links = match work.watch.links(&work.inner).await {
        Ok(links) => links,
        Err(blind) => {
            tracing::info!(intent = %work.row.id, detail = blind.detail, "sending waits");
            return work.stay(limits::RECHECK_WAIT, None).await;
        }
    };
    let cell = Arc::clone(&work.cell);
    let left_earlier = work.detail.left;
    {
        let _pen = cell.pen.lock().await;
        if !work.is_still_due() {
            return Ok(());
        }
        // With the gate in hand, so that of two intents on one target only one finds the wire free.
        let inner = Arc::clone(&work.inner);
        let _gate = inner.gate.lock().await;
        if let Some(wait) = hindrance(work, &permit, cleared) {
            return work.stay_in_hand(wait, None).await;
        }
        record(work).await?;
    }
    let leaving = sent::Leaving {
        links,
        permit,
        cleared,
        left_earlier,
    };
    sent::exchange(work, leaving).await
}

/// What happened between the check and now that the check could not know of; the intent is checked again after the wait.
fn hindrance(work: &Work, permit: &Permit, cleared: Mono) -> Option<Duration> {
    let now = work.now().wall;
    let paused = work.row.guard.is_some() && work.inner.paused(now).is_some();
    let protected =
        work.row.action == ActionKind::Stop && work.watch.config().protect.contains(&work.row.target.id);
    if !work.inner.may_act() || paused || protected || is_old(work, permit, cleared) {
        return Some(limits::STORE_RETRY);
    }
    let busy = work.inner.desk.is_on_the_wire(&work.row);
    busy.then_some(limits::RECHECK_WAIT)
}

/// Given too long ago: a process that was stopped, or a system that slept, wakes up with it in hand.
pub(crate) fn is_old(work: &Work, permit: &Permit, cleared: Mono) -> bool {
    let now = work.now();
    now.wall.since(permit.at()).max(now.mono.since(cleared)) > limits::PERMIT_LIFE
}

async fn record(work: &mut Work) -> Result<(), EngineError> {
    let now = work.now().wall;
    work.detail.sent_at = Some(now);
    work.detail.left = true;
    work.detail.receipt = None;
    work.detail.unchanged_since = None;
    let event = Event::Sent {
        at: now,
        intent: work.row.id,
        target: work.row.target.clone(),
    };
    let facts = serde_json::json!({ "manner": work.detail.manner, "action": work.row.action });
    work.go(Move::new(IntentState::Sent, event).facts(facts)).await?;
    work.inner.desk.record_send(&work.row, work.now());
    Ok(())
}
