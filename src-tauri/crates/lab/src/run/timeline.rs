//! What is still to happen, in the order of time, and of the plan within one instant.

use std::collections::BTreeMap;

use crate::plan::{Deed, Mode, Plan, Upon};

/// Something that is due.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Item {
    /// What the plan says.
    Deed(Deed),
    /// The plan waits for a moment from now on.
    Wait(Upon, Deed),
    /// The moment came.
    Come(Deed),
    /// The disk is good again.
    DiskGood,
    /// Everything is mended.
    Heal,
    /// The run is over.
    End,
}

/// See the module.
pub(super) struct Timeline {
    items: BTreeMap<(u64, u64), Item>,
    added: u64,
}

impl Timeline {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut timeline = Self {
            items: BTreeMap::new(),
            added: 0,
        };
        let end = plan.span_s;
        for timed in plan.events.iter().filter(|timed| timed.at_s < end) {
            let deed = timed.deed.clone();
            let item = match timed.upon {
                Some(upon) => Item::Wait(upon, deed),
                None => Item::Deed(deed),
            };
            timeline.add(ms(timed.at_s), item);
        }
        if let Some(heal) = plan.heal_at_s.filter(|_| plan.mode == Mode::Liveness) {
            timeline.add(ms(heal), Item::Heal);
        }
        timeline.add(ms(end), Item::End);
        timeline
    }

    /// Something more is due at so many true milliseconds after the start.
    pub(super) fn add(&mut self, at_ms: u64, item: Item) {
        self.added = self.added.saturating_add(1);
        self.items.insert((at_ms, self.added), item);
    }

    /// When the next one is due.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.items.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next one.
    pub(super) fn take(&mut self) -> Option<Item> {
        self.items.pop_first().map(|(_, item)| item)
    }
}

/// Whole seconds in milliseconds.
pub(super) const fn ms(seconds: u64) -> u64 {
    seconds.saturating_mul(1000)
}
