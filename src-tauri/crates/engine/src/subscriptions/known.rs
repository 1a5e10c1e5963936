//! What is kept of a subscription: one sample for each answer of its panel that was believed.

use tidegate_guard::allowance::{self, Sample, Series};
use tidegate_meter::{AccountId, Span};
use tidegate_providers::subscription_info::Usage;
use tidegate_store::{FlowWrite, SampleRow, StoreError, Write};

use super::limits;
use crate::inner::Inner;

/// The samples of a subscription, oldest first, and as use over time.
#[derive(Default)]
pub(super) struct Known {
    pub(super) rows: Vec<SampleRow>,
    pub(super) series: Series,
}

/// Reads what is known.
pub(super) async fn known(inner: &Inner, account: &AccountId) -> Result<Known, StoreError> {
    let now = inner.wall();
    let span = Span {
        start: now.minus(limits::SAMPLES_KEPT),
        // A clock that was set back leaves samples ahead of it.
        end: now.plus(limits::SAMPLES_KEPT),
    };
    let rows = inner.parts.store.samples(account, span).await?;
    let samples: Vec<Sample> = rows.iter().filter_map(sample).collect();
    Ok(Known {
        series: Series::of(&samples),
        rows,
    })
}

fn sample(row: &SampleRow) -> Option<Sample> {
    Some(Sample {
        at: row.at,
        used: row.up.checked_add(row.down)?,
        total: row.total,
    })
}

/// The day of the month on which it was seen to be counted anew.
pub(crate) async fn learned_day(inner: &Inner, account: &AccountId) -> Option<u8> {
    let known = known(inner, account).await.ok()?;
    allowance::learned_day(&known.series, &inner.parts.zone)
}

/// What keeps an answer.
pub(crate) fn write(account: &AccountId, usage: &Usage) -> Write {
    Write::Flow(FlowWrite::Sample {
        account: account.clone(),
        sample: SampleRow {
            at: usage.at,
            up: usage.up,
            down: usage.down,
            total: usage.total,
            expires_at: usage.expires_at,
        },
    })
}
