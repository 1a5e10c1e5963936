//! The one connection that writes. Owns group commit: the batches that wait are written in one transaction, each in a
//! savepoint of its own, made durable by one sync, and answered together. A refused batch leaves nothing; a failed
//! commit fails them all, and the next one starts from the state on disk. Looks that may wait are kept until somebody
//! asks for them, or until something else of their account is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rusqlite::{Connection, TransactionBehavior};
use tidegate_meter::{AccountId, GuardId};

use crate::lease::Claim;
use crate::{Batch, Faults, StoreError, StoreStats, Write, apply, history, limits, log};

/// Looks that count as one write in the log: so many at least stand on a page of the recent ones.
const LOOKS_A_PAGE: usize = 16;

/// What the writer counts, for the handles to read.
#[derive(Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    batches: AtomicU64,
    waiting: AtomicUsize,
    queued: AtomicUsize,
}

impl Counters {
    /// How many batches wait, those included that are still on their way to the writer.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// One more job is about to be queued.
    pub(crate) fn queue(&self) {
        self.queued.fetch_add(1, Ordering::AcqRel);
    }

    /// So many queued jobs are done.
    pub(crate) fn done(&self, jobs: usize) {
        self.queued.fetch_sub(jobs, Ordering::AcqRel);
    }

    /// Whether no job is queued or under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.queued.load(Ordering::Acquire) == 0
    }

    /// One more is about to wait.
    pub(crate) fn add_waiting(&self) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn read(&self) -> StoreStats {
        StoreStats {
            commits: self.commits.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
        }
    }
}

/// The connection that writes, and what it keeps between transactions.
pub(crate) struct Writer {
    pub(crate) conn: Connection,
    pub(crate) claim: Claim,
    faults: Faults,
    counters: Arc<Counters>,
    writes_in_log: usize,
    unfiled: usize,
    /// Looks that may wait, oldest first.
    later: Vec<Batch>,
}

impl Writer {
    pub(crate) fn new(conn: Connection, claim: Claim, faults: Faults, counters: Arc<Counters>) -> Self {
        Self {
            conn,
            claim,
            faults,
            counters,
            writes_in_log: 0,
            unfiled: 0,
            later: Vec::new(),
        }
    }

    /// Writes batches together; one answer for each, in order. Durable when this returns. Looks of the same accounts
    /// that waited are written before them.
    pub(crate) fn commit(&mut self, batches: Vec<Batch>) -> Vec<Result<(), StoreError>> {
        let asked = batches.len();
        let mut all = self.take_later(|waiting| batches.iter().any(|batch| touches(batch, waiting)));
        let early = all.len();
        all.extend(batches);
        match self.try_commit(&all) {
            Ok(mut answers) => answers.split_off(early),
            Err(error) => {
                all.truncate(early);
                self.put_back(all, &error);
                vec![Err(error); asked]
            }
        }
    }

    /// Keeps looks that may wait, and were counted as waiting.
    pub(crate) fn keep(&mut self, batch: Batch) {
        if self.faults.living().is_err() {
            self.counters.waiting.fetch_sub(1, Ordering::AcqRel);
            return;
        }
        self.later.push(batch);
        if self.later.len() >= limits::WAITING_BATCHES
            && let Err(error) = self.flush()
        {
            tracing::warn!(%error, "looks that waited could not be written");
        }
    }

