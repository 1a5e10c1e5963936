//! The kernels of one device, one at a time: an address may be answered by one program today and by another tomorrow, and
//! each counts for itself. Owns which counters belong to whom.

use std::collections::BTreeMap;

use tidegate_meter::Now;

use super::baseline::{Baseline, Stand};
use super::both::Both;
use super::epoch::Epoch;
use super::limits::KERNELS_MAX;

/// The kernel that is watched, and those that were.
#[derive(Debug)]
pub(super) struct Kernels {
    name: String,
    parked: BTreeMap<String, Stand>,
    /// The kernel that answers now is a newer version of the one before: it began to count from nothing.
    renewed: bool,
    pub(super) epoch: Option<Epoch>,
    /// Told by counters that have ended, and not booked.
    pub(super) leftover: Both,
}

impl Kernels {
    pub(super) fn new(baseline: Option<Baseline>) -> Self {
        let Baseline {
            kernel,
            kernels,
            leftover,
        } = baseline.unwrap_or_default();
        Self {
            name: kernel,
            parked: kernels,
            renewed: false,
            epoch: None,
            leftover,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A kernel answers by this name. True when it is another one than before: its connections are others too.
    pub(super) fn answers(&mut self, name: &str) -> bool {
        if name.is_empty() || name == self.name {
            return false;
        }
        let before = std::mem::replace(&mut self.name, name.to_owned());
        if before.is_empty() {
            return self.take_over_nameless();
        }
        if let Some(epoch) = self.epoch.take() {
            self.parked.insert(before.clone(), epoch.stand());
        }
        self.renewed = program(&before) == program(name) && !self.parked.contains_key(name);
        if self.renewed
            && let Some(ended) = self.parked.remove(&before)
        {
            self.leftover = self.leftover.plus(held(ended));
        }
        self.bound();
        true
    }

    /// What was counted before the kernel told its name is its own.
    fn take_over_nameless(&mut self) -> bool {
        if let Some(stand) = self.parked.remove("") {
            self.parked.entry(self.name.clone()).or_insert(stand);
        }
        false
    }

    fn bound(&mut self) {
        while self.parked.len() > KERNELS_MAX {
            let oldest = self.parked.iter().min_by_key(|(_, stand)| stand.at);
            let Some(name) = oldest.map(|(name, _)| name.clone()) else {
                return;
            };
            if let Some(ended) = self.parked.remove(&name) {
                self.leftover = self.leftover.plus(held(ended));
            }
        }
    }

    /// The counters that these totals belong to, taken out; how often they began anew. Totals that fell began anew, also
    /// while nobody watched.
    pub(super) fn enter(&mut self, told: Both, at: Now) -> (Epoch, u32) {
        if let Some(epoch) = self.epoch.take() {
            return (epoch, 0);
        }
        if std::mem::take(&mut self.renewed) {
            return (Epoch::begun(None, at.wall), 1);
        }
        match self.parked.remove(&self.name) {
            Some(stand) if told.fell_below(stand.told) => {
                self.leftover = self.leftover.plus(held(stand));
                (Epoch::begun(None, at.wall), 1)
            }
            Some(stand) => (Epoch::resumed(stand), 0),
            None => (Epoch::found(told, at), 0),
        }
    }

    /// To be stored.
    pub(super) fn baseline(&self) -> Baseline {
        let mut kernels = self.parked.clone();
        if let Some(epoch) = &self.epoch {
            kernels.insert(self.name.clone(), epoch.stand());
        }
        Baseline {
            kernel: self.name.clone(),
            kernels,
            leftover: self.leftover,
        }
    }

    /// What is told and not booked, of all of them, up and down.
    pub(super) fn held(&self) -> (u128, u128) {
        let parked = self.parked.values().map(|stand| held(*stand));
        let open = self.epoch.iter().map(Epoch::held);
        let all = parked.chain(open).chain([self.leftover]);
        all.fold((0, 0), |(up, down), both| {
            (up + u128::from(both.up), down + u128::from(both.down))
        })
    }
}

fn held(stand: Stand) -> Both {
    stand.told.above(stand.booked)
}

/// The program without its version: the first word of its name.
fn program(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}
