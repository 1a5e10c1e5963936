//! The one transaction of a stretch of a kernel's count: its flows, the spans in which it was watched, where its counters
//! stood, its device. Owns when a stretch is worth a transaction, and that one which could not be written is counted on.

use std::collections::BTreeMap;

use tidegate_meter::{AccountId, DeviceId, Flow, FlowBytes, FlowKey};
use tidegate_providers::proxy::Sealed;
use tidegate_store::{Batch, DeviceRow, FlowWrite, StoreError, Write};

use super::seat::Seat;
use super::{broken_condition, owner};
use crate::crash::Step;
use crate::devices::DeviceTold;
use crate::event::Event;
use crate::inner::{Inner, json};
use crate::{limits, program};

/// Where the counters of each account of one device stood: JSON of the provider by account.
pub(super) type Baselines = BTreeMap<AccountId, serde_json::Value>;

/// Why a stretch is to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Urge {
    /// A minute ended: a stretch with little in it may wait.
    Minute,
    /// Somebody asks, or it is the last one.
    Asked,
}

/// Writes what was counted. An error leaves it where it was, to be written with what comes.
pub(super) async fn keep(inner: &Inner, seat: &Seat, urge: Urge) -> Result<(), StoreError> {
    let pen = inner.flows.pen(&seat.device);
    let _writing = pen.lock().await;
    let now = inner.now();
    let Some(sealed) = seat.seal(now) else {
        return Ok(());
    };
    let waited = now.mono.since(seat.kept_at());
    let may_wait = seat.is_anchored() && waited < limits::FLOWS_IDLE && total(&sealed) < limits::FLOWS_WORTH;
    if urge == Urge::Minute && may_wait {
        seat.put_back(sealed);
        return Ok(());
    }
    if let Err(error) = write(inner, seat, &sealed).await {
        seat.put_back(sealed);
        return Err(error);
    }
    seat.kept(now.mono);
    inner.flows.counted(&seat.device, &sealed.flows);
    program::resolve(inner, &broken_condition(&seat.account)).await;
    Ok(())
}

fn total(sealed: &Sealed) -> u64 {
    let bytes = sealed.flows.iter().filter_map(|flow| flow.bytes.total());
    bytes.fold(0, u64::saturating_add)
}

async fn write(inner: &Inner, seat: &Seat, sealed: &Sealed) -> Result<(), StoreError> {
    let written = commit(inner, seat, sealed, &sealed.flows).await;
    match written {
        // The names of nodes have run out, or of one way there is more than a day can hold: the bytes count all the same.
        Err(StoreError::Conflict { .. }) if !sealed.flows.is_empty() => {
            tracing::warn!(device = %seat.device, "flows are stored without the names of their nodes");
            commit(inner, seat, sealed, &nameless(&sealed.flows)).await
        }
        other => other,
    }
}

async fn commit(inner: &Inner, seat: &Seat, sealed: &Sealed, flows: &[Flow]) -> Result<(), StoreError> {
    let device = &seat.device;
    let row = inner.parts.store.device(device).await?;
    let mut baselines = owner::baselines(inner, device).await?;
    baselines.insert(seat.account.clone(), json(&sealed.baseline));
    let mut batch = Batch::default();
    batch.push(Write::Flow(FlowWrite::Device(heard(inner, seat, row, sealed))));
    for flow in flows {
        batch.push(Write::Flow(FlowWrite::Flow {
            device: device.clone(),
            day: inner.day_of(flow.minute),
            flow: flow.clone(),
        }));
    }
    for span in &sealed.watched {
        batch.push(Write::Flow(FlowWrite::Watched {
            device: device.clone(),
            span: *span,
        }));
    }
    batch.push(Write::Flow(baseline(device, &baselines)));
    let told = Event::Flows {
        at: inner.wall(),
        device: device.clone(),
    };
    inner.commit(Step::Flows, batch, vec![told]).await
}

pub(super) fn baseline(device: &DeviceId, baselines: &Baselines) -> FlowWrite {
    FlowWrite::Baseline {
        device: device.clone(),
        body: json(baselines),
    }
}

/// The row of the device with what this stretch tells of it.
fn heard(inner: &Inner, seat: &Seat, row: Option<DeviceRow>, sealed: &Sealed) -> DeviceRow {
    let now = inner.wall();
    let mut row = row.unwrap_or_else(|| owner::new_row(seat, now));
    if let Some(end) = sealed.watched.iter().map(|span| span.end).max() {
        row.seen_at = Some(row.seen_at.map_or(end, |seen| seen.max(end)));
    }
    let mut told = DeviceTold::of(&row);
    if !sealed.kernel.is_empty() {
        told.kernel = Some(sealed.kernel.clone());
    }
    let end = row.seen_at.unwrap_or(now);
    row.body = json(&told.restarted(inner.day_of(end), sealed.restarts));
    row
}

/// The same bytes by minute and kind alone.
fn nameless(flows: &[Flow]) -> Vec<Flow> {
    let mut sums: BTreeMap<_, FlowBytes> = BTreeMap::new();
    for flow in flows {
        let key = FlowKey {
            kind: flow.key.kind,
            node: String::new(),
            group: String::new(),
            feed: String::new(),
        };
        let sum = sums.entry((flow.minute, key)).or_default();
        *sum = sum.plus(flow.bytes).unwrap_or(*sum);
    }
    sums.into_iter()
        .map(|((minute, key), bytes)| Flow { minute, key, bytes })
        .collect()
}
