//! Arming and disarming. Owns what must be known before a guard may act, and the freezing of its targets by name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::{ActionKind, Behind, Contract, Forecast, Mode, contract};
use tidegate_meter::{GuardId, MeterId, MeterInfo, Outcome, Target, TargetId, Time};
use tidegate_store::{Batch, IntentRow, Write};

use super::{CallOff, again, writer};
use crate::config::{Config, GuardConfig, MeterChoice};
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, lock};
use crate::memory::{AccountMemory, MeterMemory, Slot, spec_of, spec_on, unseen, watches};
use crate::view::Armed;
use crate::watch::Watch;
use crate::{EngineError, Refused, guards, limits, look, program};

/// Arms a guard.
pub(crate) async fn arm(
    inner: &Arc<Inner>,
    id: &GuardId,
    span: Duration,
    by: &str,
) -> Result<Armed, EngineError> {
    if span.is_zero() || span > limits::ARM_MAX {
        return Err(Refused::Range {
            field: "for",
            allowed: "1s to 366d",
        }
        .into());
    }
    writer(inner).await?;
    // Looked at before the commands queue up behind this one: a provider that hangs must not keep others from disarming.
    first_look(inner, &*inner.watch_of_guard(id)?).await;
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let watch = inner.watch_of_guard(id)?;
    let mut memory = watch.memory.lock().await;
    let guard = memory
        .guards
        .get(id)
        .cloned()
        .ok_or_else(|| EngineError::NoGuard(id.clone()))?;
    let targets = armable(&watch, &memory, &guard)?;
    let now = inner.wall();
    let until = now.plus(span);
    let armed = GuardConfig {
        mode: Mode::Armed {
            until,
            targets: targets.clone(),
        },
        ..guard
    };
    let mut batch = Batch::default();
    batch.push(Write::PutGuard(guards::row(&armed)));
    let facts = serde_json::json!({ "guard": id, "until": until, "targets": targets });
    batch.push(audit(now, by, "guard.armed", facts));
    inner
        .commit(Step::Mode, batch, vec![mode_event(now, id, Some(until))])
        .await?;
    let contracts = frozen_contracts(&watch, &memory, &armed, now);
    memory.guards.insert(id.clone(), armed);
    // What it may stop now is read once more at once.
    for target in &targets {
        memory.asked.remove(&target.id);
    }
    drop(memory);
    // A person has looked at it.
    program::resolve(inner, &format!("guard_unreadable:{id}")).await;
    hurry(inner, &watch);
    Ok(Armed {
        guard: id.clone(),
        until,
        targets,
        contracts,
    })
}

/// A command without running loops has nothing in memory of this process: it looks once.
pub(super) async fn first_look(inner: &Arc<Inner>, watch: &Watch) {
    if watch.memory.lock().await.looked_at.is_some() {
        return;
    }
    let generation = watch.generation();
    let looked = look::read(inner, watch).await;
    let mut memory = watch.memory.lock().await;
    if watch.generation() != generation || memory.looked_at.is_some() {
        // Changed, or looked at by another hand meanwhile.
        return;
    }
    memory.blind = looked.blind;
    memory.can_act = looked.can_act;
    memory.looked_at = Some(looked.at.wall);
    for look in looked.meters {
        let before = memory.meters.remove(&look.info.id);
        let last_good = look
            .outcome
            .reading()
            .cloned()
            .or_else(|| before.and_then(|meter| meter.last_good));
        memory.meters.insert(
            look.info.id.clone(),
            MeterMemory {
                info: look.info,
                outcome: Some(look.outcome),
                last_good,
                lag: None,
                missing_since: None,
            },
        );
    }
}

/// The targets that arming freezes, or why there is nothing to arm.
fn armable(watch: &Watch, memory: &AccountMemory, guard: &GuardConfig) -> Result<Vec<Target>, EngineError> {
    if guard.limit.is_none() || guard.action != ActionKind::Stop {
        return Err(Refused::NothingToArm(guard.id.clone()).into());
    }
    if !watch.config().enabled {
        return Err(Refused::Disabled(guard.account.clone()).into());
    }
    if let Some(blind) = &memory.blind {
        return Err(Refused::AccountBlind(blind.clone()).into());
    }
    if memory.looked_at.is_none() {
        return Err(Refused::NotReadYet.into());
    }
    if memory.can_act == Some(false) {
        return Err(Refused::NoCredential.into());
    }
    let mut targets: BTreeMap<TargetId, Target> = BTreeMap::new();
    for meter in memory
        .meters
        .values()
        .filter(|meter| watches(guard, &meter.info, meter.newest()))
    {
        if let Some(Outcome::Blind(blind)) = &meter.outcome
            && meter.last_good.is_none()
        {
            return Err(Refused::AccountBlind(blind.clone()).into());
        }
        for target in &meter.info.targets {
            if !is_protected(watch, memory, guard, &target.id) {
                targets.insert(target.id.clone(), target.clone());
            }
        }
    }
    if targets.is_empty() {
        return Err(Refused::NoTargetKnown(guard.id.clone()).into());
    }
    Ok(targets.into_values().collect())
}

