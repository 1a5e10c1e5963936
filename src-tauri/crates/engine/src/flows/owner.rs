//! Which account owns which device. Owns the rows of devices that are watched from here: made when an account begins to
//! collect, handed on when it names another device, ended when no account names them any more. A device that an agent hands
//! in is never taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_meter::{AccountId, DeviceId, Time};
use tidegate_store::{Batch, DeviceRow, FlowWrite, StoreError, Write};

use super::keep::{self, Baselines};
use super::seat::Seat;
use crate::config::{AccountConfig, Config};
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, unjson};
use crate::watch::Watch;
use crate::{ConfigError, EngineError};

/// The parameter that names the device of an account.
const DEVICE: &str = "device";

/// Accounts with a kernel that are switched on.
pub(super) fn wanted(inner: &Inner) -> BTreeMap<AccountId, Arc<Watch>> {
    let mut wanted: BTreeMap<_, _> = inner.watches().into_iter().collect();
    wanted.retain(|_, watch| {
        let config = watch.config();
        config.enabled && inner.outside.has_kernel(&config)
    });
    wanted
}

/// The device that an account's kernel counts for: the one that it names, else one of its own name.
pub(super) fn device_of(config: &AccountConfig) -> Result<DeviceId, ConfigError> {
    let named = config.params.get(DEVICE).map(String::as_str).map(str::trim);
    let named = named.filter(|named| !named.is_empty());
    DeviceId::new(named.unwrap_or_else(|| config.id.as_str())).map_err(|error| ConfigError::Param {
        item: format!("account {}", config.id),
        fault: format!("{DEVICE}: {error}"),
    })
}

/// Refuses a configuration in which an account names a device that an agent hands in.
pub(crate) async fn refuse_taken(inner: &Inner, config: &Config) -> Result<(), EngineError> {
    let kernels = config
        .accounts
        .iter()
        .filter(|account| inner.outside.has_kernel(account));
    let named: Vec<_> = kernels
        .map(|account| Ok((account, device_of(account)?)))
        .collect::<Result<_, ConfigError>>()?;
    if named.is_empty() {
        return Ok(());
    }
    let rows = inner.parts.store.devices().await?;
    for (account, device) in named {
        if rows.iter().any(|row| row.device == device && is_agents(row)) {
            return Err(EngineError::Config(ConfigError::Param {
                item: format!("account {}", account.id),
                fault: format!(
                    "{DEVICE}: {device} is handed in by an agent, and would be counted twice; give another name, or end that device first"
                ),
            }));
        }
    }
    Ok(())
}

/// An agent hands it in.
fn is_agents(row: &DeviceRow) -> bool {
    row.account.is_none() && row.ended_at.is_none()
}

/// Where the counters of a device's accounts stood.
pub(super) async fn baselines(inner: &Inner, device: &DeviceId) -> Result<Baselines, StoreError> {
    let stored = inner.parts.store.baseline(device).await?;
    let read = stored.map(|body| unjson::<Baselines>(body, "baseline"));
    Ok(read.and_then(Result::ok).unwrap_or_default())
}

/// The row of a device that was never known.
pub(super) fn new_row(seat: &Seat, now: Time) -> DeviceRow {
    row(&seat.device, &seat.name, &seat.account, now)
}

fn row(device: &DeviceId, name: &str, account: &AccountId, now: Time) -> DeviceRow {
    DeviceRow {
        device: device.clone(),
        name: name.to_owned(),
        account: Some(account.clone()),
        token: None,
        since: now,
        seen_at: None,
        ended_at: None,
        body: serde_json::json!({}),
    }
}

