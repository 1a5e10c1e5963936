//! A sub-account is disabled and restored piece by piece: there is no single request that does it.
//!
//! Owns what happens between `sent` and `accepted` for such a target: the snapshot before the first change, the durable
//! step before and after each piece, and how the pieces together say whether the sub-account is disabled. The states of
//! the intent and their order are those of every other action. Never changes a piece without the permit of this try, and
//! never opens one that we did not close. Tested in `tests/engine/closing`.

mod book;
mod carry;
mod earlier;
mod view;

use tidegate_providers::{ProviderError, TargetState};
use tidegate_store::{Batch, IntentRow, Write};

pub use book::{Closure, PieceWork, Refusal};
pub use view::{ClosedDeed, closure_of};

pub(crate) use carry::{carry_out, failure};
pub(crate) use earlier::{Holding, holding};
pub(crate) use view::left_partly;

use super::Work;
use crate::crash::Step;
use crate::inner::{audit, json};
use crate::outside::Links;
use crate::{EngineError, standing};

/// How the target stands by a fresh survey, which is taken note of in the detail. The first one is the snapshot.
pub(crate) async fn look(work: &mut Work, links: &Links) -> Result<TargetState, ProviderError> {
    let mut closure = match &work.detail.closure {
        Some(closure) => closure.clone(),
        None => earlier::begin(work).await?,
    };
    let survey = standing::survey(links, &work.row.target, &closure.reach).await?;
    closure.see(&survey, work.row.action);
    let power = closure.power(work.row.action);
    work.detail.closure = Some(closure);
    Ok(TargetState {
        power,
        started_at: None,
        protected: Some(survey.ourselves),
        at: survey.at,
    })
}

/// Makes durable which pieces were seen to be as asked, before the intent itself moves on.
pub(crate) async fn note_done(work: &mut Work) -> Result<(), EngineError> {
    let Some(closure) = &work.detail.closure else {
        return Ok(());
    };
    let facts = serde_json::json!({
        "intent": work.row.id,
        "target": work.row.target.id,
        "pieces": closure.told(work.row.action),
    });
    let entry = audit(work.now().wall, "engine", "intent.pieces_seen", facts);
    record(work, entry, Step::ClosureDone).await
}

/// Makes durable what the detail says more than the row, as a step of its own. Nothing when it says no more.
async fn record(work: &mut Work, entry: Write, step: Step) -> Result<(), EngineError> {
    let detail = json(&work.detail);
    if detail == work.row.detail {
        return Ok(());
    }
    let cell = std::sync::Arc::clone(&work.cell);
    let _pen = cell.pen.lock().await;
    let row = IntentRow {
        detail,
        updated_at: work.now().wall,
        ..cell.row()
    };
    let mut batch = Batch::default();
    batch.push(Write::TouchIntent(row.clone()));
    batch.push(entry);
    work.inner.commit(step, batch, Vec::new()).await?;
    let entered = cell.entered();
    cell.set_row(row.clone(), entered);
    work.row = row;
    Ok(())
}
