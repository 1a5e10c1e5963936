//! Any story whatever: true ones, broken ones and lies. What must hold is that nothing of the totals is lost and nothing
//! is booked twice.

use proptest::prelude::*;
use tidegate_meter::FlowKind;
use tidegate_providers::proxy::{
    Accountant, Baseline, Booked, Connection, CountRules, Frame, Network, Opened,
};

use crate::support::{Sums, at, nodes, open};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    /// Bytes on a connection that stays open: which, and how many.
    Carry(u8, u32, u32),
    /// A connection ends; in between it may carry bytes that no snapshot shows.
    Close(u8, u32),
    /// A short connection that no snapshot shows; told by the log or not.
    Short(u8, u32, bool),
    /// A snapshot after so many milliseconds.
    Look(u16),
    /// One without a list.
    Null(u16),
    /// A snapshot that tells anything at all.
    Lie(u64, u64, Vec<(u8, u64)>),
    /// The kernel begins anew.
    Restart,
    /// Nobody watches for so many seconds.
    Silence(u16),
    /// The process begins anew from what was stored.
    Again,
    /// Another kernel, or a newer one, answers.
    Answers(u8),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        8 => (0..12_u8, 0..50_000_u32, 0..900_000_u32).prop_map(|(id, up, down)| Event::Carry(id, up, down)),
        3 => (0..12_u8, 0..9_000_u32).prop_map(|(id, rest)| Event::Close(id, rest)),
        4 => (0..4_u8, 0..90_000_u32, any::<bool>()).prop_map(|(node, down, told)| Event::Short(node, down, told)),
        10 => (1..2_000_u16).prop_map(Event::Look),
        2 => (1..2_000_u16).prop_map(Event::Null),
        1 => (0..1_u64 << 50, 0..1_u64 << 50, proptest::collection::vec((0..12_u8, 0..1_u64 << 50), 0..6))
            .prop_map(|(up, down, list)| Event::Lie(up, down, list)),
        1 => Just(Event::Restart),
        1 => any::<u16>().prop_map(Event::Silence),
        1 => Just(Event::Again),
        1 => (0..3_u8).prop_map(Event::Answers),
    ];
    proptest::collection::vec(event, 1..80)
}

/// A kernel and the process that watches it.
struct World {
    now: u64,
    life: u32,
    totals: (u64, u64),
    open: std::collections::BTreeMap<u8, (u32, u64, u64)>,
    names: u32,
    accountant: Accountant,
    sums: Sums,
    /// What this process counted, by the restarts it told and plain differences.
    risen: (u128, u128),
    last: Option<(u64, u64)>,
    honest: bool,
}

fn node(of: u8) -> &'static str {
    ["HK", "JP", "DIRECT", "REJECT"][usize::from(of % 4)]
}

impl World {
    fn new() -> Self {
        Self {
            now: 0,
            life: 0,
            totals: (0, 0),
            open: std::collections::BTreeMap::new(),
            names: 0,
            accountant: accountant(None),
            sums: Sums::default(),
            risen: (0, 0),
            last: None,
            honest: true,
        }
    }

    fn add(&mut self, up: u64, down: u64) {
        self.totals = (self.totals.0 + up, self.totals.1 + down);
    }

