//! Questions: check, guards, status. None of them changes what will happen.

use std::sync::Arc;

use tidegate_guard::{GuardState, Level, Mode, judge};
use tidegate_meter::{AccountId, Blind, Outcome, Time};
use tidegate_providers::MeterLook;
use tidegate_store::DeliveryFilter;

use super::arming::contract_of;
use crate::config::GuardConfig;
use crate::draft::Scene;
use crate::inner::Inner;
use crate::look::Looked;
use crate::memory::{AccountMemory, MeterMemory, spec_on, watches};
use crate::view::{
    AccountStatus, CheckReport, CheckedAccount, CheckedGuard, CheckedMeter, DiscoveryStatus, GuardMeterView,
    GuardView, Status,
};
use crate::watch::Watch;
use crate::{EngineError, discovery, facts, look};

/// Looks at every meter of the accounts once. Never acts.
pub(crate) async fn check(inner: &Arc<Inner>, accounts: &[AccountId]) -> Result<CheckReport, EngineError> {
    let mut watches = Vec::new();
    for (id, watch) in inner.watches() {
        if accounts.contains(&id) || (accounts.is_empty() && watch.config().enabled) {
            watches.push(watch);
        }
    }
    if let Some(unknown) = accounts.iter().find(|id| inner.watch(id).is_none()) {
        return Err(EngineError::NoAccount(unknown.clone()));
    }
    let places = tokio::sync::Semaphore::new(inner.parts.options.in_flight.max(1));
    let looks = watches.iter().map(|watch| async {
        let _place = places.acquire().await;
        // On the heap, and only with a place in hand: what waits for its turn holds next to nothing.
        Box::pin(check_one(inner, watch)).await
    });
    let mut report = CheckReport {
        at: inner.wall(),
        accounts: Vec::new(),
        meters: Vec::new(),
    };
    for checked in futures_util::future::join_all(looks).await {
        let (account, meters) = checked?;
        report.accounts.push(account);
        report.meters.extend(meters);
    }
    // Whoever asked for these looks may ask for them elsewhere next.
    inner.settle_looks().await;
    report.at = inner.wall();
    Ok(report)
}

async fn check_one(
    inner: &Arc<Inner>,
    watch: &Arc<Watch>,
) -> Result<(CheckedAccount, Vec<CheckedMeter>), EngineError> {
    if inner.is_running() {
        look::look(inner, watch, None).await?;
        let memory = watch.memory.lock().await;
        look::tell(inner, watch, &memory);
        let meters = memory
            .meters
            .values()
            .map(|meter| remembered(&memory, meter))
            .collect();
        let account = checked_account(watch, &memory, memory.blind.clone());
        drop(memory);
        return Ok((with_clock(watch, account).await, meters));
    }
    let looked = look::read(inner, watch).await;
    let may_act = may_act(inner).await;
    let memory = watch.memory.lock().await;
    let one_off = OneOff {
        inner,
        watch,
        memory: &memory,
        looked: &looked,
        may_act,
    };
    let meters: Vec<CheckedMeter> = looked.meters.iter().map(|look| one_off.meter(look)).collect();
    let account = CheckedAccount {
        meters: meters.len(),
        ..checked_account(watch, &memory, looked.blind.clone())
    };
    drop(memory);
    Ok((with_clock(watch, account).await, meters))
}

async fn with_clock(watch: &Watch, account: CheckedAccount) -> CheckedAccount {
    CheckedAccount {
        clock_ahead_ms: watch.clock_ahead_ms().await,
        ..account
    }
}

fn checked_account(
    watch: &Watch,
    memory: &AccountMemory,
    blind: Option<tidegate_meter::Blind>,
) -> CheckedAccount {
    let config = watch.config();
    CheckedAccount {
        account: config.id.clone(),
        name: config.name.clone(),
        blind,
        meters: memory.meters.len(),
        clock_ahead_ms: None,
    }
}

/// A meter after a recorded look.
fn remembered(memory: &AccountMemory, meter: &MeterMemory) -> CheckedMeter {
    CheckedMeter {
        info: meter.info.clone(),
        outcome: meter.outcome.clone().unwrap_or_else(|| {
            tidegate_meter::Outcome::Blind(tidegate_meter::Blind::new(
                tidegate_meter::Reason::Missing,
                "not looked at yet",
            ))
        }),
        last_good: meter.last_good.clone(),
        guards: memory
            .guards_of(&meter.info, meter.newest())
            .map(|guard| {
                let slot = memory.slots.get(&(guard.id.clone(), meter.info.id.clone()));
                CheckedGuard {
                    id: guard.id.clone(),
                    level: slot.map_or(Level::Calm, |slot| slot.level),
                    mode: guard.mode.clone(),
                    why: slot.and_then(|slot| slot.why.clone()),
                }
            })
            .collect(),
    }
}

/// Whether a run started now could act: the lease is ours, or free.
async fn may_act(inner: &Inner) -> bool {
    inner.may_act() || matches!(inner.parts.store.lease_holder(inner.wall()).await, Ok(None))
}

/// A look that is not recorded. It is judged with the surroundings that a run would have, so that its sentences are
/// a run's; its decisions are thrown away.
struct OneOff<'a> {
    inner: &'a Inner,
    watch: &'a Watch,
    memory: &'a AccountMemory,
    looked: &'a Looked,
    may_act: bool,
}

