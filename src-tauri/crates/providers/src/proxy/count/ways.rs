//! The ways that bytes take, each named once and known by a number from then on. Owns names, kinds by type, and which way
//! a line of the log means. Never decides how many bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use tidegate_meter::{FlowKey, FlowKind};

use super::limits::{NAME_CHARS, WAYS_MAX};
use crate::proxy::{NodeMap, Opened};

/// A way, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct WayId(u32);

impl WayId {
    /// What nobody can attribute.
    pub(super) const NOBODY: Self = Self(0);
}

/// Every way that is known.
#[derive(Debug)]
pub(super) struct Ways {
    keys: Vec<FlowKey>,
    numbers: HashMap<[String; 3], WayId>,
    kinds: BTreeMap<String, FlowKind>,
    feeds: BTreeMap<String, String>,
    local: BTreeSet<String>,
    /// The newest way of each node, and of each group: the log may name only one of the two.
    by_node: HashMap<String, WayId>,
    by_group: HashMap<String, WayId>,
}

/// What every Clash-like kernel calls its own: no node of a user can bear these names there. They stand until the kernel
/// tells the types itself.
const BUILT_IN: [(&str, FlowKind); 7] = [
    ("DIRECT", FlowKind::Direct),
    ("COMPATIBLE", FlowKind::Direct),
    ("PASS", FlowKind::Direct),
    ("PASS-RULE", FlowKind::Direct),
    ("REJECT", FlowKind::Reject),
    ("REJECT-DROP", FlowKind::Reject),
    ("REJECT-TINYGIF", FlowKind::Reject),
];

impl Ways {
    pub(super) fn new(local: BTreeSet<String>) -> Self {
        let kinds = BUILT_IN
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect();
        let mut ways = Self {
            keys: Vec::new(),
            numbers: HashMap::new(),
            kinds,
            feeds: BTreeMap::new(),
            local,
            by_node: HashMap::new(),
            by_group: HashMap::new(),
        };
        ways.clear();
        ways
    }

    /// Forgets every way; kinds and feeds stay.
    fn clear(&mut self) {
        self.keys = vec![nobody()];
        self.numbers.clear();
        self.by_node.clear();
        self.by_group.clear();
    }

    /// Its names, and what becomes of its bytes.
    pub(super) fn key(&self, way: WayId) -> &FlowKey {
        static NOBODY: std::sync::LazyLock<FlowKey> = std::sync::LazyLock::new(nobody);
        let found = usize::try_from(way.0)
            .ok()
            .and_then(|number| self.keys.get(number));
        found.unwrap_or(&NOBODY)
    }

    pub(super) fn kind(&self, way: WayId) -> FlowKind {
        self.key(way).kind
    }

    /// Takes on what the kernel tells of its nodes. A node that it no longer tells keeps its last type: connections
    /// through it may live on.
    pub(super) fn learn(&mut self, map: &NodeMap) {
        let in_use: BTreeSet<String> = self.keys.iter().map(|key| key.node.clone()).collect();
        let is_built_in = |name: &str| BUILT_IN.iter().any(|(built_in, _)| *built_in == name);
        self.kinds
            .retain(|name, _| in_use.contains(name) || is_built_in(name));
        let told = map.kinds.iter().map(|(name, kind)| (bounded(name), *kind));
        self.kinds.extend(told);
        let told = map
            .feeds
            .iter()
            .map(|(name, feed)| (bounded(name), bounded(feed)));
        self.feeds = told.collect();
        for at in 0..self.keys.len() {
            let Some(node) = self.keys.get(at).map(|key| key.node.clone()) else {
                continue;
            };
            let kind = self.kind_of(&node);
            if let Some(key) = self.keys.get_mut(at) {
                key.kind = kind;
            }
        }
    }

    fn kind_of(&self, node: &str) -> FlowKind {
        if node.is_empty() {
            return FlowKind::Unattributed;
        }
        if self.local.contains(node) {
            return FlowKind::Direct;
        }
        self.kinds.get(node).copied().unwrap_or(FlowKind::Proxy)
    }

    /// The way of a connection: the node that was dialled is the first of its chain, the group the last (C3.5).
    pub(super) fn of_chain(&mut self, chain: &[Cow<'_, str>], feeds: &[Cow<'_, str>]) -> WayId {
        let (Some(node), Some(group)) = (chain.first(), chain.last()) else {
            return WayId::NOBODY;
        };
        let way = self.way(node, group, feeds.first().map(AsRef::as_ref));
        self.by_node.insert(self.key(way).node.clone(), way);
        self.by_group.insert(self.key(way).group.clone(), way);
        way
    }

    /// The way that a line of the log means. Where it names only the node or only the group, the other is what it was
    /// last; where that was never seen, the node stays unknown.
    pub(super) fn of_opened(&mut self, opened: &Opened, names_groups: bool) -> WayId {
        let group = if names_groups {
            bounded(&opened.group)
        } else {
            String::new()
        };
        match &opened.node {
            Some(node) if group.is_empty() => match self.by_node.get(&bounded(node)) {
                Some(way) => *way,
                None => self.way(node, node, None),
            },
            Some(node) => self.way(node, &group, None),
            None if self.is_node(&group) => self.way(&group, &group, None),
            None => match self.by_group.get(&group) {
                Some(way) => *way,
                None => self.way("", &group, None),
            },
        }
    }

    fn is_node(&self, name: &str) -> bool {
        self.kinds.contains_key(name)
    }

    /// The number of a way; a new one where it was not known.
    fn way(&mut self, node: &str, group: &str, feed: Option<&str>) -> WayId {
        let (node, group) = (bounded(node), bounded(group));
        let feed = match feed {
            Some(feed) => bounded(feed),
            None => self.feeds.get(&node).cloned().unwrap_or_default(),
        };
        let names = [node, group, feed];
        if let Some(known) = self.numbers.get(&names) {
            return *known;
        }
        let Some(number) = u32::try_from(self.keys.len())
            .ok()
            .filter(|_| self.keys.len() < WAYS_MAX)
        else {
            return WayId::NOBODY;
        };
        let kind = self.kind_of(&names[0]);
        let [node, group, feed] = names.clone();
        self.keys.push(FlowKey {
            kind,
            node,
            group,
            feed,
        });
        self.numbers.insert(names, WayId(number));
        WayId(number)
    }

    /// Half of the room is taken.
    pub(super) fn is_crowded(&self) -> bool {
        self.keys.len() >= WAYS_MAX / 2
    }

    /// Forgets every way but these, which get new numbers.
    pub(super) fn keep_only(&mut self, used: &BTreeSet<WayId>) -> HashMap<WayId, WayId> {
        let kept: Vec<(WayId, FlowKey)> = used.iter().map(|way| (*way, self.key(*way).clone())).collect();
        self.clear();
        let renamed = kept.into_iter().map(|(old, key)| {
            let new = self.way(&key.node, &key.group, Some(&key.feed));
            (old, new)
        });
        renamed.collect()
    }
}

fn nobody() -> FlowKey {
    FlowKey {
        kind: FlowKind::Unattributed,
        node: String::new(),
        group: String::new(),
        feed: String::new(),
    }
}

/// A name as it is stored: of bounded length, without control characters.
fn bounded(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    plain.take(NAME_CHARS).collect()
}