    fn list(&self) -> Vec<Connection<'static>> {
        let one = |(of, (number, up, down)): (&u8, &(u32, u64, u64))| {
            open(&format!("{}-{number}", self.life), node(*of), *up, *down)
        };
        self.open.iter().map(one).collect()
    }

    fn look(&mut self, totals: (u64, u64), list: Option<Vec<Connection<'static>>>) {
        let frame = Frame {
            at: at(self.now),
            up_total: totals.0,
            down_total: totals.1,
            connections: list,
        };
        let before = self.accountant.tally();
        match self.accountant.frame(&frame) {
            Ok(booked) => self.check(totals, &booked),
            Err(refused) => {
                assert!(!self.honest, "{refused:?}");
                assert_eq!(self.accountant.tally(), before, "nothing of it is used");
            }
        }
    }

    fn check(&mut self, totals: (u64, u64), booked: &Booked) {
        for (key, bytes) in &booked.flows {
            assert!(bytes.is_sound(), "{key:?} {bytes:?}");
            self.sums.add(key, *bytes);
        }
        let fell = self
            .last
            .is_some_and(|last| totals.0 < last.0 || totals.1 < last.1);
        assert!(!fell || booked.restarts == 1, "totals that fell are a restart");
        let from = if booked.restarts == 1 {
            Some((0, 0))
        } else {
            self.last
        };
        if let Some(from) = from {
            self.risen.0 += u128::from(totals.0 - from.0);
            self.risen.1 += u128::from(totals.1 - from.1);
        }
        self.last = Some(totals);
        let tally = self.accountant.tally();
        assert_eq!(
            tally.counted.0,
            tally.booked.0 + tally.held.0,
            "nothing lost, nothing twice: {tally:?}"
        );
        assert_eq!(
            tally.counted.1,
            tally.booked.1 + tally.held.1,
            "nothing lost, nothing twice: {tally:?}"
        );
    }

    fn again(&mut self) {
        let stored = serde_json::to_string(&self.accountant.baseline()).unwrap();
        let baseline: Baseline = serde_json::from_str(&stored).unwrap();
        assert_eq!(baseline, self.accountant.baseline());
        self.accountant = accountant(Some(baseline));
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Carry(id, up, down) => {
                self.add(up.into(), down.into());
                self.names += 1;
                let names = self.names;
                let one = self.open.entry(id).or_insert((names, 0, 0));
                *one = (one.0, one.1 + u64::from(up), one.2 + u64::from(down));
            }
            Event::Close(id, rest) => {
                if self.open.remove(&id).is_some() {
                    self.add(0, rest.into());
                }
            }
            Event::Short(of, down, told) => {
                self.add(80, down.into());
                if told {
                    let opened = Opened {
                        network: Network::Tcp,
                        source_port: 9_000 + u16::from(of),
                        node: Some(node(of).to_owned()),
                        group: "Proxy".to_owned(),
                    };
                    self.accountant.opened(&opened);
                }
            }
            Event::Look(ms) => {
                self.now += u64::from(ms);
                self.look(self.totals, Some(self.list()));
            }
            Event::Null(ms) => {
                self.now += u64::from(ms);
                self.look(self.totals, None);
            }
            Event::Lie(up, down, list) => {
                self.honest = false;
                self.now += 1_000;
                let list = list
                    .into_iter()
                    .map(|(id, bytes)| open(&format!("0-{id}"), node(id), bytes, bytes));
                self.look((up, down), Some(list.collect()));
                self.totals = (up, down);
            }
            Event::Restart => {
                self.life += 1;
                self.totals = (0, 0);
                self.open.clear();
            }
            Event::Silence(seconds) => self.now += u64::from(seconds) * 1_000,
            Event::Again => self.again(),
            Event::Answers(which) => {
                self.honest = false;
                let name = ["mihomo v1.19.32", "mihomo v1.20.0", "sing-box 1.14.4"][usize::from(which)];
                self.accountant.answers(name);
                self.last = None;
            }
        }
    }
}

fn accountant(baseline: Option<Baseline>) -> Accountant {
    let mut accountant = Accountant::new(baseline, CountRules::default());
    accountant.nodes(&nodes(
        &[
            ("HK", FlowKind::Proxy),
            ("DIRECT", FlowKind::Direct),
            ("REJECT", FlowKind::Reject),
        ],
        &[],
    ));
    accountant
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_a_kernel_tells_every_byte_of_its_totals_is_booked_once_or_held(story in events()) {
        let mut world = World::new();
        for event in story {
            world.happens(event);
        }
        if world.honest {
            let held = world.accountant.tally().held;
            let all = world.sums.all();
            prop_assert_eq!(u128::from(all.up) + held.0, world.risen.0);
            prop_assert_eq!(u128::from(all.down) + held.1, world.risen.1);
        }
    }

    #[test]
    fn what_is_seen_on_a_connection_is_its_own_to_the_byte(
        steps in proptest::collection::vec((0..4_u8, 1..100_000_u32), 1..60),
    ) {
        let mut world = World::new();
        world.look((0, 0), Some(Vec::new()));
        for (of, down) in steps {
            world.happens(Event::Carry(of, 0, down));
            world.happens(Event::Look(1_000));
        }
        for (of, (_, _, down)) in &world.open {
            let ours = world.sums.of_node(node(*of));
            prop_assert_eq!((ours.down, ours.estimated_down), (*down, 0));
        }
    }
}
