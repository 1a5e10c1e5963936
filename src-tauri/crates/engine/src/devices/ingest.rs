//! A batch of an agent: judged, and written in one transaction with its number. Owns that it counts once: a number that
//! was counted with the same content is a repeat, with other content it is somebody else's; and that nothing is answered
//! before it is durable.

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use tidegate_meter::handover::{HandIn, HandedIn, Receipt};
use tidegate_meter::{RowId, Time};
use tidegate_store::{Batch, Counted, DeviceRow, FlowWrite, StoreError, Write};

use super::asides::{self, Aside};
use super::bounds::{Believed, Doubt, believe};
use super::clock::Difference;
use super::conditions;
use super::told::DeviceTold;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, json};
use crate::{EngineError, command, limits};

/// What became of what was handed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It is durable, whatever became of it.
    Receipt(Receipt),
    /// The token is no agent's, or was taken from it meanwhile.
    NotAnAgent,
    /// The batch is of another device than the token.
    OtherDevice,
}

/// A batch on its way in.
pub(super) struct Incoming<'a> {
    pub(super) device: &'a DeviceRow,
    pub(super) token: RowId,
    pub(super) hand_in: &'a HandIn,
    pub(super) digest: [u8; 32],
    pub(super) difference: Difference,
    pub(super) now: Time,
}

/// Takes a batch from the agent of a token. Errors: the database; another copy holds it.
pub(crate) async fn take(inner: &Inner, token: RowId, hand_in: &HandIn) -> Result<Taken, EngineError> {
    command::writer_once(inner).await?;
    let Some(device) = inner.parts.store.device_of(token).await? else {
        return Ok(Taken::NotAnAgent);
    };
    if device.device != hand_in.batch.device {
        return Ok(Taken::OtherDevice);
    }
    let now = inner.wall();
    let incoming = Incoming {
        device: &device,
        token,
        hand_in,
        digest: digest(hand_in),
        difference: Difference::new(hand_in.sent_at, now),
        now,
    };
    let verdict = match decided(inner, &incoming).await {
        Ok(verdict) => verdict,
        Err(StoreError::Conflict { what }) if what == "device" => return Ok(Taken::NotAnAgent),
        Err(error) => return Err(error.into()),
    };
    inner.measures.handed_in(&device.device, verdict);
    conditions::after(inner, &incoming).await;
    Ok(Taken::Receipt(Receipt {
        sequence: hand_in.batch.sequence,
        verdict,
        received_at: now,
    }))
}

/// Two hand-ins of one batch at the same time: the database lets one count, and the other looks again.
async fn decided(inner: &Inner, incoming: &Incoming<'_>) -> Result<HandedIn, StoreError> {
    for _ in 1..limits::INGEST_TRIES {
        match written(inner, incoming).await {
            Err(StoreError::Conflict { what }) if what == "sequence" => {}
            done => return done,
        }
    }
    written(inner, incoming).await
}

async fn written(inner: &Inner, incoming: &Incoming<'_>) -> Result<HandedIn, StoreError> {
    let batch = &incoming.hand_in.batch;
    let believed = believe(batch, incoming.difference, incoming.now);
    if believed == Err(Doubt::Number) {
        return asides::put(inner, incoming, Aside::of(Doubt::Number)).await;
    }
    let counted = inner
        .parts
        .store
        .counted(&batch.device, batch.epoch, batch.sequence);
    let counted = counted.await?;
    match standing(&counted, incoming) {
        Standing::Aside => return repeated(inner, incoming, HandedIn::Quarantined).await,
        Standing::Counted => return repeated(inner, incoming, HandedIn::Repeated).await,
        Standing::Doubtful(doubt) => return asides::put(inner, incoming, Aside::of(doubt)).await,
        Standing::New => {}
    }
    let believed = match believed {
        Ok(believed) => believed,
        Err(doubt) => return asides::put(inner, incoming, Aside::counted(doubt)).await,
    };
    match store(inner, incoming, &counted, believed).await {
        Err(StoreError::Conflict { what }) if what == "flow" || what == "flow_key" => {
            asides::put(inner, incoming, Aside::counted(Doubt::Sum)).await
        }
        done => done,
    }
}

