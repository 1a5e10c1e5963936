//! From rows to memory: the configuration, what is known of each account, open intents, open alerts. Owns reading the
//! stored shapes; a guard state that cannot be read disarms its guard instead of being guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::Pace;
use tidegate_guard::{GuardState, IntentState, Mode};
use tidegate_meter::{AccountId, GuardId, MeterId, Outcome, Reading, RowId, TargetId, Time};
use tidegate_providers::{MeterLook, ReadReport};
use tidegate_store::{AlertFilter, AlertRow, Batch, GuardStateRow, IntentFilter, IntentRow, MeterRow, Write};

use crate::EngineError;
use crate::command::items;
use crate::config::{AccountConfig, ChannelConfig, GuardConfig};
use crate::crash::Step;
use crate::damage::Damage;
use crate::desk::{Cell, Sent};
use crate::event::Event;
use crate::inner::{Inner, Roster, audit, lock};
use crate::intent::closure::left_partly;
use crate::memory::{AccountMemory, MeterMemory, OpenAlert, Slot};
use crate::post::Post;
use crate::watch::Watch;
use crate::{damage, guards, limits, quotas, report, subscriptions};

/// The setting that holds the pause.
pub(crate) const PAUSE: &str = "pause";
/// The setting that holds the last heartbeat.
pub(crate) const HEARTBEAT: &str = "heartbeat";

/// The setting that holds the quiet hours.
pub(crate) const QUIET: &str = "quiet_hours";

/// The setting under which something is kept for others: the face has names of its own.
pub(crate) fn own_key(name: &str) -> String {
    format!("own/{name}")
}

/// The setting that holds what a channel last said.
pub(crate) fn health_key(channel: &tidegate_meter::ChannelId) -> String {
    format!("health/{channel}")
}

/// The setting that holds a person's hold on a guard and meter.
pub(crate) fn hold_key(guard: &GuardId, meter: &MeterId) -> String {
    format!("hold/{guard}/{meter}")
}

/// The setting that holds a channel's pace.
pub(crate) fn pace_key(channel: &tidegate_meter::ChannelId) -> String {
    format!("pace/{channel}")
}

/// Reads everything anew from the store.
pub(crate) async fn everything(inner: &Inner) -> Result<(), EngineError> {
    let settings: BTreeMap<String, serde_json::Value> =
        inner.parts.store.settings().await?.into_iter().collect();
    let (roster, damage) = roster(inner, &settings).await?;
    *inner.roster_mut() = roster;
    *lock(&inner.paused_until) = settings.get(PAUSE).map(|stored| pause(inner, stored));
    *lock(&inner.quiet) = settings
        .get(QUIET)
        .and_then(|value| serde_json::from_value(value.clone()).ok());
    *lock(&inner.reports.settings) = settings
        .get(report::SETTINGS)
        .and_then(|value| serde_json::from_value(value.clone()).ok())
        .unwrap_or_default();
    let alerts = inner.parts.store.alerts(AlertFilter::open()).await?;
    inner.conditions.reset(&alerts);
    let accounts = inner.watches().into_iter();
    inner.conditions.suspect(accounts.map(|(id, _)| id));
    intents(inner).await?;
    if inner.is_holder() {
        for guard in &damage.states {
            disarm_unreadable(inner, guard).await?;
        }
        damage::record(inner, &damage).await?;
    }
    Ok(())
}

async fn roster(
    inner: &Inner,
    settings: &BTreeMap<String, serde_json::Value>,
) -> Result<(Roster, Damage), EngineError> {
    let store = &inner.parts.store;
    let mut roster = Roster::default();
    let (guards, unreadable) = guards::stored(inner).await?;
    let mut damage = Damage {
        guards: unreadable,
        ..Damage::default()
    };
    let states = store.guard_states(None).await?;
    let alerts = store.alerts(AlertFilter::open()).await?;
    for row in store.accounts().await? {
        let Ok(config) = serde_json::from_value::<AccountConfig>(row.config) else {
            let orphans = guards.iter().filter(|guard| guard.account == row.id);
            damage.orphans.extend(orphans.cloned());
            damage.accounts.insert(row.id);
            continue;
        };
        let mut memory = AccountMemory {
            interval: config.interval,
            ..AccountMemory::default()
        };
        for guard in guards.iter().filter(|guard| guard.account == config.id) {
            roster.guards.insert(guard.id.clone(), config.id.clone());
            memory.guards.insert(guard.id.clone(), guard.clone());
        }
        let meters = store.meters(Some(&config.id)).await?;
        let last = last_told(inner, &config, &meters);
        for row in meters {
            memory.meters.insert(row.info.id.clone(), meter(row));
        }
        for row in store.targets(Some(&config.id)).await? {
            memory.targets.insert(row.target.id.clone(), row);
        }
        memory.book = quotas::load(store, &config.id).await?;
        take_states(&mut memory, &states, settings, &mut damage.states);
        take_alerts(&mut memory, &alerts);
        roster.accounts.insert(
            config.id.clone(),
            Arc::new(Watch::new(config, memory).recalling(last)),
        );
    }
    for row in store.channels().await? {
        let Ok(config) = serde_json::from_value::<ChannelConfig>(row.config) else {
            damage.channels.insert(row.id);
            continue;
        };
        let pace = pace(settings, &config.id);
        let health = settings
            .get(&health_key(&config.id))
            .and_then(|value| serde_json::from_value(value.clone()).ok());
        let post = Post::new(config, pace).with_health(health.unwrap_or_default());
        roster.channels.insert(post.config.id.clone(), Arc::new(post));
    }
    damage.items = items::load(inner, &mut roster).await?;
    Ok((roster, damage))
}

