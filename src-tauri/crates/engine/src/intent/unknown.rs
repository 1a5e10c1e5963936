//! Unknown: the answer was lost. Only the target's state can say what happened. Never sent again from here: a target
//! that still runs in two reads far enough apart was not reached, and fails the try.

use tidegate_channels::Message;
use tidegate_guard::{IntentState, PowerState, Severity};
use tidegate_providers::{ProviderErrorKind, TargetState};

use super::failed::{self, Failure};
use super::{Move, Work, abandoned, closure, verifying};
use crate::event::Event;
use crate::planning::action_ref;
use crate::{EngineError, limits};

/// Records that nothing is known, and says so.
pub(crate) async fn enter(work: &mut Work, detail: &str) -> Result<(), EngineError> {
    work.detail.failure = Some(detail.to_owned());
    work.detail.unchanged_since = None;
    let event = Event::Unknown {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        detail: detail.to_owned(),
    };
    let message = Message::ActionUnknown {
        action: action_ref(&work.row, &work.detail),
        detail: detail.to_owned(),
        given_up: false,
    };
    let transition = Move::new(IntentState::Unknown, event)
        .facts(serde_json::json!({ "detail": detail }))
        .telling(message, Severity::Critical);
    work.go(transition).await
}

/// One read of the state.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let looked = verifying::look(work).await;
    closure::note_done(work).await?;
    match looked {
        Ok(state) => seen(work, state).await,
        Err(error) if error.kind == ProviderErrorKind::Gone => failed::gone(work).await,
        Err(error) => {
            if work.in_state() >= limits::UNKNOWN_MAX {
                let end = abandoned::unsolved(work, &error.detail);
                return work.go(end).await;
            }
            let wait = error
                .retry_after
                .map(limits::granted)
                .unwrap_or(limits::VERIFY_FAST)
                .max(limits::VERIFY_FAST);
            work.stay(wait, None).await
        }
    }
}

async fn seen(work: &mut Work, state: TargetState) -> Result<(), EngineError> {
    if work.is_wanted(&state.power) {
        return verifying::wanted(work, state).await;
    }
    if state.power == PowerState::Gone {
        return failed::gone(work).await;
    }
    if let Some(failure) = verifying::started_again(work, &state).await {
        return failed::enter(work, failure).await;
    }
    if work.is_coming(&state.power) {
        let event = Event::Verifying {
            at: state.at,
            intent: work.row.id,
            target: work.row.target.clone(),
            power: Some(state.power),
        };
        let transition = Move::new(IntentState::Verifying, event).after(limits::VERIFY_FAST);
        return work.go(transition).await;
    }
    if let Some(closure) = &work.detail.closure
        && !closure.is_awaited(work.row.action)
    {
        // Nothing that was asked for is on its way any more: the rest was refused, or never asked for.
        let failure = closure::failure(closure, work.row.action);
        return failed::enter(work, failure).await;
    }
    unchanged(work, &state).await
}

/// Still as before: the request may be on its way inside the provider. Only a second read after the settling time says
/// that it was not taken on.
async fn unchanged(work: &mut Work, state: &TargetState) -> Result<(), EngineError> {
    let settled = work.detail.unchanged_since.is_some() && work.in_state() >= limits::SETTLE;
    if settled {
        let detail = format!("the request had no effect: {}", work.still(&state.power));
        let failure = Failure::retry(detail)
            .of(work)
            .not_before(verifying::doubt(work).await);
        return failed::enter(work, failure).await;
    }
    work.detail.unchanged_since.get_or_insert(state.at);
    work.stay(limits::SETTLE, None).await
}
