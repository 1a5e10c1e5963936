//! The open intents at run time. Owns their countdowns on the monotonic clock and the count of actions in the last
//! day; the rows themselves are the store's, and a copy here is replaced only after its write was durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tidegate_guard::{IntentState, OpenIntent};
use tidegate_meter::{AccountId, GuardId, MeterId, Mono, Now, RowId, TargetId, Time};
use tidegate_store::IntentRow;

use crate::inner::lock;
use crate::intent::closure::left_partly;
use crate::limits;

/// One open intent.
pub(crate) struct Cell {
    row: Mutex<IntentRow>,
    /// When the driver looks at it next, on the clock that cannot be set.
    next: Mutex<Mono>,
    /// Since when this process sees it in its state.
    entered: Mutex<Mono>,
    /// Held for each check-and-commit, never while the outside is asked: a cancel never waits for a network.
    pub(crate) pen: Arc<tokio::sync::Mutex<()>>,
    busy: AtomicBool,
}

impl Cell {
    pub(crate) fn new(row: IntentRow, next: Mono, entered: Mono) -> Self {
        // A countdown is no time in which it could have been checked.
        let entered = match row.state {
            IntentState::Planned => entered.max(next),
            _ => entered,
        };
        Self {
            row: Mutex::new(row),
            next: Mutex::new(next),
            entered: Mutex::new(entered),
            pen: Arc::default(),
            busy: AtomicBool::new(false),
        }
    }

    pub(crate) fn row(&self) -> IntentRow {
        lock(&self.row).clone()
    }

    pub(crate) fn state(&self) -> IntentState {
        lock(&self.row).state
    }

    /// Takes on a row that is durable.
    pub(crate) fn set_row(&self, row: IntentRow, entered: Mono) {
        *lock(&self.row) = row;
        *lock(&self.entered) = entered;
    }

    pub(crate) fn entered(&self) -> Mono {
        *lock(&self.entered)
    }

    pub(crate) fn next(&self) -> Mono {
        *lock(&self.next)
    }

    pub(crate) fn set_next(&self, next: Mono) {
        *lock(&self.next) = next;
    }

    /// A countdown ends then, and not before.
    pub(crate) fn count_down(&self, next: Mono) {
        self.set_next(next);
        *lock(&self.entered) = next;
    }

    /// Takes the cell for one step; false when a step is under way.
    pub(crate) fn begin(&self) -> bool {
        !self.busy.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn end(&self) {
        self.busy.store(false, Ordering::Release);
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }
}

/// All open intents, and the sends of the last day.
#[derive(Default)]
pub(crate) struct Desk {
    cells: Mutex<BTreeMap<RowId, Arc<Cell>>>,
    sends: Mutex<BTreeMap<RowId, Sent>>,
    /// Sub-accounts of which the newest action left a part closed and another part open.
    partly: Mutex<BTreeSet<(AccountId, TargetId)>>,
}

/// The last request of an intent: its further tries are the same action.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: Time,
    /// When this process sent it, by the clock that cannot be set.
    pub(crate) mono: Option<Mono>,
    guard: Option<GuardId>,
    account: AccountId,
    target: TargetId,
}

impl Sent {
    /// The request of an intent.
    pub(crate) fn of(row: &IntentRow, at: Time, mono: Option<Mono>) -> Self {
        Self {
            at,
            mono,
            guard: row.guard.clone(),
            account: row.account.clone(),
            target: row.target.id.clone(),
        }
    }

    /// A day by the wall clock, and some hours by the one that cannot be set: a clock that is set forward must not free
    /// all actions of the day at once.
    fn counts(&self, now: Now) -> bool {
        let awake = |mono: Mono| now.mono.since(mono) < limits::ACTION_SPAN_AWAKE;
        now.wall.ms_since(self.at) < span_ms() || self.mono.is_some_and(awake)
    }
}

/// Actions of the last day, as the belts count them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) guard: u32,
    pub(crate) all: u32,
    /// The targets of one account that they went to, whichever guard asked.
    targets: Vec<TargetId>,
}

impl Counts {
    fn add(&mut self, by: Option<&GuardId>, on: (&AccountId, &TargetId), whose: (&AccountId, &GuardId)) {
        let Some(by) = by else {
            return;
        };
        let more = |count: &mut u32| *count = count.saturating_add(1);
        more(&mut self.all);
        if by == whose.1 {
            more(&mut self.guard);
        }
        if on.0 == whose.0 {
            self.targets.push(on.1.clone());
        }
    }

