//! Thins a line to what a screen can show. Keeps the first and the last point and, of every stretch of equal length,
//! the lowest and the highest: a spike or a fall to nothing is never thinned away.

use tidegate_meter::Time;

use crate::Point;

/// Takes points one by one and keeps at most `points_max` of them.
pub(super) struct Thinner {
    points_max: usize,
    from: i64,
    /// Milliseconds of a stretch, at least one.
    stretch_ms: i64,
    /// Everything, while it is few enough.
    all: Option<Vec<Point>>,
    stretches: Vec<Stretch>,
    first: Option<Point>,
    last: Option<Point>,
}

struct Stretch {
    number: i64,
    least: Point,
    most: Point,
}

/// Fewest points that hold a first, a last, a lowest and a highest.
pub(super) const POINTS_MIN: usize = 4;

impl Thinner {
    /// For a line in `from..to`.
    pub(super) fn new(from: i64, to: i64, points_max: usize) -> Self {
        let points_max = points_max.max(POINTS_MIN);
        let stretches = i64::try_from((points_max - 2) / 2).unwrap_or(i64::MAX);
        let span = to.saturating_sub(from).max(1);
        Self {
            points_max,
            from,
            stretch_ms: (span / stretches).saturating_add(1),
            all: Some(Vec::new()),
            stretches: Vec::new(),
            first: None,
            last: None,
        }
    }

    /// Takes the next point, in order of time.
    pub(super) fn take(&mut self, point: Point) {
        self.first.get_or_insert(point);
        self.last = Some(point);
        match &mut self.all {
            Some(all) if all.len() < self.points_max => all.push(point),
            Some(all) => {
                let early = std::mem::take(all);
                self.all = None;
                early.into_iter().for_each(|early| self.stretch(early));
                self.stretch(point);
            }
            None => self.stretch(point),
        }
    }

    fn stretch(&mut self, point: Point) {
        let number = point.fetched_at.ms().saturating_sub(self.from) / self.stretch_ms;
        match self.stretches.last_mut() {
            Some(open) if open.number >= number => {
                if height(&point) < height(&open.least) {
                    open.least = point;
                }
                if height(&point) > height(&open.most) {
                    open.most = point;
                }
            }
            _ => self.stretches.push(Stretch {
                number,
                least: point,
                most: point,
            }),
        }
    }

    /// What is kept, oldest first.
    pub(super) fn finish(self) -> Vec<Point> {
        let mut kept = self.all.unwrap_or_else(|| {
            let ends = [self.first, self.last].into_iter().flatten();
            let inner = self
                .stretches
                .iter()
                .flat_map(|stretch| [stretch.least, stretch.most]);
            ends.chain(inner).collect()
        });
        kept.sort_by_key(order);
        kept.dedup();
        kept
    }
}

fn order(point: &Point) -> (Time, Time, Option<i64>) {
    (point.fetched_at, point.as_of, point.remaining)
}

fn height(point: &Point) -> Option<i64> {
    point.remaining.or(point.used)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(values: &[i64]) -> Vec<Point> {
        (0_i64..)
            .zip(values)
            .map(|(n, value)| Point {
                as_of: Time::from_ms(n * 1000),
                fetched_at: Time::from_ms(n * 1000),
                remaining: Some(*value),
                used: None,
                limit: None,
                window_start: None,
            })
            .collect()
    }

    fn thin(points: &[Point], points_max: usize) -> Vec<Point> {
        let end = points.last().map_or(1, |point| point.fetched_at.ms() + 1);
        let mut thinner = Thinner::new(0, end, points_max);
        points.iter().for_each(|point| thinner.take(*point));
        thinner.finish()
    }

    proptest! {
        #[test]
        fn a_thinned_line_is_short_and_keeps_its_ends_its_lowest_and_its_highest(
            values in proptest::collection::vec(any::<i64>(), 1..400), points_max in 0..120_usize,
        ) {
            let points = line(&values);
            let thinned = thin(&points, points_max);
            prop_assert!(thinned.len() <= points_max.max(POINTS_MIN));
            prop_assert_eq!(thinned.first(), points.first());
            prop_assert_eq!(thinned.last(), points.last());
            let heights = |points: &[Point]| (
                points.iter().filter_map(height).min(), points.iter().filter_map(height).max(),
            );
            prop_assert_eq!(heights(&thinned), heights(&points));
            prop_assert!(thinned.iter().all(|point| points.contains(point)));
            prop_assert!(thinned.is_sorted_by_key(|point| point.fetched_at));
        }
    }

    #[test]
    fn a_line_that_is_short_enough_is_not_touched() {
        let points = line(&[3, 1, 2, 9, 4]);
        assert_eq!(thin(&points, 5), points);
    }
}
