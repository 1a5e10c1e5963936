//! How the book is changed: by the holder alone, one change after the other, each in one transaction with its audit entry,
//! then judged at once. Owns that a planned disable which lost its reason never leaves: it is called off in the same
//! transaction, with the pens of all intents of the sub-account in hand.

use std::sync::Arc;

use tidegate_guard::{ActionKind, is_over};
use tidegate_meter::{AccountId, RowId, TargetId, Time};
use tidegate_store::{Batch, IntentRow, QuotaWrite, StoreError, Write};

use super::QuotaRefused;
use super::book::{Book, Kept};
use super::compose::{look_at_book, reload};
use super::meter;
use crate::command::{CallOff, again, writer};
use crate::config::AccountConfig;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit};
use crate::memory::AccountMemory;
use crate::watch::Watch;
use crate::{EngineError, judging};

/// What a change is made from.
pub(super) struct Before<'a> {
    pub(super) inner: &'a Inner,
    pub(super) config: &'a AccountConfig,
    /// The book as it stands, knowing the time.
    pub(super) book: &'a Book,
    pub(super) user: &'a TargetId,
    pub(super) by: &'a str,
    pub(super) now: Time,
}

impl Before<'_> {
    /// The sub-account that is changed.
    pub(super) fn kept(&self) -> Result<&Kept, EngineError> {
        let kept = self.book.users.get(self.user);
        kept.ok_or_else(|| EngineError::NoTarget(self.user.clone()))
    }

    pub(super) fn row_id(&self) -> RowId {
        self.inner.row_id()
    }
}

/// A change: the book after it, and what makes it durable.
pub(super) struct Change<T> {
    pub(super) book: Book,
    pub(super) writes: Vec<QuotaWrite>,
    /// The name of its audit entry, and the facts.
    pub(super) entry: (&'static str, serde_json::Value),
    pub(super) answer: T,
}

/// Changes the book of a sub-account. One that came too late, since another hand wrote first, is made anew from what is
/// stored then.
pub(super) async fn change<T>(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    by: &str,
    make: impl Fn(&Before<'_>) -> Result<Change<T>, EngineError>,
) -> Result<T, EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    again(inner, || written(inner, account, user, by, &make)).await
}

async fn written<T>(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    by: &str,
    make: &impl Fn(&Before<'_>) -> Result<Change<T>, EngineError>,
) -> Result<T, EngineError> {
    let watch = inner
        .watch(account)
        .ok_or_else(|| EngineError::NoAccount(account.clone()))?;
    let mut memory = watch.memory.lock().await;
    let now = inner.wall();
    let book = memory
        .book
        .as_deref()
        .ok_or_else(|| QuotaRefused::NoSubAccounts(account.clone()))?;
    let change = make(&Before {
        inner,
        config: &watch.config(),
        book: &book.clone().at(now),
        user,
        by,
        now,
    })?;
    let mut batch = Batch::default();
    batch.writes.extend(change.writes.into_iter().map(Write::Quota));
    batch.push(audit(now, by, change.entry.0, change.entry.1));
    let mut off = CallOff::default();
    let disables = |row: &IntentRow| {
        row.account == *account
            && row.target.id == *user
            && row.action == ActionKind::Stop
            && row.guard.is_some()
    };
    let pens = inner.desk.pens(disables).await;
    if has_lost_its_reason(&watch, &memory, &change.book, user, now) {
        off.add(inner, &mut batch, disables);
    }
    let mut events = std::mem::take(&mut off.events);
    events.push(Event::Quota {
        at: now,
        account: account.clone(),
        user: Some(user.clone()),
    });
    if let Err(error) = inner.commit(Step::QuotaChanged, batch, events).await {
        if matches!(error, StoreError::Conflict { .. }) {
            reload(inner, account, &mut memory).await?;
        }
        return Err(error.into());
    }
    off.done(inner);
    memory.book = Some(Box::new(change.book));
    drop(pens);
    judge_book(inner, &watch, &mut memory, user).await;
    Ok(change.answer)
}

/// Whether no guard would disable the sub-account by the book after the change. Where that cannot be said, what was decided
/// stands: the check just before it leaves sees the same.
fn has_lost_its_reason(
    watch: &Watch,
    memory: &AccountMemory,
    book: &Book,
    user: &TargetId,
    now: Time,
) -> bool {
    let config = watch.config();
    let kept = book.users.get(user);
    if !book.is_judged(user) || kept.is_some_and(|kept| !kept.budget.rules.disable) {
        return true;
    }
    let book = book.clone().at(now);
    let look = meter::look(&config.id, &book, user, now, config.interval);
    let Some((look, reading)) = look
        .as_ref()
        .and_then(|look| Some((look, look.outcome.reading()?)))
    else {
        return false;
    };
    let guards = memory.guards_of(&look.info, Some(reading));
    let mut lines = guards.filter_map(|guard| guard.limit);
    lines.all(|line| is_over(line, reading) != Some(true))
}

/// Composes the meter of a sub-account from the book and judges it. What is decided is durable; an error is told in the log
/// alone: the change itself was made, and the next look judges it.
async fn judge_book(inner: &Arc<Inner>, watch: &Watch, memory: &mut AccountMemory, user: &TargetId) {
    if !inner.is_running() {
        return;
    }
    let mut looked = look_at_book(inner, memory, user);
    if let Err(error) = judging::judge_and_commit(inner, watch, memory, &mut looked).await {
        tracing::warn!(account = %watch.config().id, %user, %error, "a changed quota waits for the next look");
    }
}
