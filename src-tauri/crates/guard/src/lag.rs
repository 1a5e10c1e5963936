//! How far a provider's numbers run behind. Owns the learning of it from changes of value over fetches; never decides
//! anything. Tested in `tests/judgement/burning.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{AsOf, Reading, Time};

use crate::limits;

/// Learns the lag of one meter, reading by reading.
///
/// Where the provider tells `as_of`, the lag is the median of `fetched_at − as_of` at the first sight of each new
/// `as_of`. Where it tells none, the numbers move in steps, and the median spacing between two changes of value is how
/// long one stands. That says nothing of how late it came: hourly steps may tell of half a day ago. The delay shows
/// where it is known when traffic began: when a window turns, all that is used of it left after its beginning.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LagLearner {
    /// Newest gaps in whole seconds, oldest first.
    gaps: Vec<u32>,
    /// The last value and the time it was first seen (or its own time, where told).
    mark: Option<(i64, Time)>,
    /// The mark is the first sight of all: since when it stands is not known.
    opening: bool,
    /// The provider tells its own time.
    #[serde(skip_serializing_if = "is_false")]
    told: bool,
    /// In whole seconds, from one time that the provider told to the next.
    #[serde(skip_serializing_if = "is_nothing")]
    spaced: u32,
    /// The median of the gaps, once there are enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    median: Option<u32>,
    /// A window whose first burn has not shown yet, by its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    turned: Option<Time>,
    /// The shortest time, in whole seconds, from the beginning of a window to its first burn that showed: what left
    /// never shows sooner.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<u32>,
}

impl LagLearner {
    /// Takes in a reading that was believed.
    pub fn observe(&mut self, reading: &Reading) {
        let Some(value) = reading.remaining().or(reading.used()) else {
            return;
        };
        self.told = matches!(reading.as_of(), AsOf::Provider(_));
        let Some((known, at)) = self.mark else {
            self.mark = Some((value.raw(), moment(reading)));
            self.opening = true;
            return;
        };
        match reading.as_of() {
            AsOf::Provider(as_of) if as_of != at => {
                self.spaced = u32::try_from(as_of.since(at).as_secs()).unwrap_or(u32::MAX);
                self.push(reading.fetched_at().since(as_of));
            }
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

    /// A window began at `start`, and the one before was watched: the first burn in it tells the delay.
    pub(crate) fn turn(&mut self, start: Time) {
        self.turned = Some(start);
    }

    /// A burn showed.
    pub(crate) fn burned(&mut self, reading: &Reading) {
        let (Some(start), AsOf::Fetch(fetched)) = (self.turned.take(), reading.as_of()) else {
            return;
        };
        let late = fetched.since(start);
        if late <= limits::LAG_MAX {
            let late = u32::try_from(late.as_secs()).unwrap_or(u32::MAX);
            self.delay = Some(self.delay.map_or(late, |known| known.min(late)));
        }
    }

    /// How old a number can be: the delay, where one was measured, and the time it stands, each at most
    /// [`limits::LAG_MAX`]; `None` while fewer than [`limits::LAG_GAPS_MIN`] changes were seen.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        let median = Duration::from_secs(u64::from(self.median?));
        let delay = Duration::from_secs(u64::from(self.delay.unwrap_or(0)));
        Some(median.min(limits::LAG_MAX).saturating_add(delay))
    }

    /// How old the number is that has stood for `stood`, of which nothing older than `lag` is known: what was measured
    /// says when it was true, and only the time since makes it older.
    pub(crate) fn age(&self, lag: Option<Duration>, stood: Duration) -> Option<Duration> {
        let step = self.median.filter(|_| self.delay.is_some()).map_or(0, u64::from);
        let step = Duration::from_secs(step).min(limits::LAG_MAX);
        Some(lag?.saturating_sub(step.saturating_sub(stood)))
    }

    /// How old a number may be to act on, where the provider tells its time and its lag is `lag`: it comes so late, and
    /// stands until the next one.
    pub(crate) fn oldest(&self, lag: Duration) -> Duration {
        let spaced = self.median.map_or(0, |_| self.spaced);
        lag.saturating_add(Duration::from_secs(u64::from(spaced)))
    }

    /// Whether [`Self::lag`] counts the delay in: the provider tells its time, or a window was seen to turn.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.median.is_some() && (self.delay.is_some() || self.told)
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

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to skip_serializing_if"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to skip_serializing_if"
)]
const fn is_nothing(count: &u32) -> bool {
    *count == 0
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