impl OneOff<'_> {
    fn meter(&self, look: &MeterLook) -> CheckedMeter {
        let known = self.memory.meters.get(&look.info.id);
        let guards = self.memory.guards_of(&look.info, look.outcome.reading());
        let (guards, doubts): (Vec<_>, Vec<_>) = guards.map(|guard| self.guard(&guard, look)).unzip();
        let doubt = doubts.into_iter().flatten().next();
        let outcome = doubt.map_or_else(|| look.outcome.clone(), Outcome::Blind);
        let last_good = outcome
            .reading()
            .cloned()
            .or_else(|| known.and_then(|meter| meter.last_good.clone()));
        CheckedMeter {
            info: look.info.clone(),
            outcome,
            last_good,
            guards,
        }
    }

    /// A guard's view of the look, and why it does not believe it.
    fn guard(&self, guard: &GuardConfig, look: &MeterLook) -> (CheckedGuard, Option<Blind>) {
        let scene = Scene {
            inner: self.inner,
            watch: self.watch,
            memory: self.memory,
            guard,
            info: &look.info,
            known: &[],
            at: self.looked.at.wall,
        };
        let lag = self.memory.meters.get(&look.info.id).and_then(|meter| meter.lag);
        let mut seen = facts::observe(&scene, &self.memory.targets, self.looked, look, lag, None);
        seen.facts.may_act = self.may_act;
        let slot = self.memory.slots.get(&(guard.id.clone(), look.info.id.clone()));
        let state = slot.map(|slot| slot.state.clone()).unwrap_or_default();
        let spec = spec_on(guard, &look.info, self.watch.config().interval);
        let judgement = judge(&spec, &state, &seen, scene.at);
        let checked = CheckedGuard {
            id: guard.id.clone(),
            level: judgement.level,
            mode: guard.mode.clone(),
            why: Some(judgement.why),
        };
        (checked, judgement.doubt)
    }
}

/// Every guard with all it watches.
pub(crate) async fn guards(inner: &Inner) -> Vec<GuardView> {
    let now = inner.wall();
    let mut views = Vec::new();
    for (_, watch) in inner.watches() {
        let memory = watch.memory.lock().await;
        for guard in memory.guards.values() {
            views.push(GuardView {
                config: guard.clone(),
                meters: memory
                    .meters
                    .values()
                    .filter(|meter| watches(guard, &meter.info, meter.newest()))
                    .map(|meter| {
                        let own = memory.guard_on(guard, &meter.info);
                        guard_meter(&watch, &memory, &own, meter, now)
                    })
                    .collect(),
            });
        }
    }
    views.sort_by(|a, b| a.config.id.cmp(&b.config.id));
    views
}

fn guard_meter(
    watch: &Watch,
    memory: &AccountMemory,
    guard: &GuardConfig,
    meter: &MeterMemory,
    now: Time,
) -> GuardMeterView {
    let slot = memory.slots.get(&(guard.id.clone(), meter.info.id.clone()));
    let spec = spec_on(guard, &meter.info, watch.config().interval);
    let state = slot.map(|slot| &slot.state);
    let known = state.filter(|state| state.last_reading().is_some());
    GuardMeterView {
        info: meter.info.clone(),
        outcome: meter.outcome.clone(),
        last_good: meter.last_good.clone(),
        level: slot.map_or(Level::Calm, |slot| slot.level),
        why: slot.and_then(|slot| slot.why.clone()),
        contract: contract_of(watch, guard, meter, slot, now),
        judged_at: slot.and_then(|slot| slot.judged_at),
        held_until: slot.and_then(|slot| slot.held_until).filter(|until| *until > now),
        forecast: known.map(|state| state.forecast(&spec, now)),
        hourly: state.and_then(GuardState::hourly),
        passed: state.map(|state| state.passed(&spec)).unwrap_or_default(),
    }
}

/// The engine as a whole.
pub(crate) async fn status(inner: &Inner) -> Status {
    let now = inner.wall();
    let mut conditions = inner.conditions.all();
    let waiting = match inner.parts.store.deliveries(DeliveryFilter::Pending).await {
        Ok(rows) => rows.len(),
        Err(error) => {
            conditions.push(("store_unreadable".to_owned(), error.to_string()));
            0
        }
    };
    let mut status = Status {
        at: now,
        running: inner.is_running(),
        holder: inner.is_holder(),
        level: Level::Calm,
        accounts: Vec::new(),
        armed: Vec::new(),
        open: inner.desk.cells().iter().map(|cell| cell.row().id).collect(),
        paused_until: inner.paused(now),
        deliveries_waiting: waiting,
        conditions,
    };
    for (_, watch) in inner.watches() {
        let memory = watch.memory.lock().await;
        let worst = memory.slots.values().map(|slot| slot.level).max();
        status.level = status.level.max(worst.unwrap_or_default());
        status.accounts.push(account(&watch, &memory));
        status.conditions.extend(failed_discovery(&watch, &memory));
        for guard in memory.guards.values() {
            if let Mode::Armed { until, .. } = guard.mode
                && until > now
            {
                status.armed.push((guard.id.clone(), until));
            }
        }
    }
    status
}

/// A discovery that failed; a blind account says enough by itself.
fn failed_discovery(watch: &Watch, memory: &AccountMemory) -> Option<(String, String)> {
    let noted = memory.discovered.as_ref().filter(|_| memory.blind.is_none())?;
    noted.failed.as_ref()?;
    let condition = format!("discovery_failed:{}", watch.config().id);
    Some((condition, discovery::said(noted)))
}

fn account(watch: &Watch, memory: &AccountMemory) -> AccountStatus {
    let config = watch.config();
    AccountStatus {
        account: config.id.clone(),
        name: config.name.clone(),
        enabled: config.enabled,
        blind: memory.blind.clone(),
        looked_at: memory.looked_at,
        next_at: memory.next_at,
        interval: memory.interval,
        meters: memory.meters.len(),
        discovery: memory.discovered.as_ref().map(|noted| DiscoveryStatus {
            at: noted.at,
            list_at: noted.list_at,
            failed: noted.failed.clone(),
        }),
    }
}
