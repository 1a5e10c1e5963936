//! From a decision to act to durable intents, and from a recovery to their end. One intent for each target, so that
//! each has its own proof. Never sends.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_channels::{ActionRef, Asked, Deed, Message, MeterRef};
use tidegate_guard::{
    ActionKind, Belt, Decision, IntentState, PlanCause, PowerState, Proof, Receipt, Severity, StepFacts,
    StopManner, Why,
};
use tidegate_meter::{AccountId, ChannelId, RowId, Target, Time};
use tidegate_store::{IntentEventRow, IntentRow, Write};

use crate::draft::{Draft, Scene};
use crate::event::Event;
use crate::inner::{Inner, audit, json};
use crate::intent::closure::Closure;
use crate::outbox::Outgoing;
use crate::restart::Start;

/// What the states of an intent keep between them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IntentDetail {
    /// The account's name, for messages.
    pub account_name: String,
    /// The meter it was decided on.
    pub meter: Option<MeterRef>,
    /// The numbers at the decision.
    pub facts: Option<StepFacts>,
    /// The sentence at the decision.
    pub why: Option<Why>,
    /// The countdown it was planned with, in milliseconds.
    pub countdown_ms: u64,
    /// Where its messages go; empty: every channel.
    pub channels: Vec<ChannelId>,
    /// Who asked for it, and the target's name as typed; `None` for a guard's own.
    pub person: Option<Person>,
    /// How the target is stopped in the next try.
    pub manner: StopManner,
    /// The intent whose stop this start undoes.
    pub restores: Option<RowId>,
    /// The power state before the request.
    pub before: Option<PowerState>,
    /// When the last request left; `None` when none did, or when it was refused and cannot have done anything.
    pub sent_at: Option<Time>,
    /// A request left, in this try or an earlier one.
    pub left: bool,
    /// The provider's receipt.
    pub receipt: Option<Receipt>,
    /// When a lost request was first followed by a target that still ran.
    pub unchanged_since: Option<Time>,
    /// The proof.
    pub proof: Option<Proof>,
    /// The last refusal or failure.
    pub failure: Option<String>,
    /// The last try was taken on and had no effect.
    pub no_effect: bool,
    /// The pieces of a sub-account; `None` for a server, and before the first look.
    pub closure: Option<Closure>,
}

/// A person's wish, as it is recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    /// Who asked.
    pub by: String,
    /// The target's name or id as confirmed.
    pub typed_name: String,
}

/// The action as a message names it.
pub(crate) fn action_ref(row: &IntentRow, detail: &IntentDetail) -> ActionRef {
    ActionRef {
        intent: row.id,
        action: row.action,
        target: row.target.clone(),
        account: row.account.clone(),
        account_name: detail.account_name.clone(),
        guard: row.guard.clone(),
        deed: deed(row, detail),
    }
}

/// What became of the pieces of a sub-account, as a message tells it.
fn deed(row: &IntentRow, detail: &IntentDetail) -> Option<Box<Deed>> {
    let closure = detail.closure.as_ref()?;
    Some(Box::new(Deed {
        pieces: closure.told(row.action),
        over: None,
    }))
}

/// What became of the requests of an action, as far as its record tells it.
pub(crate) const fn asked(detail: &IntentDetail) -> Asked {
    match (detail.sent_at, detail.left) {
        (Some(_), _) => Asked::Unanswered,
        (None, true) => Asked::Refused,
        (None, false) => Asked::Never,
    }
}

/// A new intent of a guard.
struct New<'a> {
    action: ActionKind,
    target: &'a Target,
    due: Time,
    window_start: Time,
}

/// Adds one planned intent for each target, with its message.
pub(crate) fn plan(draft: &mut Draft, scene: &Scene<'_>, decision: Decision) {
    let Decision::Plan {
        action,
        targets,
        due,
        window,
        cause,
    } = decision
    else {
        return;
    };
    for target in &targets {
        if !is_free(draft, scene.inner, &scene.info.account, target) {
            continue;
        }
        let new = New {
            action,
            target,
            due,
            window_start: window.map_or(Time::from_ms(0), |window| window.start),
        };
        open(draft, scene, &new, &cause);
    }
}

