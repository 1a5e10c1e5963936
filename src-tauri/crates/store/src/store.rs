//! The handle: where calls become jobs of the writer and the readers. The questions a reader may ask stand in `ask`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use tidegate_meter::Time;
use tokio::sync::oneshot;

use crate::lease::Claim;
use crate::lock::FileLock;
use crate::options::{Place, Site};
use crate::worker::{self, Job, ReaderTask, Threads, lock, start_readers, start_writer};
use crate::writer::{Counters, Writer, may_wait};
use crate::{
    Batch, LeaseState, Maintained, Mode, OpenOptions, Opened, StoreError, StoreStats, Write, backup, log,
    maintenance, open,
};

/// An open database; a clone is another handle to the same one. When the last handle goes, what was asked is finished,
/// the threads end and the lock file is free.
///
/// Every write needs the lease ([`Store::take_lease`]); reading does not.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    backend: Backend,
    opened: Opened,
    site: Option<Site>,
    fence: Arc<AtomicI64>,
    counters: Arc<Counters>,
    lock: Arc<FileLock>,
}

enum Backend {
    /// On the caller's thread.
    Inline(Box<Mutex<Writer>>),
    /// A database in memory has no readers of its own; the writer reads. The fields end in this order: the connection
    /// that closes last folds the log away, and of two that close at once neither would.
    Threaded {
        readers: Option<Threads<ReaderTask>>,
        queue: Threads<Job>,
        writer: worker::Shared,
    },
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("site", &self.shared.site)
            .field("opened", &self.shared.opened)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, brings it to the newest schema and checks it; makes one where there is none. An unreadable
    /// file is kept aside (see [`Store::opened_as`]). Takes no lease.
    ///
    /// [`StoreError::Newer`] for the file of a newer version, which stays untouched; [`StoreError::Corrupt`] when an
    /// unreadable file is held by another process.
    pub fn open(options: OpenOptions) -> Result<Self, StoreError> {
        let (conn, opened) = open::open(&options)?;
        Self::over(conn, opened, options)
    }

    /// Another database in memory with what is durable in this one: what a process finds that starts after the one of
    /// this store was killed. What waits here is not in it.
    ///
    /// [`StoreError::Disk`] when the copy fails.
    pub fn copied(&self, options: OpenOptions) -> Result<Self, StoreError> {
        let conn = match &self.shared.backend {
            Backend::Inline(writer) => open::copy_in_memory(&lock(writer).conn)?,
            Backend::Threaded { writer, .. } => open::copy_in_memory(&lock(writer).conn)?,
        };
        let options = OpenOptions {
            place: Place::Memory,
            ..options
        };
        Self::over(conn, Opened::Existing, options)
    }

    fn over(conn: Connection, opened: Opened, options: OpenOptions) -> Result<Self, StoreError> {
        let site = options.site();
        let fence = Arc::new(AtomicI64::new(0));
        let counters = Arc::new(Counters::default());
        let claim = Claim::new(options.holder, Arc::clone(&fence));
        let writer = Writer::new(conn, claim, options.faults, Arc::clone(&counters));
        let backend = match options.mode {
            Mode::Inline => Backend::Inline(Box::new(Mutex::new(writer))),
            Mode::Threaded => {
                let writer = Arc::new(Mutex::new(writer));
                Backend::Threaded {
                    readers: site.as_ref().map(start_readers).transpose()?,
                    queue: start_writer(Arc::clone(&writer), Arc::clone(&counters), site.clone())?,
                    writer,
                }
            }
        };
        let lock = Arc::new(FileLock::new(site.as_ref().map(|site| site.path.as_path())));
        let shared = Shared {
            backend,
            opened,
            site,
            fence,
            counters,
            lock,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// What was found at opening. After [`Opened::Recovered`] nothing may act until a person has armed it again.
    #[must_use]
    pub fn opened_as(&self) -> &Opened {
        &self.shared.opened
    }

    /// Whether every call is finished on its caller's thread when it returns.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        matches!(self.shared.backend, Backend::Inline(_))
    }

    /// What the writer did since opening.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        self.shared.counters.read()
    }

    /// The fencing number while this store holds the lease, as far as it knows.
    #[must_use]
    pub fn fence(&self) -> Option<i64> {
        let fence = self.shared.fence.load(Ordering::Acquire);
        (fence != 0).then_some(fence)
    }

