//! One snapshot after the other to booked bytes. Owns the order of the steps; the pieces stand beside it.

use std::collections::BTreeSet;

use tidegate_meter::{FlowKey, FlowKind, Mono, Now};

use super::baseline::Baseline;
use super::both::Both;
use super::claims::Claims;
use super::epoch::Epoch;
use super::evidence::Evidence;
use super::kernels::Kernels;
use super::limits::{COUNTER_MAX, DOUBT, NULL_GRACE};
use super::mix::Mix;
use super::opens::Opens;
use super::page::{Booked, Page, Tally};
use super::tracks::{Look, Track, Tracks, Vanished, counters};
use super::watch::is_gap;
use super::ways::{WayId, Ways};
use crate::ProviderError;
use crate::proxy::{Connection, Frame, NodeMap, Opened};
use crate::refusal::shape;

/// What the user says beyond what the kernel tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CountRules {
    /// Nodes that lead past every proxy, whatever their type: a local helper that bears the type of a proxy.
    pub local_nodes: BTreeSet<String>,
}

/// The program whose log names the node alone, never the group.
const WITHOUT_GROUPS: &str = "sing-box";

/// Counts one device's kernel.
#[derive(Debug)]
pub struct Accountant {
    kernels: Kernels,
    ways: Ways,
    tracks: Tracks,
    opens: Opens,
    claims: Claims,
    mix: Mix,
    number: u64,
    /// Since when the snapshots contradict themselves.
    doubted: Option<Mono>,
    tally: Tally,
}

impl Accountant {
    /// From where the count stood, or from the first snapshot on where it never stood anywhere.
    #[must_use]
    pub fn new(baseline: Option<Baseline>, rules: CountRules) -> Self {
        let kernels = Kernels::new(baseline);
        let kept = kernels.held();
        Self {
            kernels,
            ways: Ways::new(rules.local_nodes),
            tracks: Tracks::default(),
            opens: Opens::default(),
            claims: Claims::default(),
            mix: Mix::default(),
            number: 0,
            doubted: None,
            tally: Tally {
                counted: kept,
                ..Tally::default()
            },
        }
    }

    /// A kernel answers, by this name. Another one than before counts for itself, from where it stood.
    pub fn answers(&mut self, kernel: &str) {
        if self.kernels.answers(kernel) {
            self.tracks.clear();
            self.claims.clear();
            self.opens = Opens::default();
        }
    }

    /// The types of its nodes.
    pub fn nodes(&mut self, map: &NodeMap) {
        self.ways.learn(map);
    }

    /// The log told of a connection.
    pub fn opened(&mut self, opened: &Opened) {
        let names_groups = !self.kernels.name().starts_with(WITHOUT_GROUPS);
        let way = self.ways.of_opened(opened, names_groups);
        self.opens.add(opened, way);
    }

    /// Takes a snapshot, and says what it came to.
    ///
    /// # Errors
    /// A counter beyond what any kernel reaches, or totals that fell while what they count goes on: nothing of the snapshot
    /// is used.
    pub fn frame(&mut self, frame: &Frame<'_>) -> Result<Booked, ProviderError> {
        believe(frame)?;
        let told = Both {
            up: frame.up_total,
            down: frame.down_total,
        };
        self.agrees(told, frame)?;
        self.number = self.number.saturating_add(1);
        self.make_room();
        let mut page = Page::default();
        let mut epoch = self.enter(told, frame, &mut page);
        page.risen = told.above(epoch.told);
        self.count(page.risen);
        epoch.told = told;
        self.read(&mut epoch, frame, &mut page);
        epoch.at = Some(frame.at);
        epoch.wall = frame.at.wall;
        self.kernels.epoch = Some(epoch);
        let (up, down) = page.sum();
        self.tally.booked = (self.tally.booked.0 + up, self.tally.booked.1 + down);
        Ok(page.close(&self.ways))
    }

    /// The kernel's name of itself; empty when it never told.
    #[must_use]
    pub fn kernel(&self) -> &str {
        self.kernels.name()
    }

    /// Where the count stands.
    #[must_use]
    pub fn baseline(&self) -> Baseline {
        self.kernels.baseline()
    }

