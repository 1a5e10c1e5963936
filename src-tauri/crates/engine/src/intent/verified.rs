//! Verified: the provider's state says so. Owns the proof, and what we remember of a target that we stopped.

use std::time::Duration;

use tidegate_channels::{Message, StillOver};
use tidegate_guard::{ActionKind, IntentState, PowerState, Proof, RestartPolicy, Severity};
use tidegate_meter::Time;
use tidegate_providers::TargetState;
use tidegate_store::{TargetRow, Write};

use super::{Move, Work};
use crate::config::GuardConfig;
use crate::event::Event;
use crate::inner::json;
use crate::load::hold_key;
use crate::memory::{AccountMemory, MeterMemory, new_target, note_power};
use crate::planning::{action_ref, asked};
use crate::{EngineError, limits};

/// The wanted state was there before anything was sent: done at once, and not our doing.
pub(crate) async fn already(work: &mut Work, state: TargetState) -> Result<(), EngineError> {
    work.detail.before.get_or_insert_with(|| state.power.clone());
    if work.row.tries == 0 {
        work.detail.receipt = None;
    }
    enter(work, state).await
}

/// The proof is recorded and told.
pub(crate) async fn enter(work: &mut Work, state: TargetState) -> Result<(), EngineError> {
    let proof = Proof {
        target: work.row.target.clone(),
        before: work.detail.before.clone().unwrap_or(PowerState::Other {
            word: "unread".to_owned(),
        }),
        after: state.power.clone(),
        at: state.at,
        receipt: work.detail.receipt.clone(),
    };
    work.detail.proof = Some(proof.clone());
    let took = work
        .detail
        .sent_at
        .map_or(Duration::ZERO, |sent| state.at.since(sent));
    let event = Event::Verified {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        proof: proof.clone(),
    };
    let watch = std::sync::Arc::clone(&work.watch);
    let mut memory = watch.memory.lock().await;
    let mut action = action_ref(&work.row, &work.detail);
    if let Some(deed) = &mut action.deed {
        deed.over = still_over(work, &memory);
    }
    let message = Message::ActionVerified {
        action,
        proof: proof.clone(),
        took,
        asked: asked(&work.detail),
    };
    let facts = serde_json::json!({ "proof": proof });
    let mut transition = Move::new(IntentState::Verified, event)
        .facts(facts)
        .telling(message, Severity::Warning);
    let row = target_row(work, &memory, &state);
    transition.with.push(Write::PutTarget(row.clone()));
    let holds = holds(work, &memory);
    for (guard, meter, until) in &holds {
        transition
            .with
            .push(Write::Setting(hold_key(guard, meter), Some(json(until))));
    }
    work.go(transition).await?;
    memory.targets.insert(row.target.id.clone(), row);
    for (guard, meter, until) in holds {
        memory.slots.entry((guard, meter)).or_default().held_until = Some(until);
    }
    Ok(())
}

/// What is known of the target.
pub(crate) fn known_target(work: &Work, memory: &AccountMemory) -> TargetRow {
    let known = memory.targets.get(&work.row.target.id).cloned();
    known.unwrap_or_else(|| new_target(&work.row.account, &work.row.target))
}

fn target_row(work: &Work, memory: &AccountMemory, state: &TargetState) -> TargetRow {
    let mut row = known_target(work, memory);
    note_power(&mut row, &state.power, state.started_at, state.at);
    let ours = work.detail.sent_at.is_some();
    match work.row.action {
        ActionKind::Stop if ours => row.stopped_by_us_at = Some(state.at),
        ActionKind::Start => {
            row.stopped_by_us_at = None;
            row.started_at = row.started_at.max(Some(state.at));
        }
        ActionKind::Stop | ActionKind::Warn => {}
    }
    row
}

/// What guards do next with a target that a person restored while it is over a limit.
fn still_over(work: &Work, memory: &AccountMemory) -> Option<StillOver> {
    if work.row.action != ActionKind::Start || work.detail.person.is_none() {
        return None;
    }
    let over = |guard: &GuardConfig, meter: &MeterMemory| {
        let slot = memory.slots.get(&(guard.id.clone(), meter.info.id.clone()));
        let why = slot.and_then(|slot| slot.why.as_ref());
        guard.action == ActionKind::Stop && why.is_some_and(|why| why.over)
    };
    let mut again = None;
    for meter in memory.meters_of(&work.row.target.id) {
        let guards = memory.guards_of(&meter.info, meter.newest());
        for guard in guards.filter(|guard| over(guard, meter)) {
            if guard.restart == RestartPolicy::StopAgain {
                return Some(StillOver::Again);
            }
            let until = hold_end(meter, work.now().wall);
            again = again.max(Some(until));
        }
    }
    again.map(|until| StillOver::Wait { until })
}

/// The end of the window, or a day where no reset is known.
fn hold_end(meter: &MeterMemory, now: Time) -> Time {
    meter
        .last_good
        .as_ref()
        .and_then(tidegate_meter::Reading::window)
        .and_then(|window| window.end)
        .filter(|end| *end > now)
        .unwrap_or_else(|| now.plus(limits::CANCEL_HOLD))
}

/// What a person started is not stopped again at the next look: guards that suspend until the reset are held until
/// then, or for a day where no reset is known.
fn holds(
    work: &Work,
    memory: &AccountMemory,
) -> Vec<(tidegate_meter::GuardId, tidegate_meter::MeterId, Time)> {
    if work.row.action != ActionKind::Start || work.detail.person.is_none() {
        return Vec::new();
    }
    let now = work.now().wall;
    let mut holds = Vec::new();
    for meter in memory.meters_of(&work.row.target.id) {
        let until = hold_end(meter, now);
        for guard in memory.guards_of(&meter.info, meter.newest()) {
            if guard.action == ActionKind::Stop && guard.restart == RestartPolicy::SuspendUntilReset {
                holds.push((guard.id.clone(), meter.info.id.clone(), until));
            }
        }
    }
    holds
}
