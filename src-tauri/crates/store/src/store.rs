//! The handle: what every other crate calls.

use std::path::Path;
use std::time::Duration;

use tidegate_meter::{AccountId, GuardId, MeterId, Reading, RowId, Time};

use crate::{
    AccountRow, AlertFilter, AlertRow, AuditHead, AuditRow, AuditVerdict, Batch, ChannelRow, DeliveryFilter,
    DeliveryRow, GuardRow, GuardStateRow, IntentEventRow, IntentFilter, IntentRow, LapseRow, LeaseState,
    Maintained, MeterRow, NextDue, OpenOptions, Opened, Point, Restored, StoreError, StoreStats, TargetRow,
};

/// An open database; a clone is another handle to the same one.
#[derive(Clone)]
pub struct Store {}

/// Pages of readings, oldest first.
pub struct ReadingStream {}

impl ReadingStream {
    /// The next page; empty at the end.
    pub async fn next_page(&mut self) -> Result<Vec<Reading>, StoreError> {
        Err(StoreError::Closed)
    }
}

impl Store {
    /// Opens, checks and migrates.
    pub fn open(options: OpenOptions) -> Result<Self, StoreError> {
        let _ = options;
        Err(StoreError::Closed)
    }

    /// What was found at opening.
    pub fn opened_as(&self) -> &Opened {
        &Opened::Fresh
    }

    /// What the writer did so far.
    pub fn stats(&self) -> StoreStats {
        StoreStats::default()
    }

    /// The fencing number while this store holds the lease.
    pub fn fence(&self) -> Option<i64> {
        None
    }

    /// Writes all or nothing; durable when it returns.
    pub async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let _ = batch;
        Err(StoreError::Closed)
    }

    /// Takes the lease, or renews it.
    pub async fn take_lease(&self, now: Time, ttl: Duration) -> Result<LeaseState, StoreError> {
        let _ = now;
        let _ = ttl;
        Err(StoreError::Closed)
    }

    /// Renews the lease.
    pub async fn renew_lease(&self, now: Time, ttl: Duration) -> Result<LeaseState, StoreError> {
        let _ = now;
        let _ = ttl;
        Err(StoreError::Closed)
    }

    /// Gives the lease back.
    pub async fn release_lease(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// All accounts.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// All channels.
    pub async fn channels(&self) -> Result<Vec<ChannelRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// All guards.
    pub async fn guards(&self) -> Result<Vec<GuardRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Present meters.
    pub async fn meters(&self, account: Option<&AccountId>) -> Result<Vec<MeterRow>, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }

    /// One meter, present or not.
    pub async fn meter(&self, account: &AccountId, meter: &MeterId) -> Result<Option<MeterRow>, StoreError> {
        let _ = account;
        let _ = meter;
        Err(StoreError::Closed)
    }

    /// Guard states.
    pub async fn guard_states(&self, guard: Option<&GuardId>) -> Result<Vec<GuardStateRow>, StoreError> {
        let _ = guard;
        Err(StoreError::Closed)
    }

    /// One guard state.
    pub async fn guard_state(
        &self,
        guard: &GuardId,
        meter: &MeterId,
    ) -> Result<Option<GuardStateRow>, StoreError> {
        let _ = guard;
        let _ = meter;
        Err(StoreError::Closed)
    }

    /// Alerts, newest first.
    pub async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertRow>, StoreError> {
        let _ = filter;
        Err(StoreError::Closed)
    }

    /// One alert.
    pub async fn alert(&self, id: RowId) -> Result<Option<AlertRow>, StoreError> {
        let _ = id;
        Err(StoreError::Closed)
    }

    /// Intents.
    pub async fn intents(&self, filter: IntentFilter) -> Result<Vec<IntentRow>, StoreError> {
        let _ = filter;
        Err(StoreError::Closed)
    }

    /// The transitions of an intent, oldest first.
    pub async fn intent_events(&self, id: RowId) -> Result<Vec<IntentEventRow>, StoreError> {
        let _ = id;
        Err(StoreError::Closed)
    }

    /// Deliveries.
    pub async fn deliveries(&self, filter: DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
        let _ = filter;
        Err(StoreError::Closed)
    }

    /// Targets, present or not.
    pub async fn targets(&self, account: Option<&AccountId>) -> Result<Vec<TargetRow>, StoreError> {
        let _ = account;
        Err(StoreError::Closed)
    }

    /// The newest lapses, newest first.
    pub async fn lapses(&self, limit: usize) -> Result<Vec<LapseRow>, StoreError> {
        let _ = limit;
        Err(StoreError::Closed)
    }

    /// Audit rows after a number, oldest first.
    pub async fn audit(&self, after: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let _ = after;
        let _ = limit;
        Err(StoreError::Closed)
    }

    /// The end of the audit chain.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        Err(StoreError::Closed)
    }

    /// Verifies the audit chain.
    pub async fn audit_verify(&self, expected: Option<AuditHead>) -> Result<AuditVerdict, StoreError> {
        let _ = expected;
        Err(StoreError::Closed)
    }

    /// One setting.
    pub async fn setting(&self, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let _ = key;
        Err(StoreError::Closed)
    }

    /// All settings.
    pub async fn settings(&self) -> Result<Vec<(String, serde_json::Value)>, StoreError> {
        Err(StoreError::Closed)
    }

    /// History for a chart, oldest first, at most `points_max` points.
    pub async fn history(
        &self,
        account: &AccountId,
        meter: &MeterId,
        from: Time,
        to: Time,
        points_max: usize,
    ) -> Result<Vec<Point>, StoreError> {
        let _ = account;
        let _ = meter;
        let _ = from;
        let _ = to;
        let _ = points_max;
        Err(StoreError::Closed)
    }

    /// Every stored raw reading fetched at or after `from`, oldest first, in pages.
    pub async fn readings(
        &self,
        account: &AccountId,
        meter: &MeterId,
        from: Time,
    ) -> Result<ReadingStream, StoreError> {
        let _ = account;
        let _ = meter;
        let _ = from;
        Err(StoreError::Closed)
    }

    /// How many intents were sent since.
    pub async fn actions_since(&self, guard: Option<&GuardId>, since: Time) -> Result<u32, StoreError> {
        let _ = guard;
        let _ = since;
        Err(StoreError::Closed)
    }

    /// When something stored is due next.
    pub async fn next_due(&self) -> Result<NextDue, StoreError> {
        Err(StoreError::Closed)
    }

    /// Checks the whole file; `Corrupt` when it is damaged.
    pub async fn integrity(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Folds, prunes and backs up.
    pub async fn maintenance(&self, now: Time) -> Result<Maintained, StoreError> {
        let _ = now;
        Err(StoreError::Closed)
    }

    /// A complete copy as one file.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let _ = to;
        Err(StoreError::Closed)
    }
}

/// Puts a backup in the place of a closed database.
pub fn restore(database: &Path, from: &Path, now: Time) -> Result<Restored, StoreError> {
    let _ = (database, from, now);
    Err(StoreError::Closed)
}