/// Until when automatic actions are paused. A pause that cannot be read is as long as one can be: a person wanted
/// nothing to happen, and ends it.
fn pause(inner: &Inner, stored: &serde_json::Value) -> Time {
    serde_json::from_value(stored.clone()).unwrap_or_else(|_| {
        tracing::error!("the stored end of the pause cannot be read: it goes on until a person ends it");
        inner.wall().plus(limits::PAUSE_MAX)
    })
}

/// The stored pace of a channel; one that cannot be read starts anew.
pub(crate) fn pace(settings: &BTreeMap<String, serde_json::Value>, id: &tidegate_meter::ChannelId) -> Pace {
    settings
        .get(&pace_key(id))
        .and_then(|value| serde_json::from_value(value.clone()).ok())
        .unwrap_or_default()
}

/// What the provider told last, where it may not be asked again yet.
fn last_told(inner: &Inner, config: &AccountConfig, meters: &[MeterRow]) -> Option<ReadReport> {
    let spec = inner.parts.options.specs.get(&config.provider);
    // Of a subscription it also matters that usage was told before, however long ago.
    let least = match &spec {
        Some(spec) => spec.min_interval,
        None if subscriptions::is_one(config) => Duration::MAX,
        None => return None,
    };
    // A look that was spared repeats the reading of the one before: the request was made when that was fetched.
    let asked = |row: &MeterRow| {
        let reading = row.outcome.as_ref().and_then(Outcome::reading);
        reading.map(Reading::fetched_at).or(row.looked_at)
    };
    let at = meters.iter().filter_map(asked).max()?;
    if inner.wall().since(at) >= least {
        return None;
    }
    let told = meters.iter().filter_map(|row| {
        Some(MeterLook {
            info: row.info.clone(),
            outcome: row.outcome.clone()?,
            fast: None,
        })
    });
    Some(ReadReport::new(told.collect(), at))
}

fn meter(row: MeterRow) -> MeterMemory {
    MeterMemory {
        info: row.info,
        outcome: row.outcome,
        last_good: row.last_good,
        lag: row
            .lag_ms
            .and_then(|ms| u64::try_from(ms).ok())
            .map(std::time::Duration::from_millis),
        missing_since: None,
    }
}

fn take_states(
    memory: &mut AccountMemory,
    states: &[GuardStateRow],
    settings: &BTreeMap<String, serde_json::Value>,
    unreadable: &mut Vec<GuardId>,
) {
    for row in states {
        if !memory.guards.contains_key(&row.guard) {
            continue;
        }
        let mut slot = slot(row).unwrap_or_else(|| {
            unreadable.push(row.guard.clone());
            Slot {
                version: row.version,
                ..Slot::default()
            }
        });
        slot.held_until = settings
            .get(&hold_key(&row.guard, &row.meter))
            .and_then(|value| serde_json::from_value(value.clone()).ok());
        memory.slots.insert((row.guard.clone(), row.meter.clone()), slot);
    }
}

/// A stored state in hand; `None` when this version cannot read it.
pub(crate) fn slot(row: &GuardStateRow) -> Option<Slot> {
    let state: GuardState = serde_json::from_value(row.state.clone()).ok()?;
    Some(Slot {
        version: row.version,
        state,
        level: row.level,
        why: serde_json::from_value(row.why.clone()).ok(),
        judged_at: Some(row.at),
        stored_at: Some(row.at),
        held_until: None,
    })
}

fn take_alerts(memory: &mut AccountMemory, alerts: &[AlertRow]) {
    for alert in alerts {
        let (Some(guard), Some(meter)) = (&alert.guard, &alert.meter) else {
            continue;
        };
        if memory.guards.contains_key(guard) {
            let key = (
                guard.clone(),
                meter.clone(),
                guards::base_key(&alert.key).to_owned(),
            );
            memory.alerts.insert(key, open_alert(alert));
        }
    }
}

