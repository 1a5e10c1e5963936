//! Quotas within a look: which meters it brings, how long it may take, and how a guard is for one of them. Owns the joints
//! between the book and the loops.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::{ActionKind, Step};
use tidegate_meter::{AccountId, GuardId, MeterId, MeterInfo, Month, Quantity, TargetId, Unit};
use tidegate_providers::ReadReport;
use tidegate_providers::sub_accounts::MonthBill;
use tidegate_store::{GuardStateRow, StoreError, Write};

use super::book::{self, Book};
use super::limits::{BILL_LOOK_MAX, MONTHS_MISSED, STEPS_DEFAULT};
use super::settle::{Seen, Settled, Told, settle};
use super::{meter, rules::Rules};
use crate::config::{AccountConfig, GuardConfig};
use crate::draft::Draft;
use crate::inner::{Inner, json, lock};
use crate::look::Looked;
use crate::memory::{AccountMemory, Slot};
use crate::outside::Links;
use crate::watch::Watch;
use crate::{EngineError, limits};

/// Puts the meters of quotas into a look, as the book says now; what a look found before it is replaced.
pub(crate) fn compose(book: Option<&Book>, config: &AccountConfig, looked: &mut Looked) -> Option<Settled> {
    let seen = Seen {
        account: &config.id,
        interval: config.interval,
        told: &looked.told,
        blind: looked.blind.as_ref(),
        at: looked.at.wall,
    };
    let mut settled = settle(book, &seen)?;
    let meters = std::mem::take(&mut settled.meters);
    let composed: BTreeSet<_> = meters.iter().map(|look| look.info.id.clone()).collect();
    looked
        .meters
        .retain(|look| meter::measured(&look.info).is_none() && !composed.contains(&look.info.id));
    looked.meters.extend(meters);
    Some(settled)
}

/// Reads the book anew from the store, after somebody else wrote to it.
pub(crate) async fn reload(
    inner: &Inner,
    account: &AccountId,
    memory: &mut AccountMemory,
) -> Result<(), StoreError> {
    let Some(known) = memory.book.as_ref() else {
        return Ok(());
    };
    let trouble = known.trouble.clone();
    // One that cannot be read is as it was: the next write says so again.
    match book::load(&inner.parts.store, account).await {
        Ok(Some(mut book)) => {
            book.trouble = trouble;
            memory.book = Some(Box::new(book.at(inner.wall())));
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(EngineError::Store(error)) => Err(error),
        Err(_) => Err(StoreError::Corrupt),
    }
}

/// How long a look may take.
pub(crate) fn look_max(links: &Links) -> Duration {
    match links.sub_accounts {
        Some(_) => BILL_LOOK_MAX,
        None => limits::LOOK_MAX,
    }
}

/// Adds months to a bill that ended while nobody was watching: without them nobody could say what was spent.
pub(crate) async fn fill_in(inner: &Inner, watch: &Watch, links: &Links, report: &mut ReadReport) {
    let (Some(bill), Some(accounts)) = (report.bill.as_mut(), links.sub_accounts.as_ref()) else {
        return;
    };
    let missing = {
        let memory = watch.memory.lock().await;
        let book = memory.book.as_deref();
        book.map_or_else(Vec::new, |book| book.months_missing(inner.wall()))
    };
    let told: Vec<Month> = bill.months.iter().map(|read| read.month).collect();
    let missing = missing.into_iter().filter(|month| !told.contains(month));
    for month in missing.take(MONTHS_MISSED) {
        let spent = accounts.month(month).await.map_err(|error| error.blind());
        bill.months.push(MonthBill {
            month,
            spent,
            at: inner.wall(),
        });
    }
    bill.months.sort_by_key(|read| read.month);
}

/// How often the numbers of a meter can change at all, at the least.
pub(crate) fn interval_of(info: &MeterInfo, interval: Duration) -> Duration {
    match meter::measured(info) {
        Some(_) => book::fresh(interval),
        None => interval,
    }
}

/// Whether guards judge a meter: not a sub-account's without a quota that is only watched.
pub(crate) fn is_judged(book: Option<&Book>, info: &MeterInfo) -> bool {
    let Some(user) = meter::measured(info) else {
        return true;
    };
    book.is_some_and(|book| book.is_judged(user))
}

/// A guard as it is for one meter: with the sub-account's own steps, else the guard's, else 50, 80 and 90 %; and without
/// its action where the sub-account's rules do not let it be disabled.
pub(crate) fn own_guard<'a>(
    book: Option<&Book>,
    guard: &'a GuardConfig,
    info: &MeterInfo,
) -> Cow<'a, GuardConfig> {
    let Some(user) = meter::measured(info) else {
        return Cow::Borrowed(guard);
    };
    let kept = book.and_then(|book| book.users.get(user));
    let rules = kept.map_or_else(Rules::default, |kept| kept.budget.rules.clone());
    let steps = steps_on(&rules, guard);
    let action = if rules.disable {
        guard.action
    } else {
        ActionKind::Warn
    };
    if steps == guard.steps && action == guard.action {
        return Cow::Borrowed(guard);
    }
    Cow::Owned(GuardConfig {
        steps,
        action,
        ..guard.clone()
    })
}

