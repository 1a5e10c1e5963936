//! A report as it is kept and as it leaves: the row that exists once for each kind and day, and its messages, in one
//! transaction. Owns the shape of the row's body.

use serde::{Deserialize, Serialize};
use tidegate_channels::report::ReportKind;
use tidegate_channels::{Message, ReportFacts};
use tidegate_guard::Severity;
use tidegate_meter::{RowId, Time};
use tidegate_store::{Batch, DeliveryFilter, DeliveryRow, FlowWrite, ReportRow, StoreError, Write};

use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json, lock};
use crate::outbox::{Outgoing, post};

/// What is kept of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    facts: ReportFacts,
    /// Its messages.
    deliveries: Vec<RowId>,
    /// Nothing happened, and nobody wants to be told that.
    quiet: bool,
}

/// A report as it is shown.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportShown {
    /// What it tells.
    pub facts: ReportFacts,
    /// Its messages, each as it stands now.
    pub sent: Vec<DeliveryRow>,
    /// It was due and not sent, because nothing had happened.
    pub quiet: bool,
}

/// Keeps a report and puts its messages into the outbox. False when there is one of that kind and day already: an earlier
/// run, or another copy, was there first, and everything stays as it is.
pub(super) async fn keep(inner: &Inner, facts: ReportFacts, quiet: bool) -> Result<bool, StoreError> {
    let (kind, day, at) = (facts.kind.name(), facts.through, facts.made_at);
    let mut batch = Batch::default();
    let deliveries = if quiet {
        Vec::new()
    } else {
        messages(inner, &mut batch, &facts, at)
    };
    batch.push(made(&facts, "engine", quiet));
    let id = facts.id;
    let kept = Kept {
        facts,
        deliveries,
        quiet,
    };
    batch.push(Write::Flow(FlowWrite::Report(ReportRow {
        id,
        kind: kind.to_owned(),
        day,
        at,
        body: json(&kept),
    })));
    let event = Event::Report {
        at,
        kind: kind.to_owned(),
        day,
    };
    match inner.commit(Step::Report, batch, vec![event]).await {
        Ok(()) => {
            inner.wakes.deliver.notify_one();
            Ok(true)
        }
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts a report that a person asked for into the outbox; returns its messages, none where no channel takes it. It is
/// repeatable, and takes no place of the one that is due.
pub(super) async fn send(inner: &Inner, facts: &ReportFacts, by: &str) -> Result<Vec<RowId>, StoreError> {
    let mut batch = Batch::default();
    let deliveries = messages(inner, &mut batch, facts, inner.wall());
    if deliveries.is_empty() {
        return Ok(deliveries);
    }
    batch.push(made(facts, by, false));
    inner.commit(Step::ReportByHand, batch, Vec::new()).await?;
    inner.wakes.deliver.notify_one();
    Ok(deliveries)
}

/// Worth knowing, so that it goes where that goes; the quiet hours hold it back, and it is not too old after them.
fn messages(inner: &Inner, batch: &mut Batch, facts: &ReportFacts, now: Time) -> Vec<RowId> {
    let outgoing = Outgoing {
        message: Message::Report {
            report: Box::new(facts.clone()),
        },
        severity: Severity::Info,
        routed: Severity::Info,
        alert: None,
        intent: None,
        channels: lock(&inner.reports.settings).channels.clone(),
    };
    post(inner, batch, &[outgoing], now);
    let ids = batch.writes.iter().filter_map(|write| match write {
        Write::Delivery(row) => Some(row.id),
        _ => None,
    });
    ids.collect()
}

fn made(facts: &ReportFacts, by: &str, quiet: bool) -> Write {
    let told =
        serde_json::json!({ "kind": facts.kind, "day": facts.through, "cause": facts.cause, "quiet": quiet });
    audit(facts.made_at, by, "report.made", told)
}

/// The report that was kept of a kind and day. One that this version cannot read counts as not there.
pub(super) async fn kept(
    inner: &Inner,
    kind: ReportKind,
    day: jiff::civil::Date,
) -> Result<Option<ReportShown>, StoreError> {
    let Some(row) = inner.parts.store.report(kind.name(), day).await? else {
        return Ok(None);
    };
    let Ok(kept) = serde_json::from_value::<Kept>(row.body) else {
        return Ok(None);
    };
    Ok(Some(ReportShown {
        facts: kept.facts,
        sent: rows(inner, &kept.deliveries).await?,
        quiet: kept.quiet,
    }))
}

/// Messages as they stand; those that are so old that they are gone are left out.
pub(super) async fn rows(inner: &Inner, ids: &[RowId]) -> Result<Vec<DeliveryRow>, StoreError> {
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(inner.parts.store.deliveries(DeliveryFilter::One(*id)).await?);
    }
    Ok(rows)
}
