//! An hour or a day of one meter in one window: count, first, last, minimum and maximum, and the whole. Folding two of
//! them gives what folding their readings together would give.

use tidegate_meter::Time;

use super::varint;
use crate::{Point, StoreError};

/// One value at its time of fetch, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sample {
    pub(super) at: i64,
    pub(super) value: i64,
}

/// A run of readings in one window, all telling what remains, or all only what was used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Segment {
    pub(super) count: u64,
    pub(super) first: Sample,
    pub(super) last: Sample,
    pub(super) least: Sample,
    pub(super) most: Sample,
    /// The newest whole of the window.
    pub(super) whole: Option<i64>,
    pub(super) window_start: Option<i64>,
    /// The values are what was used, since what remains was not known.
    pub(super) of_used: bool,
}

const OF_USED: u64 = 1;
const WHOLE: u64 = 2;
const WINDOW: u64 = 4;
/// It only fell: the most is the first, the least is the last, and neither is written again.
const FELL: u64 = 8;
/// It only rose: the other way round.
const ROSE: u64 = 16;
/// The whole and the begin of the window are written without their zeros, the latter counted back from the base.
const ROUND: u64 = 32;

impl Segment {
    /// Of a single reading; `None` when it holds no value.
    pub(super) fn of(point: &Point) -> Option<Self> {
        let value = point.remaining.or(point.used)?;
        let sample = Sample {
            at: point.fetched_at.ms(),
            value,
        };
        Some(Self {
            count: 1,
            first: sample,
            last: sample,
            least: sample,
            most: sample,
            whole: point.limit,
            window_start: point.window_start.map(Time::ms),
            of_used: point.remaining.is_none(),
        })
    }

    /// Takes in a later one; `false`, and nothing changed, when it belongs to another run.
    pub(super) fn join(&mut self, later: &Self) -> bool {
        if (self.window_start, self.of_used) != (later.window_start, later.of_used) {
            return false;
        }
        self.count = self.count.saturating_add(later.count);
        self.last = later.last;
        if later.least.value < self.least.value {
            self.least = later.least;
        }
        if later.most.value > self.most.value {
            self.most = later.most;
        }
        self.whole = later.whole;
        true
    }

    /// Its four samples as points of a chart, oldest first, each once.
    pub(super) fn points(&self) -> Vec<Point> {
        let mut samples = vec![self.first, self.least, self.most, self.last];
        samples.sort_by_key(|sample| sample.at);
        samples.dedup();
        samples.into_iter().map(|sample| self.point(sample)).collect()
    }

    fn point(&self, sample: Sample) -> Point {
        let other = self.whole.and_then(|whole| whole.checked_sub(sample.value));
        let (remaining, used) = if self.of_used {
            (other, Some(sample.value))
        } else {
            (Some(sample.value), other)
        };
        Point {
            as_of: Time::from_ms(sample.at),
            fetched_at: Time::from_ms(sample.at),
            remaining,
            used,
            limit: self.whole,
            window_start: self.window_start.map(Time::from_ms),
        }
    }

    /// Its bytes, times counted from `base`, values from the first. Rows that were written before keep their flags: the
    /// later ones say what is left out.
    pub(super) fn encode(&self, base: i64) -> Vec<u8> {
        let mut data = Vec::with_capacity(32);
        let flag = |on: bool, bit: u64| if on { bit } else { 0 };
        let course = match (self.most, self.least) {
            ends if ends == (self.first, self.last) => FELL,
            ends if ends == (self.last, self.first) => ROSE,
            _ => 0,
        };
        let back = self.back(base);
        let flags = flag(self.of_used, OF_USED)
            | flag(self.whole.is_some(), WHOLE)
            | flag(self.window_start.is_some(), WINDOW)
            | course
            | flag(back.is_some(), ROUND);
        varint::put(&mut data, flags);
        varint::put(&mut data, self.count);
        varint::put_signed(&mut data, self.first.value);
        varint::put_signed(&mut data, self.first.at.wrapping_sub(base));
        if back.is_none() {
            varint::put_signed(&mut data, 0);
        }
        let between = [self.last, self.least, self.most];
        let written = if course == 0 { 3 } else { 1 };
        for sample in between.into_iter().take(written) {
            varint::put_signed(&mut data, sample.at.wrapping_sub(base));
            varint::put_signed(&mut data, sample.value.wrapping_sub(self.first.value));
        }
        match back {
            Some(back) => varint::put_round(&mut data, self.whole, back),
            None => {
                for value in [self.whole, self.window_start].into_iter().flatten() {
                    varint::put_signed(&mut data, value);
                }
            }
        }
        data
    }

    /// How far before the base its window began; outer `None` where it did not.
    fn back(&self, base: i64) -> Option<Option<u64>> {
        match self.window_start {
            None => Some(None),
            Some(start) => u64::try_from(base.checked_sub(start)?).ok().map(Some),
        }
    }

