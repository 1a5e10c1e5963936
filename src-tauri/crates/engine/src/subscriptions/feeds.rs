//! Which nodes are a subscription's, and by how much each counts. Owns the order: what the user says, then a name that only
//! one subscription has, then that there is only one.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_guard::Multiplier;
use tidegate_meter::{AccountId, FlowKind};
use tidegate_providers::subscription_info::{Feeds, SubscriptionParams};
use tidegate_store::{FlowBy, FlowFilter, FlowSum, StoreError};

use super::{is_one, limits, params};
use crate::config::AccountConfig;
use crate::inner::Inner;

/// Names of feeds; the empty one stands for nodes that came from none.
pub(super) type Names = BTreeSet<String>;

/// The subscriptions that are watched.
pub(super) fn subscriptions(inner: &Inner) -> Vec<AccountConfig> {
    let watches = inner.watches().into_iter();
    let configs = watches.map(|(_, watch)| (*watch.config()).clone());
    configs
        .filter(|config| is_one(config) && config.enabled)
        .collect()
}

/// The feeds of each subscription; nothing of one whose nodes nobody can tell.
pub(super) async fn feeds(inner: &Inner) -> Result<BTreeMap<AccountId, Names>, StoreError> {
    let accounts = subscriptions(inner);
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let seen = names(inner, vec![FlowBy::Kind, FlowBy::Feed]).await?;
    let seen: Names = seen.into_iter().filter_map(|sum| sum.feed).collect();
    Ok(assigned(&accounts, &seen))
}

/// The nodes of proxies of the last days, with their feeds.
pub(super) async fn nodes(inner: &Inner) -> Result<Vec<(String, String)>, StoreError> {
    let seen = names(inner, vec![FlowBy::Kind, FlowBy::Feed, FlowBy::Node]).await?;
    Ok(seen
        .into_iter()
        .filter_map(|sum| Some((sum.node?, sum.feed?)))
        .collect())
}

async fn names(inner: &Inner, by: Vec<FlowBy>) -> Result<Vec<FlowSum>, StoreError> {
    let today = inner.parts.zone.date_of(inner.wall());
    let back = jiff::Span::new().days(limits::NAMES_DAYS);
    let filter = FlowFilter {
        from: today.checked_sub(back).unwrap_or(today),
        through: today,
        device: None,
        by,
        limit: limits::NAMES,
    };
    let mut sums = inner.parts.store.flows(filter).await?.sums;
    sums.retain(|sum| sum.kind == Some(FlowKind::Proxy));
    Ok(sums)
}

fn assigned(accounts: &[AccountConfig], seen: &Names) -> BTreeMap<AccountId, Names> {
    let of = |config: &AccountConfig| match params(config).feeds {
        Feeds::Named(names) => names,
        Feeds::Every => seen.iter().cloned().chain([String::new()]).collect(),
        Feeds::Unsaid => guessed(config, accounts, seen),
    };
    accounts
        .iter()
        .map(|config| (config.id.clone(), of(config)))
        .collect()
}

/// By its name, where no other subscription is called so; else the only feed of the only subscription.
fn guessed(config: &AccountConfig, accounts: &[AccountConfig], seen: &Names) -> Names {
    let called = |config: &AccountConfig, feed: &str| {
        let feed = feed.to_lowercase();
        config.name.to_lowercase() == feed || config.id.as_str() == feed
    };
    let own = |feed: &&String| {
        let others = accounts.iter().filter(|other| other.id != config.id);
        called(config, feed) && !others.into_iter().any(|other| called(other, feed))
    };
    let named: Names = seen.iter().filter(own).cloned().collect();
    match (named.is_empty(), accounts.len(), seen.len()) {
        (true, 1, 1) => seen.clone(),
        _ => named,
    }
}

/// By how much a node counts, and whether the user says so.
pub(super) fn multiplier(params: &SubscriptionParams, node: &str) -> (Multiplier, bool) {
    match params.multipliers.get(node) {
        Some(said) => (*said, true),
        None => (Multiplier::in_name(node).unwrap_or(Multiplier::ONE), false),
    }
}
