//! Failed: refused, or without effect. Owns the bounded tries and their waits; each further try is checked again like
//! the first.

use std::time::Duration;

use tidegate_channels::Message;
use tidegate_guard::{IntentState, Severity};
use tidegate_store::{TargetRow, Write};

use super::recheck::recheck;
use super::{Move, Work, abandoned, planned};
use crate::event::Event;
use crate::planning::action_ref;
use crate::{EngineError, limits};

/// Why a try failed, and whether another one makes sense.
pub(crate) struct Failure {
    detail: String,
    permanent: bool,
    no_effect: bool,
    /// The pieces of the sub-account tell it, in the reader's language.
    by_pieces: bool,
    not_before: Option<Duration>,
    /// What became known of the target with it.
    target: Option<TargetRow>,
}

impl Failure {
    /// Another try cannot help before a person changes something.
    pub(crate) fn permanent(detail: String) -> Self {
        Self {
            permanent: true,
            ..Self::retry(detail)
        }
    }

    /// Another try may help.
    pub(crate) const fn retry(detail: String) -> Self {
        Self {
            detail,
            permanent: false,
            no_effect: false,
            by_pieces: false,
            not_before: None,
            target: None,
        }
    }

    /// Recorded together with what became known of the target.
    pub(crate) fn leaving(mut self, target: TargetRow) -> Self {
        self.target = Some(target);
        self
    }

    /// What is left stands piece by piece in the record: the message tells that instead.
    pub(crate) const fn told_by_pieces(mut self) -> Self {
        self.by_pieces = true;
        self
    }

    /// Told by pieces, where the target has such.
    pub(crate) const fn of(self, work: &Work) -> Self {
        match &work.detail.closure {
            Some(_) => self.told_by_pieces(),
            None => self,
        }
    }

    /// Taken on, and nothing happened.
    pub(crate) fn no_effect(detail: String) -> Self {
        Self {
            no_effect: true,
            ..Self::retry(detail)
        }
    }

    pub(crate) const fn not_before(mut self, wait: Option<Duration>) -> Self {
        self.not_before = wait;
        self
    }
}

/// Records the failure; ends when no try is left or none makes sense.
pub(crate) async fn enter(work: &mut Work, failure: Failure) -> Result<(), EngineError> {
    work.row.tries = work.row.tries.saturating_add(1);
    work.detail.failure = Some(failure.detail.clone());
    work.detail.no_effect = failure.no_effect;
    let wait = if failure.permanent { None } else { next_wait(work) };
    let wait = wait.map(|wait| wait.max(failure.not_before.unwrap_or_default()));
    let retry_at = wait.map(|wait| work.now().wall.plus(wait));
    let event = Event::Failed {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        detail: failure.detail.clone(),
        retry_at,
    };
    let message = Message::ActionFailed {
        action: action_ref(&work.row, &work.detail),
        detail: if failure.by_pieces {
            String::new()
        } else {
            failure.detail.clone()
        },
        retry_at,
    };
    let facts = serde_json::json!({ "detail": failure.detail, "retry_at": retry_at });
    let mut failed = Move::new(IntentState::Failed, event)
        .after(wait.unwrap_or_default())
        .facts(facts)
        .telling(message, Severity::Critical);
    failed.with.extend(failure.target.clone().map(Write::PutTarget));
    let mut moves = vec![failed];
    if wait.is_none() {
        moves.push(abandoned::transition(work, &failure.detail));
    }
    work.go_all(moves).await?;
    if let Some(target) = failure.target {
        let mut memory = work.watch.memory.lock().await;
        memory.targets.insert(target.target.id.clone(), target);
    }
    Ok(())
}

/// The wait before the next try, by the tries that failed; `None` when none is left.
fn next_wait(work: &Work) -> Option<Duration> {
    let failed = usize::try_from(work.row.tries).unwrap_or(usize::MAX);
    limits::RETRY_WAITS.get(failed.saturating_sub(1)).copied()
}

/// The provider has no such target: nothing is left to act on.
pub(crate) async fn gone(work: &mut Work) -> Result<(), EngineError> {
    let detail = "the provider has no such target any more";
    if work.row.state != IntentState::Failed {
        return enter(work, Failure::permanent(detail.to_owned())).await;
    }
    // Between two tries it stands where a failure would lead: only the end is left.
    let message = Message::ActionFailed {
        action: action_ref(&work.row, &work.detail),
        detail: detail.to_owned(),
        retry_at: None,
    };
    let end = abandoned::transition(work, detail).telling(message, Severity::Critical);
    work.go(end).await
}

/// The wait is over: check again, and try again.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let found = recheck(work).await?;
    planned::resolve(work, found).await
}
