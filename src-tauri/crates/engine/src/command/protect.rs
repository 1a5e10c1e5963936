//! The protect list and the pause: what a person takes out of every guard's reach.

use std::sync::Arc;

use tidegate_guard::ActionKind;
use tidegate_meter::{AccountId, TargetId, Time};
use tidegate_store::{Batch, Write};

use super::{CallOff, writer};
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json, lock};
use crate::load::PAUSE;
use crate::memory::new_target;
use crate::{EngineError, Refused, limits};

/// Puts a target on the list, or takes it off.
pub(crate) async fn protect(
    inner: &Arc<Inner>,
    account: &AccountId,
    target: &TargetId,
    protected: bool,
    by: &str,
) -> Result<(), EngineError> {
    let watch = || {
        inner
            .watch(account)
            .ok_or_else(|| EngineError::NoAccount(account.clone()))
    };
    writer(inner).await?;
    // Outside the queue of commands: a provider that hangs must not hold up the others.
    super::arming::first_look(inner, &*watch()?).await;
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let watch = watch()?;
    let mut memory = watch.memory.lock().await;
    let known = memory
        .target(target)
        .ok_or_else(|| EngineError::NoTarget(target.clone()))?;
    let now = inner.wall();
    let mut batch = Batch::default();
    if !memory.targets.contains_key(target) {
        batch.push(Write::PutTarget(new_target(account, &known)));
    }
    batch.push(Write::Protect {
        account: account.clone(),
        target: target.clone(),
        protected,
    });
    let facts = serde_json::json!({ "account": account, "target": target, "protected": protected });
    batch.push(audit(now, by, "target.protected", facts));
    let mut off = CallOff::default();
    if protected {
        off.add(inner, &mut batch, |row| {
            row.account == *account && row.target.id == *target && row.action == ActionKind::Stop
        });
    }
    let mut events = std::mem::take(&mut off.events);
    events.push(Event::Protected {
        at: now,
        account: account.clone(),
        target: target.clone(),
        protected,
    });
    inner.commit(Step::Protected, batch, events).await?;
    off.done(inner);
    let row = memory
        .targets
        .entry(target.clone())
        .or_insert_with(|| new_target(account, &known));
    row.protected = protected;
    Ok(())
}

/// Pauses automatic actions.
pub(crate) async fn pause(inner: &Inner, until: Time, by: &str) -> Result<(), EngineError> {
    let now = inner.wall();
    if until <= now || until.since(now) > limits::PAUSE_MAX {
        return Err(Refused::Range {
            field: "until",
            allowed: "within 30 days from now",
        }
        .into());
    }
    set_pause(inner, Some(until), by, "actions.paused").await
}

/// Ends a pause.
pub(crate) async fn resume(inner: &Inner, by: &str) -> Result<(), EngineError> {
    set_pause(inner, None, by, "actions.resumed").await
}

async fn set_pause(inner: &Inner, until: Option<Time>, by: &str, event: &str) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let mut batch = Batch::default();
    batch.push(Write::Setting(PAUSE.to_owned(), until.as_ref().map(json)));
    let facts = serde_json::json!({ "until": until });
    let now = inner.wall();
    batch.push(audit(now, by, event, facts));
    inner.commit(Step::Paused, batch, Vec::new()).await?;
    *lock(&inner.paused_until) = until;
    // Told after it holds: whoever hears of it and asks must not be answered with what was before.
    inner.publish(vec![Event::Paused {
        at: inner.wall(),
        until,
    }]);
    Ok(())
}
