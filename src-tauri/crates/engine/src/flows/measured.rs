//! Proxy traffic in numbers, as they stand. Owns which devices are told: those that were not ended.

use tidegate_meter::{DeviceId, FlowBytes, FlowKind, Time};

use super::live;
use super::view::DeviceState;
use crate::EngineError;
use crate::inner::Inner;

/// One device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceMeasured {
    /// Which.
    pub device: DeviceId,
    /// How it is heard of.
    pub state: DeviceState,
    /// When it told something last.
    pub as_of: Option<Time>,
    /// Bytes a second up and down; `None` when that is not known now.
    pub rates: Option<(u64, u64)>,
    /// Open connections, where they are told.
    pub connections: Option<u32>,
    /// Batches that its agent still keeps; `None` for a kernel that is watched from here.
    pub backlog: Option<u64>,
    /// Batches that were not believed.
    pub quarantined: usize,
    /// What became durable since the process began, by kind.
    pub counted: Vec<(FlowKind, FlowBytes)>,
}

/// Every device that was not ended, by its id. Errors: the database.
pub(crate) async fn devices(inner: &Inner) -> Result<Vec<DeviceMeasured>, EngineError> {
    let store = &inner.parts.store;
    let rows = store.devices().await?;
    let (now, counts) = (live::picture(inner, &rows), inner.flows.counts());
    let mut measured = Vec::new();
    for row in rows.iter().filter(|row| row.ended_at.is_none()) {
        let told: Vec<_> = now.iter().filter(|told| told.device == row.device).collect();
        let counted = counts.iter().filter(|((device, _), _)| *device == row.device);
        measured.push(DeviceMeasured {
            device: row.device.clone(),
            state: told.first().map_or(DeviceState::Lost, |told| told.state),
            as_of: told.iter().filter_map(|told| told.as_of).max().or(row.seen_at),
            rates: sum(told.iter().filter_map(|told| told.rates), |a, b| {
                (a.0.saturating_add(b.0), a.1.saturating_add(b.1))
            }),
            connections: sum(
                told.iter().filter_map(|told| told.connections),
                u32::saturating_add,
            ),
            backlog: crate::devices::DeviceTold::of(row).backlog,
            quarantined: store.quarantined(&row.device).await?,
            counted: counted.map(|((_, kind), bytes)| (*kind, *bytes)).collect(),
        });
    }
    Ok(measured)
}

/// Of several kernels of one device together; `None` when none of them tells.
fn sum<T>(told: impl Iterator<Item = T>, plus: impl Fn(T, T) -> T) -> Option<T> {
    told.reduce(plus)
}
