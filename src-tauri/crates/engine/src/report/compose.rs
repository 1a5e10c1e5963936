//! The facts of a report, from the store and the engine as they stand. Reads only; the same days give the same facts as
//! long as nothing about them changes.

use jiff::ToSpan;
use jiff::civil::Date;
use tidegate_channels::ReportFacts;
use tidegate_channels::report::{MissedDays, ReportCause, TrafficFacts};
use tidegate_meter::{KindBytes, Span};

use super::due::Reach;
use super::flows::{Past, Tally};
use super::{devices, guarding, subscribed};
use crate::EngineError;
use crate::inner::Inner;
use crate::limits;

/// Why and for which days a report is made.
#[derive(Clone, Copy)]
pub(super) struct Occasion {
    pub(super) reach: Reach,
    pub(super) cause: ReportCause,
    /// From when on alerts and actions are told: those of before were told by the report before.
    pub(super) told_since: tidegate_meter::Time,
    /// Days before that have no report.
    pub(super) missed: Option<(Date, Date)>,
}

/// All that a report tells.
pub(super) async fn facts(inner: &Inner, occasion: &Occasion) -> Result<ReportFacts, EngineError> {
    let reach = occasion.reach;
    let past = Past::of(inner, reach.through).await?;
    let span = Span {
        start: occasion.told_since.min(reach.window.start),
        end: reach.window.end,
    };
    let (alerts, alerts_more) = guarding::alerts(inner, span).await?;
    let (actions, actions_more) = guarding::actions(inner, span).await?;
    let (low, calm) = guarding::low(inner).await;
    Ok(ReportFacts {
        id: inner.row_id(),
        kind: reach.kind,
        from: reach.from,
        through: reach.through,
        zone: inner.parts.zone.clone(),
        window: reach.window,
        whole: reach.whole,
        made_at: inner.wall(),
        cause: occasion.cause,
        missed: missed(inner, occasion).await?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        traffic: traffic(inner, &reach, &past).await?,
        subscriptions: subscribed::all(inner, &reach).await?,
        alerts,
        alerts_more,
        actions,
        actions_more,
        low,
        calm,
        lapses: guarding::lapses(inner, span).await?,
        audit: guarding::audit(inner).await?,
    })
}

async fn missed(inner: &Inner, occasion: &Occasion) -> Result<Option<MissedDays>, EngineError> {
    let Some((from, through)) = occasion.missed else {
        return Ok(None);
    };
    let from = from.max(
        through
            .checked_sub(limits::REPORT_PAST_DAYS.days())
            .unwrap_or(from),
    );
    let past = Past::of(inner, through).await?;
    Ok(Some(MissedDays {
        from,
        through,
        sum: past.sum(from, through),
    }))
}

/// `None` without a device.
async fn traffic(inner: &Inner, reach: &Reach, past: &Past) -> Result<Option<TrafficFacts>, EngineError> {
    let tally = Tally::of(inner, reach).await?;
    let devices = devices::devices(inner, reach, &tally.devices).await?;
    if devices.is_empty() {
        return Ok(None);
    }
    let watched = devices.iter().any(|device| device.watched > 0) || !tally.sum.sum().is_zero();
    let sum = watched.then_some(tally.sum);
    let zone = &inner.parts.zone;
    let (nodes, nodes_rest) = tally.nodes();
    Ok(Some(TrafficFacts {
        sum,
        before: before(inner, reach).await?,
        usual: reach
            .is_nearly_whole(zone)
            .then(|| past.usual(reach.kind, reach.through))
            .flatten(),
        devices,
        nodes,
        nodes_rest,
        groups: tally.groups(),
        days: past.chart(reach.through, last_day(inner, reach, sum).await?),
    }))
}

/// The days before, up to the same time of day; `None` when nobody watched then.
async fn before(inner: &Inner, reach: &Reach) -> Result<Option<KindBytes>, EngineError> {
    let Some(before) = reach.before(&inner.parts.zone) else {
        return Ok(None);
    };
    let tally = Tally::of(inner, &before).await?;
    let watched = !inner.parts.store.watched(None, before.window).await?.is_empty();
    Ok((watched || !tally.sum.sum().is_zero()).then_some(tally.sum))
}

/// What the chart shows of the report's last day: of a week the last of its days.
async fn last_day(
    inner: &Inner,
    reach: &Reach,
    sum: Option<KindBytes>,
) -> Result<Option<KindBytes>, EngineError> {
    if reach.from == reach.through {
        return Ok(sum);
    }
    let daily = tidegate_channels::report::ReportKind::Daily;
    let Some(last) = Reach::new(daily, reach.through, reach.window.end, &inner.parts.zone) else {
        return Ok(None);
    };
    let tally = Tally::of(inner, &last).await?;
    let watched = !inner.parts.store.watched(None, last.window).await?.is_empty();
    Ok((watched || !tally.sum.sum().is_zero()).then_some(tally.sum))
}
