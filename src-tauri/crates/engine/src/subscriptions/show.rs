//! What is shown of subscriptions: put together from the newest look, the samples and the flows. Owns no number of its own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use tidegate_guard::Multiplier;
use tidegate_guard::allowance::{self, Allowance, Left, Limits, NoEstimate};
use tidegate_meter::{Blind, MeterId, Outcome, Reading, Time};
use tidegate_providers::subscription_info::{SubscriptionParams, TRAFFIC};

use super::feeds::{self, Names};
use super::known::{Known, known};
use super::view::{NodeMultiplier, Reset, ResetBy, SubscriptionDay, SubscriptionView};
use super::{check, is_one, limits, params, window};
use crate::EngineError;
use crate::inner::Inner;
use crate::watch::Watch;

/// Every subscription as it stands, in the order of their ids.
pub(crate) async fn views(inner: &Inner) -> Result<Vec<SubscriptionView>, EngineError> {
    let watches = inner.watches().into_iter();
    let own: Vec<_> = watches.filter(|(_, watch)| is_one(&watch.config())).collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let (feeds, nodes) = (feeds::feeds(inner).await?, feeds::nodes(inner).await?);
    let mut views = Vec::new();
    for (id, watch) in own {
        let names = feeds.get(&id).cloned().unwrap_or_default();
        views.push(one(inner, &watch, names, &nodes).await?);
    }
    Ok(views)
}

/// Every subscription on a calendar day of the user's zone.
pub(crate) async fn on_day(inner: &Inner, day: Date) -> Result<Vec<SubscriptionDay>, EngineError> {
    let span = inner.parts.zone.span_of(day);
    let mut days = Vec::new();
    for config in feeds::subscriptions(inner) {
        let known = known(inner, &config.id).await?;
        let mut leaks = check::leaks(inner, &config.id, limits::LEAKS_DAY).await?;
        leaks.retain(|leak| span.is_some_and(|day| day.start < leak.span.end && leak.span.end <= day.end));
        days.push(SubscriptionDay {
            used: known.series.day(day, &inner.parts.zone),
            leaks,
            account: config.id,
            name: config.name,
        });
    }
    Ok(days)
}

/// What memory says of the meter of bytes.
struct Seen {
    reading: Option<Reading>,
    blind: Option<Blind>,
}

async fn seen(watch: &Watch) -> Seen {
    let memory = watch.memory.lock().await;
    let meter = MeterId::new(TRAFFIC)
        .ok()
        .and_then(|id| memory.meters.get(&id).cloned());
    let outcome = meter.as_ref().and_then(|meter| meter.outcome.clone());
    Seen {
        blind: match outcome {
            Some(Outcome::Blind(blind)) => Some(blind),
            _ => memory.blind.clone(),
        },
        reading: meter.and_then(|meter| meter.newest().cloned()),
    }
}

async fn one(
    inner: &Inner,
    watch: &Watch,
    names: Names,
    nodes: &[(String, String)],
) -> Result<SubscriptionView, EngineError> {
    let config = watch.config();
    let params = params(&config);
    let known = known(inner, &config.id).await?;
    let seen = seen(watch).await;
    let (now, zone) = (inner.wall(), &inner.parts.zone);
    let reset = reset(inner, &params, &known, seen.reading.as_ref());
    let expires_at = known.rows.last().and_then(|row| row.expires_at);
    let reading = seen.reading.as_ref();
    Ok(SubscriptionView {
        account: config.id.clone(),
        name: config.name.clone(),
        as_of: reading.map(|reading| reading.as_of().at()),
        blind: seen.blind,
        used: reading.and_then(Reading::used),
        total: reading.and_then(Reading::limit),
        remaining: reading.and_then(Reading::remaining),
        today: known.series.day(zone.date_of(now), zone),
        left: left(&known, reset, expires_at, inner, now),
        expires_at,
        reset,
        leak: check::newest(inner, &config.id).await?,
        nodes: multipliers(&params, &names, nodes),
        feeds: names.into_iter().collect(),
    })
}

/// The day that the user set, the panel told, or two resets showed.
fn reset(
    inner: &Inner,
    params: &SubscriptionParams,
    known: &Known,
    reading: Option<&Reading>,
) -> Option<Reset> {
    let zone = &inner.parts.zone;
    let learned = allowance::learned_day(&known.series, zone);
    let told = reading
        .and_then(Reading::window)
        .and_then(|told| window::day_of(told, zone));
    let told = told.filter(|told| Some(*told) != learned);
    let (day, by): (u8, ResetBy) = window::day(params, told, learned)?;
    window::reset(day, by, inner.wall(), zone)
}

fn left(known: &Known, reset: Option<Reset>, expires_at: Option<Time>, inner: &Inner, now: Time) -> Left {
    let newest = known.rows.last();
    let Some((used, row)) = newest.and_then(|row| Some((row.up.checked_add(row.down)?, row))) else {
        return Left::NoEstimate(NoEstimate::NoSample);
    };
    let allowance = Allowance {
        used,
        total: row.total,
    };
    let reset_at = reset.and_then(|reset| inner.parts.zone.span_of(reset.next));
    let limits = Limits {
        reset_at: reset_at.map(|day| day.start),
        expires_at,
    };
    allowance::left(allowance, limits, &known.series, now)
}

/// Nodes of these feeds that count other than once, and all that the user names.
fn multipliers(
    params: &SubscriptionParams,
    names: &Names,
    nodes: &[(String, String)],
) -> Vec<NodeMultiplier> {
    let own = nodes.iter().filter(|(_, feed)| names.contains(feed));
    let all: BTreeSet<&String> = own
        .map(|(node, _)| node)
        .chain(params.multipliers.keys())
        .collect();
    let counted: BTreeMap<&String, (Multiplier, bool)> = all
        .into_iter()
        .map(|node| (node, feeds::multiplier(params, node)))
        .filter(|(_, (factor, by_user))| *by_user || *factor != Multiplier::ONE)
        .collect();
    counted
        .into_iter()
        .map(|(node, (multiplier, by_user))| NodeMultiplier {
            node: node.clone(),
            multiplier,
            by_user,
        })
        .collect()
}
