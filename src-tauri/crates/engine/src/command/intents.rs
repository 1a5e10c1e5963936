//! What a person does with actions: hold, cancel, stop now, act. Owns until when each is possible.

use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::{ActionKind, Consent, IntentState, StopManner};
use tidegate_meter::{AccountId, Mono, RowId, Target, TargetId, TargetKind, Time};
use tidegate_store::{Batch, IntentFilter, IntentRow, Write};

use super::{CallOff, restore, writer};
use crate::crash::Step;
use crate::desk::{Cell, wall_of};
use crate::event::Event;
use crate::inner::{Inner, audit, json};
use crate::load::hold_key;
use crate::memory::AccountMemory;
use crate::planning::{IntentDetail, Person, first_event, planned_event, planned_facts};
use crate::watch::Watch;
use crate::{EngineError, Refused, act as actor, limits, run};

async fn cell(inner: &Inner, id: RowId) -> Result<Arc<Cell>, EngineError> {
    if let Some(cell) = inner.desk.cell(id) {
        return Ok(cell);
    }
    let row = recorded(inner, id).await?;
    Err(Refused::TooLate(row.state).into())
}

/// Lengthens a countdown.
pub(crate) async fn hold(inner: &Inner, id: RowId, span: Duration, by: &str) -> Result<Time, EngineError> {
    if span.is_zero() || span > limits::HOLD_MAX {
        return Err(Refused::Range {
            field: "span",
            allowed: "1s to 1d",
        }
        .into());
    }
    writer(inner).await?;
    let cell = cell(inner, id).await?;
    let _pen = cell.pen.lock().await;
    let row = cell.row();
    if row.state != IntentState::Planned {
        return Err(Refused::TooLate(row.state).into());
    }
    let now = inner.now();
    let next = cell.next().max(now.mono).plus(span);
    let due = wall_of(next, now);
    let facts = serde_json::json!({ "intent": id, "until": due });
    let event = Event::Held {
        at: now.wall,
        intent: id,
        until: due,
    };
    touch(
        inner,
        &cell,
        due,
        audit(now.wall, by, "intent.held", facts),
        vec![event],
    )
    .await?;
    cell.count_down(next);
    Ok(due)
}

/// Ends a countdown.
pub(crate) async fn stop_now(inner: &Inner, id: RowId, by: &str) -> Result<(), EngineError> {
    writer(inner).await?;
    let cell = cell(inner, id).await?;
    let _pen = cell.pen.lock().await;
    let row = cell.row();
    if row.state != IntentState::Planned {
        return Err(Refused::TooLate(row.state).into());
    }
    let now = inner.now();
    let entry = audit(
        now.wall,
        by,
        "intent.hurried",
        serde_json::json!({ "intent": id }),
    );
    let event = Event::Due {
        at: now.wall,
        intent: id,
        due: now.wall,
    };
    touch(inner, &cell, now.wall, entry, vec![event]).await?;
    cell.set_next(now.mono);
    inner.wakes.act.notify_one();
    Ok(())
}

async fn touch(
    inner: &Inner,
    cell: &Cell,
    due: Time,
    entry: Write,
    events: Vec<Event>,
) -> Result<(), EngineError> {
    let row = IntentRow {
        due,
        next_at: due,
        updated_at: inner.wall(),
        ..cell.row()
    };
    let mut batch = Batch::default();
    batch.push(Write::TouchIntent(row.clone()));
    batch.push(entry);
    inner.commit(Step::IntentTouched, batch, events).await?;
    let entered = cell.entered();
    cell.set_row(row, entered);
    Ok(())
}

/// Calls an action off, and holds its guard on that meter for a day.
pub(crate) async fn cancel(inner: &Inner, id: RowId, by: &str) -> Result<(), EngineError> {
    writer(inner).await?;
    let cell = cell(inner, id).await?;
    let row = cell.row();
    let watch = inner.watch(&row.account);
    let mut memory = match &watch {
        Some(watch) => Some(watch.memory.lock().await),
        None => None,
    };
    let _pen = cell.pen.lock().await;
    let row = cell.row();
    if !row.state.may_become(IntentState::Cancelled) {
        return Err(Refused::TooLate(row.state).into());
    }
    let now = inner.wall();
    let until = now.plus(limits::CANCEL_HOLD);
    let mut batch = Batch::default();
    let mut off = CallOff::default();
    off.add(inner, &mut batch, |open| open.id == id);
    if let Some((guard, meter)) = row.guard.as_ref().zip(row.meter.as_ref()) {
        batch.push(Write::Setting(hold_key(guard, meter), Some(json(&until))));
        let facts = serde_json::json!({ "guard": guard, "meter": meter, "until": until });
        batch.push(audit(now, by, "guard.held", facts));
    }
    let events = std::mem::take(&mut off.events);
    inner.commit(Step::IntentEnd, batch, events).await?;
    off.done(inner);
    if let (Some(memory), Some(key)) = (memory.as_mut(), row.guard.zip(row.meter)) {
        memory.slots.entry(key).or_default().held_until = Some(until);
    }
    Ok(())
}

/// What a person wants done.
pub(super) struct Wish {
    pub(super) action: ActionKind,
    pub(super) manner: StopManner,
    pub(super) consent: Consent,
    pub(super) restores: Option<RowId>,
}

