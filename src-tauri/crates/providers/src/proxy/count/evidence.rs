//! What speaks for where unseen bytes went: connections that the log told of and no snapshot showed, and connections that
//! vanished since the last one. Owns their weights.

use tidegate_meter::FlowKind;

use super::both::Both;
use super::opens::{Opens, Unseen};
use super::spread::split;
use super::tracks::Vanished;
use super::ways::{WayId, Ways};

/// The least that a vanished connection is expected to have carried unseen: the end of its encryption.
const LAST_WORDS: u64 = 80;

/// Everything that speaks for unseen bytes of one interval.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) unseen: Vec<Unseen>,
    pub(super) vanished: Vec<Vanished>,
    /// Of `unseen`, then of `vanished`.
    weights: Vec<Both>,
}

impl Evidence {
    pub(super) fn of(
        unseen: Vec<Unseen>,
        vanished: Vec<Vanished>,
        interval_ms: u64,
        opens: &Opens,
        ways: &Ways,
    ) -> Self {
        let of_unseen = unseen.iter().map(|one| opens.weight(*one, ways.kind(one.way)));
        let of_vanished = vanished.iter().map(|one| match ways.kind(one.way) {
            FlowKind::Reject => Both::ZERO,
            _ => rest_of(one.rate, interval_ms),
        });
        let weights = of_unseen.chain(of_vanished).collect();
        Self {
            unseen,
            vanished,
            weights,
        }
    }

    /// Whether anything speaks for bytes up, and for bytes down.
    pub(super) fn speaks(&self) -> (bool, bool) {
        let any = |one: fn(&Both) -> u64| self.weights.iter().any(|weight| one(weight) > 0);
        (any(|weight| weight.up), any(|weight| weight.down))
    }

    /// The part of each, in the order of `unseen`, then `vanished`; zero in a direction for which nothing speaks.
    pub(super) fn shares(&self, bytes: Both) -> Vec<Both> {
        parts(bytes, &self.weights)
    }

    /// The ways, in the order of the shares.
    pub(super) fn ways(&self) -> impl Iterator<Item = WayId> + '_ {
        let unseen = self.unseen.iter().map(|one| one.way);
        unseen.chain(self.vanished.iter().map(|one| one.way))
    }
}

/// Both directions divided by the weights of each.
pub(super) fn parts(bytes: Both, weights: &[Both]) -> Vec<Both> {
    let one = |total: u64, of: fn(&Both) -> u64| {
        let weights: Vec<u64> = weights.iter().map(of).collect();
        split(total, &weights)
    };
    let (up, down) = (
        one(bytes.up, |weight| weight.up),
        one(bytes.down, |weight| weight.down),
    );
    up.into_iter()
        .zip(down)
        .map(|(up, down)| Both { up, down })
        .collect()
}

/// A connection that ran on as before ended, on the average, half an interval after it was seen.
fn rest_of(rate: Both, interval_ms: u64) -> Both {
    let rest = |rate: u64| (rate.saturating_mul(interval_ms) / 2000).max(LAST_WORDS);
    Both {
        up: rest(rate.up),
        down: rest(rate.down),
    }
}
