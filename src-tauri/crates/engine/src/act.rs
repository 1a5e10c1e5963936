//! The actor: gives each open intent its steps in its time. Owns that one intent is stepped by one hand at a time and
//! that a hanging provider delays only its own intents.

use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::{IntentState, Severity};
use tidegate_meter::RowId;
use tidegate_store::{IntentFilter, StoreError};
use tokio_util::sync::CancellationToken;

use crate::desk::Cell;
use crate::inner::Inner;
use crate::tasks::{Broken, Tasks};
use crate::{EngineError, intent, lapse, limits, program};

/// The steps under way, by the intent they belong to.
type Steps = Tasks<RowId, RowId>;

/// Runs until cancelled, then lets the steps in hand come to their record.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let mut steps = Steps::default();
    while !end.is_cancelled() {
        start_due(&inner, &mut steps);
        let wait = next_wait(&inner);
        let expected = inner.now().mono.plus(wait);
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            Some(done) = steps.next() => match done {
                Ok(id) => program::resolve(&inner, &broken_condition(id)).await,
                Err(broken) => lost(&inner, broken).await,
            },
            () = inner.wakes.act.notified() => {}
            () = inner.parts.timer.sleep(wait) => {}
        }
        if inner.now().mono.since(expected) > limits::LATE {
            lapse::woke_late(&inner).await;
        }
    }
    let finish = async { while steps.next().await.is_some() {} };
    tokio::select! {
        biased;
        () = finish => {}
        () = inner.parts.timer.sleep(limits::STOP_WAIT) => {}
    }
}

/// A step that a defect of ours ended. The intent stands where its last commit left it; what was on the wire is of
/// unknown outcome, and the next step reads the state before anything else.
async fn lost(inner: &Inner, broken: Broken<RowId>) {
    let said = broken.said();
    let Some(id) = broken.name else {
        return;
    };
    tracing::error!(intent = %id, "a step of an intent was lost");
    let target = inner.desk.cell(id).map(|cell| cell.row().target.name);
    let detail = format!("{}: {said}", target.unwrap_or_default());
    program::raise(inner, &broken_condition(id), &detail, Severity::Critical, None).await;
}

fn broken_condition(id: RowId) -> String {
    format!("action_broken:{id}")
}

fn start_due(inner: &Arc<Inner>, steps: &mut Steps) {
    let now = inner.now().mono;
    for cell in inner.desk.cells() {
        if cell.next() <= now && cell.begin() {
            let inner = Arc::clone(inner);
            let id = cell.row().id;
            steps.spawn(id, async move {
                step_taken(&inner, &cell).await;
                id
            });
        }
    }
}

/// One step of a cell that was taken for it; the cell is given back however the step ends.
pub(crate) async fn step_taken(inner: &Arc<Inner>, cell: &Arc<Cell>) {
    let mut turn = Turn {
        inner,
        cell,
        came_to_its_end: false,
    };
    one_step(inner, cell).await;
    turn.came_to_its_end = true;
}

/// A cell taken for one step. Given back however the step ends; after a defect the next one is not at once.
struct Turn<'a> {
    inner: &'a Inner,
    cell: &'a Cell,
    came_to_its_end: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.came_to_its_end {
            let next = self.inner.now().mono.plus(limits::RECHECK_WAIT);
            self.cell.set_next(self.cell.next().max(next));
        }
        self.cell.end();
    }
}

fn next_wait(inner: &Inner) -> Duration {
    let now = inner.now().mono;
    let next = inner.desk.next().map(|next| next.since(now));
    // Nothing open: a notification wakes the loop; the wait only bounds a lost one. A countdown is looked at often
    // enough to tell that the process did not run.
    next.map_or(limits::ACT_IDLE, |next| next.min(limits::WALL_CHECK))
}

/// One step; what fails stays where it stands and is tried again.
async fn one_step(inner: &Arc<Inner>, cell: &Arc<Cell>) {
    let Err(error) = intent::step(inner, cell).await else {
        return;
    };
    tracing::warn!(intent = %cell.row().id, %error, "an intent could not move");
    {
        // What a person held meanwhile stays held.
        let _pen = cell.pen.lock().await;
        let next = inner.now().mono.plus(limits::STORE_RETRY);
        cell.set_next(cell.next().max(next));
    }
    let moved = matches!(
        error,
        EngineError::Store(StoreError::Conflict { .. } | StoreError::IllegalMove)
    );
    if moved {
        reread(inner, cell).await;
    }
}

/// What the store says of every open intent.
pub(crate) async fn reread_all(inner: &Inner) {
    for cell in inner.desk.cells() {
        reread(inner, &cell).await;
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
    let known = cell.row();
    if row.state != known.state && row.updated_at >= known.updated_at {
        cell.set_row(row, inner.now().mono);
    }
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
