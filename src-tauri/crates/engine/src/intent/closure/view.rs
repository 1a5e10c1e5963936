//! What is shown of a disable or restore. Data only; the words are the catalogue's.

use tidegate_guard::{ActionKind, IntentState, PieceTold};
use tidegate_meter::RowId;
use tidegate_store::IntentRow;

use super::Closure;
use crate::intent::IntentDetail;

/// A disable or restore of a sub-account, piece by piece.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosedDeed {
    /// Which action.
    pub intent: RowId,
    /// Disable, else restore.
    pub disable: bool,
    /// Its state.
    pub state: IntentState,
    /// Each piece, in the order in which it is changed.
    pub pieces: Vec<PieceTold>,
    /// Some pieces are closed by us, and others are open: ended, or tried again.
    pub partly: bool,
    /// It ended, and a restore would have something to undo, as far as its own record tells.
    pub restorable: bool,
}

/// What the record of an action says of the pieces of its sub-account; `None` for any other action, and before its
/// first look.
#[must_use]
pub fn closure_of(row: &IntentRow) -> Option<ClosedDeed> {
    let detail: IntentDetail = serde_json::from_value(row.detail.clone()).ok()?;
    let closure = detail.closure?;
    let disable = row.action != ActionKind::Start;
    Some(ClosedDeed {
        intent: row.id,
        disable,
        state: row.state,
        pieces: closure.told(row.action),
        partly: disable && row.state != IntentState::Verified && is_partly(&closure),
        restorable: disable && row.state.is_end() && closure.holds_any(),
    })
}

/// Whether an action left a part of its sub-account closed by us and another part not; `None` for an action that touched
/// no piece.
pub(crate) fn left_partly(row: &IntentRow) -> Option<bool> {
    let detail: IntentDetail = serde_json::from_value(row.detail.clone()).ok()?;
    let closure = detail.closure?;
    Some(match row.action {
        _ if row.state == IntentState::Verified => false,
        ActionKind::Start => closure.left(row.action).next().is_some(),
        ActionKind::Stop | ActionKind::Warn => is_partly(&closure),
    })
}

fn is_partly(closure: &Closure) -> bool {
    closure.holds_any() && closure.open().next().is_some()
}