/// One action at a time on one target: nobody is stopping or starting it already, neither durably nor by another
/// decision of the same look.
fn is_free(draft: &Draft, inner: &Inner, account: &AccountId, target: &Target) -> bool {
    let in_this_look = draft
        .opened
        .iter()
        .any(|row| row.account == *account && row.target.id == target.id);
    !in_this_look && inner.desk.on_target(account, &target.id).is_none()
}

/// Whether these decisions open an action: then its message says more than the limit's own.
pub(crate) fn opens_any(draft: &Draft, scene: &Scene<'_>, decisions: &[Decision]) -> bool {
    decisions.iter().any(|decision| {
        let Decision::Plan { targets, .. } = decision else {
            return false;
        };
        let free = |target| is_free(draft, scene.inner, &scene.info.account, target);
        targets.iter().any(free)
    })
}

fn open(draft: &mut Draft, scene: &Scene<'_>, new: &New<'_>, cause: &PlanCause) {
    let countdown = new.due.since(draft.at);
    let detail = IntentDetail {
        account_name: scene.watch.config().name.clone(),
        meter: Some(scene.meter_ref()),
        facts: Some(cause.facts.clone()),
        why: Some(cause.why.clone()),
        countdown_ms: u64::try_from(countdown.as_millis()).unwrap_or(u64::MAX),
        channels: scene.guard.channels.clone(),
        ..IntentDetail::default()
    };
    let row = IntentRow {
        id: scene.inner.row_id(),
        guard: Some(scene.guard.id.clone()),
        account: scene.info.account.clone(),
        meter: Some(scene.info.id.clone()),
        action: new.action,
        target: new.target.clone(),
        window_start: new.window_start,
        state: IntentState::Planned,
        due: new.due,
        next_at: new.due,
        tries: 0,
        detail: json(&detail),
        created_at: draft.at,
        updated_at: draft.at,
    };
    let message = Message::ActionPlanned {
        action: action_ref(&row, &detail),
        meter: scene.meter_ref(),
        facts: cause.facts.clone(),
        due: new.due,
        countdown,
    };
    add(draft, row, Some(message), &detail);
}

/// Adds a start after a reset. It is planned as any other action of its guard.
pub(crate) fn plan_start(draft: &mut Draft, inner: &Inner, start: &Start) {
    if !is_free(draft, inner, &start.account, &start.target) {
        return;
    }
    let due = draft.at.plus(start.countdown);
    let row = IntentRow {
        id: inner.row_id(),
        guard: Some(start.guard.clone()),
        account: start.account.clone(),
        meter: Some(start.meter.meter.clone()),
        action: ActionKind::Start,
        target: start.target.clone(),
        window_start: start.window_start,
        state: IntentState::Planned,
        due,
        next_at: due,
        tries: 0,
        detail: serde_json::Value::Null,
        created_at: draft.at,
        updated_at: draft.at,
    };
    let detail = IntentDetail {
        account_name: start.meter.account_name.clone(),
        meter: Some(start.meter.clone()),
        facts: Some(start.facts.clone()),
        countdown_ms: u64::try_from(start.countdown.as_millis()).unwrap_or(u64::MAX),
        channels: start.channels.clone(),
        restores: Some(start.restores),
        ..IntentDetail::default()
    };
    let message = Message::ActionPlanned {
        action: action_ref(&row, &detail),
        meter: start.meter.clone(),
        facts: start.facts.clone(),
        due,
        countdown: start.countdown,
    };
    let row = IntentRow {
        detail: json(&detail),
        ..row
    };
    add(draft, row, Some(message), &detail);
}

fn add(draft: &mut Draft, row: IntentRow, message: Option<Message>, detail: &IntentDetail) {
    draft.batch.push(Write::Intent(row.clone(), first_event(&row)));
    draft
        .batch
        .push(audit(draft.at, "engine", "intent.planned", planned_facts(&row)));
    draft.events.push(planned_event(&row, draft.at));
    if let Some(message) = message {
        draft.outgoing.push(Outgoing {
            message,
            severity: Severity::Critical,
            routed: Severity::Critical,
            alert: None,
            intent: Some(row.id),
            channels: detail.channels.clone(),
        });
    }
    draft.opened.push(row);
}

