//! When a package's number last changed. Billing refreshes it every hour or later without saying when; the fast signal
//! bridges the time since then.

use tidegate_meter::{MeterId, Reading, Time};

use super::Huawei;

/// The last value of a package, and since when it has stood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Change {
    remaining: Option<i64>,
    window_start: Option<Time>,
    /// The last look that gave this value.
    seen: Time,
    /// The last look before the value changed, so that nothing in between is left uncounted.
    pub(super) since: Time,
    /// Whether a change was seen at all: before the first one the value may have stood for hours.
    pub(super) observed: bool,
}

impl Change {
    fn first(reading: &Reading) -> Self {
        Self {
            remaining: reading.remaining().map(tidegate_meter::Quantity::raw),
            window_start: reading.window().map(|window| window.start),
            seen: reading.fetched_at(),
            since: reading.fetched_at(),
            observed: false,
        }
    }

    fn after(&self, reading: &Reading) -> Self {
        let next = Self::first(reading);
        if next.remaining == self.remaining && next.window_start == self.window_start {
            return Self {
                seen: next.seen,
                ..self.clone()
            };
        }
        Self {
            since: self.seen,
            observed: true,
            ..next
        }
    }
}

impl Huawei {
    /// Notes a reading and tells since when its value has stood.
    pub(super) fn note(&self, id: &MeterId, reading: &Reading) -> Change {
        let mut state = self.kept();
        let change = state
            .changes
            .get(id)
            .map_or_else(|| Change::first(reading), |change| change.after(reading));
        state.changes.insert(id.clone(), change.clone());
        change
    }
}