fn is_protected(watch: &Watch, memory: &AccountMemory, guard: &GuardConfig, target: &TargetId) -> bool {
    watch.config().protect.contains(target)
        || guard.belts.protect.contains(target)
        || memory.targets.get(target).is_some_and(|row| row.protected)
}

fn frozen_contracts(
    watch: &Watch,
    memory: &AccountMemory,
    guard: &GuardConfig,
    now: Time,
) -> Vec<(MeterId, Contract)> {
    memory
        .meters
        .values()
        .filter(|meter| watches(guard, &meter.info, meter.newest()))
        .map(|meter| {
            let slot = memory.slots.get(&(guard.id.clone(), meter.info.id.clone()));
            (meter.info.id.clone(), contract_of(watch, guard, meter, slot, now))
        })
        .collect()
}

/// The overshoot contract of a guard on a meter.
pub(super) fn contract_of(
    watch: &Watch,
    guard: &GuardConfig,
    meter: &MeterMemory,
    slot: Option<&Slot>,
    now: Time,
) -> Contract {
    let spec = spec_on(guard, &meter.info, watch.config().interval);
    let upper = slot.and_then(|slot| upper(slot, &spec, now));
    contract(&spec, behind(meter, slot), upper)
}

fn behind(meter: &MeterMemory, slot: Option<&Slot>) -> Behind {
    crate::quotas::behind(&meter.info, meter.lag, slot.map(|slot| &slot.state))
}

/// How far each guard of a configuration could overshoot on each meter that it would watch; the flag is false for a
/// meter that only the guard names.
pub(crate) async fn contracts(inner: &Inner, config: &Config) -> Vec<(GuardId, MeterInfo, Contract, bool)> {
    let now = inner.wall();
    let mut contracts = Vec::new();
    for guard in &config.guards {
        let account = config.accounts.iter().find(|item| item.id == guard.account);
        let interval = account.map_or(limits::INTERVAL_MAX, |account| account.interval);
        let spec = spec_of(guard, interval);
        let mut found = false;
        if let Some(watch) = inner.watch(&guard.account) {
            let memory = watch.memory.lock().await;
            for meter in memory
                .meters
                .values()
                .filter(|meter| watches(guard, &meter.info, meter.newest()))
            {
                let slot = memory.slots.get(&(guard.id.clone(), meter.info.id.clone()));
                let spec = spec_on(guard, &meter.info, interval);
                let upper = slot.and_then(|slot| upper(slot, &spec, now));
                let told = contract(&spec, behind(meter, slot), upper);
                contracts.push((guard.id.clone(), meter.info.clone(), told, true));
                found = true;
            }
        }
        if let (false, MeterChoice::One(meter)) = (found, &guard.meter) {
            let info = unseen(&guard.account, meter);
            contracts.push((
                guard.id.clone(),
                info,
                contract(&spec, Behind::default(), None),
                false,
            ));
        }
    }
    contracts
}

pub(super) fn upper(
    slot: &Slot,
    spec: &tidegate_guard::GuardSpec,
    now: Time,
) -> Option<tidegate_meter::Quantity> {
    match slot.state.forecast(spec, now) {
        Forecast::Known { hourly_upper, .. } => Some(hourly_upper),
        Forecast::Accumulating { .. } => None,
    }
}

/// Back to watch.
pub(crate) async fn disarm(inner: &Arc<Inner>, id: &GuardId, by: &str) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    again(inner, || set_watch(inner, id, by)).await
}

async fn set_watch(inner: &Inner, id: &GuardId, by: &str) -> Result<(), EngineError> {
    let watch = inner.watch_of_guard(id)?;
    let mut memory = watch.memory.lock().await;
    let guard = memory
        .guards
        .get(id)
        .cloned()
        .ok_or_else(|| EngineError::NoGuard(id.clone()))?;
    let disarmed = GuardConfig {
        mode: Mode::Watch,
        ..guard
    };
    let now = inner.wall();
    let mut batch = Batch::default();
    batch.push(Write::PutGuard(guards::row(&disarmed)));
    batch.push(audit(
        now,
        by,
        "guard.disarmed",
        serde_json::json!({ "guard": id }),
    ));
    let mut off = CallOff::default();
    let ends = |row: &IntentRow| row.guard.as_ref() == Some(id);
    let _pens = inner.desk.pens(ends).await;
    off.add(inner, &mut batch, ends);
    let mut events = std::mem::take(&mut off.events);
    events.push(mode_event(now, id, None));
    inner.commit(Step::Mode, batch, events).await?;
    off.done(inner);
    memory.guards.insert(id.clone(), disarmed);
    Ok(())
}

fn mode_event(at: Time, guard: &GuardId, armed_until: Option<Time>) -> Event {
    Event::Mode {
        at,
        guard: guard.clone(),
        armed_until,
    }
}

fn hurry(inner: &Inner, watch: &Watch) {
    lock(&inner.hurried).push(watch.config().id.clone());
    inner.wakes.schedule.notify_one();
}