    /// Writes all of a batch or nothing; durable when it returns `Ok`. Batches that wait at the same time share one
    /// transaction and one sync. A call whose future is dropped may still be written.
    ///
    /// [`StoreError::Fenced`] without the lease; [`StoreError::Conflict`] and [`StoreError::IllegalMove`] when a row
    /// stands otherwise than the batch expects; [`StoreError::Full`], [`StoreError::ReadOnly`], [`StoreError::Disk`]
    /// when the disk refuses: reading goes on, and a later write succeeds when it can.
    pub async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        match &self.shared.backend {
            Backend::Inline(writer) => {
                let mut writer = lock(writer);
                let answer = writer.commit(vec![batch]).pop();
                writer.tidy_if_due();
                answer.unwrap_or(Err(StoreError::Closed))
            }
            Backend::Threaded { queue, writer, .. } => {
                let batch = match self.write_here(writer, batch) {
                    Ok(answer) => return answer,
                    Err(batch) => batch,
                };
                let (sender, answer) = oneshot::channel();
                self.send(queue, Job::Batch(batch, sender)).await?;
                answer.await.map_err(|_| StoreError::Closed)?
            }
        }
    }

    /// Writes a decision to act on the caller's own thread when the writer is idle: a stop waits for this commit, and
    /// waking one thread and being woken by it takes as long as the commit. Everything else is given back, for the queue:
    /// there it holds up nobody else, and shares its sync.
    fn write_here(&self, writer: &Mutex<Writer>, batch: Batch) -> Result<Result<(), StoreError>, Batch> {
        let decides = |write: &Write| matches!(write, Write::Intent(..));
        if !batch.writes.iter().any(decides) || !self.shared.counters.is_idle() {
            return Err(batch);
        }
        match writer.try_lock() {
            Ok(mut writer) => {
                let answer = writer.commit(vec![batch]).pop();
                Ok(answer.unwrap_or(Err(StoreError::Closed)))
            }
            Err(_) => Err(batch),
        }
    }

    /// Queues a job. It is counted only once it has room: a caller that gives up before leaves nothing behind.
    async fn send(&self, queue: &Threads<Job>, job: Job) -> Result<(), StoreError> {
        let room = queue.room().await?;
        self.shared.counters.queue();
        room.send(job);
        Ok(())
    }

    /// Takes a look that decided nothing, with guard states that know nothing new, and makes it durable later: with
    /// [`Self::flush`], before whatever else is written of the same account or guard, before a question about meters is
    /// answered here, or when the lease is given back. A crash, or the end of the last handle before any of these, loses
    /// it: a sample that is missing. Several share one sync; one that is refused then is lost as well.
    ///
    /// [`StoreError::Fenced`] without the lease; [`StoreError::Conflict`] for a batch that holds anything else.
    pub async fn write_later(&self, batch: Batch) -> Result<(), StoreError> {
        if self.fence().is_none() {
            return Err(StoreError::Fenced);
        }
        if !batch.writes.iter().all(may_wait) {
            return Err(StoreError::conflict("later"));
        }
        self.shared.counters.add_waiting();
        match &self.shared.backend {
            Backend::Inline(writer) => {
                lock(writer).keep(batch);
                Ok(())
            }
            Backend::Threaded { queue, .. } => self.send(queue, Job::Later(batch)).await,
        }
    }

    /// Writes what [`Self::write_later`] took; durable when it returns `Ok`. After an error it waits on.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.run(|writer| {
            let written = writer.flush();
            writer.tidy_if_due();
            written
        })
        .await
    }

    /// Before a question about meters: what waits is written, so that the answer is the newest. A disk that refuses is
    /// no reason not to answer.
    pub(crate) async fn catch_up(&self) {
        if self.shared.counters.waiting() == 0 {
            return;
        }
        if let Err(error) = self.flush().await {
            tracing::debug!(%error, "the answer is without the newest looks");
        }
    }

    /// Takes the lease when it is free or its holder is gone; renews it when it is ours. To be repeated at `ttl / 3` or
    /// so, by a clock that does not jump.
    pub async fn take_lease(&self, now: Time, ttl: Duration) -> Result<LeaseState, StoreError> {
        let file = Arc::clone(&self.shared.lock);
        let site = self.shared.site.clone();
        self.run(move |writer| {
            writer.living()?;
            let state = writer.claim.take(&mut writer.conn, &file, now, ttl)?;
            if let (LeaseState::Held { .. }, Some(site)) = (&state, &site) {
                log::lay_out(&writer.conn, &site.path);
            }
            if let LeaseState::Held { .. } = &state {
                writer.file_left();
            }
            Ok(state)
        })
        .await
    }

    /// Renews the lease; [`LeaseState::Other`] when another holder took it, [`StoreError::Fenced`] when it is not held.
    pub async fn renew_lease(&self, now: Time, ttl: Duration) -> Result<LeaseState, StoreError> {
        let file = Arc::clone(&self.shared.lock);
        self.run(move |writer| {
            writer.living()?;
            writer.claim.renew(&mut writer.conn, &file, now, ttl)
        })
        .await
    }

    /// Gives the lease back, so that the next holder need not wait. Nothing happens when it is not held.
    pub async fn release_lease(&self) -> Result<(), StoreError> {
        let file = Arc::clone(&self.shared.lock);
        self.run(move |writer| {
            writer.living()?;
            if let Err(error) = writer.flush() {
                tracing::warn!(%error, "the last looks could not be written");
            }
            writer.file_left();
            writer.claim.release(&writer.conn, &file)
        })
        .await
    }

    /// The daily round: folds complete hours and days, deletes what is folded and old, drops old deliveries, makes the
    /// day's backup. Needs the lease. May be called as often as wanted; does only what is due.
    pub async fn maintenance(&self, now: Time) -> Result<Maintained, StoreError> {
        let done = self.tidy(now).await?;
        let backup = self.back_up_daily(now).await?;
        Ok(Maintained { backup, ..done })
    }

    /// The daily round without the backup.
    pub async fn tidy(&self, now: Time) -> Result<Maintained, StoreError> {
        let mut done = Maintained::default();
        self.run(|writer| {
            writer.flush()?;
            writer.file()
        })
        .await?;
        let mut left = self.read(maintenance::meters).await?;
        while !left.is_empty() {
            let rest = left.split_off(left.len().min(maintenance::METERS));
            let (mut again, round) = self
                .run(move |writer| maintenance::round(writer, &left, now))
                .await?;
            again.extend(rest);
            left = again;
            done.readings_deleted = done.readings_deleted.saturating_add(round.readings_deleted);
            done.hours_deleted = done.hours_deleted.saturating_add(round.hours_deleted);
        }
        done.flows_deleted = self.forget_flows(now).await?;
        done.deliveries_deleted = self.run(move |writer| maintenance::records(writer, now)).await?;
        Ok(done)
    }

    /// The day's backup, where it is not there yet; its path. Nothing for a database in memory.
    pub async fn back_up_daily(&self, now: Time) -> Result<Option<PathBuf>, StoreError> {
        match self.shared.site.clone() {
            Some(site) => self.read_outside(move || backup::daily(&site, now)).await,
            None => Ok(None),
        }
    }

    /// Deletes the flows that are not kept any more, in small transactions; how many rows there were.
    async fn forget_flows(&self, now: Time) -> Result<u64, StoreError> {
        self.run(move |writer| {
            maintenance::flow_records(writer, now)?;
            maintenance::flows_kept(writer, now)
        })
        .await?;
        let mut deleted = 0_u64;
        loop {
            match self.run(maintenance::flows).await? {
                0 => return Ok(deleted),
                some => deleted = deleted.saturating_add(some),
            }
        }
    }

    /// Writes a complete copy as one file to `to`, which must not exist ([`StoreError::Conflict`]).
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        self.catch_up().await;
        match self.shared.site.clone() {
            Some(site) => self.read_outside(move || backup::copy_file(&site, &to)).await,
            None => self.run(move |writer| backup::copy(&writer.conn, &to)).await,
        }
    }

    /// Asks a question inside one read transaction, on a reader.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.on_reader(move |conn| {
            let snapshot = conn.unchecked_transaction()?;
            let answer = query(&snapshot)?;
            snapshot.commit()?;
            Ok(answer)
        })
        .await
    }

    /// Long work with a connection of its own, on a reader's thread.
    async fn read_outside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.on_reader(move |_| work()).await
    }

    async fn on_reader<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.shared.backend {
            Backend::Threaded {
                readers: Some(readers),
                ..
            } => {
                let (sender, answer) = oneshot::channel();
                let task = move |conn: &Connection| drop(sender.send(query(conn)));
                readers.send(Box::new(task)).await?;
                answer.await.map_err(|_| StoreError::Closed)?
            }
            Backend::Inline(_) | Backend::Threaded { readers: None, .. } => {
                self.run(move |writer| query(&writer.conn)).await
            }
        }
    }

    /// Runs something on the writer's connection, between batches.
    async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Writer) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.shared.backend {
            Backend::Inline(writer) => task(&mut lock(writer)),
            Backend::Threaded { queue, .. } => {
                let (sender, answer) = oneshot::channel();
                let task = move |writer: &mut Writer| drop(sender.send(task(writer)));
                self.send(queue, Job::Task(Box::new(task))).await?;
                answer.await.map_err(|_| StoreError::Closed)?
            }
        }
    }
}
