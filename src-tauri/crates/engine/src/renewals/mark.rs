//! What a person says of a renewal: it is renewed, or it was not after all.

use jiff::ToSpan;
use jiff::civil::Date;
use tidegate_channels::Message;
use tidegate_guard::Severity;
use tidegate_meter::RenewalId;
use tidegate_store::Batch;

use super::state::{self, Renewal, State, Told};
use super::{judge, today};
use crate::command::writer;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit};
use crate::outbox::{Outgoing, post};
use crate::view::Marked;
use crate::{EngineError, Refused, limits};

/// Marks a renewal as renewed: `day` names the due date it was paid for, or the day of the payment; without it, what has
/// fallen due by today, else the next due date. Its open alert ends, and who was told is told so.
pub(crate) async fn mark(
    inner: &Inner,
    id: &RenewalId,
    day: Option<Date>,
    by: &str,
) -> Result<Marked, EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let today = today(inner);
    let renewal = state::one(inner, id).await?;
    let latest = today
        .checked_add(limits::RENEWAL_PAID_AHEAD_YEARS.years())
        .unwrap_or(Date::MAX);
    if day.is_some_and(|day| day > latest) {
        return Err(Refused::Range {
            field: "date",
            allowed: "a date at most ten years ahead",
        }
        .into());
    }
    let covered = renewal.standing().covers(day, today);
    let covered = covered.ok_or_else(|| Refused::NothingDue(id.clone()))?;
    let paid = renewal.paid().max(Some(covered));
    let state = State {
        paid,
        paid_before: if paid == renewal.state.paid {
            renewal.state.paid_before
        } else {
            renewal.state.paid
        },
        ..renewal.state.clone()
    };
    settle(inner, renewal, state, "renewal.marked", by).await
}

/// Takes the last mark back: what it was paid through before holds again.
pub(crate) async fn clear(inner: &Inner, id: &RenewalId, by: &str) -> Result<Marked, EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let renewal = state::one(inner, id).await?;
    let state = State {
        paid: renewal.state.paid_before,
        paid_before: None,
        ..renewal.state.clone()
    };
    settle(inner, renewal, state, "renewal.cleared", by).await
}

/// Writes a new state, and ends the alert of a due date that is open no longer.
async fn settle(
    inner: &Inner,
    before: Renewal,
    state: State,
    what: &str,
    by: &str,
) -> Result<Marked, EngineError> {
    let (now, today) = (inner.wall(), today(inner));
    let mut after = Renewal {
        config: before.config.clone(),
        state,
    };
    let mut batch = Batch::default();
    let ended = after
        .state
        .told
        .filter(|told| !after.standing().is_open(told.reminder.due, today));
    if let Some(told) = ended {
        after.state.told = None;
        batch.push(judge::closing(inner, &after, told.reminder));
        post(inner, &mut batch, &[settled(&after, told, today)], now);
    }
    batch.push(after.write(&after.state));
    let facts = serde_json::json!({ "renewal": after.config.id, "paid": after.paid() });
    batch.push(audit(now, by, what, facts));
    let event = Event::RenewalMarked {
        at: now,
        renewal: after.config.id.clone(),
        paid: after.paid(),
    };
    inner.commit(Step::RenewalMarked, batch, vec![event]).await?;
    inner.wakes.deliver.notify_one();
    Ok(Marked {
        paid: after.paid(),
        next: after.standing().next(today),
    })
}

fn settled(renewal: &Renewal, told: Told, today: Date) -> Outgoing {
    Outgoing {
        message: Message::RenewalSettled {
            renewal: renewal.named(),
            paid: renewal.paid().unwrap_or(told.reminder.due),
            next: renewal.standing().next(today),
        },
        severity: Severity::Info,
        routed: judge::severity(renewal, told.reminder),
        alert: told.alert,
        intent: None,
        channels: renewal.config.channels.clone(),
    }
}
