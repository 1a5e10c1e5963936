//! What a line tells beside its points: where nothing was read, which windows it went through, where it was topped up,
//! and what it comes to. Seen on the way, over every row that the line is made from, so that thinning loses none of it.

use tidegate_meter::Time;

use super::figures::{Tally, is_top_up};
use crate::{Figures, Point, WindowRun, limits};

/// Watches the rows of a line, oldest first.
pub(super) struct Outline {
    /// No shorter silence is a gap, in milliseconds.
    gap_ms: i64,
    pace: Pace,
    /// The first step, until a second one tells its pace.
    first: Option<(Point, i64)>,
    last: Option<Point>,
    /// Each from its last point on.
    gaps: Vec<(Point, i64)>,
    windows: Vec<WindowRun>,
    top_ups: Vec<Time>,
    tally: Tally,
}

/// The steps between the last rows. The interval of today says nothing about readings taken under another one.
struct Pace {
    steps: [i64; Pace::KEPT],
    seen: usize,
}

impl Pace {
    /// So many, that two outages in a row do not pass for the usual.
    const KEPT: usize = 5;
    /// A step is out of pace from so many usual ones on, as it is for the engine that reads.
    const FACTOR: i64 = 3;

    fn step(&mut self, ms: i64) {
        if let Some(slot) = self.steps.get_mut(self.seen % Self::KEPT) {
            *slot = ms;
        }
        self.seen += 1;
    }

    /// The longest silence in pace; 0 before any step.
    fn longest(&self) -> i64 {
        let mut steps = self.steps;
        let kept = steps.get_mut(..self.seen.min(Self::KEPT)).unwrap_or_default();
        kept.sort_unstable();
        let usual = kept.get(kept.len() / 2).copied().unwrap_or_default();
        usual.saturating_mul(Self::FACTOR)
    }
}

/// What was seen.
pub(super) struct Outlined {
    pub(super) gaps: Vec<(Time, Time)>,
    pub(super) windows: Vec<WindowRun>,
    pub(super) top_ups: Vec<Time>,
    pub(super) figures: Option<Figures>,
    /// How many silences there were, and how long they were together, in milliseconds.
    pub(super) silent: (usize, i64),
}

impl Outline {
    pub(super) fn new(gap_ms: i64) -> Self {
        Self {
            gap_ms,
            pace: Pace {
                steps: [0; Pace::KEPT],
                seen: 0,
            },
            first: None,
            last: None,
            gaps: Vec::new(),
            windows: Vec::new(),
            top_ups: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// The points of one row: a reading, or an hour or a day of so many, within which no silence counts.
    pub(super) fn see(&mut self, row: &[Point], readings: u64) {
        let Some(first) = row.first() else { return };
        self.tally.count(readings, first.remaining.is_none());
        if let Some(last) = self.last {
            self.between((last, first.fetched_at.ms()));
        }
        for point in row {
            self.tally.take(self.last.as_ref(), point);
            self.turn(point);
            if self.last.is_some_and(|last| is_top_up(&last, point)) && self.top_ups.len() < limits::TOP_UPS {
                self.top_ups.push(point.fetched_at);
            }
            self.last = Some(*point);
        }
    }

    /// The step between two rows. The first has no pace yet: it is judged by the second.
    fn between(&mut self, (from, to): (Point, i64)) {
        let step = to.saturating_sub(from.fetched_at.ms());
        match (self.pace.seen, self.first.take()) {
            (0, _) => self.first = Some((from, to)),
            (_, Some(first)) => {
                self.silence(first, step.saturating_mul(Pace::FACTOR));
                self.silence((from, to), self.pace.longest());
            }
            (_, None) => self.silence((from, to), self.pace.longest()),
        }
        self.pace.step(step);
    }

    fn silence(&mut self, (from, to): (Point, i64), usual: i64) {
        if to.saturating_sub(from.fetched_at.ms()) > self.gap_ms.max(usual) {
            self.gaps.push((from, to));
        }
    }

    fn turn(&mut self, point: &Point) {
        let open = self.windows.last_mut();
        if let Some(run) = open.filter(|run| run.start == point.window_start) {
            run.whole = point.limit.or(run.whole);
        } else if self.windows.len() < limits::WINDOW_RUNS {
            self.windows.push(WindowRun {
                start: point.window_start,
                first: point.fetched_at,
                whole: point.limit,
            });
        }
    }

    /// The line ends at `to`: a silence up to there is a gap too. Of too many gaps the longest are kept.
    pub(super) fn finish(mut self, to: i64) -> Outlined {
        if let Some(first) = self.first.take() {
            self.silence(first, 0);
        }
        // Up to here every silence lies between two readings, where the value before it was taken to hold.
        for (from, to) in &self.gaps {
            self.tally.leave_out(from, *to);
        }
        if let Some(last) = self.last {
            self.silence((last, to), self.pace.longest());
        }
        let span = |(from, to): &(Point, i64)| (from.fetched_at.ms(), *to);
        let length = |(from, to): &(i64, i64)| to.saturating_sub(*from);
        let mut gaps: Vec<(i64, i64)> = self.gaps.iter().map(span).collect();
        let silent = (gaps.len(), gaps.iter().map(length).fold(0, i64::saturating_add));
        gaps.sort_by_key(|gap| std::cmp::Reverse(length(gap)));
        gaps.truncate(limits::GAPS);
        gaps.sort_unstable();
        let time = |(from, to)| (Time::from_ms(from), Time::from_ms(to));
        Outlined {
            gaps: gaps.into_iter().map(time).collect(),
            windows: self.windows,
            top_ups: self.top_ups,
            figures: self.tally.finish(),
            silent,
        }
    }
}
