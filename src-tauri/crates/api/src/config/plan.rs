//! What a change would do, item by item, before anything is written. Merging is per item: what a text does not mention
//! stays, unless it is asked to be pruned.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegate_engine::config::Config;
use tidegate_guard::Mode;
use tidegate_meter::GuardId;
use ts_rs::TS;

use super::fault::{Fault, Finding};
use crate::request::ItemRef;

/// A kind of configured item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An account.
    Account,
    /// A channel.
    Channel,
    /// A guard.
    Guard,
    /// A renewal.
    Renewal,
    /// A mailbox.
    Mailbox,
}

/// What happens to an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Add,
    /// It becomes different.
    Change,
    /// It goes; its history stays.
    Remove,
    /// It stays as it is.
    Unchanged,
}

/// One line of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct PlanItem {
    /// Which kind.
    pub kind: ItemKind,
    /// Its id.
    pub id: String,
    /// What happens.
    pub change: Change,
    /// The fields that differ, for a change.
    pub fields: Vec<String>,
    /// An armed guard goes back to watch, because what it would do has changed.
    pub disarmed: bool,
}

/// What a change would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
pub struct Plan {
    /// Every item of the text and, when pruning, every item that goes.
    pub items: Vec<PlanItem>,
    /// Vault items that go, because nothing refers to them any more; only saving takes them out.
    #[serde(default)]
    pub vault_removed: Vec<String>,
}

impl Plan {
    /// Whether anything would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(|item| item.change == Change::Unchanged)
    }
}

/// The whole configuration after the items of `text` are put over `current`; with `prune` what the text does not mention
/// goes. A guard keeps the mode it has: only arming and disarming change it.
#[must_use]
pub fn merge(current: &Config, text: &Config, prune: bool) -> Config {
    let mut next = if prune { Config::default() } else { current.clone() };
    put(&mut next.accounts, &text.accounts, |item| &item.id);
    put(&mut next.channels, &text.channels, |item| &item.id);
    put(&mut next.guards, &text.guards, |item| &item.id);
    put(&mut next.renewals, &text.renewals, |item| &item.id);
    put(&mut next.mailboxes, &text.mailboxes, |item| &item.id);
    let modes: BTreeMap<&GuardId, &Mode> = current
        .guards
        .iter()
        .map(|guard| (&guard.id, &guard.mode))
        .collect();
    for guard in &mut next.guards {
        guard.mode = modes.get(&guard.id).map_or(Mode::Watch, |mode| (*mode).clone());
    }
    next
}

/// What is left without some items, and a finding for each that is not there. An account takes its guards with it; a
/// guard, renewal or mailbox that named a removed channel names it no longer.
#[must_use]
pub fn without(current: &Config, remove: &[ItemRef]) -> (Config, Vec<Finding>) {
    let mut left = current.clone();
    let mut missing = Vec::new();
    for (index, item) in remove.iter().enumerate() {
        let before = count(&left);
        match item.kind {
            ItemKind::Account => left.accounts.retain(|account| account.id.as_str() != item.id),
            ItemKind::Channel => left.channels.retain(|channel| channel.id.as_str() != item.id),
            ItemKind::Guard => left.guards.retain(|guard| guard.id.as_str() != item.id),
            ItemKind::Renewal => left.renewals.retain(|renewal| renewal.id.as_str() != item.id),
            ItemKind::Mailbox => left.mailboxes.retain(|mailbox| mailbox.id.as_str() != item.id),
        }
        if before == count(&left) {
            missing.push(Finding {
                line: 1,
                path: format!("remove[{index}]"),
                fault: Fault::Dangling {
                    id: item.id.clone(),
                    known: Vec::new(),
                },
            });
        }
    }
    let accounts: BTreeSet<&str> = left.accounts.iter().map(|account| account.id.as_str()).collect();
    left.guards
        .retain(|guard| accounts.contains(guard.account.as_str()));
    let channels: BTreeSet<&str> = left.channels.iter().map(|channel| channel.id.as_str()).collect();
    let routes = left.guards.iter_mut().map(|guard| &mut guard.channels);
    let routes = routes.chain(left.renewals.iter_mut().map(|renewal| &mut renewal.channels));
    for route in routes.chain(left.mailboxes.iter_mut().map(|mailbox| &mut mailbox.channels)) {
        route.retain(|channel| channels.contains(channel.as_str()));
    }
    (left, missing)
}

