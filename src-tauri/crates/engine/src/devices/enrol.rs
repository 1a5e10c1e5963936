//! How a device comes and goes: invited with a code, enrolled with a token of its own, ended. Owns that a code is good
//! once, that the token before it ends in the same transaction, and the audit of all three. Only hashes come here.

use tidegate_meter::handover::EnrolBody;
use tidegate_meter::{DeviceId, Time};
use tidegate_store::{Batch, DeviceRow, FlowWrite, InviteRow, StoreError, TokenRow, Write};

use super::conditions::forget;
use super::told::{DeviceTold, short};
use crate::command::writer;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json};
use crate::{EngineError, Refused, limits};

/// Makes an invitation; one of the same device that was not used is good for nothing any more. Refused for a device that
/// is watched from here, and beyond [`limits::DEVICES`].
pub(crate) async fn invite(inner: &Inner, row: InviteRow) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let devices = inner.parts.store.devices().await?;
    if devices
        .iter()
        .any(|known| known.device == row.device && is_watched_here(known))
    {
        return Err(Refused::WatchedHere(row.device).into());
    }
    let agents = devices
        .iter()
        .filter(|known| known.token.is_some() && known.ended_at.is_none());
    if agents.count() >= limits::DEVICES {
        return Err(Refused::Range {
            field: "device",
            allowed: "at most 500 devices with an agent; end one first",
        }
        .into());
    }
    let facts = serde_json::json!({
        "device": row.device, "name": row.name, "expires_at": row.expires_at,
    });
    let (at, by, device) = (row.created_at, row.by.clone(), row.device.clone());
    let mut batch = Batch::default();
    batch.push(Write::Flow(FlowWrite::Invite(row)));
    batch.push(audit(at, &by, "device.invited", facts));
    Ok(inner
        .commit(Step::DeviceInvited, batch, vec![Event::Device { at, device }])
        .await?)
}

/// A kernel that an account of ours watches is never counted by an agent as well.
fn is_watched_here(row: &DeviceRow) -> bool {
    row.account.is_some() && row.ended_at.is_none()
}

/// Exchanges an invitation for a token; `None` when it was used or ran out meanwhile.
pub(crate) async fn enrol(
    inner: &Inner,
    invite: &InviteRow,
    token: TokenRow,
    told: &EnrolBody,
) -> Result<Option<DeviceRow>, EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let known = inner.parts.store.device(&invite.device).await?;
    if known.as_ref().is_some_and(is_watched_here) {
        return Err(Refused::WatchedHere(invite.device.clone()).into());
    }
    let now = inner.wall();
    let facts = serde_json::json!({
        "device": invite.device, "name": invite.name, "token": token.id, "invited_by": invite.by,
    });
    let row = enrolled(known.as_ref(), invite, &token, told, now);
    let mut batch = Batch::default();
    batch.push(Write::Flow(FlowWrite::UseInvite {
        hash: invite.hash,
        at: now,
    }));
    batch.push(Write::PutToken(token));
    if let Some(before) = known.and_then(|known| known.token) {
        batch.push(Write::RevokeToken { id: before, at: now });
    }
    batch.push(Write::Flow(FlowWrite::Device(row.clone())));
    batch.push(audit(now, "agent", "device.enrolled", facts));
    let event = Event::Device {
        at: now,
        device: row.device.clone(),
    };
    match inner.commit(Step::DeviceEnrolled, batch, vec![event]).await {
        Err(StoreError::Conflict { what }) if what == "invite" => return Ok(None),
        done => done?,
    }
    forget(inner, &row.device).await;
    inner.devices.wake.notify_one();
    Ok(Some(row))
}

/// The row of a device that an agent hands in from now on; what was stored under its id stays.
fn enrolled(
    known: Option<&DeviceRow>,
    invite: &InviteRow,
    token: &TokenRow,
    told: &EnrolBody,
    now: Time,
) -> DeviceRow {
    let told = DeviceTold {
        agent: short(&told.agent),
        system: short(&told.system),
        ..known.map(DeviceTold::of).unwrap_or_default()
    };
    DeviceRow {
        device: invite.device.clone(),
        name: invite.name.clone(),
        account: None,
        token: Some(token.id),
        since: known.map_or(now, |known| known.since),
        seen_at: known.and_then(|known| known.seen_at),
        ended_at: None,
        body: json(&told),
    }
}

/// Ends a device: its token and its invitations are good for nothing, its flows stay. One that is ended stays as it is.
pub(crate) async fn end(inner: &Inner, device: &DeviceId, by: &str) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let known = inner.parts.store.device(device).await?;
    if known.as_ref().is_some_and(is_watched_here) {
        return Err(Refused::WatchedHere(device.clone()).into());
    }
    let invites = inner.parts.store.invites().await?;
    let is_invited = invites
        .iter()
        .any(|row| row.device == *device && row.used_at.is_none());
    let known = known.filter(|known| known.ended_at.is_none());
    if known.is_none() && !is_invited {
        return match inner.parts.store.device(device).await? {
            Some(_) => Ok(()),
            None => Err(EngineError::NoDevice(device.clone())),
        };
    }
    let now = inner.wall();
    let mut batch = Batch::default();
    batch.push(Write::Flow(FlowWrite::Uninvite {
        device: device.clone(),
    }));
    if let Some(known) = known {
        if let Some(id) = known.token {
            batch.push(Write::RevokeToken { id, at: now });
        }
        batch.push(Write::Flow(FlowWrite::Device(DeviceRow {
            ended_at: Some(now),
            ..known
        })));
    }
    batch.push(audit(
        now,
        by,
        "device.ended",
        serde_json::json!({ "device": device }),
    ));
    let event = Event::Device {
        at: now,
        device: device.clone(),
    };
    inner.commit(Step::DeviceEnded, batch, vec![event]).await?;
    forget(inner, device).await;
    Ok(())
}