    /// The sums since the start.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally {
            held: self.kernels.held(),
            owed: self.claims.owed(),
            ..self.tally
        }
    }

    /// Connections that the last snapshot showed, each with the names of its way.
    pub(super) fn connections(&self) -> impl Iterator<Item = (&FlowKey, &Track)> {
        self.tracks.shown().map(|track| (self.ways.key(track.way), track))
    }

    /// A kernel that restarts has other connections. Totals that fell beside one that goes on are told wrong, and would be
    /// counted again as soon as they are told right; after a while they are taken as they are.
    fn agrees(&mut self, told: Both, frame: &Frame<'_>) -> Result<(), ProviderError> {
        let fell = self
            .kernels
            .epoch
            .as_ref()
            .is_some_and(|epoch| told.fell_below(epoch.told));
        let list = frame.connections.as_deref().unwrap_or_default();
        if !fell || !self.tracks.carry_on(list) {
            self.doubted = None;
            return Ok(());
        }
        let since = *self.doubted.get_or_insert(frame.at.mono);
        if frame.at.mono.since(since) > DOUBT {
            self.doubted = None;
            return Ok(());
        }
        Err(shape("connections: the totals fell, and a connection goes on"))
    }

    /// The counters that this snapshot belongs to; those before it are brought to their end where they fell.
    fn enter(&mut self, told: Both, frame: &Frame<'_>, page: &mut Page) -> Epoch {
        let (mut epoch, restarts) = self.kernels.enter(told, frame.at);
        page.restarts = restarts;
        let began_anew = frame
            .connections
            .as_ref()
            .is_some_and(|list| self.tracks.began_anew(list));
        if told.fell_below(epoch.told) || began_anew {
            self.finish(&mut epoch, frame.at, page);
            page.restarts = 1;
            epoch = Epoch::begun(epoch.at, frame.at.wall);
        }
        let leftover = std::mem::take(&mut self.kernels.leftover);
        page.exact(WayId::NOBODY, leftover);
        epoch
    }

    /// Counters end: what they told last and is not booked goes to the connections that ended with them.
    fn finish(&mut self, epoch: &mut Epoch, at: Now, page: &mut Page) {
        let look = self.look(epoch, at);
        let vanished = self.tracks.vanish(look, at.mono);
        let evidence = Evidence::of(Vec::new(), vanished, look.interval_ms, &self.opens, &self.ways);
        let rest = epoch.held();
        self.spread(rest, &evidence, &[], page);
        epoch.booked = epoch.told;
        self.tracks.clear();
        self.claims.clear();
    }

    fn read(&mut self, epoch: &mut Epoch, frame: &Frame<'_>, page: &mut Page) {
        let list = frame.connections.as_deref();
        if list.is_none() && self.awaits_list(epoch, frame.at, page.risen) {
            return;
        }
        let look = self.look(epoch, frame.at);
        let unwatched = epoch.at.is_none_or(|at| is_gap(at, frame.at));
        self.read_list(epoch, list.unwrap_or_default(), look);
        let vanished = self.vanish(look, frame.at);
        let seen = self.claims.pay(epoch.held());
        self.book_seen(epoch, &seen, page);
        let unseen = self.opens.take();
        if unwatched {
            page.exact(WayId::NOBODY, epoch.held());
            epoch.booked = epoch.told;
            // What was opened before this look is in the lump, also when only the next one lists it.
            epoch.reference = frame.at.wall;
        } else {
            let evidence = Evidence::of(unseen, vanished, look.interval_ms, &self.opens, &self.ways);
            let rest = beyond_lead(epoch.held(), page.risen, &evidence);
            self.spread(rest, &evidence, &seen, page);
            epoch.booked = epoch.booked.plus(rest);
        }
        epoch.settled = Some(frame.at);
        epoch.listless = None;
        epoch.listed |= list.is_some();
    }

    /// No list though connections were open: they are not closed for that (C3.2), and as long as the totals rise, what they
    /// show waits for the next list.
    fn awaits_list(&self, epoch: &mut Epoch, at: Now, risen: Both) -> bool {
        if self.tracks.open() == 0 || risen.is_zero() {
            return false;
        }
        let since = *epoch.listless.get_or_insert(at.mono);
        at.mono.since(since) <= NULL_GRACE
    }

    fn look(&self, epoch: &Epoch, at: Now) -> Look {
        let passed = epoch
            .settled
            .map(|settled| at.mono.since(settled.mono).as_millis());
        let interval_ms = passed
            .and_then(|ms| u64::try_from(ms).ok())
            .unwrap_or(1000)
            .max(1);
        Look {
            number: self.number,
            interval_ms,
        }
    }

    /// What each connection carried since it was last seen becomes a claim on the totals.
    fn read_list(&mut self, epoch: &Epoch, list: &[Connection<'_>], look: Look) {
        let trusted = epoch.listed || self.is_plausible(epoch, list);
        for connection in list.iter().filter(|connection| !connection.is_inner) {
            self.opens.seen(connection.network, connection.source_port);
            if let Some((way, bytes)) = self.tracks.advance(connection, look) {
                self.claims.add(way, bytes);
                continue;
            }
            let way = self.ways.of_chain(&connection.chain, &connection.feeds);
            let is_new = epoch.listed || (trusted && is_after(connection, epoch));
            let carried = if is_new { counters(connection) } else { Both::ZERO };
            self.tracks.add(connection, way, carried, look);
            self.claims.add(way, carried);
        }
    }

    /// In the first list after a gap, connections that were opened within it count from nothing: unless they tell more
    /// than the totals rose by, which shows that the clocks differ.
    fn is_plausible(&self, epoch: &Epoch, list: &[Connection<'_>]) -> bool {
        let fresh = list
            .iter()
            .filter(|one| !one.is_inner && is_after(one, epoch) && !self.tracks.is_known(&one.id));
        let all = fresh.fold(Both::ZERO, |sum, one| sum.plus(counters(one)));
        !epoch.held().fell_below(all)
    }

    fn vanish(&mut self, look: Look, at: Now) -> Vec<Vanished> {
        let vanished = self.tracks.vanish(look, at.mono);
        for one in vanished
            .iter()
            .filter(|one| one.born.saturating_add(1) == look.number)
        {
            self.opens.seen(one.network, one.port);
        }
        self.tracks.prune(at.mono);
        vanished
    }

    fn book_seen(&mut self, epoch: &mut Epoch, seen: &[(WayId, Both)], page: &mut Page) {
        for (way, bytes) in seen {
            page.exact(*way, *bytes);
            epoch.booked = epoch.booked.plus(*bytes);
        }
        let usual: Vec<(WayId, Both)> = seen
            .iter()
            .filter(|(way, _)| self.is_usual(*way))
            .copied()
            .collect();
        self.mix.add(&usual);
    }

    /// Refused bytes and those of nobody are no part of any mix.
    fn is_usual(&self, way: WayId) -> bool {
        !matches!(self.ways.kind(way), FlowKind::Reject | FlowKind::Unattributed)
    }

    /// Bytes that nobody saw: by the evidence, else by what was seen beside them, else by the long run, else to nobody.
    fn spread(&mut self, rest: Both, evidence: &Evidence, seen: &[(WayId, Both)], page: &mut Page) {
        let left = self.by_evidence(rest, evidence, page);
        let seen: Vec<(WayId, Both)> = seen
            .iter()
            .filter(|(way, _)| self.is_usual(*way))
            .copied()
            .collect();
        let left = page.by_mix(left, &seen);
        let long_run = self.mix.long_run();
        let left = page.by_mix(left, &long_run);
        page.exact(WayId::NOBODY, left);
    }

    fn by_evidence(&mut self, rest: Both, evidence: &Evidence, page: &mut Page) -> Both {
        let shares = evidence.shares(rest);
        let mut left = rest;
        for (way, share) in evidence.ways().zip(&shares) {
            page.estimated(way, *share);
            left = left.above(*share);
        }
        for (one, share) in evidence.unseen.iter().zip(&shares) {
            self.opens.learn(*one, *share);
        }
        for (one, share) in evidence
            .vanished
            .iter()
            .zip(shares.iter().skip(evidence.unseen.len()))
        {
            self.tracks.book_over(&one.id, *share);
        }
        left
    }

    fn count(&mut self, risen: Both) {
        self.tally.counted.0 += u128::from(risen.up);
        self.tally.counted.1 += u128::from(risen.down);
    }

    /// Forgets ways that nothing refers to, before there is no room for more.
    fn make_room(&mut self) {
        if !self.ways.is_crowded() {
            return;
        }
        let mut used = self.tracks.ways();
        used.extend(self.opens.ways());
        used.extend(self.claims.ways());
        let renamed = self.ways.keep_only(&used);
        self.tracks.renumber(&renamed);
        self.opens.renumber(&renamed);
        self.claims.renumber(&renamed);
        self.mix.renumber(&renamed);
    }
}

/// What is to be spread now. A kernel reads its connections before its totals, so that these are ahead by what passed in
/// between: where nothing speaks for bytes that nobody saw, a sixty-fourth of the interval's waits for the next snapshot.
fn beyond_lead(held: Both, risen: Both, evidence: &Evidence) -> Both {
    let (up, down) = evidence.speaks();
    let rest = |held: u64, risen: u64, speaks: bool| if speaks || held > risen / 64 { held } else { 0 };
    Both {
        up: rest(held.up, risen.up, up),
        down: rest(held.down, risen.down, down),
    }
}

/// It was opened after watching began or was last interrupted, by the kernel's own clock.
fn is_after(connection: &Connection<'_>, epoch: &Epoch) -> bool {
    connection.since.is_some_and(|since| since > epoch.reference)
}

/// No counter is beyond what any kernel reaches.
fn believe(frame: &Frame<'_>) -> Result<(), ProviderError> {
    let totals = [frame.up_total, frame.down_total];
    let each = frame
        .connections
        .iter()
        .flatten()
        .flat_map(|one| [one.up, one.down]);
    if totals
        .into_iter()
        .chain(each)
        .all(|counter| counter <= COUNTER_MAX)
    {
        return Ok(());
    }
    Err(shape("connections: a counter is larger than any kernel counts"))
}
