//! Restoring by a person's wish: exactly what an action of ours did, and only where it still stands. Owns the refusals;
//! the start itself is an intent like any other.

use std::sync::Arc;

use tidegate_guard::{ActionKind, Consent, IntentState, PowerState, StopManner};
use tidegate_meter::{AccountId, RowId, TargetId, TargetKind};
use tidegate_store::IntentRow;

use super::intents::{Wish, enabled, open, recorded};
use super::writer;
use crate::inner::Inner;
use crate::intent::closure::{Closure, Holding, holding};
use crate::planning::IntentDetail;
use crate::watch::Watch;
use crate::{EngineError, Refused, standing};

/// Starts exactly what a stop of ours stopped; opens exactly what a disable of ours closed.
pub(crate) async fn restore(inner: &Arc<Inner>, id: RowId, consent: Consent) -> Result<RowId, EngineError> {
    let row = recorded(inner, id).await?;
    let is_piecewise = row.target.kind == TargetKind::SubAccount;
    // What a disable did in part is undone as well.
    let ended = row.state == IntentState::Verified || (is_piecewise && row.state.is_end());
    if row.action != ActionKind::Stop || !ended {
        return Err(Refused::State(row.state).into());
    }
    writer(inner).await?;
    let watch = enabled(inner, &row.account)?;
    if is_piecewise {
        still_held(inner, &watch, &row).await?;
    } else {
        still_ours(inner, &watch, &row).await?;
    }
    let wish = Wish {
        action: ActionKind::Start,
        manner: StopManner::Soft,
        consent,
        restores: Some(id),
    };
    let memory = watch.memory.lock().await;
    open(inner, &watch, &memory, row.target, wish).await
}

/// The disable that opening a sub-account would undo: nothing is opened that we did not close.
pub(super) async fn undoable(
    inner: &Inner,
    account: &AccountId,
    target: &TargetId,
) -> Result<RowId, EngineError> {
    let held = holding(inner, account, target, None).await?;
    held.filter(|holding| !holding.held.is_empty())
        .map(|holding| holding.disable)
        .ok_or_else(|| not_ours(target, "no action of ours closed anything of it"))
}

fn not_ours(target: &TargetId, detail: &str) -> EngineError {
    let target = target.clone();
    let detail = detail.to_owned();
    Refused::NotOurs { target, detail }.into()
}

/// Whether this disable holds something closed, by the record and by what stands now.
async fn still_held(inner: &Inner, watch: &Watch, row: &IntentRow) -> Result<(), EngineError> {
    let target = &row.target.id;
    let Some(Holding { disable, reach, held }) = holding(inner, &row.account, target, None).await? else {
        return Err(not_ours(target, "it closed nothing"));
    };
    if held.is_empty() {
        return Err(not_ours(
            target,
            "it closed nothing, or all of it was opened again since",
        ));
    }
    if disable != row.id {
        let detail = format!("a later action holds it closed; restore that one: {disable}");
        return Err(not_ours(target, &detail));
    }
    let links = watch
        .links(inner)
        .await
        .map_err(|blind| EngineError::Blind(blind.detail))?;
    let survey = standing::survey(&links, &row.target, &reach)
        .await
        .map_err(|error| EngineError::Blind(error.detail))?;
    let mut plan = Closure::of_restore(reach, &held);
    plan.see(&survey, ActionKind::Start);
    if plan.due(ActionKind::Start).is_empty() {
        return Err(not_ours(
            target,
            "somebody else changed all of it since, or it is not there any more",
        ));
    }
    Ok(())
}

/// Whether what stands now is what this intent did: it sent the stop, nothing came after it, and the target is stopped.
async fn still_ours(inner: &Inner, watch: &Watch, row: &IntentRow) -> Result<(), EngineError> {
    let not_ours = |detail: &str| Refused::NotOurs {
        target: row.target.id.clone(),
        detail: detail.to_owned(),
    };
    let detail: IntentDetail = serde_json::from_value(row.detail.clone()).unwrap_or_default();
    let proof = detail.proof.ok_or_else(|| not_ours("it has no proof"))?;
    if detail.sent_at.is_none() {
        return Err(not_ours("it was stopped before, by somebody else").into());
    }
    {
        let memory = watch.memory.lock().await;
        let stopped = memory
            .targets
            .get(&row.target.id)
            .and_then(|row| row.stopped_by_us_at);
        if stopped != Some(proof.at) {
            return Err(not_ours("it was started or stopped again since").into());
        }
    }
    let links = watch
        .links(inner)
        .await
        .map_err(|blind| EngineError::Blind(blind.detail))?;
    let state = links
        .control
        .state(&row.target)
        .await
        .map_err(|error| EngineError::Blind(error.detail))?;
    if state.power == PowerState::Stopped {
        Ok(())
    } else {
        Err(not_ours("its power state is not stopped").into())
    }
}
