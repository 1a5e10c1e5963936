//! Connections that the log told of and no snapshot has shown. Owns the wait for a snapshot, and what such a connection
//! usually carries; what no snapshot shows was over before it came.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tidegate_meter::FlowKind;

use super::both::Both;
use super::limits::OPENS_MAX;
use super::ways::WayId;
use crate::proxy::{Network, Opened};

/// What a short connection sends before anything is learned: one small request.
const FIRST_UP: u64 = 80;
/// What it receives: the usual page or piece.
const FIRST_DOWN: u64 = 20_000;
/// One datagram: what a refused UDP flow adds to the totals though nothing leaves (measured: 700 bytes each).
const DATAGRAM: u64 = 700;
/// How many connections the first guess counts as, against what is learned. In simulation fewer followed the chance sizes
/// of nodes that are alike, more were slow to see nodes that are not.
const PRIOR: u64 = 64;
/// What is learned fades by 1/64 with every snapshot that taught something: days change.
const FADE: u64 = 64;

/// Openings that wait.
#[derive(Debug, Default)]
pub(super) struct Opens {
    waiting: HashMap<(Network, u16), Vec<WayId>>,
    count: usize,
    learned: HashMap<WayId, Learned>,
    overall: Learned,
}

/// What unseen connections came to.
#[derive(Clone, Copy, Debug, Default)]
struct Learned {
    connections: u64,
    bytes: Both,
}

/// Unseen connections of one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unseen {
    pub(super) way: WayId,
    /// How many of TCP, and of UDP.
    pub(super) tcp: u64,
    pub(super) udp: u64,
}

impl Opens {
    /// The log told of one. Beyond the bound it only means a little less evidence.
    pub(super) fn add(&mut self, opened: &Opened, way: WayId) {
        if self.count < OPENS_MAX {
            self.count += 1;
            self.waiting
                .entry((opened.network, opened.source_port))
                .or_default()
                .push(way);
        }
    }

    /// A snapshot shows the connection of this port. A port of zero is none.
    pub(super) fn seen(&mut self, network: Network, port: u16) {
        if self.count == 0 || port == 0 {
            return;
        }
        if let Some(ways) = self.waiting.get_mut(&(network, port))
            && ways.pop().is_some()
        {
            self.count -= 1;
        }
    }

    /// What no snapshot has shown, by way; nothing waits any longer.
    pub(super) fn take(&mut self) -> Vec<Unseen> {
        let mut unseen: BTreeMap<WayId, (u64, u64)> = BTreeMap::new();
        for ((network, _), ways) in self.waiting.drain() {
            for way in ways {
                let count = unseen.entry(way).or_default();
                match network {
                    Network::Tcp => count.0 += 1,
                    Network::Udp => count.1 += 1,
                }
            }
        }
        self.count = 0;
        let told = unseen.into_iter();
        told.map(|(way, (tcp, udp))| Unseen { way, tcp, udp }).collect()
    }

    /// What these connections are expected to have carried.
    pub(super) fn weight(&self, unseen: Unseen, kind: FlowKind) -> Both {
        if kind == FlowKind::Reject {
            return Both {
                up: unseen.udp.saturating_mul(DATAGRAM),
                down: 0,
            };
        }
        let count = unseen.tcp.saturating_add(unseen.udp);
        let learned = self.learned.get(&unseen.way).copied().unwrap_or_default();
        let each = |bytes: fn(Both) -> u64, first: u64| {
            let overall = mean(bytes(self.overall.bytes), self.overall.connections, first);
            mean(bytes(learned.bytes), learned.connections, overall).max(1)
        };
        Both {
            up: count.saturating_mul(each(|both| both.up, FIRST_UP)),
            down: count.saturating_mul(each(|both| both.down, FIRST_DOWN)),
        }
    }

    /// What they were given in the end.
    pub(super) fn learn(&mut self, unseen: Unseen, bytes: Both) {
        let count = unseen.tcp.saturating_add(unseen.udp);
        self.learned.entry(unseen.way).or_default().add(count, bytes);
        self.overall.add(count, bytes);
    }

    /// Every way that is referred to.
    pub(super) fn ways(&self) -> impl Iterator<Item = WayId> + '_ {
        self.waiting.values().flatten().copied()
    }

    /// Ways have new numbers; what was learned of ways that are gone goes too.
    pub(super) fn renumber(&mut self, renamed: &HashMap<WayId, WayId>) {
        for way in self.waiting.values_mut().flatten() {
            *way = renamed.get(way).copied().unwrap_or(WayId::NOBODY);
        }
        let kept: BTreeSet<WayId> = renamed.keys().copied().collect();
        self.learned.retain(|way, _| kept.contains(way));
        let old = std::mem::take(&mut self.learned).into_iter();
        self.learned = old
            .filter_map(|(way, learned)| Some((*renamed.get(&way)?, learned)))
            .collect();
    }
}

impl Learned {
    fn add(&mut self, count: u64, bytes: Both) {
        let faded = |held: u64| held - held / FADE;
        self.connections = faded(self.connections).saturating_add(count.saturating_mul(FADE));
        self.bytes = Both {
            up: faded(self.bytes.up).saturating_add(bytes.up.saturating_mul(FADE)),
            down: faded(self.bytes.down).saturating_add(bytes.down.saturating_mul(FADE)),
        };
    }
}

/// The mean over what was learned and the first guess, which counts as some connections.
fn mean(bytes: u64, connections: u64, first: u64) -> u64 {
    let prior = PRIOR.saturating_mul(FADE);
    bytes.saturating_add(first.saturating_mul(prior)) / connections.saturating_add(prior)
}
