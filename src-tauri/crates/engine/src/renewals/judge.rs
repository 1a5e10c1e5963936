//! The judgement of a day: which reminder holds, whether it was told, and what that means for its alert. Each renewal is
//! one transaction, so that one which cannot be written holds up no other.

use jiff::civil::Date;
use tidegate_channels::Message;
use tidegate_guard::Severity;
use tidegate_meter::RowId;
use tidegate_providers::calendar::Reminder;
use tidegate_store::{AlertRow, Batch, StoreError, Write};

use super::state::{self, Renewal, State, Told};
use super::{KEY, stamp};
use crate::EngineError;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, json};
use crate::outbox::{Outgoing, post};

/// Judges every renewal. With `tells`, what holds today is told; without, only what no longer holds is closed.
pub(super) async fn all(inner: &Inner, today: Date, tells: bool) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    for renewal in state::all(inner).await? {
        one(inner, &renewal, today, tells).await?;
    }
    Ok(())
}

async fn one(inner: &Inner, renewal: &Renewal, today: Date, tells: bool) -> Result<(), EngineError> {
    let holds = holds(renewal, today);
    let told = renewal.state.told;
    let next = State {
        since: renewal.state.since.or(Some(today)),
        told: told.filter(|told| !is_over(told.reminder, holds, tells)),
        ..renewal.state.clone()
    };
    let new = holds.filter(|reminder| tells && next.told.is_none_or(|told| told.reminder != *reminder));
    let mut batch = Batch::default();
    if next.told != told {
        batch
            .writes
            .extend(told.map(|told| closing(inner, renewal, told.reminder)));
    }
    match new {
        Some(reminder) => tell(inner, renewal, reminder, (batch, next), today).await,
        None if next == renewal.state => Ok(()),
        None => {
            batch.push(renewal.write(&next));
            Ok(inner.commit(Step::RenewalNoted, batch, Vec::new()).await?)
        }
    }
}

/// The reminder that holds today; none of one that is switched off.
fn holds(renewal: &Renewal, today: Date) -> Option<Reminder> {
    let config = &renewal.config;
    if !config.enabled {
        return None;
    }
    renewal.standing().reminder(&config.remind, today)
}

/// A told reminder is over when another one takes its place, or when its due date is settled. Between two tellings only
/// the second closes it: the other waits for its hour.
fn is_over(told: Reminder, holds: Option<Reminder>, tells: bool) -> bool {
    match holds {
        None => true,
        Some(holds) => holds != told && (tells || holds.due != told.due),
    }
}

/// The end of a reminder's alert. Nobody is told: it was either settled, which tells by itself, or followed by the next.
pub(super) fn closing(inner: &Inner, renewal: &Renewal, reminder: Reminder) -> Write {
    Write::ResolveAlert {
        guard: None,
        meter: None,
        key: key(renewal, reminder),
        window_start: stamp(reminder.due),
        at: inner.wall(),
    }
}

fn key(renewal: &Renewal, reminder: Reminder) -> String {
    format!("{KEY}{}:{}", renewal.config.id, reminder.days)
}

/// Raises the alert of a reminder with its messages. An alert of this name that exists was told by an earlier run or by
/// another copy: then only the state follows.
async fn tell(
    inner: &Inner,
    renewal: &Renewal,
    reminder: Reminder,
    (closed, next): (Batch, State),
    today: Date,
) -> Result<(), EngineError> {
    let alert = inner.row_id();
    let told = |alert| State {
        told: Some(Told { reminder, alert }),
        ..next.clone()
    };
    let mut batch = closed.clone();
    raise(inner, renewal, reminder, alert, &mut batch, today);
    batch.push(renewal.write(&told(Some(alert))));
    let event = Event::RenewalDue {
        at: inner.wall(),
        alert,
        renewal: renewal.config.id.clone(),
        due: reminder.due,
        days: reminder.days,
    };
    match inner.commit(Step::RenewalTold, batch, vec![event]).await {
        Ok(()) => {
            inner.wakes.deliver.notify_one();
            Ok(())
        }
        Err(StoreError::Conflict { .. }) => {
            let mut batch = closed;
            batch.push(renewal.write(&told(None)));
            Ok(inner.commit(Step::RenewalNoted, batch, Vec::new()).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn raise(inner: &Inner, renewal: &Renewal, reminder: Reminder, alert: RowId, batch: &mut Batch, today: Date) {
    let (now, severity) = (inner.wall(), severity(renewal, reminder));
    let open = renewal.standing().open(today);
    let message = Message::RenewalDue {
        renewal: renewal.named(),
        due: reminder.due,
        days: reminder.days,
        earlier: open.take_while(|due| *due < reminder.due).count(),
    };
    batch.push(Write::RaiseAlert(AlertRow {
        id: alert,
        guard: None,
        account: None,
        meter: None,
        key: key(renewal, reminder),
        window_start: stamp(reminder.due),
        severity,
        raised_at: now,
        resolved_at: None,
        acknowledged: None,
        snoozed_until: None,
        body: json(&message),
    }));
    let outgoing = Outgoing {
        message,
        severity,
        routed: severity,
        alert: Some(alert),
        intent: None,
        channels: renewal.config.channels.clone(),
    };
    post(inner, batch, &[outgoing], now);
}

/// The due day of what a person must pay is as urgent as it gets: tomorrow it is too late. What renews by itself needs
/// nobody.
pub(super) const fn severity(renewal: &Renewal, reminder: Reminder) -> Severity {
    match (renewal.config.auto_renew, reminder.days) {
        (true, _) => Severity::Info,
        (false, 0) => Severity::Critical,
        (false, _) => Severity::Warning,
    }
}
