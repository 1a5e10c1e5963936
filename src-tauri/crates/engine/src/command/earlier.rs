//! History that an earlier system kept, taken over: flows of its devices, samples of its subscriptions. Each batch counts
//! once by the number of its last report.

use tidegate_meter::{AccountId, DeviceId, FlowBatch, RowId, Zone};
use tidegate_store::{Batch, DeviceRow, FlowWrite, SampleRow, StoreError, Write};

use super::writer;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit};
use crate::{Engine, EngineError};

/// A batch is known by its number alone: whoever imports again reads the same reports.
const NO_DIGEST: [u8; 32] = [0; 32];

impl Engine {
    /// The number of the last batch of an earlier system's device that was taken over; 0 before the first.
    pub async fn imported(&self, device: &DeviceId, epoch: RowId) -> Result<u64, EngineError> {
        let counted = self.store().counted(device, epoch, 0).await?;
        Ok(counted.newest.unwrap_or(0))
    }

    /// Takes over the next batch of an earlier system's device, under a name where it is not known here. Returns the
    /// number of the last one that was: this one, or, when it was taken over before, the same as then.
    pub async fn import_flows(&self, name: &str, batch: FlowBatch, by: &str) -> Result<u64, EngineError> {
        flows(&self.inner, name, &batch, by).await?;
        self.imported(&batch.device, batch.epoch).await
    }

    /// Takes over what a subscription told before.
    pub async fn import_samples(
        &self,
        account: &AccountId,
        samples: &[SampleRow],
        by: &str,
    ) -> Result<(), EngineError> {
        let _order = self.inner.order.lock().await;
        writer(&self.inner).await?;
        if self.inner.watch(account).is_none() {
            return Err(EngineError::NoAccount(account.clone()));
        }
        let at = self.inner.wall();
        let mut writes = Batch::default();
        for sample in samples {
            writes.push(Write::Flow(FlowWrite::Sample {
                account: account.clone(),
                sample: *sample,
            }));
        }
        let facts = serde_json::json!({ "account": account, "samples": samples.len() });
        writes.push(audit(at, by, "subscription.imported", facts));
        let account = account.clone();
        Ok(self
            .inner
            .commit(Step::Imported, writes, vec![Event::Subscription { at, account }])
            .await?)
    }
}

async fn flows(inner: &Inner, name: &str, batch: &FlowBatch, by: &str) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let at = inner.wall();
    let known = inner.parts.store.devices().await?;
    let mut writes = Batch::default();
    writes.push(Write::Flow(FlowWrite::Sequence {
        device: batch.device.clone(),
        epoch: batch.epoch,
        sequence: batch.sequence,
        digest: NO_DIGEST,
        at,
    }));
    if !known.iter().any(|row| row.device == batch.device) {
        writes.push(Write::Flow(FlowWrite::Device(row(name, batch))));
    }
    filed(&mut writes, batch, &inner.parts.zone);
    let facts =
        serde_json::json!({ "device": batch.device, "through": batch.sequence, "flows": batch.flows.len() });
    writes.push(audit(at, by, "flows.imported", facts));
    let device = batch.device.clone();
    match inner
        .commit(Step::Imported, writes, vec![Event::Flows { at, device }])
        .await
    {
        // It was taken over before.
        Err(StoreError::Conflict { .. }) => Ok(()),
        other => Ok(other?),
    }
}

/// Every flow under the calendar day of its minute.
fn filed(writes: &mut Batch, batch: &FlowBatch, zone: &Zone) {
    for flow in &batch.flows {
        let day = flow.minute.to_jiff().to_zoned(zone.jiff().clone()).date();
        writes.push(Write::Flow(FlowWrite::Flow {
            device: batch.device.clone(),
            day,
            flow: flow.clone(),
        }));
    }
    for span in &batch.watched {
        writes.push(Write::Flow(FlowWrite::Watched {
            device: batch.device.clone(),
            span: *span,
        }));
    }
}

/// A device that nobody watches any more, until it is enrolled or its kernel is watched from here.
fn row(name: &str, batch: &FlowBatch) -> DeviceRow {
    let first = batch.flows.first().map_or(batch.sealed_at, |flow| flow.minute);
    DeviceRow {
        device: batch.device.clone(),
        name: name.to_owned(),
        account: None,
        token: None,
        since: first,
        seen_at: batch.watched.last().map(|span| span.end),
        ended_at: Some(batch.sealed_at),
        body: serde_json::json!({}),
    }
}
