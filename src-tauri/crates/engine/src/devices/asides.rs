//! A batch that is not believed: kept aside whole, audited, told of. It is acknowledged like any other, so that what comes
//! after it is not held up.

use tidegate_meter::handover::HandedIn;
use tidegate_store::{Batch, FlowWrite, QuarantineRow, StoreError, Write};

use super::bounds::Doubt;
use super::conditions;
use super::ingest::{Incoming, heard, sequence};
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json};

/// Why a batch is kept aside, and whether its number counts from now on.
pub(super) struct Aside {
    doubt: Doubt,
    counts: bool,
}

impl Aside {
    /// Its number is none, or is another batch's.
    pub(super) const fn of(doubt: Doubt) -> Self {
        Self { doubt, counts: false }
    }

    /// Its number is its own: whatever comes with it later is another batch.
    pub(super) const fn counted(doubt: Doubt) -> Self {
        Self { doubt, counts: true }
    }
}

/// Keeps a batch aside, in one transaction.
pub(super) async fn put(
    inner: &Inner,
    incoming: &Incoming<'_>,
    aside: Aside,
) -> Result<HandedIn, StoreError> {
    let handed = &incoming.hand_in.batch;
    let reason = aside.doubt.to_string();
    let facts = serde_json::json!({
        "device": handed.device, "epoch": handed.epoch, "sequence": handed.sequence, "reason": reason,
    });
    let mut batch = Batch::default();
    if aside.counts {
        batch.push(sequence(incoming));
    }
    batch.push(Write::Flow(FlowWrite::Quarantine(QuarantineRow {
        id: inner.row_id(),
        device: handed.device.clone(),
        epoch: handed.epoch,
        // A number that the database cannot hold stands as it is in the body.
        sequence: handed.sequence.min(i64::MAX.unsigned_abs()),
        digest: incoming.digest,
        reason: reason.clone(),
        at: incoming.now,
        body: json(handed),
    })));
    batch.push(heard(incoming, 0, None));
    batch.push(audit(incoming.now, "agent", "device.batch_refused", facts));
    let told = Event::Device {
        at: incoming.now,
        device: handed.device.clone(),
    };
    inner.commit(Step::Ingest, batch, vec![told]).await?;
    conditions::refused(inner, incoming.device, &reason).await;
    Ok(HandedIn::Quarantined)
}