fn steps_on(rules: &Rules, guard: &GuardConfig) -> Vec<Step> {
    match &rules.steps {
        Some(own) => own.iter().copied().map(Step::Share).collect(),
        None if guard.steps.is_empty() => default_steps().map(Step::Share).collect(),
        None => guard.steps.clone(),
    }
}

/// The steps where nobody chose any.
pub(crate) fn default_steps() -> impl Iterator<Item = Quantity> {
    STEPS_DEFAULT
        .into_iter()
        .map(|raw| Quantity::from_raw(raw, Unit::Percent))
}

impl Draft {
    /// Ends what guards said of a quota's meter that they judge no more.
    pub(crate) fn release(&mut self, memory: &AccountMemory, info: &MeterInfo, judges: &[GuardId]) {
        if meter::measured(info).is_none() {
            return;
        }
        let left = |guard: &GuardId, id: &MeterId| *id == info.id && !judges.contains(guard);
        for (key, open) in memory.alerts.iter().filter(|(key, _)| left(&key.0, &key.1)) {
            self.batch.push(Write::ResolveAlert {
                guard: Some(key.0.clone()),
                meter: Some(key.1.clone()),
                key: open.stored_key.clone(),
                window_start: open.window_start,
                at: self.at,
            });
            self.resolved.push(key.clone());
        }
        let held = memory.slots.iter().filter(|(key, _)| left(&key.0, &key.1));
        for (key, slot) in held.filter(|(_, slot)| slot.state != tidegate_guard::GuardState::default()) {
            let fresh = Slot {
                version: slot.version.saturating_add(1),
                held_until: slot.held_until,
                ..Slot::default()
            };
            self.batch.push(Write::GuardState(GuardStateRow {
                guard: key.0.clone(),
                meter: key.1.clone(),
                version: slot.version,
                state: json(&fresh.state),
                level: fresh.level,
                why: serde_json::Value::Null,
                at: self.at,
            }));
            self.keep_slot(key.clone(), fresh);
        }
    }
}

/// A look at the book alone: nobody was asked, and only this sub-account's meter is in it.
pub(crate) fn look_at_book(inner: &Arc<Inner>, memory: &AccountMemory, user: &TargetId) -> Looked {
    Looked {
        usage: None,
        meters: Vec::new(),
        over: std::collections::BTreeSet::new(),
        told: Told::Book(user.clone()),
        blind: memory.blind.clone(),
        states: std::collections::BTreeMap::new(),
        open: std::collections::BTreeMap::new(),
        can_act: memory.can_act,
        at: inner.now(),
    }
}

/// What the check just before an action stands on.
pub(crate) enum Ground {
    /// The outside, asked now.
    Outside,
    /// The book: the newest whole bill is young enough.
    Book,
    /// Neither yet.
    Wait(String),
}

/// What the check of an action on a meter stands on. A bill takes minutes to read and is booked once a day, so an action on
/// a quota does not read it again while it is fresh; where it is not, the schedule reads it, and nobody waits with a lock in
/// hand. Without running loops it is read here.
pub(crate) async fn ground(inner: &Inner, watch: &Watch, id: Option<&MeterId>) -> Ground {
    let memory = watch.memory.lock().await;
    let known = id.and_then(|id| memory.meters.get(id));
    let quota = known.is_some_and(|known| meter::measured(&known.info).is_some());
    let Some(book) = memory.book.as_deref().filter(|_| quota) else {
        return Ground::Outside;
    };
    if book.is_fresh(inner.wall(), watch.config().interval) {
        return Ground::Book;
    }
    if !inner.is_running() {
        return Ground::Outside;
    }
    if watch.looking.try_lock().is_ok() {
        lock(&inner.hurried).push(watch.config().id.clone());
        inner.wakes.schedule.notify_one();
    }
    Ground::Wait("the bill is read again first".to_owned())
}
