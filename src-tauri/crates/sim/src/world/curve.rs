//! Traffic as a function of time. Exact: the bytes of two neighbouring spans add up to the bytes of both together,
//! however often anybody looks.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;

/// Outbound rate of a server while it runs. Rates are bits per second.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Curve {
    /// Nothing.
    Idle,
    /// Always the same rate.
    Steady(u64),
    /// `base`, but `peak` for the first `lasting_s` seconds of every `every_s` seconds.
    Burst {
        /// Rate between the peaks.
        base: u64,
        /// Rate of a peak.
        peak: u64,
        /// Seconds from peak to peak.
        every_s: u64,
        /// Seconds of a peak.
        lasting_s: u64,
    },
    /// Rates one after the other, each for its seconds, counted from when the curve was set; the last one stays.
    Pieces(Vec<(u64, u64)>),
    /// The same, begun anew after the last one: the hours of a day.
    Round(Vec<(u64, u64)>),
}

impl Curve {
    /// Whole bytes from when the curve was set until `elapsed` later.
    fn until(&self, elapsed: Duration) -> u128 {
        let ms = elapsed.as_millis();
        let bit_ms = match self {
            Self::Idle => 0,
            Self::Steady(rate) => u128::from(*rate) * ms,
            Self::Burst {
                base,
                peak,
                every_s,
                lasting_s,
            } => burst(*base, *peak, *every_s, *lasting_s, ms),
            Self::Pieces(pieces) => pieced(pieces, ms),
            Self::Round(pieces) => rounds(pieces, ms),
        };
        bit_ms / 8000
    }

    /// The fastest of its rates.
    #[must_use]
    pub fn fastest(&self) -> u64 {
        match self {
            Self::Idle => 0,
            Self::Steady(rate) => *rate,
            Self::Burst { base, peak, .. } => *base.max(peak),
            Self::Pieces(pieces) | Self::Round(pieces) => {
                pieces.iter().map(|(_, rate)| *rate).max().unwrap_or(0)
            }
        }
    }

    /// Bytes between two instants, for a curve set at `anchor`. Nothing flows before it.
    pub(crate) fn bytes(&self, anchor: Time, from: Time, to: Time) -> i64 {
        let bytes = self
            .until(to.since(anchor))
            .saturating_sub(self.until(from.since(anchor)));
        i64::try_from(bytes).unwrap_or(i64::MAX)
    }
}

fn burst(base: u64, peak: u64, every_s: u64, lasting_s: u64, ms: u128) -> u128 {
    let every = u128::from(every_s.max(1)) * 1000;
    let lasting = (u128::from(lasting_s) * 1000).min(every);
    let at_peak = (ms / every) * lasting + (ms % every).min(lasting);
    u128::from(base) * (ms - at_peak) + u128::from(peak) * at_peak
}

fn pieced(pieces: &[(u64, u64)], ms: u128) -> u128 {
    let mut left = ms;
    let mut sum = 0;
    for (seconds, rate) in pieces {
        let span = left.min(u128::from(*seconds) * 1000);
        sum += u128::from(*rate) * span;
        left -= span;
    }
    sum + left * pieces.last().map_or(0, |(_, rate)| u128::from(*rate))
}

fn rounds(pieces: &[(u64, u64)], ms: u128) -> u128 {
    let round: u128 = pieces
        .iter()
        .map(|(seconds, _)| u128::from(*seconds) * 1000)
        .sum();
    if round == 0 {
        return 0;
    }
    (ms / round) * pieced(pieces, round) + pieced(pieces, ms % round)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Curve;
    use tidegate_meter::Time;

    fn any_curve() -> impl Strategy<Value = Curve> {
        prop_oneof![
            Just(Curve::Idle),
            (0_u64..10_000_000_000).prop_map(Curve::Steady),
            (0_u64..1_000_000, 0_u64..10_000_000_000, 1_u64..5000, 0_u64..6000).prop_map(
                |(base, peak, every_s, lasting_s)| Curve::Burst {
                    base,
                    peak,
                    every_s,
                    lasting_s
                }
            ),
            prop::collection::vec((0_u64..5000, 0_u64..1_000_000_000), 0..5).prop_map(Curve::Pieces),
            prop::collection::vec((0_u64..5000, 0_u64..1_000_000_000), 0..5).prop_map(Curve::Round),
        ]
    }

    proptest! {
        #[test]
        fn the_bytes_of_neighbouring_spans_add_up(curve in any_curve(), a in 0_i64..90_000_000, b in 0_i64..90_000_000, c in 0_i64..90_000_000) {
            let mut at = [a, b, c];
            at.sort_unstable();
            let [a, b, c] = at.map(Time::from_ms);
            let anchor = Time::from_ms(0);
            prop_assert_eq!(curve.bytes(anchor, a, b) + curve.bytes(anchor, b, c), curve.bytes(anchor, a, c));
        }
    }

    #[test]
    fn thirty_mbit_are_three_and_three_quarter_megabytes_a_second() {
        let curve = Curve::Steady(30_000_000);
        let at = Time::from_ms;
        assert_eq!(curve.bytes(at(0), at(1000), at(2000)), 3_750_000);
        assert_eq!(
            curve.bytes(at(5000), at(0), at(5000)),
            0,
            "nothing flows before the curve is set"
        );
    }

    #[test]
    fn a_burst_alternates_and_the_last_piece_stays() {
        let at = Time::from_ms;
        let burst = Curve::Burst {
            base: 8,
            peak: 80,
            every_s: 10,
            lasting_s: 2,
        };
        assert_eq!(burst.bytes(at(0), at(0), at(10_000)), 2 * 10 + 8);
        let pieces = Curve::Pieces(vec![(1, 8), (1, 16)]);
        assert_eq!(
            (burst.fastest(), pieces.fastest(), Curve::Idle.fastest()),
            (80, 16, 0)
        );
        assert_eq!(pieces.bytes(at(0), at(0), at(4000)), 1 + 2 + 2 + 2);
    }

    #[test]
    fn a_round_begins_anew_after_its_last_piece() {
        let at = Time::from_ms;
        let day = Curve::Round(vec![(1, 8), (2, 16)]);
        assert_eq!(day.bytes(at(0), at(0), at(3000)), 1 + 2 + 2);
        assert_eq!(day.bytes(at(0), at(3000), at(4000)), 1, "the first piece again");
        assert_eq!(day.bytes(at(0), at(0), at(7000)), 5 + 5 + 1);
        assert_eq!(Curve::Round(Vec::new()).bytes(at(0), at(0), at(7000)), 0);
    }
}
