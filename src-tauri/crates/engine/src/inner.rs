//! What every loop and command shares: parts, roster, desk, and the one way to commit. Owns the order "durable first,
//! told afterwards", its one exception (readings that decided nothing), and what happens when nothing can be written.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use jiff::civil::Date;
use tidegate_meter::{AccountId, ChannelId, GuardId, MailboxId, Mono, Now, RenewalId, RowId, Span, Time};
use tidegate_store::{AuditEntry, Batch, DeliveryState, StoreError, Write};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::config::{MailboxConfig, RenewalConfig};
use crate::crash::Step;
use crate::desk::Desk;
use crate::devices::DeviceDesk;
use crate::event::{ChangeBatch, Event};
use crate::flows::FlowDesk;
use crate::mailboxes::MailDesk;
use crate::measures::Measures;
use crate::outside::Outside;
use crate::post::Post;
use crate::program::Conditions;
use crate::quiet::QuietHours;
use crate::report::ReportDesk;
use crate::unwritable::Kinds;
use crate::view::Pulse;
use crate::watch::Watch;
use crate::{EngineError, Parts, limits};

/// Everything configured, at run time.
#[derive(Default)]
pub(crate) struct Roster {
    pub(crate) accounts: BTreeMap<AccountId, Arc<Watch>>,
    pub(crate) channels: BTreeMap<ChannelId, Arc<Post>>,
    pub(crate) guards: BTreeMap<GuardId, AccountId>,
    pub(crate) renewals: BTreeMap<RenewalId, RenewalConfig>,
    pub(crate) mailboxes: BTreeMap<MailboxId, MailboxConfig>,
}

/// What wakes each loop before its time.
#[derive(Default)]
pub(crate) struct Wakes {
    pub(crate) schedule: Notify,
    pub(crate) act: Notify,
    pub(crate) deliver: Notify,
    pub(crate) renewals: Notify,
}

/// The shared heart of one engine.
pub(crate) struct Inner {
    pub(crate) parts: Parts,
    pub(crate) outside: Arc<dyn Outside>,
    pub(crate) changes: broadcast::Sender<Arc<ChangeBatch>>,
    pub(crate) measures: Arc<Measures>,
    seq: AtomicU64,
    pub(crate) roster: RwLock<Roster>,
    pub(crate) desk: Desk,
    pub(crate) wakes: Wakes,
    /// Commands one after the other.
    pub(crate) order: tokio::sync::Mutex<()>,
    /// Decisions to act one after the other: two accounts may not both take the last action of the day.
    pub(crate) gate: tokio::sync::Mutex<()>,
    /// This process holds the lease.
    pub(crate) holder: AtomicBool,
    /// From the last sign of life on the record until this process began: what happened then nobody saw.
    pub(crate) unseen: OnceLock<Span>,
    /// The loops run; ended by cancelling.
    pub(crate) loops: Mutex<Option<CancellationToken>>,
    pub(crate) paused_until: Mutex<Option<Time>>,
    pub(crate) quiet: Mutex<Option<QuietHours>>,
    pub(crate) conditions: Conditions,
    /// Since when looks wait to become durable, and what kinds of rows they are.
    looks_wait: Mutex<Option<(Mono, Kinds)>>,
    /// When looks that waited became durable last.
    looks_settled: Mutex<Mono>,
    /// Accounts that must be looked at now, by command or change.
    pub(crate) hurried: Mutex<Vec<AccountId>>,
    /// Who reads which mailbox.
    pub(crate) mail: MailDesk,
    /// Proxy traffic.
    pub(crate) flows: FlowDesk,
    /// Which device was heard when.
    pub(crate) devices: DeviceDesk,
    /// When reports are sent.
    pub(crate) reports: ReportDesk,
}

impl Inner {
    pub(crate) fn new(
        parts: Parts,
        outside: Arc<dyn Outside>,
        changes: broadcast::Sender<Arc<ChangeBatch>>,
        measures: Arc<Measures>,
    ) -> Self {
        Self {
            measures,
            parts,
            outside,
            changes,
            seq: AtomicU64::new(0),
            roster: RwLock::default(),
            desk: Desk::default(),
            wakes: Wakes::default(),
            order: tokio::sync::Mutex::new(()),
            gate: tokio::sync::Mutex::new(()),
            holder: AtomicBool::new(false),
            unseen: OnceLock::new(),
            loops: Mutex::new(None),
            paused_until: Mutex::new(None),
            quiet: Mutex::new(None),
            conditions: Conditions::default(),
            looks_wait: Mutex::new(None),
            looks_settled: Mutex::new(Mono(0)),
            hurried: Mutex::new(Vec::new()),
            mail: MailDesk::default(),
            flows: FlowDesk::default(),
            devices: DeviceDesk::default(),
            reports: ReportDesk::default(),
        }
    }

