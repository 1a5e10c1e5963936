//! Planned: the countdown is over; check again and go on, or end.

use tidegate_guard::IntentState;

use super::recheck::{Recheck, recheck};
use super::{Move, Work, cancelled, failed, rechecked, verified, verifying};
use crate::event::Event;
use crate::{EngineError, limits};

/// The countdown is over.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let found = recheck(work).await?;
    resolve(work, found).await
}

/// What a recheck means before anything was sent in this try; shared by planned, rechecked and failed.
pub(crate) async fn resolve(work: &mut Work, found: Recheck) -> Result<(), EngineError> {
    match found {
        Recheck::Clear(permit, before) => {
            let cleared = work.now().mono;
            work.detail.before = Some(before);
            if work.row.state != IntentState::Rechecked && !go_rechecked(work).await? {
                return Ok(());
            }
            rechecked::send(work, permit, cleared).await
        }
        Recheck::Done(state) if verifying::is_proved(work, &state).await => {
            verified::already(work, state).await
        }
        Recheck::Done(_) => work.stay(limits::VERIFY_FAST, None).await,
        Recheck::Wait(_) if is_expired(work) => cancelled::enter(work, "unread", None).await,
        Recheck::Wait(detail) => {
            tracing::info!(intent = %work.row.id, detail, "recheck waits");
            work.stay(limits::RECHECK_WAIT, None).await
        }
        Recheck::Blocked(why) => cancelled::enter(work, "belt", why).await,
        Recheck::Ourselves => cancelled::enter(work, "ourselves", None).await,
        Recheck::Gone => failed::gone(work).await,
        Recheck::Ended => Ok(()),
    }
}

/// True when the move was made; false when a person held or called it off meanwhile.
async fn go_rechecked(work: &mut Work) -> Result<bool, EngineError> {
    let cell = std::sync::Arc::clone(&work.cell);
    let _pen = cell.pen.lock().await;
    if !work.is_still_due() {
        return Ok(false);
    }
    let event = Event::Rechecked {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
    };
    let facts = serde_json::json!({ "power": work.detail.before });
    work.go(Move::new(IntentState::Rechecked, event).facts(facts))
        .await?;
    Ok(true)
}

/// Too long without being able to check: what was decided then is not what is true now.
fn is_expired(work: &Work) -> bool {
    work.in_state() >= limits::RECHECK_MAX
}

impl Work {
    /// Whether the row is as this step found it, and no hold was set meanwhile.
    pub(crate) fn is_still_due(&self) -> bool {
        self.cell.state() == self.row.state && self.cell.next() <= self.now().mono
    }
}
