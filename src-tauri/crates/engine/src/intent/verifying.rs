//! Verifying: the provider's state is read until it says so. Owns the patience: fast looks while the request is young,
//! slower ones while the target is on its way, and the end of it.

use std::time::Duration;

use tidegate_guard::{ActionKind, IntentState, PowerState};
use tidegate_meter::TargetKind;
use tidegate_providers::{ProviderError, ProviderErrorKind, TargetState};

use super::failed::{self, Failure};
use super::{Work, closure, unknown, verified};
use crate::event::Event;
use crate::memory::{is_running, note_power};
use crate::outside::Links;
use crate::{EngineError, limits};

/// One look at the state.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let looked = look(work).await;
    closure::note_done(work).await?;
    match looked {
        Ok(state) => seen(work, state).await,
        Err(error) if error.kind == ProviderErrorKind::Gone => failed::gone(work).await,
        Err(error) => unread(work, error).await,
    }
}

/// The target's state now. What was read is known from here on, whatever becomes of its record.
pub(crate) async fn look(work: &mut Work) -> Result<TargetState, ProviderError> {
    let links = links(work).await?;
    let state = match work.row.target.kind {
        TargetKind::SubAccount => closure::look(work, &links).await?,
        TargetKind::Server => links.control.state(&work.row.target).await?,
    };
    let now = work.now().mono;
    let mut memory = work.watch.memory.lock().await;
    memory.saw(&work.row.target.id, &state, now);
    drop(memory);
    Ok(state)
}

/// Where what followed a request could not be recorded: reads what becomes of the target meanwhile, so that what a person
/// does to it is not overruled later.
pub(crate) async fn keep_in_sight(work: &mut Work) {
    let young = work.in_state() < limits::VERIFY_SPAN;
    let every = if young {
        limits::VERIFY_FAST
    } else {
        limits::VERIFY_SLOW
    };
    let now = work.now().mono;
    let memory = work.watch.memory.lock().await;
    let seen = memory.seen.get(&work.row.target.id).map(|seen| seen.at);
    drop(memory);
    if seen.is_none_or(|at| now.since(at) >= every)
        && let Err(error) = look(work).await
    {
        tracing::debug!(intent = %work.row.id, detail = error.detail, "its target could not be read");
    }
}

/// The adapters of its account.
pub(crate) async fn links(work: &Work) -> Result<Links, ProviderError> {
    let made = work.watch.links(&work.inner).await;
    made.map_err(|blind| ProviderError {
        kind: ProviderErrorKind::Blind(blind.reason),
        detail: blind.detail,
        retry_after: None,
    })
}

async fn seen(work: &mut Work, state: TargetState) -> Result<(), EngineError> {
    let waited = work.in_state();
    if work.is_wanted(&state.power) {
        return wanted(work, state).await;
    }
    if state.power == PowerState::Gone {
        return failed::gone(work).await;
    }
    if let Some(closure) = &work.detail.closure
        && !closure.is_awaited(work.row.action)
    {
        let failure = closure::failure(closure, work.row.action);
        return failed::enter(work, failure).await;
    }
    if let Some(failure) = started_again(work, &state).await {
        return failed::enter(work, failure).await;
    }
    let on_its_way = work.is_coming(&state.power);
    if waited >= limits::VERIFY_MAX || (waited >= span(work) && !on_its_way) {
        let detail = format!("taken on, but {}", work.still(&state.power));
        let failure = Failure::no_effect(detail).of(work).not_before(doubt(work).await);
        return failed::enter(work, failure).await;
    }
    let event = Event::Verifying {
        at: state.at,
        intent: work.row.id,
        target: work.row.target.clone(),
        power: Some(state.power),
    };
    work.stay(pace(work, waited).await, Some(event)).await
}

