//! What a simulated kernel holds: its nodes, its connections with their counters, its totals, and the truth.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tidegate_meter::Time;

use super::{Asked, Dialect, Lie};
use crate::limits;

/// Bytes both ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Carried {
    /// Sent by the device.
    pub up: u64,
    /// Received by it.
    pub down: u64,
}

impl Carried {
    const fn add(&mut self, up: u64, down: u64) {
        self.up = self.up.saturating_add(up);
        self.down = self.down.saturating_add(down);
    }
}

/// A subscription that the kernel follows by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    /// Its name in the kernel's configuration.
    pub name: String,
    /// Its nodes: name and type.
    pub nodes: Vec<(String, String)>,
    /// What its panel told with the last download; `None` when it told nothing.
    pub info: Option<FeedInfo>,
    /// When it was last downloaded, as an RFC 3339 text.
    pub updated_at: String,
}

/// What a panel tells, as Mihomo hands it on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FeedInfo {
    /// Bytes sent.
    pub upload: i64,
    /// Bytes received.
    pub download: i64,
    /// Bytes in all; 0: not told.
    pub total: i64,
    /// Seconds since 1970; 0: not told.
    pub expire: i64,
}

/// Whose connection it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// A program's on the device.
    Plain,
    /// The kernel's own, by a rule: counted.
    Own,
    /// A hop of a chained node: listed, not counted.
    Hop,
}

/// One open connection.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) chain: Vec<String>,
    pub(super) feeds: Vec<String>,
    pub(super) port: u16,
    pub(super) sort: Sort,
    /// When it was opened, as it is told.
    pub(super) start: String,
    /// The counters as they are told.
    pub(super) told: Carried,
}

pub(super) struct State {
    pub(super) secret: String,
    pub(super) nodes: BTreeMap<String, String>,
    pub(super) groups: BTreeMap<String, Vec<String>>,
    pub(super) feeds: BTreeMap<String, Feed>,
    pub(super) connections: BTreeMap<String, Held>,
    pub(super) totals: Carried,
    pub(super) truth: BTreeMap<String, Carried>,
    pub(super) lies: BTreeSet<Lie>,
    pub(super) asked: Vec<Asked>,
    pub(super) reloads: u32,
    opened: u64,
}

impl State {
    pub(super) fn new(dialect: Dialect) -> Self {
        let built_in: &[(&str, &str)] = match dialect {
            Dialect::SingBox => &[("direct", "Direct"), ("block", "Reject")],
            Dialect::Mihomo | Dialect::Clash | Dialect::ClashRs => &[
                ("DIRECT", "Direct"),
                ("REJECT", "Reject"),
                ("REJECT-DROP", "RejectDrop"),
            ],
        };
        let built_in = built_in
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned()));
        Self {
            secret: String::new(),
            nodes: built_in.collect(),
            groups: BTreeMap::from([("GLOBAL".to_owned(), Vec::new())]),
            feeds: BTreeMap::new(),
            connections: BTreeMap::new(),
            totals: Carried::default(),
            truth: BTreeMap::new(),
            lies: BTreeSet::new(),
            asked: Vec::new(),
            reloads: 0,
            opened: 0,
        }
    }

    pub(super) fn lies(&self, lie: Lie) -> bool {
        self.lies.contains(&lie)
    }

    pub(super) fn note(&mut self, asked: Asked) {
        if self.asked.len() < limits::LOG_REQUESTS {
            self.asked.push(asked);
        }
    }

    pub(super) fn open(&mut self, chain: &[&str], sort: Sort, at: Time) -> Held {
        self.opened += 1;
        // Never 0, and far apart for the two thousand that a test may hold open at once.
        let port = u16::try_from(10_000 + self.opened % 50_000).unwrap_or(u16::MAX);
        let held = Held {
            id: format!("51a1b2c3-0000-4000-8000-{:012x}", self.opened),
            feeds: chain.iter().map(|name| self.feed_of(name)).collect(),
            chain: chain.iter().map(|name| (*name).to_owned()).collect(),
            port,
            sort,
            start: at.to_string(),
            told: Carried::default(),
        };
        self.connections.insert(held.id.clone(), held.clone());
        held
    }

    fn feed_of(&self, node: &str) -> String {
        let has = |feed: &&Feed| feed.nodes.iter().any(|(name, _)| name == node);
        self.feeds
            .values()
            .find(has)
            .map(|feed| feed.name.clone())
            .unwrap_or_default()
    }

    pub(super) fn pass(&mut self, id: &str, up: u64, down: u64) {
        let Some(held) = self.connections.get_mut(id) else {
            return;
        };
        held.told.add(up, down);
        if held.sort == Sort::Hop {
            return;
        }
        self.totals.add(up, down);
        let node = held.chain.first().cloned().unwrap_or_default();
        self.truth.entry(node).or_default().add(up, down);
    }

    pub(super) fn lower(&mut self, id: &str, up: u64, down: u64) {
        if let Some(held) = self.connections.get_mut(id) {
            held.told.up = held.told.up.saturating_sub(up);
            held.told.down = held.told.down.saturating_sub(down);
        }
    }

    pub(super) fn remove_node(&mut self, name: &str) {
        self.nodes.remove(name);
        for feed in self.feeds.values_mut() {
            feed.nodes.retain(|(node, _)| node != name);
        }
    }

    pub(super) fn begin_anew(&mut self) {
        self.connections.clear();
        self.totals = Carried::default();
    }
}
