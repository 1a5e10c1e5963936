//! The one connection that writes. Owns group commit: the batches that wait are written in one transaction, each in a
//! savepoint of its own, made durable by one sync, and answered together. A refused batch leaves nothing; a failed
//! commit fails them all, and the next one starts from the state on disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, TransactionBehavior};

use crate::lease::Claim;
use crate::{Batch, Faults, StoreError, StoreStats, Write, apply, history, limits};

/// What the writer counts, for the handles to read.
#[derive(Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    batches: AtomicU64,
}

impl Counters {
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
        }
    }

    /// Writes batches together; one answer for each, in order. Durable when this returns.
    pub(crate) fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>> {
        match self.try_commit(batches) {
            Ok(answers) => answers,
            Err(error) => vec![Err(error); batches.len()],
        }
    }

    fn try_commit(&mut self, batches: &[Batch]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
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
        let transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.claim.verify(&transaction)?;
        let answer = change(&transaction)?;
        transaction.commit()?;
        self.writes_in_log = self.writes_in_log.saturating_add(limits::CHECKPOINT_WRITES / 8);
        Ok(answer)
    }

    /// Files the recent looks and folds the log into the database, each when it has grown. Called after the waiting
    /// callers were answered, so that none of them waits for it; a failure is tried again later, what was written is
    /// already durable.
    pub(crate) fn tidy_if_due(&mut self) {
        if self.unfiled >= limits::RECENT_LOOKS {
            self.unfiled = 0;
            self.file_left();
        }
        if self.writes_in_log >= limits::CHECKPOINT_WRITES {
            self.writes_in_log = 0;
            self.checkpoint();
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

    fn checkpoint(&self) {
        let folded = self
            .conn
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = folded {
            tracing::warn!(error = %StoreError::from(error), "the log could not be folded into the database");
        }
    }

    fn count(&mut self, batches: &[Batch], written: usize) {
        let writes: usize = batches.iter().map(|batch| batch.writes.len()).sum();
        let looks = batches.iter().flat_map(|batch| &batch.writes);
        let looks = looks.filter(|write| matches!(write, Write::Look { .. })).count();
        self.unfiled = self.unfiled.saturating_add(looks);
        self.writes_in_log = self.writes_in_log.saturating_add(writes.max(1));
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

/// Makes it durable, unless a test wants the disk to refuse.
fn finish(transaction: rusqlite::Transaction<'_>, faults: &Faults) -> Result<(), StoreError> {
    match faults.next_commit() {
        Some(code) => Err(StoreError::from_code(code)),
        None => Ok(transaction.commit()?),
    }
}

fn apply_one(transaction: &mut rusqlite::Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let savepoint = transaction.savepoint()?;
    apply::batch(&savepoint, batch)?;
    savepoint.commit()?;
    Ok(())
}
