//! The check just before a request leaves: a fresh reading, the fresh state of the target, every belt again. Owns the
//! only place where a permit is asked for. A permit lives in hand only: after a crash all of this happens anew.

use std::sync::Arc;

use tidegate_guard::{
    ActionKind, Belt, Consent, GuardState, Observation, Permit, PowerState, StopManner, Why, clear,
};
use tidegate_meter::{Outcome, TargetKind};
use tidegate_providers::{ProviderError, ProviderErrorKind, TargetState};

use super::{Work, closure, verifying};
use crate::EngineError;
use crate::config::GuardConfig;
use crate::draft::Scene;
use crate::look::Looked;
use crate::memory::{AccountMemory, spec_on};
use crate::planning::Person;
use crate::quotas::{self, Ground};
use crate::watch::Watch;
use crate::{facts, judging, look, standing};

/// What the check found.
pub(crate) enum Recheck {
    /// The request may leave, now.
    Clear(Permit, PowerState),
    /// The target already is as wanted.
    Done(TargetState),
    /// Not readable now, or on its way by another hand: look again soon.
    Wait(String),
    /// A belt holds, or the reason is gone.
    Blocked(Option<Box<Why>>),
    /// The target is the identity that we act with: it is never touched.
    Ourselves,
    /// The provider has no such target.
    Gone,
    /// Judgement or a person ended it meanwhile.
    Ended,
}

/// Checks again.
pub(crate) async fn recheck(work: &mut Work) -> Result<Recheck, EngineError> {
    match work.detail.person.clone() {
        Some(person) => by_person(work, &person).await,
        None => by_guard(work).await,
    }
}

async fn by_person(work: &mut Work, person: &Person) -> Result<Recheck, EngineError> {
    let state = match fresh_state(work).await {
        Ok(state) => state,
        Err(detail) => return Ok(unread(work, detail).await),
    };
    let protected = {
        let mut memory = work.watch.memory.lock().await;
        memory.saw(&work.row.target.id, &state, work.now().mono);
        let row = memory.targets.get(&work.row.target.id);
        facts::protection(
            &work.watch.config(),
            row,
            &work.row.target.id,
            Some(&Some(state.clone())),
        )
    };
    if is_ourselves(work) {
        return Ok(Recheck::Ourselves);
    }
    if let Some(ended) = settled(work, &state) {
        return Ok(ended);
    }
    if protected != Some(false) && work.row.action == ActionKind::Stop {
        return Ok(Recheck::Blocked(None));
    }
    let consent = Consent {
        by: person.by.clone(),
        typed_name: person.typed_name.clone(),
    };
    let permit = Permit::by_person(
        work.row.target.clone(),
        work.row.action,
        work.detail.manner,
        work.now().wall,
        &consent,
    );
    Ok(permit.map_or(Recheck::Blocked(None), |permit| {
        Recheck::Clear(permit, state.power)
    }))
}

/// What could not be read now agrees with nothing: a proof begins anew.
async fn unread(work: &Work, detail: String) -> Recheck {
    work.watch.memory.lock().await.seen.remove(&work.row.target.id);
    Recheck::Wait(detail)
}

async fn fresh_state(work: &mut Work) -> Result<TargetState, String> {
    ask(work).await.or_else(|error| match error.kind {
        ProviderErrorKind::Gone => Ok(TargetState {
            power: PowerState::Gone,
            started_at: None,
            protected: None,
            at: work.now().wall,
        }),
        _ => Err(error.detail),
    })
}

/// The state, and of a sub-account every piece: the survey of the first check is the snapshot that a restore goes by.
async fn ask(work: &mut Work) -> Result<TargetState, ProviderError> {
    let links = verifying::links(work).await?;
    let state = links.control.state(&work.row.target).await?;
    if work.row.target.kind == TargetKind::Server || state.power == PowerState::Gone {
        return Ok(state);
    }
    let seen = closure::look(work, &links).await?;
    Ok(TargetState {
        protected: standing::protected(state.protected, seen.protected == Some(true)),
        ..seen
    })
}

/// The identity that we act with ourselves.
fn is_ourselves(work: &Work) -> bool {
    let closure = work.detail.closure.as_ref();
    work.row.action == ActionKind::Stop && closure.is_some_and(|closure| closure.ourselves)
}

/// What the state alone decides.
fn settled(work: &Work, state: &TargetState) -> Option<Recheck> {
    if state.power == PowerState::Gone {
        return Some(Recheck::Gone);
    }
    if work.is_wanted(&state.power) {
        return Some(Recheck::Done(state.clone()));
    }
    if !work.is_unchanged(&state.power) {
        // On its way, or in a state in which the provider takes no request: a second one would change nothing.
        return Some(Recheck::Wait(format!("the target is {:?}", state.power)));
    }
    None
}

