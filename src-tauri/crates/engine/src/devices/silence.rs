//! The loop that notices silence. Owns when a device counts as silent: both clocks must say so, since this machine may
//! have slept, and every device gets the whole span anew after a start. It sleeps until the next one could be.

use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::Severity;
use tidegate_meter::{DeviceId, Mono, Now};
use tidegate_store::{DeviceRow, StoreError};
use tokio_util::sync::CancellationToken;

use super::conditions::{REFUSED, SILENT, about};
use crate::event::Event;
use crate::inner::{Inner, lock};
use crate::{limits, program};

/// Runs until cancelled.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let begun = inner.now().mono;
    lock(&inner.devices.heard).clear();
    while !end.is_cancelled() {
        let rest = match look(&inner, begun).await {
            Ok(rest) => rest,
            Err(error) => {
                tracing::warn!(%error, "devices could not be looked after");
                limits::DEVICE_IDLE
            }
        };
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            () = inner.devices.wake.notified() => {}
            () = inner.parts.timer.sleep(rest) => {}
        }
    }
}

/// Raises and resolves what is due; how long until something else may be.
async fn look(inner: &Inner, begun: Mono) -> Result<Duration, StoreError> {
    let rows = inner.parts.store.devices().await?;
    let agents = rows
        .iter()
        .filter(|row| row.token.is_some() && row.ended_at.is_none());
    let mut rest = limits::DEVICE_IDLE;
    for row in agents {
        let Some(silent) = silent_for(inner, row, begun) else {
            continue;
        };
        let left = limits::DEVICE_SILENT.saturating_sub(silent);
        if left.is_zero() {
            fell_silent(inner, row).await;
        } else {
            rest = rest.min(left);
        }
    }
    end_old_news(inner).await?;
    Ok(rest)
}

/// For how long a device is silent by both clocks; `None` when it was never heard.
fn silent_for(inner: &Inner, row: &DeviceRow, begun: Mono) -> Option<Duration> {
    let Now { wall, mono } = inner.now();
    let heard = lock(&inner.devices.heard).get(&row.device).copied();
    let awake = mono.since(heard.map_or(begun, |heard| heard.max(begun)));
    Some(awake.min(wall.since(row.seen_at?)))
}

async fn fell_silent(inner: &Inner, row: &DeviceRow) {
    let condition = about(SILENT, &row.device);
    if inner.conditions.is_open(&condition) {
        return;
    }
    let since = row.seen_at.map(|at| at.to_string()).unwrap_or_default();
    let detail = format!("{}: not heard of since {since}", row.name);
    program::raise(inner, &condition, &detail, Severity::Warning, None).await;
    inner.publish(vec![Event::Device {
        at: inner.wall(),
        device: row.device.clone(),
    }]);
}

/// A batch that was not believed is news for a while; afterwards it still stands among the device's own.
async fn end_old_news(inner: &Inner) -> Result<(), StoreError> {
    for (open, _) in inner.conditions.all() {
        let Some(device) = open.strip_prefix(REFUSED).and_then(|rest| rest.strip_prefix(':')) else {
            continue;
        };
        let Ok(device) = device.parse::<DeviceId>() else {
            continue;
        };
        let newest = inner.parts.store.quarantine(&device, 1).await?;
        let young = |at| inner.wall().since(at) < limits::DEVICE_REFUSED_NEWS;
        if !newest.first().is_some_and(|row| young(row.at)) {
            program::resolve(inner, &open).await;
        }
    }
    Ok(())
}
