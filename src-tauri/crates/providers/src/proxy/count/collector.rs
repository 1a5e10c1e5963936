//! Everything that a kernel tells to minutes of flows, spans of watching and what passes now. Owns what is not stored yet;
//! whoever runs it stores what [`Collector::seal`] gives in one durable step, or puts it back.

use std::collections::BTreeMap;

use tidegate_meter::{Flow, FlowKey, FlowKind, Now, Span, Time};

use super::accountant::{Accountant, CountRules};
use super::baseline::Baseline;
use super::limits::{LIVE, LIVE_LIST};
use super::live::{KernelState, LiveConnection, LiveKernel, LiveNode};
use super::minutes::Minutes;
use super::page::{Booked, Tally};
use super::tracks::Track;
use super::watch::Watch;
use crate::ProviderError;
use crate::proxy::{Frame, KernelEvent};

/// What was counted since the last time: to be stored whole, in one durable step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// Bytes, at most one of each minute and way; oldest first.
    pub flows: Vec<Flow>,
    /// When the kernel was watched.
    pub watched: Vec<Span>,
    /// How often the kernel began to count anew.
    pub restarts: u32,
    /// The kernel as it calls itself; empty when it never told.
    pub kernel: String,
    /// Where the count stands with these flows: given to [`Collector::new`] at the next start.
    pub baseline: Baseline,
}

/// Collects what one kernel tells.
#[derive(Debug)]
pub struct Collector {
    accountant: Accountant,
    minutes: Minutes,
    watch: Watch,
    restarts: u32,
    state: KernelState,
    since: Option<Time>,
    trouble: Option<ProviderError>,
    logless: Option<ProviderError>,
    last: Option<Interval>,
    listed: bool,
    /// The name and the baseline that were sealed last: nothing new is worth no write.
    sealed: Option<(String, Baseline)>,
}

/// What the last snapshot came to.
#[derive(Debug)]
struct Interval {
    at: Now,
    /// Since the snapshot before it; `None` for the first one.
    ms: Option<u64>,
    booked: Booked,
}

impl Interval {
    /// Bytes a second, by the monotonic clock.
    fn rate(&self, bytes: u64) -> u64 {
        self.ms.map_or(0, |ms| bytes.saturating_mul(1000) / ms.max(1))
    }
}

impl Collector {
    /// From where the count stood when it was stored last.
    #[must_use]
    pub fn new(baseline: Option<Baseline>, rules: CountRules) -> Self {
        Self {
            accountant: Accountant::new(baseline, rules),
            minutes: Minutes::default(),
            watch: Watch::default(),
            restarts: 0,
            state: KernelState::Waiting,
            since: None,
            trouble: None,
            logless: None,
            last: None,
            listed: false,
            sealed: None,
        }
    }

    /// Takes one event; `now` is when it was taken, a snapshot counts from when it arrived.
    pub fn take(&mut self, event: &KernelEvent, now: Now) {
        match event {
            KernelEvent::Answers { kernel } => self.accountant.answers(kernel),
            KernelEvent::Nodes(map) => self.accountant.nodes(map),
            KernelEvent::Frame { at, body } => match Frame::read(body, *at) {
                Ok(frame) => self.frame(&frame, now),
                Err(error) => self.trouble = Some(error),
            },
            KernelEvent::Opened(opened) => {
                self.logless = None;
                self.accountant.opened(opened);
            }
            KernelEvent::Logless(error) => self.logless = Some(error.clone()),
            KernelEvent::Lost(error) => self.lost(error, now),
        }
    }

    fn frame(&mut self, frame: &Frame<'_>, now: Now) {
        let booked = match self.accountant.frame(frame) {
            Ok(booked) => booked,
            Err(error) => {
                self.trouble = Some(error);
                return;
            }
        };
        for (key, bytes) in &booked.flows {
            self.minutes.add(frame.at.wall, key, *bytes);
        }
        self.restarts = self.restarts.saturating_add(booked.restarts);
        self.watch.seen(frame.at);
        self.stands(KernelState::Watched, now);
        self.trouble = None;
        self.listed = frame.connections.is_some();
        let before = self.last.as_ref().map(|last| frame.at.mono.since(last.at.mono));
        let ms = before.and_then(|span| u64::try_from(span.as_millis()).ok());
        self.last = Some(Interval {
            at: frame.at,
            ms,
            booked,
        });
    }

    fn lost(&mut self, error: &ProviderError, now: Now) {
        self.stands(KernelState::Lost, now);
        self.trouble = Some(error.clone());
        self.watch.end();
    }

