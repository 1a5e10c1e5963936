//! What earlier actions of ours hold closed at a sub-account, by the record. Owns where a disable takes on what a partial
//! one before it closed, and where a restore takes its plan from.

use tidegate_guard::ActionKind;
use tidegate_meter::{AccountId, Reason, RowId, TargetId};
use tidegate_providers::sub_accounts::Reach;
use tidegate_providers::{ProviderError, ProviderErrorKind};
use tidegate_store::{IntentFilter, IntentRow};

use super::{Closure, PieceWork};
use crate::EngineError;
use crate::inner::Inner;
use crate::intent::{IntentDetail, Work};
use crate::{limits, standing};

/// What is held closed.
pub(crate) struct Holding {
    /// The newest disable: it took on what the ones before it had closed.
    pub(crate) disable: RowId,
    /// What its surveys read.
    pub(crate) reach: Reach,
    /// The pieces that it closed and no restore opened since.
    pub(crate) held: Vec<PieceWork>,
}

/// The book of an intent before its first survey.
pub(super) async fn begin(work: &Work) -> Result<Closure, ProviderError> {
    let unread =
        |error: EngineError| blind(Reason::Transient, &format!("the record cannot be read: {error}"));
    let row = &work.row;
    let holding = holding(&work.inner, &row.account, &row.target.id, Some(row.id))
        .await
        .map_err(unread)?;
    if row.action != ActionKind::Start {
        let reach = standing::reach(&work.inner, &row.account, &row.target.id)
            .await
            .map_err(unread)?;
        let held = holding.map(|holding| holding.held).unwrap_or_default();
        return Ok(Closure::of_disable(reach, held));
    }
    holding
        .filter(|holding| Some(holding.disable) == work.detail.restores)
        .map(|holding| Closure::of_restore(holding.reach, &holding.held))
        .ok_or_else(|| blind(Reason::Missing, "no record says what this would open again"))
}

fn blind(reason: Reason, detail: &str) -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(reason),
        detail: detail.to_owned(),
        retry_after: None,
    }
}

/// What actions made before `before` hold closed; `None` when none of them closed anything there.
pub(crate) async fn holding(
    inner: &Inner,
    account: &AccountId,
    target: &TargetId,
    before: Option<RowId>,
) -> Result<Option<Holding>, EngineError> {
    let mut before = before;
    let mut restores = Vec::new();
    for _ in 0..limits::CLOSURE_PAGES {
        let filter = IntentFilter::Recent {
            before,
            limit: limits::INTENT_PAGE,
        };
        let page = inner.parts.store.intents(filter).await?;
        before = page.last().map(|row| row.id);
        let is_last = page.len() < limits::INTENT_PAGE;
        let mut ours = page
            .into_iter()
            .filter(|row| row.account == *account && row.target.id == *target);
        if let Some(holding) = ours.find_map(|row| newest(row, &mut restores)) {
            return Ok(Some(holding));
        }
        if is_last {
            break;
        }
    }
    Ok(None)
}

/// Collects restores until the disable that they undo.
fn newest(row: IntentRow, restores: &mut Vec<Closure>) -> Option<Holding> {
    let detail: IntentDetail = serde_json::from_value(row.detail).unwrap_or_default();
    let closure = detail.closure?;
    if row.action == ActionKind::Start {
        restores.push(closure);
        return None;
    }
    let mut held = closure.held(row.id);
    held.retain(|work| !restores.iter().any(|restore| restore.settles(&work.piece)));
    Some(Holding {
        disable: row.id,
        reach: closure.reach,
        held,
    })
}
