//! Jobs: what asks somebody outside and takes its time. Owns that each caller has one at a time, that a job ends, and
//! that only the newest are kept. A job goes on when its caller goes away.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tidegate_api::door::Admitted;
use tidegate_api::words::RowId;
use tidegate_api::{ApiError, ErrorCode, Face, Request, Response};
use tokio::time::timeout;

use super::error::DoorError;
use super::{answer, limits};

/// The newest jobs.
#[derive(Default)]
pub(super) struct Jobs {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    newest: u32,
    jobs: VecDeque<Job>,
}

struct Job {
    id: u32,
    by: RowId,
    state: State,
}

/// How a job stands.
#[derive(Clone)]
pub(super) enum State {
    /// It goes on.
    Running,
    /// Its result.
    Done(Arc<RawValue>),
    /// Why there is none.
    Failed(ApiError),
}

fn done(response: &Response) -> Result<State, ApiError> {
    let text = RawValue::from_string(answer::data(response)?);
    let text = text.map_err(|_| ApiError::new(ErrorCode::Link, "the result cannot be written as JSON"))?;
    Ok(State::Done(text.into()))
}

impl Jobs {
    /// Begins one. Errors: this caller's last one goes on.
    pub(super) fn begin(
        self: &Arc<Self>,
        face: Arc<dyn Face>,
        request: Request,
        by: &Admitted,
        actor: String,
    ) -> Result<u32, DoorError> {
        let id = self.enter(by.id)?;
        let jobs = Arc::clone(self);
        tokio::spawn(async move {
            let state = match timeout(limits::JOB_PATIENCE, face.handle(request, &actor)).await {
                Ok(Ok(response)) => done(&response).unwrap_or_else(State::Failed),
                Ok(Err(error)) => State::Failed(error),
                Err(_) => State::Failed(ApiError::new(
                    ErrorCode::Outside,
                    "the job took too long and was given up",
                )),
            };
            jobs.end(id, state);
        });
        Ok(id)
    }

    fn enter(&self, by: RowId) -> Result<u32, DoorError> {
        let mut table = self.lock();
        let goes_on = |job: &&Job| matches!(job.state, State::Running);
        let mine = table
            .jobs
            .iter()
            .filter(goes_on)
            .filter(|job| job.by == by)
            .count();
        if mine >= limits::JOBS_OF_ONE || table.jobs.iter().filter(goes_on).count() >= limits::JOBS {
            return Err(DoorError::TooMany(limits::JOB_AGAIN.as_secs()));
        }
        if table.jobs.len() >= limits::JOBS
            && let Some(oldest) = table
                .jobs
                .iter()
                .position(|job| !matches!(job.state, State::Running))
        {
            table.jobs.remove(oldest);
        }
        table.newest = table.newest.wrapping_add(1).max(1);
        let id = table.newest;
        table.jobs.push_back(Job {
            id,
            by,
            state: State::Running,
        });
        Ok(id)
    }

    fn end(&self, id: u32, state: State) {
        if let Some(job) = self.lock().jobs.iter_mut().find(|job| job.id == id) {
            job.state = state;
        }
    }

    /// How a job stands; `None` when there is none of that number.
    pub(super) fn state(&self, id: u32) -> Option<State> {
        let table = self.lock();
        let job = table.jobs.iter().find(|job| job.id == id)?;
        Some(job.state.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
