//! The difference between an agent's clock and ours. Owns when it matters, and that minutes move by whole minutes.

use tidegate_meter::{Span, Time};

use crate::limits;

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// How far an agent's clock is behind ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Difference {
    behind_ms: i64,
}

impl Difference {
    /// Of a batch that was sent by the agent's clock and arrived by ours. What it took on its way looks like a clock that
    /// is behind; it is far less than what matters.
    pub(super) const fn new(sent_at: Time, received_at: Time) -> Self {
        Self {
            behind_ms: received_at.ms().saturating_sub(sent_at.ms()),
        }
    }

    /// It is more than a batch takes on its way, or than clocks that are set by the network differ.
    pub(super) fn matters(self) -> bool {
        u128::from(self.behind_ms.unsigned_abs()) > limits::INGEST_CLOCK.as_millis()
    }

    /// How far the agent's clock is ahead, where it matters.
    pub(super) fn ahead_ms(self) -> Option<i64> {
        self.matters().then(|| self.behind_ms.saturating_neg())
    }

    /// An instant of the agent's clock by ours: the same where the difference does not matter, else moved by whole minutes.
    pub(super) fn ours(self, at: Time) -> Time {
        if !self.matters() {
            return at;
        }
        let minutes = self.behind_ms.saturating_add(MINUTE_MS / 2).div_euclid(MINUTE_MS);
        Time::from_ms(at.ms().saturating_add(minutes.saturating_mul(MINUTE_MS)))
    }

    /// A span by our clock.
    pub(super) fn ours_span(self, span: Span) -> Span {
        Span {
            start: self.ours(span.start),
            end: self.ours(span.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(behind_ms: i64) -> Difference {
        Difference::new(
            Time::from_ms(1_000_000_000_000 - behind_ms),
            Time::from_ms(1_000_000_000_000),
        )
    }

    #[test]
    fn a_difference_of_ninety_seconds_moves_nothing_and_is_not_told() {
        for behind in [-90_000, -1, 0, 89_999, 90_000] {
            assert_eq!(difference(behind).ahead_ms(), None);
            assert_eq!(
                difference(behind).ours(Time::from_ms(120_000)),
                Time::from_ms(120_000)
            );
        }
    }

    #[test]
    fn a_larger_one_moves_by_whole_minutes_to_our_time() {
        let moved = |behind| difference(behind).ours(Time::from_ms(600_000)).ms();
        assert_eq!(
            moved(90_001),
            720_000,
            "90 seconds behind are rounded to two minutes"
        );
        assert_eq!(moved(-90_001), 480_000, "and as much ahead to the same, back");
        assert_eq!(moved(3_600_000), 4_200_000);
        assert_eq!(moved(-3_629_000), 600_000 - 3_600_000);
        assert_eq!(difference(-90_001).ahead_ms(), Some(90_001));
    }

    #[test]
    fn a_clock_at_the_end_of_time_is_no_defect() {
        let difference = Difference::new(Time::from_ms(i64::MIN), Time::from_ms(i64::MAX));
        assert_eq!(difference.ours(Time::from_ms(i64::MAX)).ms(), i64::MAX);
        let difference = Difference::new(Time::from_ms(i64::MAX), Time::from_ms(i64::MIN));
        assert_eq!(difference.ahead_ms(), Some(i64::MAX));
    }
}
