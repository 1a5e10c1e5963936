//! What is known of proxy traffic now, between two transactions: who collects, what agents handed in last, and what was
//! counted since the process began. Nothing here is stored.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_meter::{AccountId, DeviceId, Flow, FlowBytes, FlowKind, Mono};
use tokio::sync::Notify;

use super::agent::Heard;
use super::live::Ears;
use super::seat::Seat;
use crate::inner::lock;

/// Bytes by device and kind since the process began.
pub(crate) type FlowCounts = BTreeMap<(DeviceId, FlowKind), FlowBytes>;

/// The desk of proxy traffic.
#[derive(Default)]
pub(crate) struct FlowDesk {
    seats: Mutex<BTreeMap<AccountId, Arc<Seat>>>,
    pens: Mutex<BTreeMap<DeviceId, Arc<tokio::sync::Mutex<()>>>>,
    pub(super) heard: Mutex<BTreeMap<DeviceId, Heard>>,
    counts: Mutex<FlowCounts>,
    pub(super) ears: Ears,
    /// What is to be collected may have changed.
    pub(crate) wake: Notify,
    /// Adapters are to be made anew.
    pub(crate) renewed: Notify,
}

impl FlowDesk {
    /// The one pen of a device: who holds it writes its row and its baseline, which two accounts may share.
    pub(super) fn pen(&self, device: &DeviceId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.pens).entry(device.clone()).or_default())
    }

    pub(super) fn sit(&self, seat: &Arc<Seat>) {
        lock(&self.seats).insert(seat.account.clone(), Arc::clone(seat));
    }

    pub(super) fn leave(&self, account: &AccountId) {
        lock(&self.seats).remove(account);
    }

    pub(super) fn clear(&self) {
        lock(&self.seats).clear();
    }

    pub(super) fn seats(&self) -> Vec<Arc<Seat>> {
        lock(&self.seats).values().cloned().collect()
    }

    /// Seats that kept nothing for so long.
    pub(super) fn seats_older(&self, now: Mono, age: Duration) -> Vec<Arc<Seat>> {
        let mut seats = self.seats();
        seats.retain(|seat| now.since(seat.kept_at()) >= age);
        seats
    }

    /// Flows became durable.
    pub(crate) fn counted(&self, device: &DeviceId, flows: &[Flow]) {
        let mut counts = lock(&self.counts);
        for flow in flows {
            let sum = counts.entry((device.clone(), flow.key.kind)).or_default();
            // Counters of a process begin anew rather than stand still.
            *sum = sum.plus(flow.bytes).unwrap_or(flow.bytes);
        }
    }

    /// What became durable since the process began.
    pub(crate) fn counts(&self) -> FlowCounts {
        lock(&self.counts).clone()
    }
}
