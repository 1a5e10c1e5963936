//! What usually goes where: the last resort for bytes without evidence. Owns the long run, which fades by a twentieth with
//! every snapshot. Refused bytes are no part of it: what is refused carries nothing that could be missing.

use std::collections::{BTreeMap, HashMap};

use super::both::Both;
use super::ways::WayId;

/// The long run.
#[derive(Debug, Default)]
pub(super) struct Mix {
    long: BTreeMap<WayId, Both>,
}

/// Bytes count so many times, so that what fades does not vanish at once.
const FINE: u64 = 1 << 8;

impl Mix {
    /// Takes on what was seen between two snapshots.
    pub(super) fn add(&mut self, seen: &[(WayId, Both)]) {
        for bytes in self.long.values_mut() {
            let faded = |held: u64| held - held.div_ceil(20);
            *bytes = Both {
                up: faded(bytes.up),
                down: faded(bytes.down),
            };
        }
        for (way, bytes) in seen {
            let fine = Both {
                up: bytes.up.saturating_mul(FINE),
                down: bytes.down.saturating_mul(FINE),
            };
            let sum = self.long.entry(*way).or_default();
            *sum = sum.plus(fine);
        }
        self.long.retain(|_, bytes| !bytes.is_zero());
    }

    pub(super) fn long_run(&self) -> Vec<(WayId, Both)> {
        self.long.iter().map(|(way, bytes)| (*way, *bytes)).collect()
    }

    /// Ways have new numbers; those that are gone are forgotten.
    pub(super) fn renumber(&mut self, renamed: &HashMap<WayId, WayId>) {
        let old = std::mem::take(&mut self.long).into_iter();
        self.long = old
            .filter_map(|(way, bytes)| Some((*renamed.get(&way)?, bytes)))
            .collect();
    }
}