    /// From its bytes.
    pub(super) fn decode(mut data: &[u8], base: i64) -> Result<Self, StoreError> {
        let data = &mut data;
        let flags = varint::take(data)?;
        let is = |bit: u64| flags & bit != 0;
        let count = varint::take(data)?;
        let origin = varint::take_signed(data)?;
        let first = Sample {
            at: base.wrapping_add(varint::take_signed(data)?),
            value: if is(ROUND) {
                origin
            } else {
                origin.wrapping_add(varint::take_signed(data)?)
            },
        };
        let mut sample = || -> Result<Sample, StoreError> {
            Ok(Sample {
                at: base.wrapping_add(varint::take_signed(data)?),
                value: origin.wrapping_add(varint::take_signed(data)?),
            })
        };
        let last = sample()?;
        let (least, most) = match (is(FELL), is(ROSE)) {
            (true, _) => (last, first),
            (_, true) => (first, last),
            _ => (sample()?, sample()?),
        };
        let (whole, window_start) = if is(ROUND) {
            let (whole, back) = varint::take_round(data, is(WHOLE), is(WINDOW))?;
            (whole, back.map(|back| base.wrapping_sub(back.cast_signed())))
        } else {
            let mut optional = |bit: u64| -> Result<Option<i64>, StoreError> {
                is(bit).then(|| varint::take_signed(data)).transpose()
            };
            (optional(WHOLE)?, optional(WINDOW)?)
        };
        Ok(Self {
            count,
            first,
            last,
            least,
            most,
            whole,
            window_start,
            of_used: is(OF_USED),
        })
    }
}

/// Adds a segment to a list of runs: to the last one where it belongs to it, else as a new one.
pub(super) fn add(runs: &mut Vec<Segment>, later: Segment) {
    let joined = runs.last_mut().is_some_and(|last| last.join(&later));
    if !joined {
        runs.push(later);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(
        at: i64,
        remaining: Option<i64>,
        used: Option<i64>,
        limit: Option<i64>,
        window: Option<i64>,
    ) -> Point {
        Point {
            as_of: Time::from_ms(at),
            fetched_at: Time::from_ms(at),
            remaining,
            used,
            limit,
            window_start: window.map(Time::from_ms),
        }
    }

    fn fold(points: &[Point]) -> Vec<Segment> {
        let mut runs = Vec::new();
        for point in points {
            if let Some(segment) = Segment::of(point) {
                add(&mut runs, segment);
            }
        }
        runs
    }

    fn any_points() -> impl Strategy<Value = Vec<Point>> {
        let values = (
            any::<Option<i64>>(),
            any::<Option<i64>>(),
            any::<Option<i64>>(),
            0..3_i64,
        );
        proptest::collection::vec(values, 1..60).prop_map(|rows| {
            rows.into_iter()
                .zip(0_i64..)
                .map(|((remaining, used, limit, window), at)| {
                    point(at * 1000, remaining, used, limit, (window > 0).then_some(window))
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn folding_in_two_steps_gives_what_folding_at_once_gives(points in any_points(), cut in 0..60_usize) {
            let (left, right) = points.split_at(cut.min(points.len()));
            let mut halves = fold(left);
            for segment in fold(right) {
                add(&mut halves, segment);
            }
            prop_assert_eq!(halves, fold(&points));
        }

        #[test]
        fn a_segment_comes_back_from_its_bytes(points in any_points(), base in any::<i64>()) {
            for segment in fold(&points) {
                prop_assert_eq!(Segment::decode(&segment.encode(base), base), Ok(segment));
            }
        }

        #[test]
        fn a_segment_of_an_earlier_version_comes_back_as_well(points in any_points(), base in any::<i64>()) {
            for segment in fold(&points) {
                prop_assert_eq!(Segment::decode(&encoded_before(&segment, base), base), Ok(segment));
            }
        }
    }

    /// As rows were written before the zeros and the ends were left out.
    fn encoded_before(segment: &Segment, base: i64) -> Vec<u8> {
        let mut data = Vec::new();
        let flag = |on: bool, bit: u64| if on { bit } else { 0 };
        let flags = flag(segment.of_used, OF_USED)
            | flag(segment.whole.is_some(), WHOLE)
            | flag(segment.window_start.is_some(), WINDOW);
        varint::put(&mut data, flags);
        varint::put(&mut data, segment.count);
        varint::put_signed(&mut data, segment.first.value);
        for sample in [segment.first, segment.last, segment.least, segment.most] {
            varint::put_signed(&mut data, sample.at.wrapping_sub(base));
            varint::put_signed(&mut data, sample.value.wrapping_sub(segment.first.value));
        }
        for value in [segment.whole, segment.window_start].into_iter().flatten() {
            varint::put_signed(&mut data, value);
        }
        data
    }

    #[test]
    fn an_hour_of_a_busy_server_takes_less_than_thirty_bytes() {
        let points: Vec<Point> = (0..12)
            .map(|n| {
                point(
                    n * 300_000,
                    Some(180_000_000_000 - n * 40_000_000),
                    None,
                    Some(200_000_000_000),
                    Some(1),
                )
            })
            .collect();
        let bytes = fold(&points).first().unwrap().encode(0);
        assert!(bytes.len() < 30, "{}", bytes.len());
    }
}