async fn by_guard(work: &mut Work) -> Result<Recheck, EngineError> {
    let watch = Arc::clone(&work.watch);
    match quotas::ground(&work.inner, &watch, work.row.meter.as_ref()).await {
        Ground::Outside => {
            let _one = watch.looking.lock().await;
            let generation = watch.generation();
            let looked = look::read(&work.inner, &watch).await;
            by_look(work, &watch, generation, Some(looked)).await
        }
        Ground::Book => by_look(work, &watch, watch.generation(), None).await,
        Ground::Wait(detail) => Ok(Recheck::Wait(detail)),
    }
}

/// Clears by a look; without one by the book of quotas, which is read with the lock on it in hand: whatever was granted
/// until now counts.
async fn by_look(
    work: &mut Work,
    watch: &Arc<Watch>,
    generation: u64,
    looked: Option<Looked>,
) -> Result<Recheck, EngineError> {
    let state = match fresh_state(work).await {
        Ok(state) => state,
        Err(detail) => return Ok(unread(work, detail).await),
    };
    let before = work.row.state;
    let mut memory = watch.memory.lock().await;
    if watch.generation() != generation {
        return Ok(Recheck::Wait("the account was changed".to_owned()));
    }
    let mut looked =
        looked.unwrap_or_else(|| quotas::look_at_book(&work.inner, &memory, &work.row.target.id));
    let state = doubted(work, &looked, state);
    looked
        .states
        .insert(work.row.target.id.clone(), Some(state.clone()));
    // Clearing counts the fresh reading itself, so it starts from the state before it.
    let stored = state_before(work, &memory);
    judging::judge_and_commit(&work.inner, watch, &mut memory, &mut looked).await?;
    if work.cell.state() != before {
        return Ok(Recheck::Ended);
    }
    if is_ourselves(work) {
        return Ok(Recheck::Ourselves);
    }
    if let Some(ended) = settled(work, &state) {
        return Ok(ended);
    }
    Ok(cleared(work, &memory, &looked, &state, stored))
}

/// The two reads of one check contradict each other: it may be as it was, and a request to a server that already is as
/// wanted changes nothing.
fn doubted(work: &Work, looked: &Looked, fresh: TargetState) -> TargetState {
    let read = looked.states.get(&work.row.target.id).and_then(Option::as_ref);
    let is_doubted = work.is_wanted(&fresh.power) && work.row.target.kind == TargetKind::Server;
    match read.filter(|read| is_doubted && work.is_unchanged(&read.power)) {
        Some(read) => TargetState {
            protected: standing::protected(fresh.protected, read.protected == Some(true)),
            ..read.clone()
        },
        None => fresh,
    }
}

fn state_before(work: &Work, memory: &AccountMemory) -> Option<GuardState> {
    let (guard, meter) = work.row.guard.clone().zip(work.row.meter.clone())?;
    memory.slots.get(&(guard, meter)).map(|slot| slot.state.clone())
}

fn cleared(
    work: &mut Work,
    memory: &AccountMemory,
    looked: &Looked,
    state: &TargetState,
    stored: Option<GuardState>,
) -> Recheck {
    let Some((guard, meter)) = work.row.guard.clone().zip(work.row.meter.clone()) else {
        return Recheck::Blocked(None);
    };
    let Some((guard, stored)) = memory.guards.get(&guard).zip(stored) else {
        // The guard was removed: nobody wants this action any more.
        return Recheck::Blocked(None);
    };
    let Some(look) = looked.meters.iter().find(|look| look.info.id == meter) else {
        return Recheck::Wait("the meter is missing".to_owned());
    };
    if let Outcome::Blind(blind) = &look.outcome {
        return Recheck::Wait(blind.detail.clone());
    }
    let guard = &*memory.guard_on(guard, &look.info);
    work.detail.manner = manner(work, guard);
    let scene = Scene {
        inner: &work.inner,
        watch: &work.watch,
        memory,
        guard,
        info: &look.info,
        known: &[],
        at: looked.at.wall,
    };
    let lag = memory.meters.get(&meter).and_then(|meter| meter.lag);
    let seen: Observation = facts::observe(&scene, &memory.targets, looked, look, lag, Some(work.row.id));
    let spec = spec_on(guard, &look.info, work.watch.config().interval);
    let target = &work.row.target;
    let now = work.now().wall;
    match clear(
        &spec,
        &stored,
        &seen,
        target,
        work.row.action,
        work.detail.manner,
        now,
    ) {
        Ok(permit) => Recheck::Clear(permit, state.power.clone()),
        Err(why) if passes_by_itself(&why) => Recheck::Wait("a belt waits for another reading".to_owned()),
        Err(why) => Recheck::Blocked(Some(why)),
    }
}

/// A soft stop first; a forced one only where a soft one had no effect and the guard has the separate consent.
fn manner(work: &Work, guard: &GuardConfig) -> StopManner {
    if work.detail.no_effect && guard.forced {
        StopManner::Forced
    } else {
        StopManner::Soft
    }
}

/// Whether the first belt that holds is one that another look may lift.
fn passes_by_itself(why: &Why) -> bool {
    matches!(
        why.belts.first(),
        Some(
            Belt::Agreeing { .. }
                | Belt::Quarantined
                | Belt::Old { .. }
                | Belt::Unreadable { .. }
                | Belt::NotHolder
        )
    )
}
