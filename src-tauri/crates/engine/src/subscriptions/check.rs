//! The leak check: once a window is over on both sides, what the panel billed in it is compared with what was sent from
//! here. Owns which interval, which flows and which devices; the verdict is [`tidegate_guard::leak`]'s. Without a sample
//! before, without a device, or without knowing which nodes are the subscription's there is no check.

use std::collections::BTreeMap;

use tidegate_guard::Multiplier;
use tidegate_guard::leak::{self, Billed, Ours, Watched};
use tidegate_meter::{AccountId, DeviceId, FlowKind, Span, Time};
use tidegate_providers::subscription_info::SubscriptionParams;
use tidegate_store::{FlowSpanFilter, FlowSum, LeakRow};

use super::feeds::{self, Names};
use super::known::{Known, known};
use super::view::Leak;
use super::{limits, params, telling};
use crate::EngineError;
use crate::inner::{Inner, unjson};

/// Subscriptions that are checked together.
pub(super) struct Pool {
    /// Each with its name; the first one leads.
    pub(super) members: Vec<Member>,
    feeds: Names,
}

/// One of them.
pub(super) struct Member {
    pub(super) account: AccountId,
    pub(super) name: String,
    params: SubscriptionParams,
    known: Known,
    last: Option<Leak>,
}

/// Checks the subscriptions of which this account leads the pool, if a window of theirs is over.
pub(crate) async fn check(inner: &Inner, account: &AccountId) -> Result<(), EngineError> {
    let Some(pool) = pool(inner, account).await? else {
        return Ok(());
    };
    let Some(span) = interval(&pool, inner.wall()) else {
        return Ok(());
    };
    let devices = devices(inner, span).await?;
    if devices.is_empty() {
        return Ok(());
    }
    let filter = FlowSpanFilter { span, device: None };
    let ours = ours(&pool, &inner.parts.store.flow_sums(filter).await?);
    let (Some(billed), Some(ours)) = (billed(&pool, span), ours) else {
        return Ok(());
    };
    let tolerance = pool
        .members
        .first()
        .map(|member| member.params.tolerance)
        .unwrap_or_default();
    let Some(check) = leak::check(span, billed, ours, &devices, tolerance) else {
        return Ok(());
    };
    let before = pool.members.first().and_then(|member| member.last.as_ref());
    let confirmed = before
        .is_some_and(|before| before.span.end == span.start && check.is_confirmed_by(before.check.verdict));
    let found = Leak {
        span,
        at: inner.wall(),
        check,
        confirmed,
        with: Vec::new(),
    };
    Ok(telling::tell(inner, &pool, &found).await?)
}

/// The pool that an account leads; `None` when another leads it, or nobody can tell its nodes.
async fn pool(inner: &Inner, account: &AccountId) -> Result<Option<Pool>, EngineError> {
    let mut feeds = feeds::feeds(inner).await?;
    feeds.retain(|_, names| !names.is_empty());
    let pools = leak::pools(&feeds);
    let Some(ids) = pools.into_iter().find(|pool| pool.first() == Some(account)) else {
        return Ok(None);
    };
    let mut pool = Pool {
        members: Vec::new(),
        feeds: Names::new(),
    };
    for id in ids {
        pool.feeds.extend(feeds.remove(&id).unwrap_or_default());
        let Some(watch) = inner.watch(&id) else {
            return Ok(None);
        };
        let config = watch.config();
        pool.members.push(Member {
            name: config.name.clone(),
            params: params(&config),
            known: known(inner, &id).await?,
            last: newest(inner, &id).await?,
            account: id,
        });
    }
    Ok(Some(pool))
}

/// The newest check of a subscription.
pub(super) async fn newest(inner: &Inner, account: &AccountId) -> Result<Option<Leak>, EngineError> {
    Ok(leaks(inner, account, 1).await?.into_iter().next())
}

/// The newest checks of a subscription.
pub(super) async fn leaks(
    inner: &Inner,
    account: &AccountId,
    limit: usize,
) -> Result<Vec<Leak>, EngineError> {
    let rows = inner.parts.store.leaks(account, limit).await?;
    rows.into_iter()
        .map(|row: LeakRow| unjson(row.body, "leak check"))
        .collect()
}

/// From the end of the last check, or the first sample, to a sample that is old enough; `None` while that is too short.
fn interval(pool: &Pool, now: Time) -> Option<Span> {
    let (mut start, mut end) = (Time::from_ms(i64::MIN), now);
    for member in &pool.members {
        let series = member.known.series.span()?;
        let settled = |at: &Time| *at <= now && now.since(*at) >= limits::LEAK_SETTLED;
        let mut samples = member.known.rows.iter().map(|row| row.at);
        let begun = member.last.as_ref().map_or(series.start, |last| last.span.end);
        start = start.max(begun.max(series.start));
        end = end.min(samples.rfind(settled)?);
    }
    (end > start && end.since(start) >= limits::LEAK_WINDOW).then_some(Span { start, end })
}

fn billed(pool: &Pool, span: Span) -> Option<Billed> {
    let mut billed = Billed {
        bytes: 0,
        reset: false,
    };
    for member in &pool.members {
        let used = member.known.series.used(span)?;
        billed.bytes = billed.bytes.checked_add(used.bytes)?;
        billed.reset |= used.reset;
    }
    Some(billed)
}

/// What was sent through nodes of the pool, as it would be billed.
fn ours(pool: &Pool, sums: &[FlowSum]) -> Option<Ours> {
    let mut ours = Ours::default();
    for sum in sums {
        let total = sum.bytes.total()?;
        let is_own = sum.feed.as_ref().is_some_and(|feed| pool.feeds.contains(feed));
        match sum.kind {
            Some(FlowKind::Unattributed) => ours.unattributed = ours.unattributed.checked_add(total)?,
            Some(FlowKind::Proxy) if is_own => {
                let factor = factor(pool, sum.node.as_deref().unwrap_or_default());
                ours.bytes = ours.bytes.checked_add(factor.of(total)?)?;
                ours.estimated = ours.estimated.checked_add(factor.of(sum.bytes.estimated()?)?)?;
            }
            _ => {}
        }
    }
    Some(ours)
}

/// Whoever of the pool names the node says by how much it counts.
fn factor(pool: &Pool, node: &str) -> Multiplier {
    let said = pool
        .members
        .iter()
        .map(|member| feeds::multiplier(&member.params, node));
    let by_user = said.clone().find(|(_, by_user)| *by_user);
    by_user
        .or_else(|| said.into_iter().next())
        .map_or(Multiplier::ONE, |(factor, _)| factor)
}

/// Every device that was there in the span, and when it was watched.
async fn devices(inner: &Inner, span: Span) -> Result<Vec<Watched>, EngineError> {
    let store = &inner.parts.store;
    let mut spans: BTreeMap<DeviceId, Vec<Span>> = BTreeMap::new();
    for (device, watched) in store.watched(None, span).await? {
        spans.entry(device).or_default().push(watched);
    }
    let there = store.devices().await?.into_iter().filter_map(|row| {
        let there = Span {
            start: row.since.max(span.start),
            end: row.ended_at.unwrap_or(span.end).min(span.end),
        };
        (there.start < there.end).then(|| Watched {
            there,
            spans: spans.remove(&row.device).unwrap_or_default(),
        })
    });
    Ok(there.collect())
}
