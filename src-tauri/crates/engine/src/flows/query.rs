//! What is asked of stored flows. Owns that every answer is bounded, stands in calendar days of the user's zone, and that
//! what was counted and not yet written is written first.

use std::sync::Arc;

use jiff::civil::Date;
use tidegate_meter::{DeviceId, KindBytes};
use tidegate_store::{FlowBy, FlowFilter, FlowSum};

use super::view::FlowsTold;
use super::{coverage, days, settle};
use crate::inner::Inner;
use crate::{EngineError, Refused};

/// The flows of some days.
pub(crate) async fn flows(inner: &Arc<Inner>, filter: FlowFilter) -> Result<FlowsTold, EngineError> {
    let span = days::span_of(filter.from, filter.through, &inner.parts.zone);
    let span = span.filter(|span| span.start < span.end).ok_or(Refused::Range {
        field: "through",
        allowed: "a day not before `from`",
    })?;
    settle(inner).await;
    let sum = kinds(inner, (filter.from, filter.through), filter.device.as_ref()).await?;
    let coverage = coverage::coverage(inner, filter.device.as_ref(), span).await?;
    let page = inner.parts.store.flows(filter).await?;
    Ok(FlowsTold { sum, page, coverage })
}

/// The sums of some days by kind.
async fn kinds(
    inner: &Inner,
    (from, through): (Date, Date),
    device: Option<&DeviceId>,
) -> Result<KindBytes, EngineError> {
    let filter = FlowFilter {
        from,
        through,
        device: device.cloned(),
        by: vec![FlowBy::Kind],
        limit: tidegate_meter::FlowKind::ALL.len(),
    };
    let page = inner.parts.store.flows(filter).await?;
    added(&page.sums)
}

/// Rows that are told apart by kind, added up.
pub(super) fn added<'a>(rows: impl IntoIterator<Item = &'a FlowSum>) -> Result<KindBytes, EngineError> {
    let mut sum = KindBytes::default();
    for row in rows {
        let kind = row.kind.ok_or_else(|| EngineError::Row("flow".to_owned()))?;
        sum = sum
            .plus(kind, row.bytes)
            .ok_or_else(|| EngineError::Row("flow".to_owned()))?;
    }
    Ok(sum)
}
