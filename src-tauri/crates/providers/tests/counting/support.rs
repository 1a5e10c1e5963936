//! A kernel as a test tells it: frames by short words, and the sums that were booked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tidegate_meter::{FlowBytes, FlowKey, FlowKind, Mono, Now, Time};
use tidegate_providers::proxy::{
    Accountant, Baseline, Connection, CountRules, Frame, Network, NodeMap, Opened,
};

/// The wall clock at the start of every story: 2026-11-18 11:06:40 UTC.
pub(crate) const START: i64 = 1_795_000_000_000;

/// An instant of both clocks, this many milliseconds after the start.
pub(crate) fn at(ms: u64) -> Now {
    Now {
        wall: Time::from_ms(START + i64::try_from(ms).unwrap()),
        mono: Mono(50_000 + ms),
    }
}

/// One open connection through a node under a group, opened before the start of the story.
pub(crate) fn open(id: &str, node: &str, up: u64, down: u64) -> Connection<'static> {
    Connection {
        id: Cow::Owned(id.to_owned()),
        up,
        down,
        chain: vec![
            Cow::Owned(node.to_owned()),
            Cow::Borrowed("Auto"),
            Cow::Borrowed("Proxy"),
        ],
        feeds: Vec::new(),
        since: Some(Time::from_ms(START - 3_600_000)),
        network: Network::Tcp,
        source_port: 0,
        is_inner: false,
        host: Cow::Borrowed("secret-host.example"),
        process: Cow::Borrowed("browser"),
    }
}

/// The same, opened this many milliseconds after the start.
pub(crate) fn opened_at(ms: u64, connection: Connection<'static>) -> Connection<'static> {
    Connection {
        since: Some(at(ms).wall),
        ..connection
    }
}

/// The same, from this port.
pub(crate) fn from_port(source_port: u16, connection: Connection<'static>) -> Connection<'static> {
    Connection {
        source_port,
        ..connection
    }
}

/// A line of the log.
pub(crate) fn log(source_port: u16, node: &str) -> Opened {
    Opened {
        network: Network::Tcp,
        source_port,
        node: Some(node.to_owned()),
        group: "Proxy".to_owned(),
    }
}

/// Everything that was booked, by way.
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums(pub(crate) BTreeMap<FlowKey, FlowBytes>);

impl Sums {
    pub(crate) fn add(&mut self, key: &FlowKey, bytes: FlowBytes) {
        let sum = self.0.entry(key.clone()).or_default();
        *sum = sum.plus(bytes).unwrap();
    }

    pub(crate) fn of_node(&self, node: &str) -> FlowBytes {
        self.sum(|key| key.node == node)
    }

    pub(crate) fn of_kind(&self, kind: FlowKind) -> FlowBytes {
        self.sum(|key| key.kind == kind)
    }

    pub(crate) fn all(&self) -> FlowBytes {
        self.sum(|_| true)
    }

    fn sum(&self, which: impl Fn(&FlowKey) -> bool) -> FlowBytes {
        let found = self.0.iter().filter(|(key, _)| which(key));
        found.fold(FlowBytes::default(), |sum, (_, bytes)| sum.plus(*bytes).unwrap())
    }
}

/// An accountant with the sums of what it booked; every snapshot is checked for what must always hold.
pub(crate) struct Book {
    pub(crate) accountant: Accountant,
    pub(crate) sums: Sums,
    pub(crate) restarts: u32,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self::from(None)
    }

    pub(crate) fn from(baseline: Option<Baseline>) -> Self {
        Self {
            accountant: Accountant::new(baseline, CountRules::default()),
            sums: Sums::default(),
            restarts: 0,
        }
    }

    /// A snapshot; what it came to alone.
    pub(crate) fn frame(
        &mut self,
        ms: u64,
        totals: (u64, u64),
        list: Option<Vec<Connection<'static>>>,
    ) -> Sums {
        self.take(&Frame {
            at: at(ms),
            up_total: totals.0,
            down_total: totals.1,
            connections: list,
        })
    }

    /// A snapshot that must be refused.
    pub(crate) fn refuses(&mut self, ms: u64, totals: (u64, u64), list: Vec<Connection<'static>>) {
        let before = self.accountant.tally();
        let refused = self.accountant.frame(&Frame {
            at: at(ms),
            up_total: totals.0,
            down_total: totals.1,
            connections: Some(list),
        });
        assert!(refused.is_err(), "{refused:?}");
        assert_eq!(self.accountant.tally(), before);
    }

    pub(crate) fn take(&mut self, frame: &Frame<'_>) -> Sums {
        let booked = self.accountant.frame(frame).unwrap();
        let mut alone = Sums::default();
        for (key, bytes) in &booked.flows {
            assert!(bytes.is_sound() && !bytes.is_zero(), "{key:?} {bytes:?}");
            self.sums.add(key, *bytes);
            alone.add(key, *bytes);
        }
        self.restarts += booked.restarts;
        self.holds();
        alone
    }

    /// What must hold after every snapshot: nothing lost, nothing twice.
    pub(crate) fn holds(&self) {
        let tally = self.accountant.tally();
        assert_eq!(tally.counted.0, tally.booked.0 + tally.held.0, "up: {tally:?}");
        assert_eq!(tally.counted.1, tally.booked.1 + tally.held.1, "down: {tally:?}");
        let all = self.sums.all();
        assert_eq!(
            (u128::from(all.up), u128::from(all.down)),
            tally.booked,
            "{tally:?}"
        );
    }

    /// Down through a node, with the part of it that is an estimate.
    pub(crate) fn down(&self, node: &str) -> (u64, u64) {
        let bytes = self.sums.of_node(node);
        (bytes.down, bytes.estimated_down)
    }

    pub(crate) fn nobody(&self) -> FlowBytes {
        self.sums.of_kind(FlowKind::Unattributed)
    }
}

/// Nodes of these kinds, and where they came from.
pub(crate) fn nodes(kinds: &[(&str, FlowKind)], feeds: &[(&str, &str)]) -> NodeMap {
    NodeMap {
        kinds: kinds
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect(),
        feeds: feeds
            .iter()
            .map(|(name, feed)| ((*name).to_owned(), (*feed).to_owned()))
            .collect(),
    }
}
