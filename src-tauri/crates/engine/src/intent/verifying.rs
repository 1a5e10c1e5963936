//! Verifying: the provider's state is read until it says so. Owns the patience: fast looks while the request is young,
//! slower ones while the target is on its way, and the end of it.

use std::time::Duration;

use tidegate_guard::{ActionKind, IntentState, PowerState};
use tidegate_meter::TargetKind;
use tidegate_providers::{ProviderError, ProviderErrorKind, TargetState};

use super::failed::{self, Failure};
use super::{Work, closure, unknown, verified};
use crate::event::Event;
use crate::memory::is_running;
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

/// The target's state now.
pub(crate) async fn look(work: &mut Work) -> Result<TargetState, ProviderError> {
    let links = links(work).await?;
    match work.row.target.kind {
        TargetKind::SubAccount => closure::look(work, &links).await,
        TargetKind::Server => links.control.state(&work.row.target).await,
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
    work.detail.wanted_since = None;
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
        let failure = Failure::no_effect(detail).of(work);
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

/// It was proved to be stopped and that could not be recorded: whoever started it since is not overruled.
pub(crate) async fn started_again(work: &Work, state: &TargetState) -> Option<Failure> {
    if work.row.action != ActionKind::Stop || !is_running(&state.power) {
        return None;
    }
    let memory = work.watch.memory.lock().await;
    let stopped = memory.targets.get(&work.row.target.id)?.stopped_by_us_at?;
    work.detail.sent_at.filter(|sent| stopped >= *sent)?;
    let detail =
        format!("it was stopped at {stopped}, which could not be recorded then, and was started again since");
    Some(Failure::permanent(detail))
}

/// The state is as wanted: the end, once it is proved.
pub(crate) async fn wanted(work: &mut Work, state: TargetState) -> Result<(), EngineError> {
    if is_proved(work, &state).await {
        return verified::enter(work, state).await;
    }
    work.stay(limits::VERIFY_FAST, None).await
}

/// The list of a provider's servers may flap for a while, so that a server is called done only by two reads apart, and no
/// look between them that saw it otherwise. The pieces of a sub-account are each read from their own place.
pub(crate) async fn is_proved(work: &mut Work, state: &TargetState) -> bool {
    if work.row.target.kind == TargetKind::SubAccount {
        return true;
    }
    let Some(since) = work.detail.wanted_since else {
        work.detail.wanted_since = Some(state.at);
        return false;
    };
    let memory = work.watch.memory.lock().await;
    let known = memory.targets.get(&work.row.target.id);
    let between = known.and_then(|row| row.power.clone());
    drop(memory);
    let is_doubted = between.is_some_and(|(power, at)| at > since && !work.is_wanted(&power));
    if is_doubted {
        work.detail.wanted_since = Some(state.at);
    }
    !is_doubted
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
