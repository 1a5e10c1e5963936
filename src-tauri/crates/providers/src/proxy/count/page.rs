//! What one snapshot comes to, while it is reckoned and when it is done. Owns the difference between exact and estimated
//! bytes: a line holds both, and never mixes them.

use std::collections::BTreeMap;

use tidegate_meter::{FlowBytes, FlowKey};

use super::both::Both;
use super::evidence::parts;
use super::ways::{WayId, Ways};

/// What one snapshot came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Booked {
    /// Bytes by way; the estimated part of each is told apart.
    pub flows: Vec<(FlowKey, FlowBytes)>,
    /// How often the kernel began to count anew before this snapshot: none or once.
    pub restarts: u32,
    /// What the totals rose by, up and down.
    pub risen: (u64, u64),
}

/// The sums since the start, for whoever checks them: `counted == booked + held` in both directions, always.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// What the totals rose by, up and down.
    pub counted: (u128, u128),
    /// What was booked, unattributed bytes with it.
    pub booked: (u128, u128),
    /// What is told and waits for the next snapshot.
    pub held: (u128, u128),
    /// What connections told beyond the totals. It is not booked: the next bytes that the totals show are theirs.
    pub owed: (u128, u128),
}

/// What is written down of one snapshot.
#[derive(Debug, Default)]
pub(super) struct Page {
    lines: BTreeMap<WayId, FlowBytes>,
    pub(super) restarts: u32,
    pub(super) risen: Both,
}

impl Page {
    pub(super) fn exact(&mut self, way: WayId, bytes: Both) {
        self.add(
            way,
            FlowBytes {
                up: bytes.up,
                down: bytes.down,
                ..FlowBytes::default()
            },
        );
    }

    /// A part that was spread; what is nobody's is no estimate.
    pub(super) fn estimated(&mut self, way: WayId, bytes: Both) {
        let Both { up, down } = bytes;
        self.add(
            way,
            FlowBytes {
                up,
                down,
                estimated_up: up,
                estimated_down: down,
            },
        );
    }

    fn add(&mut self, way: WayId, bytes: FlowBytes) {
        if !bytes.is_zero() {
            let line = self.lines.entry(way).or_default();
            *line = line.plus(bytes).unwrap_or(*line);
        }
    }

    /// Spreads by what went where beside it; what has no measure stays.
    pub(super) fn by_mix(&mut self, left: Both, mix: &[(WayId, Both)]) -> Both {
        let weights: Vec<Both> = mix.iter().map(|(_, bytes)| *bytes).collect();
        let mut still = left;
        for ((way, _), part) in mix.iter().zip(parts(left, &weights)) {
            self.estimated(*way, part);
            still = still.above(part);
        }
        still
    }

    /// What is written down, up and down.
    pub(super) fn sum(&self) -> (u128, u128) {
        let of = |one: fn(&FlowBytes) -> u64| self.lines.values().map(|line| u128::from(one(line))).sum();
        (of(|line| line.up), of(|line| line.down))
    }

    /// Under the names of the ways.
    pub(super) fn close(self, ways: &Ways) -> Booked {
        let mut sums: BTreeMap<FlowKey, FlowBytes> = BTreeMap::new();
        for (way, bytes) in self.lines {
            let sum = sums.entry(ways.key(way).clone()).or_default();
            *sum = sum.plus(bytes).unwrap_or(*sum);
        }
        Booked {
            flows: sums.into_iter().collect(),
            restarts: self.restarts,
            risen: (self.risen.up, self.risen.down),
        }
    }
}
