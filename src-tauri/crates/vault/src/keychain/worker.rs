//! The one thread that talks to the keychain. It ends when its [`Worker`] is dropped and the call it is in comes back.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::fault;
use super::items::{self, Answer, Op};
use super::store::{Opener, Store};
use crate::VaultError;

/// What a call comes back with.
pub(super) type Reply = Result<Answer, VaultError>;

struct Job {
    op: Op,
    reply: oneshot::Sender<Reply>,
}

/// The thread's near end.
pub(super) struct Worker {
    jobs: Sender<Job>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts the thread; nothing is opened before the first job.
    pub(super) fn start(service: String, opener: Opener) -> Result<Self, VaultError> {
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || run(&queue, &Desk { service, opener }))
            .map_err(|_| VaultError::Failed("no thread could be started for it".to_owned()))?;
        Ok(Self { jobs, thread })
    }

    /// Whether the thread still runs: it ends by itself only when the platform's client panics.
    pub(super) fn is_alive(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Hands a job over and returns where its answer will come.
    pub(super) fn send(&self, op: Op) -> Result<oneshot::Receiver<Reply>, VaultError> {
        let (reply, receiver) = oneshot::channel();
        self.jobs
            .send(Job { op, reply })
            .map_err(|_| VaultError::Failed("its thread ended".to_owned()))?;
        Ok(receiver)
    }
}

struct Desk {
    service: String,
    opener: Opener,
}

fn run(queue: &Receiver<Job>, desk: &Desk) {
    let mut store: Option<Store> = None;
    while let Ok(Job { op, reply }) = queue.recv() {
        // Nobody listens any more when the caller gave up; the work is done all the same.
        drop(reply.send(desk.perform(&op, &mut store)));
    }
}

impl Desk {
    /// Performs on the open store. One that was open before and fails is opened anew and asked once more: after the
    /// daemon was replaced, the old connection's session is worth nothing.
    fn perform(&self, op: &Op, store: &mut Option<Store>) -> Reply {
        if let Some(open) = store.take() {
            match items::perform(&open, &self.service, op) {
                Err(error) if fault::is_broken(&error) => {}
                Err(error) => {
                    *store = Some(open);
                    return Err(fault::read(&error));
                }
                Ok(answer) => {
                    *store = Some(open);
                    return Ok(answer);
                }
            }
        }
        let open = (self.opener)().map_err(|error| fault::opening(&error))?;
        let answer = items::perform(&open, &self.service, op);
        if !answer.as_ref().is_err_and(fault::is_broken) {
            *store = Some(open);
        }
        answer.map_err(|error| fault::read(&error))
    }
}
