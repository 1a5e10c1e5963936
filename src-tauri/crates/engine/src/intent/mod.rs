//! The state machine of an intent: one file per state, each with the step that leads out of it. Owns the one way to
//! move: the transition is durable, with its audit entry and its messages, before anything else happens.
//! An error never moves an intent; what another hand moved meanwhile is read anew.

mod abandoned;
mod accepted;
mod cancelled;
pub mod closure;
mod failed;
mod planned;
mod recheck;
mod rechecked;
mod sent;
mod unknown;
mod verified;
mod verifying;

use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::Message;
use tidegate_guard::{ActionKind, IntentState, PowerState, Severity};
use tidegate_meter::{Now, Time};
use tidegate_store::{Batch, IntentEventRow, IntentRow, Write};

pub use crate::planning::{IntentDetail, Person};

use crate::EngineError;
use crate::crash::Step;
use crate::desk::Cell;
use crate::event::Event;
use crate::inner::{Inner, audit, json, unjson};
use crate::outbox::{Outgoing, post};
use crate::watch::Watch;

/// One step of one intent.
pub(crate) struct Work {
    pub(crate) inner: Arc<Inner>,
    pub(crate) cell: Arc<Cell>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) row: IntentRow,
    pub(crate) detail: IntentDetail,
}

/// One transition, before it is written.
pub(crate) struct Move {
    pub(crate) to: IntentState,
    /// Until the next step.
    pub(crate) wait: Duration,
    /// What the audit keeps.
    pub(crate) facts: serde_json::Value,
    pub(crate) event: Event,
    pub(crate) message: Option<(Message, Severity)>,
    /// What else becomes true in the same transaction.
    pub(crate) with: Vec<Write>,
}

impl Move {
    pub(crate) fn new(to: IntentState, event: Event) -> Self {
        Self {
            to,
            wait: Duration::ZERO,
            facts: serde_json::Value::Null,
            event,
            message: None,
            with: Vec::new(),
        }
    }

    pub(crate) const fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    pub(crate) fn telling(mut self, message: Message, severity: Severity) -> Self {
        self.message = Some((message, severity));
        self
    }

    pub(crate) fn facts(mut self, facts: serde_json::Value) -> Self {
        self.facts = facts;
        self
    }
}

/// Takes the next step of an intent, whatever its state.
pub(crate) async fn step(inner: &Arc<Inner>, cell: &Arc<Cell>) -> Result<(), EngineError> {
    let row = cell.row();
    let detail: IntentDetail = unjson(row.detail.clone(), "intent")?;
    let watch = inner
        .watch(&row.account)
        .ok_or_else(|| EngineError::NoAccount(row.account.clone()));
    let Ok(watch) = watch else {
        return cancelled::without_account(inner, cell, &row, &detail).await;
    };
    let mut work = Work {
        inner: Arc::clone(inner),
        cell: Arc::clone(cell),
        watch,
        row,
        detail,
    };
    let moved = match work.row.state {
        IntentState::Planned => planned::step(&mut work).await,
        IntentState::Rechecked => rechecked::step(&mut work).await,
        IntentState::Sent => sent::step(&mut work).await,
        IntentState::Accepted => accepted::step(&mut work).await,
        IntentState::Verifying => verifying::step(&mut work).await,
        IntentState::Failed => failed::step(&mut work).await,
        IntentState::Unknown => unknown::step(&mut work).await,
        IntentState::Verified | IntentState::Cancelled | IntentState::Abandoned => {
            inner.desk.remove(work.row.id);
            Ok(())
        }
    };
    if matches!(moved, Err(EngineError::Store(_)))
        && matches!(work.row.state, IntentState::Sent | IntentState::Accepted)
    {
        verifying::keep_in_sight(&mut work).await;
    }
    moved
}

impl Work {
    pub(crate) fn now(&self) -> Now {
        self.inner.now()
    }

    /// The state that would end it well.
    pub(crate) fn is_wanted(&self, power: &PowerState) -> bool {
        match self.row.action {
            ActionKind::Start => *power == PowerState::Running,
            ActionKind::Stop | ActionKind::Warn => *power == PowerState::Stopped,
        }
    }

    /// On the way to the wanted state.
    pub(crate) fn is_coming(&self, power: &PowerState) -> bool {
        match self.row.action {
            ActionKind::Start => *power == PowerState::Starting,
            ActionKind::Stop | ActionKind::Warn => *power == PowerState::Stopping,
        }
    }

    /// Still as it was before the request.
    pub(crate) fn is_unchanged(&self, power: &PowerState) -> bool {
        match self.row.action {
            ActionKind::Start => *power == PowerState::Stopped,
            ActionKind::Stop | ActionKind::Warn => *power == PowerState::Running,
        }
    }