const fn count(config: &Config) -> usize {
    config.accounts.len()
        + config.channels.len()
        + config.guards.len()
        + config.renewals.len()
        + config.mailboxes.len()
}

/// Puts items over those of the same id, and the others behind them. Thousands must not be compared each with each.
fn put<T: Clone, I: Ord + Clone>(items: &mut Vec<T>, over: &[T], id: impl Fn(&T) -> &I) {
    let placed = items.iter().enumerate();
    let mut places: BTreeMap<I, usize> = placed.map(|(place, item)| (id(item).clone(), place)).collect();
    for item in over {
        let old = places.get(id(item)).and_then(|place| items.get_mut(*place));
        if let Some(old) = old {
            *old = item.clone();
        } else {
            places.insert(id(item).clone(), items.len());
            items.push(item.clone());
        }
    }
}

/// What lies between two whole configurations. `disarmed` names the guards that go back to watch.
#[must_use]
pub fn plan(current: &Config, next: &Config, disarmed: &[String]) -> Plan {
    let mut items = Vec::new();
    for (kind, of) in KINDS {
        compare(&mut items, kind, &of(current), &of(next));
    }
    for item in &mut items {
        item.disarmed = item.kind == ItemKind::Guard && disarmed.contains(&item.id);
    }
    Plan {
        items,
        vault_removed: Vec::new(),
    }
}

/// Every item of one kind: its id and its fields.
type Listed = fn(&Config) -> Vec<(String, Value)>;

const KINDS: [(ItemKind, Listed); 5] = [
    (ItemKind::Account, |config| {
        listed(&config.accounts, |item| &item.id)
    }),
    (ItemKind::Channel, |config| {
        listed(&config.channels, |item| &item.id)
    }),
    (ItemKind::Guard, |config| listed(&config.guards, |item| &item.id)),
    (ItemKind::Renewal, |config| {
        listed(&config.renewals, |item| &item.id)
    }),
    (ItemKind::Mailbox, |config| {
        listed(&config.mailboxes, |item| &item.id)
    }),
];

fn listed<T: Serialize, I: ToString>(items: &[T], id: impl Fn(&T) -> &I) -> Vec<(String, Value)> {
    items
        .iter()
        .map(|item| (id(item).to_string(), fields(item)))
        .collect()
}

fn fields<T: Serialize>(item: &T) -> Value {
    serde_json::to_value(item).unwrap_or(Value::Null)
}

fn compare(items: &mut Vec<PlanItem>, kind: ItemKind, old: &[(String, Value)], new: &[(String, Value)]) {
    let before: BTreeMap<&String, &Value> = old.iter().map(|(id, value)| (id, value)).collect();
    let after: BTreeSet<&String> = new.iter().map(|(id, _)| id).collect();
    for (id, value) in new {
        let (change, fields) = match before.get(id).copied() {
            None => (Change::Add, Vec::new()),
            Some(before) if before == value => (Change::Unchanged, Vec::new()),
            Some(before) => (Change::Change, differing(before, value)),
        };
        items.push(PlanItem {
            kind,
            id: id.clone(),
            change,
            fields,
            disarmed: false,
        });
    }
    for (id, _) in old.iter().filter(|(id, _)| !after.contains(id)) {
        let change = Change::Remove;
        items.push(PlanItem {
            kind,
            id: id.clone(),
            change,
            fields: Vec::new(),
            disarmed: false,
        });
    }
}

fn differing(before: &Value, after: &Value) -> Vec<String> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return Vec::new();
    };
    after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value))
        .map(|(key, _)| key.clone())
        .collect()
}
