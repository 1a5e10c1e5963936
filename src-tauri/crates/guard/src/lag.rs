//! How far a provider's numbers run behind. Owns the learning of it from changes of value over fetches; never decides
//! anything. Tested in `tests/judgement/burning.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{AsOf, Reading, Time};

use crate::limits;

/// Learns the lag of one meter, reading by reading.
///
/// Where the provider tells `as_of`, the lag is the median of `fetched_at − as_of` at the first sight of each new
/// `as_of`. Where it tells none, the numbers move in steps: the median spacing between two changes of value is how old
/// a value can be.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LagLearner {
    /// Newest gaps in whole seconds, oldest first.
    gaps: Vec<u32>,
    /// The last value and the time it was first seen (or its own time, where told).
    mark: Option<(i64, Time)>,
    /// The mark is the first sight of all: since when it stands is not known.
    opening: bool,
    /// The median of the gaps, once there are enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    median: Option<u32>,
}

impl LagLearner {
    /// Takes in a reading that was believed.
    pub fn observe(&mut self, reading: &Reading) {
        let Some(value) = reading.remaining().or(reading.used()) else {
            return;
        };
        let Some((known, at)) = self.mark else {
            self.mark = Some((value.raw(), moment(reading)));
            self.opening = true;
            return;
        };
        match reading.as_of() {
            AsOf::Provider(as_of) if as_of != at => self.push(reading.fetched_at().since(as_of)),
            AsOf::Fetch(fetched) if value.raw() != known && !self.opening => self.push(fetched.since(at)),
            AsOf::Fetch(_) if value.raw() == known => return,
            AsOf::Provider(_) | AsOf::Fetch(_) => {}
        }
        self.mark = Some((value.raw(), moment(reading)));
        self.opening = false;
    }

    /// Another window or a restated value: the next value is a first sight again.
    pub fn restart(&mut self) {
        self.mark = None;
    }

    /// The lag, at most [`limits::LAG_MAX`]; `None` while fewer than [`limits::LAG_GAPS_MIN`] changes were seen.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        let median = Duration::from_secs(u64::from(self.median?));
        Some(median.min(limits::LAG_MAX))
    }

    fn push(&mut self, gap: Duration) {
        if self.gaps.len() >= limits::LAG_GAPS {
            self.gaps.remove(0);
        }
        self.gaps.push(u32::try_from(gap.as_secs()).unwrap_or(u32::MAX));
        let mut sorted = self.gaps.clone();
        sorted.sort_unstable();
        let enough = sorted.len() >= limits::LAG_GAPS_MIN;
        self.median = sorted.get(sorted.len() / 2).copied().filter(|_| enough);
    }
}

const fn moment(reading: &Reading) -> Time {
    reading.as_of().at()
}

/// The lag that a stretch of history shows, oldest reading first; `None` while it shows fewer than three changes.
#[must_use]
pub fn learn_lag<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Option<Duration> {
    let mut learner = LagLearner::default();
    readings.into_iter().for_each(|reading| learner.observe(reading));
    learner.lag()
}
