//! What of a device needs a person: a batch that was not believed, a clock that is wrong, silence. Each is a condition of
//! the program: told once until it ends, and resolved by itself.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tidegate_guard::Severity;
use tidegate_meter::{DeviceId, Mono};
use tidegate_store::DeviceRow;
use tokio::sync::Notify;

use super::ingest::Incoming;
use crate::inner::{Inner, lock};
use crate::program;

/// A batch was not believed.
pub(super) const REFUSED: &str = "device_refused";
/// The clock of a device is wrong.
pub(super) const CLOCK: &str = "device_clock";
/// A device is silent.
pub(super) const SILENT: &str = "device_silent";

/// What is known of devices beside their rows.
#[derive(Default)]
pub(crate) struct DeviceDesk {
    /// When each was heard last by the clock that cannot be set: a night in which this machine slept is nobody's silence.
    pub(super) heard: Mutex<BTreeMap<DeviceId, Mono>>,
    /// Another device is there, or one is there no more.
    pub(super) wake: Notify,
}

/// The name of a condition about one device.
pub(super) fn about(condition: &str, device: &DeviceId) -> String {
    format!("{condition}:{device}")
}

/// After a batch became durable, whatever it came to.
pub(super) async fn after(inner: &Inner, incoming: &Incoming<'_>) {
    let device = incoming.device;
    let known = lock(&inner.devices.heard).insert(device.device.clone(), inner.now().mono);
    if known.is_none() {
        inner.devices.wake.notify_one();
    }
    program::resolve(inner, &about(SILENT, &device.device)).await;
    let clock = about(CLOCK, &device.device);
    match incoming.difference.ahead_ms() {
        None => program::resolve(inner, &clock).await,
        Some(ahead) => {
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            let seconds = ahead.unsigned_abs() / 1000;
            let detail = format!("{}: its clock is {seconds} s {way} ours", device.name);
            program::raise(inner, &clock, &detail, Severity::Warning, None).await;
        }
    }
}

/// A batch was kept aside.
pub(super) async fn refused(inner: &Inner, device: &DeviceRow, reason: &str) {
    let detail = format!("{}: {reason}", device.name);
    let condition = about(REFUSED, &device.device);
    program::raise(inner, &condition, &detail, Severity::Warning, None).await;
}

/// Nothing of a device needs a person any more.
pub(super) async fn forget(inner: &Inner, device: &DeviceId) {
    lock(&inner.devices.heard).remove(device);
    for condition in [REFUSED, CLOCK, SILENT] {
        program::resolve(inner, &about(condition, device)).await;
    }
}