/// How a batch stands to what was handed in before.
enum Standing {
    /// It is the next, or a later one.
    New,
    /// It was counted.
    Counted,
    /// It was kept aside.
    Aside,
    /// Its number was counted with other content.
    Doubtful(Doubt),
}

fn standing(counted: &Counted, incoming: &Incoming<'_>) -> Standing {
    if counted.aside.contains(&incoming.digest) {
        return Standing::Aside;
    }
    match counted.digest {
        Some(known) if known == incoming.digest => Standing::Counted,
        Some(_) => Standing::Doubtful(Doubt::SameNumber),
        None if counted.newest >= Some(incoming.hand_in.batch.sequence) => {
            Standing::Doubtful(Doubt::OldNumber)
        }
        None => Standing::New,
    }
}

/// Of a repeat nothing is written but that the agent was heard.
async fn repeated(inner: &Inner, incoming: &Incoming<'_>, verdict: HandedIn) -> Result<HandedIn, StoreError> {
    let mut batch = Batch::default();
    batch.push(heard(incoming, 0, None));
    inner.commit(Step::Ingest, batch, Vec::new()).await?;
    Ok(verdict)
}

async fn store(
    inner: &Inner,
    incoming: &Incoming<'_>,
    counted: &Counted,
    believed: Believed,
) -> Result<HandedIn, StoreError> {
    let device = &incoming.hand_in.batch.device;
    let mut batch = Batch::default();
    batch.push(sequence(incoming));
    for flow in &believed.flows {
        batch.push(Write::Flow(FlowWrite::Flow {
            device: device.clone(),
            day: inner.day_of(flow.minute),
            flow: flow.clone(),
        }));
    }
    for span in &believed.watched {
        let (device, span) = (device.clone(), *span);
        batch.push(Write::Flow(FlowWrite::Watched { device, span }));
    }
    batch.push(heard(
        incoming,
        missing(counted, incoming),
        restarted(inner, incoming, &believed),
    ));
    let told = Event::Flows {
        at: incoming.now,
        device: device.clone(),
    };
    inner.commit(Step::Ingest, batch, vec![told]).await?;
    inner.flows.heard(device, &believed.flows, &believed.watched);
    Ok(HandedIn::Stored)
}

/// The number is counted with its content.
pub(super) fn sequence(incoming: &Incoming<'_>) -> Write {
    let batch = &incoming.hand_in.batch;
    Write::Flow(FlowWrite::Sequence {
        device: batch.device.clone(),
        epoch: batch.epoch,
        sequence: batch.sequence,
        digest: incoming.digest,
        at: incoming.now,
    })
}

/// The agent was heard, as long as its token is still its token.
pub(super) fn heard(incoming: &Incoming<'_>, missing: u64, restarts: Option<(Date, u32)>) -> Write {
    let mut told = DeviceTold::of(incoming.device).heard(incoming.hand_in, incoming.difference);
    told.missing = told.missing.saturating_add(missing);
    if let Some((day, count)) = restarts {
        told = told.restarted(day, count);
    }
    Write::Flow(FlowWrite::Heard {
        device: incoming.device.device.clone(),
        token: incoming.token,
        at: incoming.now,
        body: json(&told),
    })
}

/// How often the kernel began to count anew, on the day on which the batch ends.
fn restarted(inner: &Inner, incoming: &Incoming<'_>, believed: &Believed) -> Option<(Date, u32)> {
    let end = believed.watched.iter().map(|span| span.end).max();
    let day = inner.day_of(end.unwrap_or(incoming.now));
    let count = incoming.hand_in.batch.restarts;
    (count > 0).then_some((day, count))
}

/// Batches between the newest that was counted and this one: a spool that was full let them go.
fn missing(counted: &Counted, incoming: &Incoming<'_>) -> u64 {
    let next = counted.newest.unwrap_or(0).saturating_add(1);
    incoming.hand_in.batch.sequence.saturating_sub(next)
}

/// Of the batch alone: when it was sent differs between two copies of it.
fn digest(hand_in: &HandIn) -> [u8; 32] {
    Sha256::digest(json(&hand_in.batch).to_string().as_bytes()).into()
}
