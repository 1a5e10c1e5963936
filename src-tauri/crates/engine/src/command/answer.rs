//! A person's answer to an alert: seen, or quiet until later. Both are part of the guard's own state, so that
//! judgement knows of them.

use std::sync::Arc;

use tidegate_meter::{RowId, Time};
use tidegate_store::{AlertRow, Batch, GuardStateRow, Write};

use super::writer;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json};
use crate::memory::{AccountMemory, AlertKey};
use crate::watch::Watch;
use crate::{EngineError, Refused};

/// Seen: no more reminders.
pub(crate) async fn acknowledge(
    inner: &Inner,
    alert: RowId,
    reason: &str,
    by: &str,
) -> Result<(), EngineError> {
    answer(inner, alert, Answer::Seen, reason, by).await
}

/// Quiet until then.
pub(crate) async fn snooze(
    inner: &Inner,
    alert: RowId,
    until: Time,
    reason: &str,
    by: &str,
) -> Result<(), EngineError> {
    if until <= inner.wall() {
        return Err(Refused::Range {
            field: "until",
            allowed: "a time to come",
        }
        .into());
    }
    answer(inner, alert, Answer::Quiet(until), reason, by).await
}

#[derive(Clone, Copy)]
enum Answer {
    Seen,
    Quiet(Time),
}

impl Answer {
    const fn event(self, alert: RowId, at: Time) -> Event {
        let (acknowledged, snoozed_until) = match self {
            Self::Seen => (true, None),
            Self::Quiet(until) => (false, Some(until)),
        };
        Event::Answered {
            at,
            alert,
            acknowledged,
            snoozed_until,
        }
    }

    /// For the audit: an end of the quiet tells a snooze from an acknowledgement.
    fn facts(self, row: &AlertRow, reason: &str) -> serde_json::Value {
        let mut facts = serde_json::json!({ "alert": row.id, "key": row.key, "reason": reason });
        if let Self::Quiet(until) = self
            && let Some(fields) = facts.as_object_mut()
        {
            fields.insert("until".to_owned(), json(&until));
        }
        facts
    }

    fn write(self, id: RowId, now: Time, reason: &str) -> Write {
        let (acknowledged, snoozed_until) = match self {
            Self::Seen => (Some((now, reason.to_owned())), None),
            Self::Quiet(until) => (None, Some(until)),
        };
        Write::AnswerAlert {
            id,
            acknowledged,
            snoozed_until,
        }
    }
}

async fn answer(inner: &Inner, id: RowId, answer: Answer, reason: &str, by: &str) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let row = inner
        .parts
        .store
        .alert(id)
        .await?
        .ok_or(EngineError::NoAlert(id))?;
    if row.resolved_at.is_some() {
        return Err(EngineError::NoAlert(id));
    }
    let now = inner.wall();
    let mut batch = Batch::default();
    batch.push(answer.write(id, now, reason));
    let told = vec![answer.event(id, now)];
    let facts = answer.facts(&row, reason);
    batch.push(audit(now, by, "alert.answered", facts));
    match owner(inner, id).await {
        None => inner.commit(Step::Answered, batch, told).await?,
        Some((watch, key)) => {
            let mut memory = watch.memory.lock().await;
            let slot = state(&memory, &key, answer);
            if let Some((slot, row)) = slot {
                batch.push(Write::GuardState(row));
                inner.commit(Step::Answered, batch, told).await?;
                memory.slots.insert((key.0, key.1), slot);
            } else {
                inner.commit(Step::Answered, batch, told).await?;
            }
        }
    }
    Ok(())
}

async fn owner(inner: &Inner, id: RowId) -> Option<(Arc<Watch>, AlertKey)> {
    for (_, watch) in inner.watches() {
        let memory = watch.memory.lock().await;
        let key = memory
            .alerts
            .iter()
            .find(|(_, open)| open.id == id)
            .map(|(key, _)| key.clone());
        drop(memory);
        if let Some(key) = key {
            return Some((watch, key));
        }
    }
    None
}

fn state(
    memory: &AccountMemory,
    key: &AlertKey,
    answer: Answer,
) -> Option<(crate::memory::Slot, GuardStateRow)> {
    let mut slot = memory.slots.get(&(key.0.clone(), key.1.clone()))?.clone();
    let known = match answer {
        Answer::Seen => slot.state.acknowledge(&key.2),
        Answer::Quiet(until) => slot.state.snooze(&key.2, until),
    };
    if !known {
        return None;
    }
    let row = GuardStateRow {
        guard: key.0.clone(),
        meter: key.1.clone(),
        version: slot.version,
        state: json(&slot.state),
        level: slot.level,
        why: json(&slot.why),
        at: slot.judged_at?,
    };
    slot.version = slot.version.saturating_add(1);
    Some((slot, row))
}
