//! The most that a meter may burn in a stretch of time. Owns the envelope of what it burned in any stretch as long, and
//! what is made of a pace that was never seen before. Tested in `tests/judgement/pace.rs`.
//!
//! A share of the time (a quantile) forgets what is rare: an hour at full speed once a day is no part of nine tenths of
//! the time, and yet it is what a line must withstand. So the question is put the other way: how much left in the worst
//! stretch of that length within the week that is kept? A peak that was seen before lasts as long as it did then. A pace
//! that was never seen before is taken to go on.

use std::time::Duration;

use crate::burn::Span;

/// The intervals that a meter burned in, once there is a baseline.
#[derive(Clone, Copy)]
pub(crate) struct Pace<'a> {
    /// Oldest first.
    pub(crate) spans: &'a [Span],
    /// The value stands for longer than is usual: what burned before is over.
    pub(crate) stands: bool,
}

impl Pace<'_> {
    /// The most burned in any stretch that long, in raw units; a history that is shorter is taken to go on as it was.
    pub(crate) fn most(self, stretch: Duration) -> i64 {
        most(self.spans, ms(stretch))
    }

    /// The same, but a pace that is unheard of is taken to go on for all of the stretch.
    pub(crate) fn charged(self, stretch: Duration) -> i64 {
        let known = self.most(stretch);
        self.unheard_of()
            .map_or(known, |pace| known.max(at_pace(pace, ms(stretch))))
    }

    /// The newest pace, where the run that it belongs to burned more than any stretch as long before it, by a quarter:
    /// no two hours are alike.
    fn unheard_of(self) -> Option<Span> {
        let newest = *self.spans.last().filter(|_| !self.stands)?;
        let half = newest.hourly() / 2;
        let run = self
            .spans
            .iter()
            .rev()
            .take_while(|span| span.hourly() > half)
            .count();
        let (before, run) = self.spans.split_at_checked(self.spans.len().checked_sub(run)?)?;
        let (lasted, burned) = sum(run);
        let known = i128::from(most_within(before, lasted));
        (i128::from(burned) * 4 > known * 5).then_some(newest)
    }
}

fn most(spans: &[Span], stretch: i64) -> i64 {
    let (lasted, burned) = sum(spans);
    if lasted < stretch {
        return at_pace(Span(0, lasted, burned), stretch);
    }
    most_within(spans, stretch)
}

/// The most burned in a stretch of what was seen. Within an interval the pace is one, so the worst stretch begins or
/// ends with an interval.
fn most_within(spans: &[Span], stretch: i64) -> i64 {
    let backwards = sliding(spans.iter().rev().copied(), spans.iter().rev().copied(), stretch);
    let forwards = sliding(spans.iter().copied(), spans.iter().copied(), stretch);
    forwards.max(backwards)
}

/// The most in a stretch that begins with one of the intervals: `first` and `ahead` are the same ones.
fn sliding(first: impl Iterator<Item = Span>, ahead: impl Iterator<Item = Span>, stretch: i64) -> i64 {
    let mut ahead = ahead.peekable();
    let (mut lasted, mut burned, mut most) = (0_i64, 0_i64, 0_i64);
    for Span(_, one, sum) in first {
        while let Some(Span(_, more, also)) = ahead.next_if(|next| lasted.saturating_add(next.1) <= stretch) {
            lasted = lasted.saturating_add(more);
            burned = burned.saturating_add(also);
        }
        let part = ahead
            .peek()
            .map_or(0, |next| at_pace(*next, stretch.saturating_sub(lasted)));
        most = most.max(burned.saturating_add(part));
        // An interval longer than the stretch was never taken in whole.
        if one <= stretch {
            lasted = lasted.saturating_sub(one);
            burned = burned.saturating_sub(sum);
        } else {
            ahead.next();
        }
    }
    most
}

fn sum(spans: &[Span]) -> (i64, i64) {
    spans.iter().fold((0, 0), |(lasted, burned), span| {
        (lasted.saturating_add(span.1), burned.saturating_add(span.2))
    })
}

/// What burns in `stretch` at the pace of `span`, rounded up.
fn at_pace(Span(_, lasted, burned): Span, stretch: i64) -> i64 {
    let lasted = i128::from(lasted.max(1));
    let scaled = i128::from(burned) * i128::from(stretch.max(0));
    i64::try_from((scaled + lasted - 1).div_euclid(lasted)).unwrap_or(i64::MAX)
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// Intervals one after another, each as hours and what burned in them.
    fn spans(parts: &[(i64, i64)]) -> Vec<Span> {
        let mut ends = 0;
        let span = |(hours, burned): &(i64, i64)| {
            ends += hours * HOUR;
            Span(ends, hours * HOUR, *burned)
        };
        parts.iter().map(span).collect()
    }

    #[test]
    fn the_worst_stretch_is_found_wherever_it_begins_or_ends() {
        let even = spans(&[(1, 10), (1, 20), (1, 100), (1, 30), (1, 10)]);
        for (half_hours, most) in [(1, 50), (2, 100), (3, 115), (4, 130), (6, 150), (10, 170)] {
            assert_eq!(most_within(&even, half_hours * HOUR / 2), most, "{half_hours}");
        }
        let uneven = spans(&[(1, 1), (5, 50), (1, 8), (1, 2)]);
        for (hours, most) in [(1, 10), (2, 20), (5, 50), (6, 58), (7, 60), (8, 61)] {
            assert_eq!(most_within(&uneven, hours * HOUR), most, "{hours}");
        }
    }

    #[test]
    fn a_history_shorter_than_the_stretch_is_taken_to_go_on() {
        let seen = spans(&[(1, 10), (1, 30)]);
        assert_eq!(most(&seen, HOUR), 30);
        assert_eq!(most(&seen, 2 * HOUR), 40);
        assert_eq!(most(&seen, 20 * HOUR), 400);
    }
}