    /// Actions on one target of the account.
    pub(crate) fn on(&self, target: &TargetId) -> u32 {
        let count = self.targets.iter().filter(|on| *on == target).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl Desk {
    /// Replaces everything with what the store says.
    pub(crate) fn reset(&self, cells: Vec<Cell>, sends: BTreeMap<RowId, Sent>) {
        *lock(&self.cells) = cells
            .into_iter()
            .map(|cell| (cell.row().id, Arc::new(cell)))
            .collect();
        *lock(&self.sends) = sends;
    }

    /// Replaces what the newest actions left half done.
    pub(crate) fn reset_partly(&self, partly: BTreeSet<(AccountId, TargetId)>) {
        *lock(&self.partly) = partly;
    }

    /// Takes on what a durable row says of the pieces of its sub-account.
    pub(crate) fn note_pieces(&self, row: &IntentRow) {
        let whose = (row.account.clone(), row.target.id.clone());
        match left_partly(row) {
            Some(true) => drop(lock(&self.partly).insert(whose)),
            Some(false) => drop(lock(&self.partly).remove(&whose)),
            None => {}
        }
    }

    /// Whether our newest action left a sub-account half closed.
    pub(crate) fn is_partly(&self, account: &AccountId, target: &TargetId) -> bool {
        lock(&self.partly).contains(&(account.clone(), target.clone()))
    }

    /// Takes on a new durable intent; its countdown starts now and is never shortened by the wall clock.
    pub(crate) fn open(&self, row: IntentRow, now: Now) {
        let next = now.mono.plus(row.next_at.since(now.wall));
        lock(&self.cells).insert(row.id, Arc::new(Cell::new(row, next, now.mono)));
    }

    pub(crate) fn cell(&self, id: RowId) -> Option<Arc<Cell>> {
        lock(&self.cells).get(&id).cloned()
    }

    pub(crate) fn cells(&self) -> Vec<Arc<Cell>> {
        lock(&self.cells).values().cloned().collect()
    }

    pub(crate) fn remove(&self, id: RowId) {
        lock(&self.cells).remove(&id);
    }

    /// When the next idle intent wants a step.
    pub(crate) fn next(&self) -> Option<Mono> {
        lock(&self.cells)
            .values()
            .filter(|cell| !cell.is_busy())
            .map(|cell| cell.next())
            .min()
    }

    /// Open intents of a guard on a meter.
    pub(crate) fn of(&self, guard: &GuardId, meter: &MeterId) -> Vec<Arc<Cell>> {
        self.filter(|row| row.guard.as_ref() == Some(guard) && row.meter.as_ref() == Some(meter))
    }

    /// The one that judgement is told of: the one that is due first.
    pub(crate) fn open_intent(&self, guard: &GuardId, meter: &MeterId) -> Option<OpenIntent> {
        let cells = self.of(guard, meter);
        let first = cells.iter().map(|cell| cell.row()).min_by_key(|row| row.due)?;
        Some(OpenIntent {
            action: first.action,
            state: first.state,
            due: first.due,
        })
    }

    /// An open intent on a target, of whichever guard or person.
    pub(crate) fn on_target(&self, account: &AccountId, target: &TargetId) -> Option<RowId> {
        self.filter(|row| row.account == *account && row.target.id == *target)
            .first()
            .map(|cell| cell.row().id)
    }

    /// Whether another intent's request to the same target has left and is not known to have ended.
    pub(crate) fn is_on_the_wire(&self, own: &IntentRow) -> bool {
        use IntentState as S;
        let left = |state| matches!(state, S::Sent | S::Accepted | S::Verifying | S::Unknown);
        let same = |row: &IntentRow| row.account == own.account && row.target.id == own.target.id;
        !self
            .filter(|row| row.id != own.id && same(row) && left(row.state))
            .is_empty()
    }

    /// Whether an account has an open intent.
    pub(crate) fn has_open(&self, account: &AccountId) -> bool {
        lock(&self.cells)
            .values()
            .any(|cell| lock(&cell.row).account == *account)
    }

    pub(crate) fn filter(&self, keep: impl Fn(&IntentRow) -> bool) -> Vec<Arc<Cell>> {
        lock(&self.cells)
            .values()
            .filter(|cell| keep(&lock(&cell.row)))
            .cloned()
            .collect()
    }

    /// The pens of the intents that `keep` names, always taken in the order of their ids.
    pub(crate) async fn pens(
        &self,
        keep: impl Fn(&IntentRow) -> bool,
    ) -> Vec<tokio::sync::OwnedMutexGuard<()>> {
        let mut pens = Vec::new();
        for cell in self.filter(keep) {
            pens.push(Arc::clone(&cell.pen).lock_owned().await);
        }
        pens
    }

    /// A request of an intent is leaving.
    pub(crate) fn record_send(&self, row: &IntentRow, now: Now) {
        let mut sends = lock(&self.sends);
        sends.retain(|_, sent| sent.counts(now));
        let sent = Sent::of(row, now.wall, Some(now.mono));
        sends.insert(row.id, sent);
    }

    /// When this process sent the newest request of an intent; `None`: another one did.
    pub(crate) fn sent_here(&self, intent: RowId) -> Option<Mono> {
        lock(&self.sends).get(&intent)?.mono
    }

    /// Automatic actions of the last day, and those that are planned and not yet sent: all, those of one guard, and those
    /// on the targets of one account. Without `own` and those that `except` names: what is being judged or cleared does
    /// not count against itself.
    pub(crate) fn counts(
        &self,
        whose: (&AccountId, &GuardId),
        own: Option<RowId>,
        except: impl Fn(&IntentRow) -> bool,
        now: Now,
    ) -> Counts {
        let mut counts = Counts::default();
        let sends = lock(&self.sends);
        for (id, sent) in sends.iter().filter(|(_, sent)| sent.counts(now)) {
            if Some(*id) != own {
                counts.add(sent.guard.as_ref(), (&sent.account, &sent.target), whose);
            }
        }
        for cell in lock(&self.cells).values() {
            let row = lock(&cell.row);
            let unsent = matches!(row.state, IntentState::Planned | IntentState::Rechecked);
            if unsent && Some(row.id) != own && !sends.contains_key(&row.id) && !except(&row) {
                counts.add(row.guard.as_ref(), (&row.account, &row.target.id), whose);
            }
        }
        counts
    }
}

fn span_ms() -> i64 {
    i64::try_from(limits::ACTION_SPAN.as_millis()).unwrap_or(i64::MAX)
}

/// The wall time of a wait that counts on the monotonic clock.
pub(crate) fn wall_of(next: Mono, now: Now) -> Time {
    now.wall.plus(next.since(now.mono))
}