    pub(crate) fn now(&self) -> Now {
        self.parts.timer.now()
    }

    pub(crate) fn wall(&self) -> Time {
        self.now().wall
    }

    /// The calendar day of an instant in the user's zone.
    pub(crate) fn day_of(&self, at: Time) -> Date {
        crate::flows::day_of(at, &self.parts.zone)
    }

    /// A new row id, made now.
    pub(crate) fn row_id(&self) -> RowId {
        let mut entropy = [0; 10];
        self.parts.entropy.fill(&mut entropy);
        RowId::new(self.wall(), entropy)
    }

    /// A random number below `bound`; 0 for a bound of 0.
    pub(crate) fn random_below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.parts.entropy.fill(&mut bytes);
        u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }

    pub(crate) fn crash_point(&self, label: &'static str) {
        crate::crash::point(&self.parts.options, label);
    }

    pub(crate) fn is_holder(&self) -> bool {
        self.holder.load(Ordering::Acquire)
    }

    pub(crate) fn is_running(&self) -> bool {
        lock(&self.loops)
            .as_ref()
            .is_some_and(|token| !token.is_cancelled())
    }

    /// A request that changes something may leave: the loops run or a command drives, the lease is ours, and the
    /// last write was good.
    pub(crate) fn may_act(&self) -> bool {
        self.is_holder() && !self.conditions.unwritable.is_so()
    }

    pub(crate) fn watch(&self, account: &AccountId) -> Option<Arc<Watch>> {
        self.roster().accounts.get(account).cloned()
    }

    pub(crate) fn watch_of_guard(&self, guard: &GuardId) -> Result<Arc<Watch>, EngineError> {
        let roster = self.roster();
        let account = roster.guards.get(guard);
        account
            .and_then(|account| roster.accounts.get(account))
            .cloned()
            .ok_or_else(|| EngineError::NoGuard(guard.clone()))
    }

    pub(crate) fn roster(&self) -> std::sync::RwLockReadGuard<'_, Roster> {
        self.roster.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn roster_mut(&self) -> std::sync::RwLockWriteGuard<'_, Roster> {
        self.roster.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn watches(&self) -> Vec<(AccountId, Arc<Watch>)> {
        let roster = self.roster();
        roster
            .accounts
            .iter()
            .map(|(id, watch)| (id.clone(), Arc::clone(watch)))
            .collect()
    }

    pub(crate) fn posts(&self) -> Vec<Arc<Post>> {
        self.roster().channels.values().cloned().collect()
    }

    /// How the engine stands.
    pub(crate) fn pulse(&self) -> Pulse {
        Pulse {
            running: self.is_running(),
            holder: self.is_holder(),
            writable: !self.conditions.unwritable.is_so(),
        }
    }

    /// Automatic actions are paused until then, if they are.
    pub(crate) fn paused(&self, now: Time) -> Option<Time> {
        lock(&self.paused_until).filter(|until| *until > now)
    }

    /// A durable step, between its two points.
    pub(crate) async fn durably<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.crash_point(step.before());
        let done = work.await?;
        self.crash_point(step.committed());
        Ok(done)
    }

    /// Writes all or nothing, and only then tells. An error leaves memory and listeners as they were.
    pub(crate) async fn commit(
        &self,
        step: Step,
        batch: Batch,
        mut events: Vec<Event>,
    ) -> Result<(), StoreError> {
        events.extend(batch.writes.iter().filter_map(|write| self.on_its_way(write)));
        let kinds = crate::unwritable::kinds(&batch.writes);
        let written = if batch.writes.is_empty() {
            Ok(())
        } else {
            self.durably(step, self.parts.store.write(batch)).await
        };
        if written.is_ok() {
            self.conditions.unwritable.succeeded(&kinds, self.now().mono);
            self.publish(events);
        } else {
            self.failed(kinds, &written);
        }
        written
    }

    /// Takes a look that decided nothing: durable within [`limits::LOOK_WAIT`], told at once. While the disk refuses,
    /// nothing waits: the first write that succeeds must be seen.
    pub(crate) async fn commit_later(&self, batch: Batch, events: Vec<Event>) -> Result<(), StoreError> {
        if self.conditions.unwritable.is_so() {
            return self.commit(Step::Look, batch, events).await;
        }
        let kinds = crate::unwritable::kinds(&batch.writes);
        let taken = self.parts.store.write_later(batch).await;
        if taken.is_ok() {
            lock(&self.looks_wait).get_or_insert_with(|| (self.now().mono, kinds));
            self.publish(events);
        } else {
            self.failed(kinds, &taken);
        }
        taken
    }

    /// How long the oldest look that waits may still do so; `None` when none does.
    pub(crate) fn looks_due(&self) -> Option<Duration> {
        let since = lock(&self.looks_wait).as_ref().map(|(since, _)| *since)?;
        Some(since.plus(limits::LOOK_WAIT).since(self.now().mono))
    }

    /// When looks that waited became durable last: a sign of life as good as a heartbeat.
    pub(crate) fn looks_settled(&self) -> Mono {
        *lock(&self.looks_settled)
    }

    /// Makes the looks durable that wait. After an error they wait on, and it is told like that of any write.
    pub(crate) async fn settle_looks(&self) {
        let Some((_, kinds)) = lock(&self.looks_wait).take() else {
            return;
        };
        let written = self.durably(Step::LooksSettled, self.parts.store.flush()).await;
        if written.is_ok() {
            *lock(&self.looks_settled) = self.now().mono;
            self.conditions.unwritable.succeeded(&kinds, self.now().mono);
        } else {
            lock(&self.looks_wait).get_or_insert_with(|| (self.now().mono, kinds.clone()));
            self.failed(kinds, &written);
        }
    }

    /// What an error of the store means for everybody.
    fn failed(&self, kinds: Kinds, written: &Result<(), StoreError>) {
        match written {
            Ok(()) | Err(StoreError::Conflict { .. } | StoreError::IllegalMove) => {}
            Err(StoreError::Fenced) => self.lose_lease(),
            Err(error) => {
                let now = self.now().mono;
                if self.conditions.unwritable.failed(kinds, error, now) {
                    // Told by the deliverer: whoever waits for this commit holds locks that others need.
                    self.wakes.deliver.notify_one();
                }
            }
        }
    }

    /// Every move of a message is told; what its platform said, by whoever asked it.
    fn on_its_way(&self, write: &Write) -> Option<Event> {
        let Write::Delivery(row) = write else {
            return None;
        };
        let told = matches!(row.state, DeliveryState::Delivered | DeliveryState::Refused);
        (!told).then(|| Event::Delivery {
            at: self.wall(),
            delivery: row.id,
            channel: row.channel.clone(),
            state: row.state,
        })
    }

    /// Tells what happened. Called after it became durable.
    pub(crate) fn publish(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.measures.note(&events);
        let batch = ChangeBatch {
            seq: self.seq.fetch_add(1, Ordering::AcqRel),
            at: self.wall(),
            events,
        };
        // An error only says that nobody listens.
        let _ = self.changes.send(Arc::new(batch));
    }

    /// How many batches were told.
    pub(crate) fn told(&self) -> u64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Another copy took over: from this moment nothing is polled, sent or told from here.
    pub(crate) fn lose_lease(&self) {
        if !self.holder.swap(false, Ordering::AcqRel) {
            return;
        }
        if let Some(token) = lock(&self.loops).as_ref() {
            token.cancel();
        }
        self.publish(vec![Event::Lease {
            at: self.wall(),
            holder: false,
        }]);
    }
}

/// An audit entry.
pub(crate) fn audit(at: Time, actor: &str, event: &str, facts: serde_json::Value) -> Write {
    Write::Audit(AuditEntry {
        at,
        actor: actor.to_owned(),
        event: event.to_owned(),
        facts,
    })
}

/// A value as JSON. Our own shapes always have one; if one ever did not, null is stored and read back as damaged.
pub(crate) fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}

/// A stored value as one of our shapes.
pub(crate) fn unjson<T: serde::de::DeserializeOwned>(
    value: serde_json::Value,
    what: &str,
) -> Result<T, EngineError> {
    serde_json::from_value(value).map_err(|_| EngineError::Row(what.to_owned()))
}

/// Locks a mutex whose holder cannot have left anything half done: every section is a plain assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
