//! What passes now: told from memory, never stored. Owns when listeners are told that it is another than before: only
//! while somebody asks, and at most once in [`limits::LIVE_PACE`].

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_meter::{AccountId, DeviceId, Mono, Time};
use tidegate_providers::proxy::{KernelState, LiveConnection};
use tidegate_store::DeviceRow;

use super::owner;
use super::seat::Seat;
use super::view::{DeviceState, LiveDevice, LiveTold};
use crate::event::Event;
use crate::inner::{Inner, lock};
use crate::{EngineError, limits};

/// Whoever wants to be told.
#[derive(Default)]
pub(super) struct Ears {
    /// Somebody asked since it was told last: one question buys one telling, so that nothing is told to nobody.
    asked: AtomicBool,
    told: Mutex<Told>,
}

/// What was told last, and when.
#[derive(Default)]
struct Told {
    at: Option<Mono>,
    pictures: BTreeMap<AccountId, Picture>,
}

/// What makes one picture of now another than the one before: state, rates, connections.
type Picture = (KernelState, Option<u64>, Option<u64>, Option<u32>);

/// Everything that passes now. Whoever asks is told once when that changes, and asks again.
pub(crate) async fn live(inner: &Inner) -> Result<LiveTold, EngineError> {
    inner.flows.ears.asked.store(true, Ordering::Release);
    let now = inner.now();
    let rows = inner.parts.store.devices().await?;
    let devices = picture(inner, &rows);
    let mut connections = Vec::new();
    for seat in inner.flows.seats() {
        let open = seat.live(now).list.into_iter();
        connections.extend(open.map(|one| (seat.device.clone(), one)));
    }
    connections.sort_by_key(|(_, one): &(DeviceId, LiveConnection)| {
        std::cmp::Reverse(one.up_rate.saturating_add(one.down_rate))
    });
    connections.truncate(limits::LIVE_CONNECTIONS);
    Ok(LiveTold {
        at: now.wall,
        devices,
        connections,
    })
}

/// Each kernel that is to be watched from here, and each agent that was not ended.
pub(super) fn picture(inner: &Inner, rows: &[DeviceRow]) -> Vec<LiveDevice> {
    let seats = inner.flows.seats();
    let wanted = owner::enabled(inner);
    // Nobody collects: the loops do not run, or have just begun to.
    let unwatched = rows.iter().filter(|row| {
        row.account.is_some()
            && wanted.contains(&row.device)
            && !seats.iter().any(|seat| seat.device == row.device)
    });
    let agents = rows
        .iter()
        .filter(|row| row.account.is_none() && row.ended_at.is_none());
    let here = seats.iter().map(|seat| of_seat(inner, seat));
    here.chain(unwatched.map(unheard))
        .chain(agents.map(|row| of_agent(inner, row)))
        .collect()
}

fn unheard(row: &DeviceRow) -> LiveDevice {
    LiveDevice {
        device: row.device.clone(),
        name: row.name.clone(),
        account: row.account.clone(),
        state: DeviceState::Lost,
        as_of: row.seen_at,
        rates: None,
        connections: None,
        nodes: Vec::new(),
    }
}

fn of_seat(inner: &Inner, seat: &Seat) -> LiveDevice {
    let live = seat.live(inner.now());
    LiveDevice {
        device: seat.device.clone(),
        name: seat.name.clone(),
        account: Some(seat.account.clone()),
        state: match live.state {
            KernelState::Waiting => DeviceState::New,
            KernelState::Watched => DeviceState::Watched,
            KernelState::Lost => DeviceState::Lost,
        },
        as_of: live.as_of,
        rates: live.up_rate.zip(live.down_rate),
        connections: live.connections,
        nodes: live.nodes,
    }
}

fn of_agent(inner: &Inner, row: &DeviceRow) -> LiveDevice {
    let now = inner.wall();
    let heard = lock(&inner.flows.heard).get(&row.device).copied();
    LiveDevice {
        device: row.device.clone(),
        name: row.name.clone(),
        account: None,
        state: state_of(row, now),
        as_of: heard.map(|heard| heard.as_of).or(row.seen_at),
        rates: heard.and_then(|heard| heard.rates(now)),
        connections: None,
        nodes: Vec::new(),
    }
}

/// How an agent is heard of.
fn state_of(row: &DeviceRow, now: Time) -> DeviceState {
    match row.seen_at {
        None => DeviceState::New,
        Some(seen) if now.since(seen) > limits::DEVICE_SILENT => DeviceState::Silent,
        Some(_) => DeviceState::Watched,
    }
}

/// A kernel told something: whoever asked is told once, when it is another picture than the one that was told.
pub(super) fn tell(inner: &Inner, seat: &Seat) {
    let ears = &inner.flows.ears;
    if !ears.asked.load(Ordering::Acquire) {
        return;
    }
    let now = inner.now();
    let mut told = lock(&ears.told);
    if told.at.is_some_and(|at| now.mono.since(at) < limits::LIVE_PACE) {
        return;
    }
    let live = seat.live(now);
    let picture = (live.state, live.up_rate, live.down_rate, live.connections);
    if told.pictures.insert(seat.account.clone(), picture) == Some(picture) {
        return;
    }
    told.at = Some(now.mono);
    drop(told);
    ears.asked.store(false, Ordering::Release);
    inner.publish(vec![Event::Live { at: now.wall }]);
}