fn open_alert(alert: &AlertRow) -> OpenAlert {
    OpenAlert {
        id: alert.id,
        stored_key: alert.key.clone(),
        window_start: alert.window_start,
        severity: alert.severity,
        raised_at: alert.raised_at,
    }
}

/// Reads one account's guard states anew after a conflict.
pub(crate) async fn refresh_states(inner: &Inner, memory: &mut AccountMemory) -> Result<(), EngineError> {
    let guards: Vec<GuardId> = memory.guards.keys().cloned().collect();
    for guard in guards {
        for row in inner.parts.store.guard_states(Some(&guard)).await? {
            let held = memory
                .slots
                .get(&(guard.clone(), row.meter.clone()))
                .and_then(|slot| slot.held_until);
            if let Some(mut slot) = slot(&row) {
                slot.held_until = held;
                memory.slots.insert((guard.clone(), row.meter.clone()), slot);
            }
        }
    }
    Ok(())
}

/// Open intents with their countdowns, and the sends of the last day. A countdown keeps its rest by the wall clock.
async fn intents(inner: &Inner) -> Result<(), EngineError> {
    let now = inner.now();
    let store = &inner.parts.store;
    let open = store.intents(IntentFilter::Open).await?;
    let cells = open
        .into_iter()
        .map(|row| {
            let next = now.mono.plus(row.next_at.since(now.wall));
            Cell::new(row, next, now.mono)
        })
        .collect();
    inner.desk.reset(cells, sends(inner).await?);
    inner.desk.reset_partly(partly(inner).await?);
    Ok(())
}

/// Sub-accounts that their newest action left half closed.
async fn partly(inner: &Inner) -> Result<BTreeSet<(AccountId, TargetId)>, EngineError> {
    let newest = IntentFilter::Recent {
        before: None,
        limit: limits::INTENT_PAGE,
    };
    let mut seen = BTreeSet::new();
    let mut partly = BTreeSet::new();
    for row in inner.parts.store.intents(newest).await? {
        let whose = (row.account.clone(), row.target.id.clone());
        if let Some(is_partly) = left_partly(&row)
            && seen.insert(whose.clone())
            && is_partly
        {
            partly.insert(whose);
        }
    }
    Ok(partly)
}

/// What was sent within the last day, page by page: the belts count all of it.
async fn sends(inner: &Inner) -> Result<BTreeMap<RowId, Sent>, EngineError> {
    let now = inner.wall();
    let mut sends = BTreeMap::new();
    let mut before = None;
    loop {
        let filter = IntentFilter::Recent {
            before,
            limit: limits::INTENT_PAGE,
        };
        let page = inner.parts.store.intents(filter).await?;
        for row in &page {
            if let Some(at) = sent_at(inner, row).await? {
                sends.insert(row.id, Sent::of(row, at, None));
            }
        }
        let last = page.last().filter(|_| page.len() == limits::INTENT_PAGE);
        let Some(last) = last.filter(|row| now.since(row.created_at) < limits::INTENT_AGE) else {
            return Ok(sends);
        };
        before = Some(last.id);
    }
}

async fn sent_at(inner: &Inner, row: &IntentRow) -> Result<Option<Time>, EngineError> {
    let young = inner.wall().ms_since(row.updated_at) < 2 * 24 * 3_600_000;
    if !young {
        return Ok(None);
    }
    let events = inner.parts.store.intent_events(row.id).await?;
    let sent = events.iter().rev().find(|event| event.to == IntentState::Sent);
    Ok(sent.map(|event| event.at))
}

async fn disarm_unreadable(inner: &Inner, guard: &GuardId) -> Result<(), EngineError> {
    let watch = inner.watch_of_guard(guard)?;
    let mut memory = watch.memory.lock().await;
    let Some(config) = memory.guards.get(guard).cloned() else {
        return Ok(());
    };
    let disarmed = GuardConfig {
        mode: Mode::Watch,
        ..config
    };
    let now = inner.wall();
    let mut batch = Batch::default();
    batch.push(Write::PutGuard(guards::row(&disarmed)));
    batch.push(audit(
        now,
        "engine",
        "guard.disarmed",
        serde_json::json!({ "guard": guard, "cause": "state_unreadable" }),
    ));
    let event = Event::Mode {
        at: now,
        guard: guard.clone(),
        armed_until: None,
    };
    inner.commit(Step::Disarmed, batch, vec![event]).await?;
    memory.guards.insert(guard.clone(), disarmed);
    drop(memory);
    let detail = format!("the stored state of guard {guard} cannot be read; it was disarmed");
    crate::program::raise(
        inner,
        &format!("guard_unreadable:{guard}"),
        &detail,
        tidegate_guard::Severity::Critical,
        None,
    )
    .await;
    Ok(())
}