    fn stands(&mut self, state: KernelState, now: Now) {
        if self.state != state {
            self.since = Some(now.wall);
        }
        self.state = state;
    }

    /// Everything since the last time; `None` when there is nothing new.
    pub fn seal(&mut self, now: Now) -> Option<Sealed> {
        let (kernel, baseline) = (self.accountant.kernel().to_owned(), self.accountant.baseline());
        let flows = self.minutes.take(now.wall);
        let watched = self.watch.take(now.wall);
        let restarts = std::mem::take(&mut self.restarts);
        let stands = Some((kernel.clone(), baseline.clone()));
        if flows.is_empty() && watched.is_empty() && restarts == 0 && self.sealed == stands {
            return None;
        }
        self.sealed = stands;
        Some(Sealed {
            flows,
            watched,
            restarts,
            kernel,
            baseline,
        })
    }

    /// Takes back what could not be stored: the next seal holds it again, together with what came since.
    pub fn put_back(&mut self, sealed: Sealed) {
        self.minutes.put_back(sealed.flows);
        self.watch.put_back(sealed.watched);
        self.restarts = self.restarts.saturating_add(sealed.restarts);
        self.sealed = None;
    }

    /// The sums since the start, for whoever checks them.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.accountant.tally()
    }

    /// What passes now; a rate that is not known now is none.
    #[must_use]
    pub fn live(&self, now: Now) -> LiveKernel {
        let last = self.last.as_ref();
        let fresh =
            last.filter(|last| self.state == KernelState::Watched && now.mono.since(last.at.mono) <= LIVE);
        let timed = fresh.filter(|last| last.ms.is_some());
        LiveKernel {
            state: self.state,
            since: self.since,
            trouble: self.trouble.clone(),
            logless: self.logless.clone(),
            kernel: self.accountant.kernel().to_owned(),
            as_of: last.map(|last| last.at.wall),
            up_rate: timed.map(|last| last.rate(last.booked.risen.0)),
            down_rate: timed.map(|last| last.rate(last.booked.risen.1)),
            connections: fresh.and_then(|_| self.connections()),
            nodes: fresh.map(|last| self.nodes(last)).unwrap_or_default(),
            list: fresh.map(|_| self.list()).unwrap_or_default(),
        }
    }

    fn connections(&self) -> Option<u32> {
        let count = self.accountant.connections().count();
        if !self.listed && count > 0 {
            return None;
        }
        u32::try_from(count).ok()
    }

    fn nodes(&self, last: &Interval) -> Vec<LiveNode> {
        let mut nodes: BTreeMap<(&str, FlowKind), LiveNode> = BTreeMap::new();
        for (key, _) in self.accountant.connections() {
            let node = nodes.entry((&key.node, key.kind)).or_insert_with(|| idle(key));
            node.connections = node.connections.saturating_add(1);
        }
        for (key, bytes) in &last.booked.flows {
            let node = nodes.entry((&key.node, key.kind)).or_insert_with(|| idle(key));
            node.up_rate = node.up_rate.saturating_add(last.rate(bytes.up));
            node.down_rate = node.down_rate.saturating_add(last.rate(bytes.down));
        }
        let mut nodes: Vec<LiveNode> = nodes.into_values().collect();
        nodes.sort_by_key(|node| std::cmp::Reverse(node.up_rate.saturating_add(node.down_rate)));
        nodes
    }

    fn list(&self) -> Vec<LiveConnection> {
        let speed = |track: &Track| track.rate.up.saturating_add(track.rate.down);
        let mut open: Vec<(&FlowKey, &Track)> = self.accountant.connections().collect();
        open.sort_by(|(_, one), (_, other)| {
            speed(other)
                .cmp(&speed(one))
                .then(other.since.cmp(&one.since))
                .then(one.port.cmp(&other.port))
        });
        open.into_iter()
            .take(LIVE_LIST)
            .map(|(key, track)| shown(key, track))
            .collect()
    }
}

fn idle(key: &FlowKey) -> LiveNode {
    LiveNode {
        node: key.node.clone(),
        kind: key.kind,
        connections: 0,
        up_rate: 0,
        down_rate: 0,
    }
}

fn shown(key: &FlowKey, track: &Track) -> LiveConnection {
    LiveConnection {
        node: key.node.clone(),
        group: key.group.clone(),
        kind: key.kind,
        host: track.host.to_string(),
        process: track.process.to_string(),
        up: track.seen.up,
        down: track.seen.down,
        up_rate: track.rate.up,
        down_rate: track.rate.down,
        since: track.since,
    }
}
