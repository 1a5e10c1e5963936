//! The actor: gives each open intent its steps in its time. Owns that one intent is stepped by one hand at a time and
//! that a hanging provider delays only its own intents.

use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::IntentState;
use tidegate_store::{IntentFilter, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::desk::Cell;
use crate::inner::Inner;
use crate::{EngineError, intent, limits};

/// Runs until cancelled, then lets the steps in hand come to their record.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let mut steps: JoinSet<()> = JoinSet::new();
    while !end.is_cancelled() {
        start_due(&inner, &mut steps);
        let wait = next_wait(&inner);
        tokio::select! {
            () = end.cancelled() => break,
            () = inner.wakes.act.notified() => {}
            () = inner.parts.timer.sleep(wait) => {}
            Some(_) = steps.join_next() => {}
        }
    }
    let finish = async { while steps.join_next().await.is_some() {} };
    tokio::select! {
        () = finish => {}
        () = inner.parts.timer.sleep(limits::STOP_WAIT) => {}
    }
}

fn start_due(inner: &Arc<Inner>, steps: &mut JoinSet<()>) {
    let now = inner.now().mono;
    for cell in inner.desk.cells() {
        if cell.next() <= now && cell.begin() {
            let inner = Arc::clone(inner);
            steps.spawn(async move {
                one_step(&inner, &cell).await;
                cell.end();
            });
        }
    }
}

fn next_wait(inner: &Inner) -> Duration {
    let now = inner.now().mono;
    let next = inner.desk.next().map(|next| next.since(now));
    // Nothing open: a notification wakes the loop; the wait only bounds a lost one.
    next.unwrap_or(limits::ACT_IDLE)
}

/// One step; what fails stays where it stands and is tried again.
pub(crate) async fn one_step(inner: &Arc<Inner>, cell: &Arc<Cell>) {
    let Err(error) = intent::step(inner, cell).await else {
        return;
    };
    tracing::warn!(intent = %cell.row().id, %error, "an intent could not move");
    cell.set_next(inner.now().mono.plus(limits::STORE_RETRY));
    let moved = matches!(
        error,
        EngineError::Store(StoreError::Conflict { .. } | StoreError::IllegalMove)
    );
    if moved {
        reread(inner, cell).await;
    }
}

/// Somebody else moved it: takes on what the store says.
async fn reread(inner: &Inner, cell: &Cell) {
    let id = cell.row().id;
    let Ok(rows) = inner.parts.store.intents(IntentFilter::One(id)).await else {
        return;
    };
    let Some(row) = rows.into_iter().next() else {
        return;
    };
    if row.state.is_end() {
        inner.desk.remove(id);
    }
    cell.set_row(row, inner.now().mono);
}

/// A request that was on the wire when the program ended is of unknown outcome: said so at once, not at its time.
pub(crate) fn resume(inner: &Inner) {
    let now = inner.now().mono;
    for cell in inner.desk.cells() {
        if !matches!(cell.state(), IntentState::Planned | IntentState::Failed) {
            cell.set_next(now);
        }
    }
}
