//! The threads of a store: one writer with a bounded queue, and a small pool of readers. Each ends when its queue is
//! closed, and the store waits for them when its last handle goes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::options::Site;
use crate::writer::{Counters, Writer};
use crate::{Batch, StoreError, limits, log, open};

/// Who waits for the answer of a batch.
type Waiting = oneshot::Sender<Result<(), StoreError>>;
/// Something the writer runs between batches.
pub(crate) type WriterTask = Box<dyn FnOnce(&mut Writer) + Send>;
/// Something a reader runs.
pub(crate) type ReaderTask = Box<dyn FnOnce(&Connection) + Send>;

/// What the writer is asked for.
pub(crate) enum Job {
    /// A batch.
    Batch(Batch, Waiting),
    /// Looks that may wait.
    Later(Batch),
    /// Anything else.
    Task(WriterTask),
}

/// Threads with one queue.
pub(crate) struct Threads<J> {
    queue: Option<mpsc::Sender<J>>,
    threads: Vec<JoinHandle<()>>,
}

impl<J> Threads<J> {
    /// Waits for room in the queue.
    pub(crate) async fn room(&self) -> Result<mpsc::Permit<'_, J>, StoreError> {
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.reserve().await.map_err(|_| StoreError::Closed)
    }

    /// Queues a job, waiting for room.
    pub(crate) async fn send(&self, job: J) -> Result<(), StoreError> {
        self.room().await?.send(job);
        Ok(())
    }
}

impl<J> Drop for Threads<J> {
    fn drop(&mut self) {
        self.queue.take();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        }
    }
}

/// The writer, for its thread and for a caller that finds it idle.
pub(crate) type Shared = Arc<Mutex<Writer>>;

/// Takes the writer, waiting for whoever has it.
pub(crate) fn lock(writer: &Mutex<Writer>) -> MutexGuard<'_, Writer> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the writer. A database in a file has its log folded by this thread while nobody is kept from the writer.
pub(crate) fn start_writer(
    writer: Shared,
    counters: Arc<Counters>,
    site: Option<Site>,
) -> Result<Threads<Job>, StoreError> {
    let (queue, mut jobs) = mpsc::channel(limits::WRITE_QUEUE);
    let thread = std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || {
            while let Some(job) = jobs.blocking_recv() {
                let served = serve(&mut lock(&writer), job, &mut jobs);
                counters.done(served);
                tidy(&writer, site.as_ref());
            }
        })?;
    Ok(Threads {
        queue: Some(queue),
        threads: vec![thread],
    })
}

fn tidy(writer: &Mutex<Writer>, site: Option<&Site>) {
    let Some(site) = site else {
        lock(writer).tidy_if_due();
        return;
    };
    let due = {
        let mut writer = lock(writer);
        writer.file_if_due();
        writer.take_fold_due()
    };
    if due {
        log::fold_beside(site);
    }
}

/// Serves a job and, when it is a batch, all batches that wait behind it; how many it were.
fn serve(writer: &mut Writer, job: Job, jobs: &mut mpsc::Receiver<Job>) -> usize {
    let (mut batches, mut waiting, mut next) = (Vec::new(), Vec::new(), Some(job));
    let mut served = 0;
    while let Some(job) = next.take() {
        served += 1;
        match job {
            Job::Batch(batch, answer) => {
                batches.push(batch);
                waiting.push(answer);
                if batches.len() < limits::GROUP_BATCHES {
                    next = jobs.try_recv().ok();
                }
            }
            Job::Later(batch) => {
                answer(writer, &mut batches, &mut waiting);
                writer.keep(batch);
            }
            Job::Task(task) => {
                answer(writer, &mut batches, &mut waiting);
                task(writer);
            }
        }
    }
    answer(writer, &mut batches, &mut waiting);
    served
}

fn answer(writer: &mut Writer, batches: &mut Vec<Batch>, waiting: &mut Vec<Waiting>) {
    if batches.is_empty() {
        return;
    }
    let answers = writer.commit(std::mem::take(batches));
    for (waiting, answer) in waiting.drain(..).zip(answers) {
        // Whoever asked may be gone; what was written stays written.
        drop(waiting.send(answer));
    }
}

/// Starts the readers of a file.
pub(crate) fn start_readers(site: &Site) -> Result<Threads<ReaderTask>, StoreError> {
    let (queue, tasks) = mpsc::channel(limits::READ_QUEUE);
    let tasks = Arc::new(Mutex::new(tasks));
    let mut threads = Threads {
        queue: Some(queue),
        threads: Vec::new(),
    };
    for number in 1..=limits::READERS {
        let conn = open::open_reader(site)?;
        let tasks = Arc::clone(&tasks);
        let thread = std::thread::Builder::new()
            .name(format!("store-reader-{number}"))
            .spawn(move || {
                while let Some(task) = next(&tasks) {
                    task(&conn);
                }
            })?;
        threads.threads.push(thread);
    }
    Ok(threads)
}

/// The next task; one reader waits at the queue, the others for their turn to wait.
fn next(tasks: &Mutex<mpsc::Receiver<ReaderTask>>) -> Option<ReaderTask> {
    tasks
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .blocking_recv()
}