    /// Writes the looks that wait. After a failure they wait on.
    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        let waiting = self.take_later(|_| true);
        if waiting.is_empty() {
            return Ok(());
        }
        match self.try_commit(&waiting) {
            Ok(answers) => {
                for error in answers.into_iter().filter_map(Result::err) {
                    tracing::debug!(%error, "a look that waited was refused");
                }
                Ok(())
            }
            Err(error) => {
                self.put_back(waiting, &error);
                Err(error)
            }
        }
    }

    fn take_later(&mut self, wanted: impl Fn(&Batch) -> bool) -> Vec<Batch> {
        let waiting = std::mem::take(&mut self.later);
        let (taken, left): (Vec<Batch>, _) = waiting.into_iter().partition(wanted);
        self.later = left;
        self.counters.waiting.fetch_sub(taken.len(), Ordering::AcqRel);
        taken
    }

    /// Without the lease another process looks, and what this one saw is told by nobody. A disk that stays full keeps
    /// the newest looks.
    fn put_back(&mut self, mut waiting: Vec<Batch>, error: &StoreError) {
        if *error == StoreError::Fenced {
            return;
        }
        let younger = self.later.len();
        waiting.append(&mut self.later);
        let over = waiting.len().saturating_sub(limits::WAITING_BATCHES);
        waiting.drain(..over);
        let back = waiting.len().saturating_sub(younger);
        self.counters.waiting.fetch_add(back, Ordering::AcqRel);
        self.later = waiting;
    }

    /// Refuses everything of a process that is played as dead.
    pub(crate) fn living(&self) -> Result<(), StoreError> {
        self.faults.living()
    }

    fn try_commit(&mut self, batches: &[Batch]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        self.living()?;
        self.set_page_limit()?;
        let mut transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.claim.verify(&transaction)?;
        if let [alone] = batches {
            // Nothing beside it must be kept: a refusal takes back the transaction, and no page is copied for a savepoint.
            apply::batch(&transaction, alone)?;
            finish(transaction, &self.faults)?;
            self.count(batches, 1);
            return Ok(vec![Ok(())]);
        }
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            let answer = apply_one(&mut transaction, batch);
            // Some failures (a full disk among them) end the whole transaction, and with it the batches before.
            if transaction.is_autocommit() {
                return Err(answer.err().unwrap_or(StoreError::Closed));
            }
            answers.push(answer);
        }
        let written = answers.iter().filter(|answer| answer.is_ok()).count();
        if written == 0 {
            return Ok(answers);
        }
        finish(transaction, &self.faults)?;
        self.count(batches, written);
        Ok(answers)
    }

    /// Runs a change of its own kind (folding, pruning) in one transaction, under the same fence.
    pub(crate) fn change<T>(
        &mut self,
        change: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.living()?;
        self.faults.refuse()?;
        let transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.claim.verify(&transaction)?;
        let answer = change(&transaction)?;
        transaction.commit()?;
        self.writes_in_log = self.writes_in_log.saturating_add(limits::CHECKPOINT_WRITES / 8);
        Ok(answer)
    }

    /// Files the recent looks when there are many. Called after the waiting callers were answered, so that none of them
    /// waits for it; a failure is tried again later, what was written is already durable.
    pub(crate) fn file_if_due(&mut self) {
        if self.unfiled >= limits::RECENT_LOOKS {
            self.unfiled = 0;
            self.file_left();
        }
    }

    /// Whether the log has grown so long that it must be folded now.
    pub(crate) fn take_fold_due(&mut self) -> bool {
        let due = self.writes_in_log >= limits::CHECKPOINT_WRITES;
        if due {
            self.writes_in_log = 0;
        }
        due
    }

    /// What a writer without a thread does between two jobs.
    pub(crate) fn tidy_if_due(&mut self) {
        self.file_if_due();
        if self.take_fold_due() {
            log::fold(&self.conn);
        }
    }

    /// Files the recent looks.
    pub(crate) fn file(&mut self) -> Result<(), StoreError> {
        if history::count(&self.conn)? > 0 {
            self.change(history::file)?;
        }
        self.unfiled = 0;
        Ok(())
    }

    /// Files what another holder left, or what the next one would find. Can wait: what is unfiled is read as well.
    pub(crate) fn file_left(&mut self) {
        if let Err(error) = self.file() {
            tracing::warn!(%error, "the recent looks stay unfiled");
        }
    }

    fn count(&mut self, batches: &[Batch], written: usize) {
        let writes: usize = batches.iter().map(|batch| batch.writes.len()).sum();
        let looks = batches.iter().flat_map(|batch| &batch.writes);
        let looks = looks.filter(|write| matches!(write, Write::Look { .. })).count();
        self.unfiled = self.unfiled.saturating_add(looks);
        let weight = writes.saturating_sub(looks).saturating_add(looks / LOOKS_A_PAGE);
        self.writes_in_log = self.writes_in_log.saturating_add(weight.max(1));
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        let written = u64::try_from(written).unwrap_or(u64::MAX);
        self.counters.batches.fetch_add(written, Ordering::Relaxed);
    }

    fn set_page_limit(&self) -> Result<(), StoreError> {
        let Some(limit) = self.faults.page_limit_change() else {
            return Ok(());
        };
        let pages = limit.map_or(i64::from(u32::MAX) - 1, i64::from);
        self.conn
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }
}

/// Whether a write may wait: what a look brings when it decides nothing.
pub(crate) const fn may_wait(write: &Write) -> bool {
    matches!(write, Write::Look { .. } | Write::GuardState(_))
}

/// Whether a batch writes something of an account or a guard that a waiting look is of.
fn touches(batch: &Batch, waiting: &Batch) -> bool {
    let of: Vec<Subject<'_>> = batch.writes.iter().filter_map(subject).collect();
    let mut waits = waiting.writes.iter().filter_map(subject);
    waits.any(|subject| of.contains(&subject))
}

/// What a write changes, as far as looks change it too.
#[derive(PartialEq)]
enum Subject<'a> {
    Account(&'a AccountId),
    Guard(&'a GuardId),
}

fn subject(write: &Write) -> Option<Subject<'_>> {
    match write {
        Write::Look { info, .. } => Some(Subject::Account(&info.account)),
        Write::RetainMeters { account, .. } | Write::RemoveAccount(account) => {
            Some(Subject::Account(account))
        }
        Write::GuardState(row) => Some(Subject::Guard(&row.guard)),
        Write::RemoveGuard(guard) => Some(Subject::Guard(guard)),
        _ => None,
    }
}

/// Makes it durable, unless a test wants the disk to refuse.
fn finish(transaction: rusqlite::Transaction<'_>, faults: &Faults) -> Result<(), StoreError> {
    match faults.next_commit() {
        Some(code) => Err(StoreError::from_code(code)),
        None => {
            transaction.commit()?;
            faults.committed();
            Ok(())
        }
    }
}

fn apply_one(transaction: &mut rusqlite::Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let savepoint = transaction.savepoint()?;
    apply::batch(&savepoint, batch)?;
    savepoint.commit()?;
    Ok(())
}
