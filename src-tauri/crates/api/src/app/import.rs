//! History of an earlier system as it is taken over. Owns its bounds; what counts once is the engine's.

use tidegate_meter::{Quantity, Unit};
use tidegate_store::SampleRow;

use super::App;
use crate::request::{EarlierSample, ImportFlows, ImportSamples};
use crate::{ApiError, ErrorCode, Request, Response, limits};

impl App {
    pub(super) async fn import(&self, request: Request, by: &str) -> Result<Response, ApiError> {
        match request {
            Request::ImportFlows(asked) => self.import_flows(asked, by).await,
            Request::ImportSamples(asked) => self.import_samples(asked, by).await,
            _ => Err(bad("this takes nothing over")),
        }
    }

    async fn import_flows(&self, asked: ImportFlows, by: &str) -> Result<Response, ApiError> {
        let ImportFlows {
            device,
            name,
            epoch,
            batch,
        } = asked;
        if batch
            .as_ref()
            .is_some_and(|batch| batch.device != device || batch.epoch != epoch)
        {
            return Err(bad(
                "batch: its device and epoch are not those it is said to be of",
            ));
        }
        let through = match batch {
            Some(batch) => self.engine.import_flows(&name, batch, by).await?,
            None => self.engine.imported(&device, epoch).await?,
        };
        Ok(Response::Imported(through))
    }

    async fn import_samples(&self, asked: ImportSamples, by: &str) -> Result<Response, ApiError> {
        if asked.samples.len() > limits::EARLIER_SAMPLES {
            return Err(bad("samples: at most 1000 at once"));
        }
        let samples: Vec<SampleRow> = asked.samples.iter().map(sample).collect::<Result<_, _>>()?;
        self.engine.import_samples(&asked.account, &samples, by).await?;
        Ok(Response::Done)
    }
}

/// The earlier system kept both directions as one.
fn sample(told: &EarlierSample) -> Result<SampleRow, ApiError> {
    Ok(SampleRow {
        at: told.at,
        up: 0,
        down: bytes(told.used, "used")?,
        total: told.total.map(|total| bytes(total, "total")).transpose()?,
        expires_at: told.expires_at,
    })
}

fn bytes(amount: Quantity, field: &str) -> Result<u64, ApiError> {
    let whole = u64::try_from(amount.raw())
        .ok()
        .filter(|_| amount.unit() == Unit::Bytes);
    whole.ok_or_else(|| bad(&format!("{field}: bytes, not below 0")))
}

fn bad(text: &str) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, text)
}