/// Acts because a person asked by name.
pub(crate) async fn act(
    inner: &Arc<Inner>,
    account: &AccountId,
    target: &TargetId,
    action: ActionKind,
    manner: StopManner,
    consent: Consent,
) -> Result<RowId, EngineError> {
    writer(inner).await?;
    let watch = enabled(inner, account)?;
    super::arming::first_look(inner, &watch).await;
    let memory = watch.memory.lock().await;
    let known = memory
        .target(target)
        .ok_or_else(|| EngineError::NoTarget(target.clone()))?;
    let opens = action == ActionKind::Start && known.kind == TargetKind::SubAccount;
    if opens {
        drop(memory);
        let disable = restore::undoable(inner, account, target).await?;
        return restore::restore(inner, disable, consent).await;
    }
    let wish = Wish {
        action,
        manner,
        consent,
        restores: None,
    };
    open(inner, &watch, &memory, known, wish).await
}

pub(super) fn enabled(inner: &Inner, account: &AccountId) -> Result<Arc<Watch>, EngineError> {
    let watch = inner
        .watch(account)
        .ok_or_else(|| EngineError::NoAccount(account.clone()))?;
    if watch.config().enabled {
        Ok(watch)
    } else {
        Err(Refused::Disabled(account.clone()).into())
    }
}

pub(super) async fn open(
    inner: &Arc<Inner>,
    watch: &Watch,
    memory: &AccountMemory,
    target: Target,
    wish: Wish,
) -> Result<RowId, EngineError> {
    writer(inner).await?;
    let typed = &wish.consent.typed_name;
    if *typed != target.name && typed != target.id.as_str() {
        return Err(Refused::TypedName.into());
    }
    let config = watch.config();
    let protected = config.protect.contains(&target.id)
        || memory.targets.get(&target.id).is_some_and(|row| row.protected);
    if protected && wish.action == ActionKind::Stop {
        return Err(Refused::Protected(target.id).into());
    }
    // The gate: two wishes, or a wish and a decision, may not both find the target free.
    let _gate = inner.gate.lock().await;
    if let Some(other) = inner.desk.on_target(&config.id, &target.id) {
        return Err(Refused::Busy(other).into());
    }
    let now = inner.now();
    let detail = IntentDetail {
        account_name: config.name.clone(),
        person: Some(Person {
            by: wish.consent.by.clone(),
            typed_name: wish.consent.typed_name.clone(),
        }),
        manner: wish.manner,
        restores: wish.restores,
        ..IntentDetail::default()
    };
    let row = IntentRow {
        id: inner.row_id(),
        guard: None,
        account: config.id.clone(),
        meter: None,
        action: wish.action,
        target,
        window_start: Time::from_ms(0),
        state: IntentState::Planned,
        due: now.wall,
        next_at: now.wall,
        tries: 0,
        detail: json(&detail),
        created_at: now.wall,
        updated_at: now.wall,
    };
    let mut batch = Batch::default();
    batch.push(Write::Intent(row.clone(), first_event(&row)));
    batch.push(audit(
        now.wall,
        &wish.consent.by,
        "intent.planned",
        planned_facts(&row),
    ));
    inner
        .commit(Step::IntentOpened, batch, vec![planned_event(&row, now.wall)])
        .await?;
    let id = row.id;
    inner.desk.open(row, now);
    inner.wakes.act.notify_one();
    Ok(id)
}

/// Steps one intent to its end. The lease is renewed meanwhile; once it is lost, whoever holds it steps the intent, and
/// this only follows what is recorded.
pub(crate) async fn drive(inner: &Arc<Inner>, id: RowId) -> Result<IntentRow, EngineError> {
    let mut renewed = inner.now().mono;
    while let Some(cell) = inner.desk.cell(id) {
        let wait = cell.next().since(inner.now().mono);
        if inner.is_running() {
            // The actor steps it; a command beside it only waits.
            inner.parts.timer.sleep(limits::DRIVE_WAIT).await;
        } else if !inner.is_holder() {
            return follow(inner, id).await;
        } else if !wait.is_zero() {
            renewing(inner, &mut renewed, inner.parts.timer.sleep(wait)).await;
        } else if cell.begin() {
            renewing(inner, &mut renewed, actor::step_taken(inner, &cell)).await;
        } else {
            inner.parts.timer.sleep(limits::DRIVE_WAIT).await;
        }
    }
    recorded(inner, id).await
}

/// Waits for `work`, and keeps the lease meanwhile.
async fn renewing(inner: &Inner, renewed: &mut Mono, work: impl Future<Output = ()>) {
    let mut work = std::pin::pin!(work);
    loop {
        let rest = renewed.plus(limits::LEASE_RENEW).since(inner.now().mono);
        tokio::select! {
            biased;
            () = &mut work => return,
            () = inner.parts.timer.sleep(rest) => {}
        }
        run::renew(inner).await;
        *renewed = inner.now().mono;
    }
}

/// Reads an intent that another process steps, until it ended or nothing was recorded for too long.
async fn follow(inner: &Inner, id: RowId) -> Result<IntentRow, EngineError> {
    let mut seen = None;
    let mut since = inner.now().mono;
    loop {
        let row = recorded(inner, id).await?;
        let now = inner.now();
        if seen != Some(row.updated_at) {
            seen = Some(row.updated_at);
            since = now.mono;
        }
        let forgotten = now.mono.since(since) >= limits::FOLLOW_MAX && row.due <= now.wall;
        if row.state.is_end() || forgotten {
            return Ok(row);
        }
        inner.parts.timer.sleep(limits::FOLLOW).await;
    }
}

pub(super) async fn recorded(inner: &Inner, id: RowId) -> Result<IntentRow, EngineError> {
    let rows = inner.parts.store.intents(IntentFilter::One(id)).await?;
    rows.into_iter().next().ok_or(EngineError::NoIntent(id))
}