/// The first transition of an intent.
pub(crate) fn first_event(row: &IntentRow) -> IntentEventRow {
    IntentEventRow {
        intent: row.id,
        from: None,
        to: IntentState::Planned,
        at: row.created_at,
        facts: serde_json::json!({ "due": row.due, "action": row.action, "target": row.target.id }),
    }
}

/// What the audit says of a new intent.
pub(crate) fn planned_facts(row: &IntentRow) -> serde_json::Value {
    serde_json::json!({
        "intent": row.id,
        "guard": row.guard,
        "account": row.account,
        "meter": row.meter,
        "action": row.action,
        "target": row.target.id,
        "due": row.due,
    })
}

/// The event of a new intent.
pub(crate) fn planned_event(row: &IntentRow, at: Time) -> Event {
    Event::Planned {
        at,
        intent: row.id,
        guard: row.guard.clone(),
        meter: row.meter.clone(),
        account: row.account.clone(),
        action: row.action,
        target: row.target.clone(),
        due: row.due,
    }
}

/// Calls off what was planned and not sent, because judgement sees no reason any more.
pub(crate) fn cancel(draft: &mut Draft, scene: &Scene<'_>, why: &Why) {
    let (by, severity) = if is_recovery(why) {
        ("recovered", Severity::Info)
    } else {
        ("belt", Severity::Warning)
    };
    for cell in scene.inner.desk.of(&scene.guard.id, &scene.info.id) {
        let row = cell.row();
        if row.action != ActionKind::Stop || !row.state.may_become(IntentState::Cancelled) {
            continue;
        }
        let detail: IntentDetail = serde_json::from_value(row.detail.clone()).unwrap_or_default();
        let moved = called_off(&row, draft.at, by);
        draft.batch.push(Write::MoveIntent {
            row: moved.row.clone(),
            event: moved.event,
        });
        draft.batch.push(moved.audit);
        draft.events.push(moved.told);
        draft.outgoing.push(Outgoing {
            message: Message::ActionCancelled {
                action: action_ref(&row, &detail),
                by: by.to_owned(),
                why: Some(Box::new(why.clone())),
                asked: asked(&detail),
            },
            severity,
            routed: Severity::Critical,
            alert: None,
            intent: Some(row.id),
            channels: detail.channels,
        });
        draft.cancelled.push((cell, moved.row));
    }
}

/// Whether the meter itself is the reason: it is seen, it is not over its line, and nothing a person or a window decided
/// would have called it off anyway.
fn is_recovery(why: &Why) -> bool {
    let other = |belt: &Belt| {
        matches!(
            belt,
            Belt::Watch
                | Belt::Expired { .. }
                | Belt::Paused { .. }
                | Belt::Held { .. }
                | Belt::NoCredential
                | Belt::NoAction
                | Belt::OtherWindow
        )
    };
    !why.over && why.blind.is_none() && !why.belts.iter().any(other)
}

/// A cancellation, ready to write.
pub(crate) struct CalledOff {
    pub(crate) row: IntentRow,
    pub(crate) event: IntentEventRow,
    pub(crate) audit: Write,
    pub(crate) told: Event,
}

/// The row, transition, audit entry and event of a cancellation.
pub(crate) fn called_off(row: &IntentRow, at: Time, by: &str) -> CalledOff {
    let facts = serde_json::json!({ "intent": row.id, "by": by });
    CalledOff {
        row: IntentRow {
            state: IntentState::Cancelled,
            next_at: at,
            updated_at: at,
            ..row.clone()
        },
        event: IntentEventRow {
            intent: row.id,
            from: Some(row.state),
            to: IntentState::Cancelled,
            at,
            facts: facts.clone(),
        },
        audit: audit(at, by, "intent.cancelled", facts),
        told: Event::Cancelled {
            at,
            intent: row.id,
            target: row.target.clone(),
            by: by.to_owned(),
        },
    }
}

/// A countdown as a span.
pub(crate) const fn countdown(detail: &IntentDetail) -> Duration {
    Duration::from_millis(detail.countdown_ms)
}