/// Makes a device known as that of an account, and returns where the account's counters stood: here, or under the device
/// that it named before. `None`: they were never seen. An error when an agent hands the device in.
pub(super) async fn take(
    inner: &Inner,
    config: &AccountConfig,
    device: &DeviceId,
) -> Result<Option<serde_json::Value>, EngineError> {
    let pen = inner.flows.pen(device);
    let _writing = pen.lock().await;
    let rows = inner.parts.store.devices().await?;
    let known = rows.iter().find(|row| row.device == *device);
    if known.is_some_and(is_agents) {
        let taken = format!("{device} is handed in by an agent; it is not counted here as well");
        return Err(EngineError::Blind(taken));
    }
    let mut batch = Batch::default();
    let taken = taken(inner, known, config, device);
    let is_new = known != Some(&taken);
    if is_new {
        batch.push(Write::Flow(FlowWrite::Device(taken)));
    }
    let mut mine = baselines(inner, device).await?;
    if !mine.contains_key(&config.id)
        && let Some((from, mut theirs)) = elsewhere(inner, &rows, (config, device)).await?
        && let Some(body) = theirs.remove(&config.id)
    {
        mine.insert(config.id.clone(), body);
        batch.push(Write::Flow(keep::baseline(&from, &theirs)));
        batch.push(Write::Flow(keep::baseline(device, &mine)));
    }
    let told = Event::Device {
        at: inner.wall(),
        device: device.clone(),
    };
    inner
        .commit(
            Step::FlowsOwner,
            batch,
            is_new.then_some(told).into_iter().collect(),
        )
        .await?;
    Ok(mine.remove(&config.id))
}

/// The row of a device as this account takes it: a name that another account gave stays.
fn taken(inner: &Inner, known: Option<&DeviceRow>, config: &AccountConfig, device: &DeviceId) -> DeviceRow {
    let Some(known) = known else {
        return row(device, &config.name, &config.id, inner.wall());
    };
    let others = owners(inner);
    let owner = known
        .account
        .as_ref()
        .filter(|owner| **owner != config.id && others.get(*owner).is_some_and(|(named, _)| named == device));
    let name = if owner.is_some() {
        &known.name
    } else {
        &config.name
    };
    DeviceRow {
        name: name.clone(),
        account: Some(owner.unwrap_or(&config.id).clone()),
        token: None,
        ended_at: None,
        ..known.clone()
    }
}

/// The device under which an account's counters stand, when it is another than now.
async fn elsewhere(
    inner: &Inner,
    rows: &[DeviceRow],
    (config, device): (&AccountConfig, &DeviceId),
) -> Result<Option<(DeviceId, Baselines)>, StoreError> {
    for row in rows
        .iter()
        .filter(|row| row.account.is_some() && row.device != *device)
    {
        let theirs = baselines(inner, &row.device).await?;
        if theirs.contains_key(&config.id) {
            return Ok(Some((row.device.clone(), theirs)));
        }
    }
    Ok(None)
}

/// Every account that has a kernel: the device that it names, and whether it is switched on.
fn owners(inner: &Inner) -> BTreeMap<AccountId, (DeviceId, bool)> {
    let accounts = inner.watches().into_iter();
    accounts
        .filter_map(|(id, watch)| {
            let config = watch.config();
            let device = inner
                .outside
                .has_kernel(&config)
                .then(|| device_of(&config).ok())??;
            Some((id, (device, config.enabled)))
        })
        .collect()
}

/// The devices that accounts which are switched on name.
pub(super) fn enabled(inner: &Inner) -> BTreeSet<DeviceId> {
    let owners = owners(inner).into_values();
    owners
        .filter_map(|(device, enabled)| enabled.then_some(device))
        .collect()
}

/// Brings the rows of devices in line with the configuration: one that no account names any more is ended, and counters of
/// an account that is gone or switched off are forgotten, since what passes meanwhile is not asked for.
pub(super) async fn reconcile(inner: &Inner) -> Result<(), StoreError> {
    let owners = owners(inner);
    let named: BTreeSet<&DeviceId> = owners.values().map(|(device, _)| device).collect();
    let rows = inner.parts.store.devices().await?;
    for row in rows.iter().filter(|row| row.account.is_some()) {
        let pen = inner.flows.pen(&row.device);
        let _writing = pen.lock().await;
        let mut batch = Batch::default();
        let mut baselines = baselines(inner, &row.device).await?;
        let before = baselines.len();
        baselines.retain(|account, _| owners.get(account).is_some_and(|(_, enabled)| *enabled));
        if baselines.len() < before {
            batch.push(Write::Flow(keep::baseline(&row.device, &baselines)));
        }
        let mut told = Vec::new();
        if row.ended_at.is_none() && !named.contains(&row.device) {
            let now = inner.wall();
            batch.push(Write::Flow(FlowWrite::Device(DeviceRow {
                ended_at: Some(now),
                ..row.clone()
            })));
            let device = row.device.clone();
            told.push(Event::Device { at: now, device });
        }
        inner.commit(Step::FlowsOwner, batch, told).await?;
    }
    Ok(())
}
