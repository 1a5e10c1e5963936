//! The commands: one file for each kind. Each writes one transaction, one after the other, and is effective at once.

mod answer;
mod arming;
mod configure;
mod deliveries;
mod earlier;
mod intents;
pub(crate) mod items;
mod mailboxes;
pub(crate) mod measured;
mod protect;
mod query;
mod quotas;
mod replay;
mod restore;
pub(crate) mod settings;
mod subscriptions;
pub(crate) mod tokens;
pub(crate) mod trial;

pub(crate) use answer::{acknowledge, snooze};
pub(crate) use arming::{arm, contracts, disarm};
pub(crate) use configure::{configure, current, plan};
pub(crate) use deliveries::{channel_health, renew_providers, renew_secrets, retry, test};
pub(crate) use intents::{act, cancel, drive, hold, stop_now};
pub(crate) use mailboxes::scan_mailbox;
pub(crate) use protect::{pause, protect, resume};
pub(crate) use query::{check, guards, status};
pub(crate) use replay::{replay, what_if};
pub(crate) use restore::restore;

use std::sync::Arc;

use tidegate_channels::Message;
use tidegate_guard::{IntentState, Severity};
use tidegate_store::{Batch, IntentRow, StoreError, Write};

use crate::desk::Cell;
use crate::event::Event;
use crate::inner::Inner;
use crate::outbox::{Outgoing, post};
use crate::planning::{IntentDetail, action_ref, asked, called_off};
use crate::{EngineError, limits, load, run};

/// Makes this process the writer, if no other copy is. What it read before it was, another copy may have changed since:
/// everything is read anew, so ask for it before anything else is looked up.
pub(crate) async fn writer(inner: &Inner) -> Result<(), EngineError> {
    if inner.is_holder() {
        return Ok(());
    }
    run::take_lease(inner).await?;
    if let Err(error) = load::everything(inner).await {
        run::release(inner).await;
        return Err(error);
    }
    Ok(())
}

/// The same for what is handed in: it waits for no command while this process is the writer.
pub(crate) async fn writer_once(inner: &Inner) -> Result<(), EngineError> {
    if inner.is_holder() {
        return Ok(());
    }
    let _order = inner.order.lock().await;
    writer(inner).await
}

/// Tries a command once more when an intent moved while it was written; the rows are read anew first. A pen keeps a
/// step from sending meanwhile, but not from finding that nothing is left to do.
pub(crate) async fn again<T, F: Future<Output = Result<T, EngineError>>>(
    inner: &Inner,
    command: impl Fn() -> F,
) -> Result<T, EngineError> {
    for _ in 0..limits::COMMAND_TRIES {
        match command().await {
            Err(EngineError::Store(StoreError::Conflict { .. } | StoreError::IllegalMove)) => {
                crate::act::reread_all(inner).await;
            }
            done => return done,
        }
    }
    command().await
}

/// Cancellations that belong to a command's transaction.
#[derive(Default)]
pub(crate) struct CallOff {
    pub(crate) events: Vec<Event>,
    ended: Vec<(Arc<Cell>, IntentRow)>,
}

impl CallOff {
    /// Calls off every intent of `keep` that was not sent.
    pub(crate) fn add(&mut self, inner: &Inner, batch: &mut Batch, keep: impl Fn(&IntentRow) -> bool) {
        let now = inner.wall();
        let mut outgoing = Vec::new();
        for cell in inner.desk.filter(keep) {
            let row = cell.row();
            if !row.state.may_become(IntentState::Cancelled) {
                continue;
            }
            let detail: IntentDetail = serde_json::from_value(row.detail.clone()).unwrap_or_default();
            let off = called_off(&row, now, "person");
            batch.push(Write::MoveIntent {
                row: off.row.clone(),
                event: off.event,
            });
            batch.push(off.audit);
            self.events.push(off.told);
            outgoing.push(Outgoing {
                message: Message::ActionCancelled {
                    action: action_ref(&row, &detail),
                    by: "person".to_owned(),
                    why: None,
                    asked: asked(&detail),
                },
                severity: Severity::Info,
                routed: Severity::Critical,
                alert: None,
                intent: Some(row.id),
                channels: detail.channels,
            });
            self.ended.push((cell, off.row));
        }
        post(inner, batch, &outgoing, now);
    }

    /// Memory follows the commit.
    pub(crate) fn done(self, inner: &Inner) {
        let now = inner.now().mono;
        for (cell, row) in self.ended {
            inner.desk.remove(row.id);
            cell.set_row(row, now);
        }
        inner.wakes.deliver.notify_one();
        inner.wakes.act.notify_one();
    }
}
