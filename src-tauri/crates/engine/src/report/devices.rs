//! Devices in a report: what each sent, how much of the window it was watched, and when it was heard of last.

use std::collections::BTreeMap;

use tidegate_channels::report::{DeviceFacts, DeviceHeard};
use tidegate_meter::{DeviceId, KindBytes, Span, Time};
use tidegate_store::{DeviceRow, StoreError};

use super::due::Reach;
use super::flows::both;
use crate::EngineError;
use crate::devices::DeviceTold;
use crate::flows::coverage::coverage;
use crate::inner::Inner;
use crate::limits;

/// Every device that could have been watched within the reach, the most bytes first.
pub(super) async fn devices(
    inner: &Inner,
    reach: &Reach,
    bytes: &BTreeMap<DeviceId, KindBytes>,
) -> Result<Vec<DeviceFacts>, EngineError> {
    let rows = inner.parts.store.devices().await?;
    let rows: BTreeMap<&DeviceId, &DeviceRow> = rows.iter().map(|row| (&row.device, row)).collect();
    let last = heard_last(inner, reach.window).await?;
    let mut all = Vec::new();
    for covered in coverage(inner, None, reach.window).await? {
        let Some(row) = rows.get(&covered.device) else {
            continue;
        };
        let told = DeviceTold::of(row).restarts;
        let days = told.range(reach.from..=reach.through);
        all.push(DeviceFacts {
            bytes: bytes.get(&covered.device).copied().unwrap_or_default(),
            watched: covered.watched.as_secs(),
            of: covered.of.as_secs(),
            restarts: days.map(|(_, count)| *count).fold(0, u32::saturating_add),
            heard: heard(row, &last, reach.window, inner.wall()),
            name: covered.name,
        });
    }
    all.sort_by_key(|device| std::cmp::Reverse(both(device.bytes.sum())));
    Ok(all)
}

/// Agents that are alive and have not yet told all of the window: a report waits for them for a while.
pub(super) async fn behind(inner: &Inner, window: Span) -> Result<bool, StoreError> {
    let rows = inner.parts.store.devices().await?;
    if rows.iter().all(|row| row.account.is_some()) {
        return Ok(false);
    }
    let last = heard_last(inner, window).await?;
    let near = window.end.minus(limits::REPORT_HEARD);
    Ok(rows.iter().any(|row| {
        let alive = row.ended_at.is_none() && row.seen_at.is_some_and(|at| at >= near);
        let told = last.get(&row.device).copied();
        alive && row.account.is_none() && told.is_none_or(|end| end < window.end)
    }))
}

/// The end of the newest span in which each device was watched, from the window's start until now.
async fn heard_last(inner: &Inner, window: Span) -> Result<BTreeMap<DeviceId, Time>, StoreError> {
    let span = Span {
        end: window.end.max(inner.wall()),
        ..window
    };
    let mut last = BTreeMap::new();
    for (device, span) in inner.parts.store.watched(None, span).await? {
        let newest = last.entry(device).or_insert(span.end);
        *newest = span.end.max(*newest);
    }
    Ok(last)
}

/// One that was heard of again since is not silent, whatever it missed.
fn heard(row: &DeviceRow, last: &BTreeMap<DeviceId, Time>, window: Span, now: Time) -> DeviceHeard {
    if row.ended_at.is_some_and(|ended| ended <= now) {
        return DeviceHeard::Ended;
    }
    let last = last.get(&row.device).copied().max(row.seen_at);
    let near = window.end.minus(limits::REPORT_HEARD);
    match last {
        Some(at) if at >= near => DeviceHeard::Well,
        since => DeviceHeard::Silent { since },
    }
}