/// It was proved to be stopped, and that could not be recorded: whoever started it since is not overruled.
pub(crate) async fn started_again(work: &Work, state: &TargetState) -> Option<Failure> {
    if work.row.action != ActionKind::Stop || !is_running(&state.power) {
        return None;
    }
    work.detail.sent_at?;
    let sent = work.inner.desk.sent_here(work.row.id)?;
    let memory = work.watch.memory.lock().await;
    let (stopped, at) = memory.seen.get(&work.row.target.id)?.stopped?;
    if at < sent {
        return None;
    }
    let mut row = verified::known_target(work, &memory);
    row.stopped_by_us_at = Some(stopped);
    note_power(&mut row, &PowerState::Stopped, None, stopped);
    note_power(&mut row, &state.power, state.started_at, state.at);
    let detail =
        format!("it was stopped at {stopped}, which could not be recorded then, and was started again since");
    Some(Failure::permanent(detail).leaving(row))
}

/// The process that sent the request ended, and for some minutes nobody saw the target: it may have been stopped, and
/// started again by somebody. Then the next try leaves it the grace of a server that was just started.
pub(crate) async fn doubt(work: &Work) -> Option<Duration> {
    let unseen = work.inner.unseen.get()?;
    let sent = work.detail.sent_at?;
    let is_ours = work.inner.desk.sent_here(work.row.id).is_some();
    let is_short = unseen.end.since(unseen.start.max(sent)) < limits::VERIFY_SPAN;
    if is_ours || is_short || work.row.action != ActionKind::Stop {
        return None;
    }
    let memory = work.watch.memory.lock().await;
    let guard = memory.guards.get(work.row.guard.as_ref()?)?;
    let passed = work.now().wall.since(unseen.end);
    Some(guard.belts.start_grace.saturating_sub(passed))
}

/// The state is as wanted: the end, once it is proved.
pub(crate) async fn wanted(work: &mut Work, state: TargetState) -> Result<(), EngineError> {
    if is_proved(work, &state).await {
        return verified::enter(work, state).await;
    }
    work.stay(limits::VERIFY_FAST, None).await
}

/// A server is called done only by two reads in a row, of whichever hand. The pieces of a sub-account are each read from
/// their own place.
pub(crate) async fn is_proved(work: &Work, state: &TargetState) -> bool {
    if work.row.target.kind == TargetKind::SubAccount {
        return true;
    }
    let memory = work.watch.memory.lock().await;
    let seen = memory.seen.get(&work.row.target.id);
    seen.is_some_and(|seen| seen.is_proved(&state.power))
}

/// How long a young request has until it counts as without effect.
const fn span(work: &Work) -> Duration {
    match work.row.target.kind {
        TargetKind::SubAccount => limits::CLOSURE_SPAN,
        TargetKind::Server => limits::VERIFY_SPAN,
    }
}

/// Fast while young. Later slow, unless the provider says that its job still runs: then its end is near.
async fn pace(work: &Work, waited: Duration) -> Duration {
    if waited < limits::VERIFY_SPAN {
        return limits::VERIFY_FAST;
    }
    let Some(receipt) = &work.detail.receipt else {
        return limits::VERIFY_SLOW;
    };
    let running = match work.watch.links(&work.inner).await {
        Ok(links) => links.control.progress(&work.row.target, receipt).await,
        Err(_) => Ok(None),
    };
    // A job record that is gone says nothing: finished jobs are deleted. The state decides.
    match running {
        Ok(Some(true)) => limits::VERIFY_FAST,
        Ok(Some(false) | None) | Err(_) => limits::VERIFY_SLOW,
    }
}

async fn unread(work: &mut Work, error: ProviderError) -> Result<(), EngineError> {
    debug_assert_eq!(work.row.state, IntentState::Verifying);
    if work.in_state() >= limits::VERIFY_MAX {
        return unknown::enter(work, &error.detail).await;
    }
    let wait = error
        .retry_after
        .map(limits::granted)
        .unwrap_or(limits::VERIFY_FAST)
        .max(limits::VERIFY_FAST);
    work.stay(wait, None).await
}

/// A power state in one word.
pub(crate) fn word(power: &PowerState) -> &str {
    match power {
        PowerState::Running => "running",
        PowerState::Stopping => "stopping",
        PowerState::Stopped => "stopped",
        PowerState::Starting => "starting",
        PowerState::Gone => "gone",
        PowerState::Other { word } => word,
    }
}