    /// What is not as wanted, in words: the pieces of a sub-account, else the power state.
    pub(crate) fn still(&self, power: &PowerState) -> String {
        match &self.detail.closure {
            Some(closure) => closure.still(self.row.action),
            None => format!("the target is still {}", verifying::word(power)),
        }
    }

    /// How long this process has seen the intent in its state, by the clock that cannot be set.
    pub(crate) fn in_state(&self) -> Duration {
        self.now().mono.since(self.cell.entered())
    }

    /// The try on the record came to no request.
    pub(crate) fn not_sent(&mut self, left_earlier: bool) {
        self.detail.sent_at = None;
        self.detail.left = left_earlier;
    }

    /// Moves on: durable first, told afterwards.
    pub(crate) async fn go(&mut self, transition: Move) -> Result<(), EngineError> {
        self.go_all(vec![transition]).await
    }

    /// Several transitions in one transaction; the last one's wait counts.
    pub(crate) async fn go_all(&mut self, transitions: Vec<Move>) -> Result<(), EngineError> {
        let now = self.now();
        let mut batch = Batch::default();
        let mut events = Vec::new();
        let mut outgoing = Vec::new();
        let mut row = self.row.clone();
        let mut wait = Duration::ZERO;
        for transition in transitions {
            let from = row.state;
            wait = transition.wait;
            row = self.moved(row, &transition, now.wall);
            batch.push(Write::MoveIntent {
                event: transition_row(&row, from, now.wall, &transition.facts),
                row: row.clone(),
            });
            batch.push(audit(
                now.wall,
                "engine",
                &format!("intent.{}", transition.to.name()),
                serde_json::json!({ "intent": row.id, "target": row.target.id, "facts": transition.facts }),
            ));
            batch.writes.extend(transition.with);
            events.push(transition.event);
            outgoing.extend(transition.message.map(|told| self.outgoing(told)));
        }
        post(&self.inner, &mut batch, &outgoing, now.wall);
        self.inner
            .commit(Step::into_state(row.state), batch, events)
            .await?;
        self.cell.set_row(row.clone(), now.mono);
        self.cell.set_next(now.mono.plus(wait));
        self.inner.desk.note_pieces(&row);
        self.row = row;
        if self.row.state.is_end() {
            self.inner.desk.remove(self.row.id);
        }
        self.inner.wakes.deliver.notify_one();
        Ok(())
    }

    fn moved(&self, row: IntentRow, transition: &Move, now: Time) -> IntentRow {
        IntentRow {
            state: transition.to,
            detail: json(&self.detail),
            next_at: now.plus(transition.wait),
            updated_at: now,
            ..row
        }
    }

    fn outgoing(&self, (message, severity): (Message, Severity)) -> Outgoing {
        Outgoing {
            message,
            severity,
            // Whoever was told that it was planned is told what became of it.
            routed: Severity::Critical,
            alert: None,
            intent: Some(self.row.id),
            channels: self.detail.channels.clone(),
        }
    }

    /// Stays, and looks again after `wait`; what changed in the detail is kept. Takes the pen.
    pub(crate) async fn stay(&mut self, wait: Duration, event: Option<Event>) -> Result<(), EngineError> {
        let cell = Arc::clone(&self.cell);
        let _pen = cell.pen.lock().await;
        self.stay_in_hand(wait, event).await
    }

    /// As [`Self::stay`], for a step that has the pen in hand. What a person held or called off while this step asked
    /// the outside stays as the person set it.
    pub(crate) async fn stay_in_hand(
        &mut self,
        wait: Duration,
        event: Option<Event>,
    ) -> Result<(), EngineError> {
        if !self.is_still_due() {
            return Ok(());
        }
        let now = self.now();
        let row = IntentRow {
            detail: json(&self.detail),
            next_at: now.wall.plus(wait),
            updated_at: now.wall,
            ..self.cell.row()
        };
        let is_news = row.detail != self.row.detail;
        if is_news {
            let mut batch = Batch::default();
            batch.push(Write::TouchIntent(row.clone()));
            self.inner.commit(Step::IntentNoted, batch, Vec::new()).await?;
            let entered = self.cell.entered();
            self.cell.set_row(row.clone(), entered);
            self.row = row;
        }
        self.cell.set_next(now.mono.plus(wait));
        self.inner.publish(event.into_iter().collect());
        Ok(())
    }
}

fn transition_row(row: &IntentRow, from: IntentState, at: Time, facts: &serde_json::Value) -> IntentEventRow {
    IntentEventRow {
        intent: row.id,
        from: Some(from),
        to: row.state,
        at,
        facts: facts.clone(),
    }
}
