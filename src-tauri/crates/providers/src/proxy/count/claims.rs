//! What connections say they carried, until the totals show it. Owns the order: nothing is booked that the totals do not
//! hold, and what they hold is first of all for what was seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::both::Both;
use super::spread::split;
use super::ways::WayId;

/// Bytes that were seen on connections and are not booked yet, by way.
#[derive(Debug, Default)]
pub(super) struct Claims {
    open: BTreeMap<WayId, Both>,
}

impl Claims {
    pub(super) fn add(&mut self, way: WayId, bytes: Both) {
        if !bytes.is_zero() {
            let claim = self.open.entry(way).or_default();
            *claim = claim.plus(bytes);
        }
    }

    /// Takes what `available` covers. A kernel that reads its totals before its connections tells more of these for a
    /// moment; the rest waits for the totals.
    pub(super) fn pay(&mut self, available: Both) -> Vec<(WayId, Both)> {
        let ways: Vec<WayId> = self.open.keys().copied().collect();
        let paid = |one: fn(&Both) -> u64, available: u64| {
            let claims: Vec<u64> = self.open.values().map(one).collect();
            let all = claims
                .iter()
                .fold(0, |sum: u64, claim| sum.saturating_add(*claim));
            if all <= available {
                claims
            } else {
                split(available, &claims)
            }
        };
        let up = paid(|both| both.up, available.up);
        let down = paid(|both| both.down, available.down);
        let paid: Vec<(WayId, Both)> = ways
            .into_iter()
            .zip(up.into_iter().zip(down))
            .map(|(way, (up, down))| (way, Both { up, down }))
            .collect();
        for (way, bytes) in &paid {
            if let Some(claim) = self.open.get_mut(way) {
                *claim = claim.above(*bytes);
            }
        }
        self.open.retain(|_, claim| !claim.is_zero());
        paid
    }

    /// All of them together, up and down.
    pub(super) fn owed(&self) -> (u128, u128) {
        let sum = |one: fn(&Both) -> u64| self.open.values().map(|both| u128::from(one(both))).sum();
        (sum(|both| both.up), sum(|both| both.down))
    }

    pub(super) fn clear(&mut self) {
        self.open.clear();
    }

    pub(super) fn ways(&self) -> BTreeSet<WayId> {
        self.open.keys().copied().collect()
    }

    pub(super) fn renumber(&mut self, renamed: &HashMap<WayId, WayId>) {
        for (way, bytes) in std::mem::take(&mut self.open) {
            self.add(renamed.get(&way).copied().unwrap_or(WayId::NOBODY), bytes);
        }
    }
}
