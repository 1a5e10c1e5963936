//! Connections as they were last seen. Owns what each of them carried since; a connection that is missing is remembered for
//! a while, so that a list that came short does not make it count anew.

use std::collections::{BTreeSet, HashMap};

use tidegate_meter::{Mono, Time};

use super::both::Both;
use super::limits::{GONE_GRACE, GONE_MAX, SHOWN_CHARS};
use super::ways::WayId;
use crate::proxy::{Connection, Network};

/// One connection.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) way: WayId,
    /// Its counters when it was last seen.
    pub(super) seen: Both,
    /// Booked for it by estimate beyond them, while it was missing.
    pub(super) over: Both,
    /// Bytes a second between the last two snapshots.
    pub(super) rate: Both,
    pub(super) network: Network,
    pub(super) port: u16,
    pub(super) since: Option<Time>,
    pub(super) host: Box<str>,
    pub(super) process: Box<str>,
    /// The number of the snapshot that first showed it, and of the last one.
    pub(super) born: u64,
    pub(super) last: u64,
    gone_at: Option<Mono>,
}

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    all: HashMap<Box<str>, Track>,
    gone: usize,
}

/// A snapshot as the table takes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// The number of the snapshot.
    pub(super) number: u64,
    /// Since the one before, in milliseconds; never zero.
    pub(super) interval_ms: u64,
}

impl Look {
    fn rate(self, bytes: Both) -> Both {
        let rate = |bytes: u64| bytes.saturating_mul(1000) / self.interval_ms.max(1);
        Both {
            up: rate(bytes.up),
            down: rate(bytes.down),
        }
    }
}

/// A connection that the last snapshot did not show any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Vanished {
    pub(super) id: Box<str>,
    pub(super) way: WayId,
    pub(super) rate: Both,
    pub(super) network: Network,
    pub(super) port: u16,
    pub(super) born: u64,
}

pub(super) fn counters(connection: &Connection<'_>) -> Both {
    Both {
        up: connection.up,
        down: connection.down,
    }
}

impl Tracks {
    /// Connections that the last snapshot showed.
    pub(super) fn open(&self) -> usize {
        self.all.len().saturating_sub(self.gone)
    }

    pub(super) fn is_known(&self, id: &str) -> bool {
        self.all.contains_key(id)
    }

    /// What a known connection carried since it was last seen, less what was booked for it by estimate; `None` when it is
    /// not known. A counter that fell begins anew (C3.3); an id that a list tells twice counts once.
    pub(super) fn advance(&mut self, connection: &Connection<'_>, look: Look) -> Option<(WayId, Both)> {
        let track = self.all.get_mut(connection.id.as_ref())?;
        if track.last == look.number {
            return Some((track.way, Both::ZERO));
        }
        if track.gone_at.take().is_some() {
            self.gone = self.gone.saturating_sub(1);
        }
        let now = counters(connection);
        let fresh = Both {
            up: since(track.seen.up, now.up),
            down: since(track.seen.down, now.down),
        };
        let already = fresh.least(track.over);
        track.over = track.over.above(already);
        track.seen = now;
        track.last = look.number;
        track.rate = look.rate(fresh);
        Some((track.way, fresh.above(already)))
    }

    /// Keeps a new connection.
    pub(super) fn add(&mut self, connection: &Connection<'_>, way: WayId, carried: Both, look: Look) {
        let track = Track {
            way,
            seen: counters(connection),
            over: Both::ZERO,
            rate: look.rate(carried),
            network: connection.network,
            port: connection.source_port,
            since: connection.since,
            host: shown(&connection.host),
            process: shown(&connection.process),
            born: look.number,
            last: look.number,
            gone_at: None,
        };
        self.all.insert(connection.id.as_ref().into(), track);
    }

    /// What this snapshot did not show though the one before did; remembers them from now on.
    pub(super) fn vanish(&mut self, look: Look, at: Mono) -> Vec<Vanished> {
        let mut vanished = Vec::new();
        for (id, track) in &mut self.all {
            if track.last == look.number || track.gone_at.is_some() {
                continue;
            }
            track.gone_at = Some(at);
            track.host = Box::default();
            track.process = Box::default();
            vanished.push(Vanished {
                id: id.clone(),
                way: track.way,
                rate: track.rate,
                network: track.network,
                port: track.port,
                born: track.born,
            });
        }
        self.gone = self.gone.saturating_add(vanished.len());
        vanished.sort_by(|one, other| one.id.cmp(&other.id));
        vanished
    }

    /// Books a part of what nobody saw for one that is missing.
    pub(super) fn book_over(&mut self, id: &str, bytes: Both) {
        if let Some(track) = self.all.get_mut(id) {
            track.over = track.over.plus(bytes);
        }
    }

    /// Forgets those that are missing for long, and all of them when there are too many.
    pub(super) fn prune(&mut self, at: Mono) {
        let crowded = self.gone > GONE_MAX;
        let is_due = |gone: Mono| crowded && gone != at || at.since(gone) > GONE_GRACE;
        self.all.retain(|_, track| !track.gone_at.is_some_and(is_due));
        self.gone = self.all.values().filter(|track| track.gone_at.is_some()).count();
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.gone = 0;
    }

    /// Those that the last snapshot showed.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Track> {
        self.all.values().filter(|track| track.gone_at.is_none())
    }

    /// A counter of `list` fell, and none of the connections that are known carried on: every one of them began anew.
    pub(super) fn began_anew(&self, list: &[Connection<'_>]) -> bool {
        let mut fell = false;
        for connection in list {
            let Some(track) = self
                .all
                .get(connection.id.as_ref())
                .filter(|_| !connection.is_inner)
            else {
                continue;
            };
            if !counters(connection).fell_below(track.seen) {
                return false;
            }
            fell = true;
        }
        fell
    }

    /// A connection that carried something is in `list`, and its counters did not fall.
    pub(super) fn carry_on(&self, list: &[Connection<'_>]) -> bool {
        list.iter().filter(|one| !one.is_inner).any(|one| {
            let known = self.all.get(one.id.as_ref());
            known.is_some_and(|track| !track.seen.is_zero() && !counters(one).fell_below(track.seen))
        })
    }

    pub(super) fn ways(&self) -> BTreeSet<WayId> {
        self.all.values().map(|track| track.way).collect()
    }

    pub(super) fn renumber(&mut self, renamed: &HashMap<WayId, WayId>) {
        for track in self.all.values_mut() {
            track.way = renamed.get(&track.way).copied().unwrap_or(WayId::NOBODY);
        }
    }
}

/// What a counter rose by; all of it when it fell.
const fn since(before: u64, now: u64) -> u64 {
    if now < before { now } else { now - before }
}

fn shown(text: &str) -> Box<str> {
    text.chars().take(SHOWN_CHARS).collect::<String>().into()
}
