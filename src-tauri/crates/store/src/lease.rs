//! Who may write: one row with a fencing number, and a lock file beside the database.
//!
//! On one machine the lock file is the truth: it dies with its process, and no jump of a clock takes it away. Who gets
//! the lock knows that a holder who also held it is gone, and takes the lease at once. Where the lock cannot tell (a
//! file system without locks, or a holder that is frozen and keeps its lock), the row decides: it must have run out and
//! stayed silent over several looks. A new holder raises the fencing number; what the old one still writes is refused
//! in its own transaction. Tested in `tests/store/lease.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, params};
use tidegate_meter::Time;

use crate::column::{Columns, change, one};
use crate::lock::{FileLock, Locked};
use crate::{LeaseState, StoreError, limits};

/// The lease row.
struct Lease {
    fence: i64,
    holder: Option<String>,
    until: Time,
    ttl: i64,
    beat: i64,
    locked: bool,
}

/// What this store saw of another holder that does not renew.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Silence {
    beat: i64,
    looks: u32,
    at: Option<Time>,
}

/// One store's claim to the lease.
pub(crate) struct Claim {
    /// The name under which it holds it.
    pub(crate) holder: String,
    /// The number it holds it with; 0 when it does not. Shared with the handles, which only read it.
    fence: Arc<AtomicI64>,
    silence: Silence,
}

impl Claim {
    pub(crate) fn new(holder: String, fence: Arc<AtomicI64>) -> Self {
        Self {
            holder,
            fence,
            silence: Silence::default(),
        }
    }

    fn fence(&self) -> i64 {
        self.fence.load(Ordering::Acquire)
    }

    fn set_fence(&self, fence: i64) {
        self.fence.store(fence, Ordering::Release);
    }

    /// Refuses when this store does not hold the lease, or no longer. Runs inside each transaction that writes.
    pub(crate) fn verify(&mut self, conn: &Connection) -> Result<(), StoreError> {
        if self.fence() == 0 {
            return Err(StoreError::Fenced);
        }
        let sql = "SELECT 1 FROM lease WHERE id = 1 AND fence = ?1 AND holder = ?2";
        let ours = one(conn, sql, params![self.fence(), self.holder], |_| Ok(()))?.is_some();
        if ours {
            Ok(())
        } else {
            self.set_fence(0);
            Err(StoreError::Fenced)
        }
    }

    /// Takes the lease when it is free or its holder is gone; renews it when it is ours.
    pub(crate) fn take(
        &mut self,
        conn: &mut Connection,
        lock: &FileLock,
        now: Time,
        ttl: Duration,
    ) -> Result<LeaseState, StoreError> {
        let locked = lock.take();
        let state = self.decide(conn, locked, now, ttl, true);
        if !matches!(state, Ok(LeaseState::Held { .. })) && self.fence() == 0 {
            lock.release();
        }
        state
    }

    /// Renews the lease; one that was lost is not taken back.
    pub(crate) fn renew(
        &mut self,
        conn: &mut Connection,
        lock: &FileLock,
        now: Time,
        ttl: Duration,
    ) -> Result<LeaseState, StoreError> {
        if self.fence() == 0 {
            return Err(StoreError::Fenced);
        }
        let locked = lock.take();
        let state = self.decide(conn, locked, now, ttl, false);
        if self.fence() == 0 {
            lock.release();
        }
        state
    }

    /// Gives the lease back, so that the next holder need not wait.
    pub(crate) fn release(&mut self, conn: &Connection, lock: &FileLock) -> Result<(), StoreError> {
        let fence = self.fence.swap(0, Ordering::AcqRel);
        let sql = "UPDATE lease SET holder = NULL, until = 0 WHERE id = 1 AND fence = ?1 AND holder = ?2";
        let released = change(conn, sql, params![fence, self.holder]);
        lock.release();
        released.map(drop)
    }

    fn decide(
        &mut self,
        conn: &mut Connection,
        locked: Locked,
        now: Time,
        ttl: Duration,
        may_take: bool,
    ) -> Result<LeaseState, StoreError> {
        let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let row = read(&transaction)?;
        let ours =
            self.fence() != 0 && row.fence == self.fence() && row.holder.as_deref() == Some(&self.holder);
        if !ours && self.fence() != 0 {
            self.set_fence(0);
        }
        let ours_now = ours || (may_take && self.is_free(&row, locked, now));
        if !ours_now {
            return Ok(LeaseState::Other {
                holder: row.holder.unwrap_or_default(),
                until: row.until,
            });
        }
        let fence = if ours {
            row.fence
        } else {
            row.fence.saturating_add(1)
        };
        let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        let sql =
            "UPDATE lease SET fence = ?1, holder = ?2, until = ?3, ttl = ?4, beat = beat + 1, locked = ?5
            WHERE id = 1";
        let until = now.plus(ttl).ms();
        let values = params![fence, self.holder, until, ttl_ms, locked == Locked::Ours];
        change(&transaction, sql, values)?;
        transaction.commit()?;
        self.set_fence(fence);
        self.silence = Silence::default();
        Ok(LeaseState::Held { fence })
    }

    /// Whether nobody living holds the row.
    fn is_free(&mut self, row: &Lease, locked: Locked, now: Time) -> bool {
        if row.holder.is_none() {
            return true;
        }
        if locked == Locked::Ours && row.locked {
            return true;
        }
        self.silence.look(row, now) >= limits::LEASE_SILENT_LOOKS
    }
}

impl Silence {
    /// Counts one look at a row that ran out and was not renewed; a sign of life starts the count anew.
    fn look(&mut self, row: &Lease, now: Time) -> u32 {
        let lives = now < row.until && row.until.ms_since(now) <= row.ttl;
        if lives || row.beat != self.beat {
            *self = Self {
                beat: row.beat,
                looks: u32::from(!lives),
                at: Some(now),
            };
            return self.looks;
        }
        let spaced = self
            .at
            .is_none_or(|at| now.ms_since(at).saturating_abs() >= row.ttl / 2);
        if spaced {
            self.looks = self.looks.saturating_add(1);
            self.at = Some(now);
        }
        self.looks
    }
}

/// Who holds the lease at `now`, as far as its row tells; `None` when it is free or ran out.
pub(crate) fn holder(conn: &Connection, now: Time) -> Result<Option<String>, StoreError> {
    let row = read(conn)?;
    let lives = now < row.until && row.until.ms_since(now) <= row.ttl;
    Ok(row.holder.filter(|_| lives))
}

fn read(conn: &Connection) -> Result<Lease, StoreError> {
    let sql = "SELECT fence, holder, until, ttl, beat, locked FROM lease WHERE id = 1";
    one(conn, sql, [], |row| {
        Ok(Lease {
            fence: row.plain("fence")?,
            holder: row.plain("holder")?,
            until: row.time("until")?,
            ttl: row.plain("ttl")?,
            beat: row.plain("beat")?,
            locked: row.plain("locked")?,
        })
    })?
    .ok_or(StoreError::Corrupt)
}
