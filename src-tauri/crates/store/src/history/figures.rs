//! What a line comes to: first and last, lowest and highest, the average over time, what was burned. Exact whole numbers
//! throughout, over every row that the line is made from, so that thinning changes none of it.

use tidegate_meter::Time;

use crate::{Figures, Point, Sample, limits};

/// Counts both readings of a line: what remains, and what was used. A line tells the first where any of it did.
#[derive(Default)]
pub(super) struct Tally {
    remaining: Side,
    used: Side,
}

/// One of the two.
#[derive(Default)]
struct Side {
    count: u64,
    last: Option<Sample>,
    first: Option<Sample>,
    least: Option<Sample>,
    most: Option<Sample>,
    /// Value × milliseconds: each value holds until the next was read.
    area: i128,
    held_ms: i128,
    burned: i128,
    burned_ms: i128,
    events: Vec<Time>,
}

/// What lies between two readings, as far as burn is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// Comparable: the difference is burn, or a correction of it.
    Flow,
    /// A new window, a top-up or a counter that began again: nobody's burn.
    Event,
}

impl Tally {
    /// So many readings stand behind the next points.
    pub(super) fn count(&mut self, readings: u64, of_used: bool) {
        let side = if of_used {
            &mut self.used
        } else {
            &mut self.remaining
        };
        side.count = side.count.saturating_add(readings);
    }

    /// The next point, after `before`.
    pub(super) fn take(&mut self, before: Option<&Point>, point: &Point) {
        let at = point.fetched_at;
        if let Some(value) = point.remaining {
            let flows = before.is_some_and(|before| before.remaining.is_some());
            self.remaining
                .take(Sample { at, value }, flows.then(|| step(before, point)), 1);
        }
        if let Some(value) = point.used {
            let flows = before.is_some_and(|before| before.used.is_some());
            self.used
                .take(Sample { at, value }, flows.then(|| step(before, point)), -1);
        }
    }

    /// Nothing was read from `point` to `to`: its value did not hold for so long.
    pub(super) fn leave_out(&mut self, point: &Point, to: i64) {
        let lasted = i128::from(to) - i128::from(point.fetched_at.ms());
        for (side, value) in [
            (&mut self.remaining, point.remaining),
            (&mut self.used, point.used),
        ] {
            if let Some(value) = value {
                side.area -= i128::from(value) * lasted;
                side.held_ms -= lasted;
            }
        }
    }

    /// What it comes to; `None` when nothing was read.
    pub(super) fn finish(self) -> Option<Figures> {
        let of_used = self.remaining.first.is_none();
        let readings = self.remaining.count.saturating_add(self.used.count);
        let side = if of_used { self.used } else { self.remaining };
        side.finish(of_used, readings)
    }
}

impl Side {
    fn take(&mut self, sample: Sample, step: Option<Step>, falls: i128) {
        if let Some(last) = self.last {
            let lasted = i128::from(sample.at.ms()) - i128::from(last.at.ms());
            self.area += i128::from(last.value) * lasted;
            self.held_ms += lasted;
            match step {
                Some(Step::Flow) => {
                    self.burned += falls * (i128::from(last.value) - i128::from(sample.value));
                    self.burned_ms += lasted;
                }
                Some(Step::Event) if self.events.len() < limits::TOP_UPS => self.events.push(sample.at),
                Some(Step::Event) | None => {}
            }
        }
        self.first.get_or_insert(sample);
        self.last = Some(sample);
        if self.least.is_none_or(|least| sample.value < least.value) {
            self.least = Some(sample);
        }
        if self.most.is_none_or(|most| sample.value > most.value) {
            self.most = Some(sample);
        }
    }

    fn finish(self, of_used: bool, readings: u64) -> Option<Figures> {
        let last = self.last?;
        let average = if self.held_ms > 0 {
            i64::try_from(halves_up(self.area, self.held_ms)).ok()?
        } else {
            last.value
        };
        Some(Figures {
            of_used,
            readings,
            first: self.first?,
            last,
            least: self.least?,
            most: self.most?,
            average,
            burned: i64::try_from(self.burned).ok()?,
            burned_ms: i64::try_from(self.burned_ms).ok()?,
            events: self.events,
        })
    }
}

/// The nearest whole number; halves go up.
fn halves_up(area: i128, held: i128) -> i128 {
    (area * 2 + held).div_euclid(held * 2)
}

fn step(before: Option<&Point>, after: &Point) -> Step {
    let Some(before) = before else { return Step::Event };
    let same = before.window_start == after.window_start && before.limit == after.limit;
    if same && !is_top_up(before, after) && !began_again(before, after) {
        Step::Flow
    } else {
        Step::Event
    }
}

/// Within one window the whole grew, or what is left did by more than a hundredth of the whole, or without a whole of what
/// was left: less is a correction, as it is for the guard.
pub(super) fn is_top_up(before: &Point, after: &Point) -> bool {
    if before.window_start != after.window_start {
        return false;
    }
    if let (Some(old), Some(new)) = (before.limit, after.limit)
        && new > old
    {
        return true;
    }
    let left = before.remaining.zip(after.remaining);
    left.is_some_and(|(old, new)| {
        let noise = after.limit.unwrap_or(old).saturating_abs() / 100;
        new.saturating_sub(old) > noise
    })
}

/// A counter without a limit fell below half: it was set back, and nobody gave anything back.
fn began_again(before: &Point, after: &Point) -> bool {
    let counts_up = before.remaining.is_none() && after.remaining.is_none();
    counts_up
        && before
            .used
            .zip(after.used)
            .is_some_and(|(old, new)| new < old / 2)
}
