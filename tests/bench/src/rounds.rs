//! What the rounds of a measure came to. The middle one counts; the lowest and the highest stand beside it, so that a
//! reader sees how far to trust it.

use crate::stats;

/// One number of each round.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rounds(Vec<u64>);

impl Rounds {
    /// One more round.
    pub(crate) fn push(&mut self, value: u64) {
        self.0.push(value);
    }

    /// The middle one; the lower of two.
    pub(crate) fn median(&self) -> u64 {
        stats::median(&self.0)
    }

    /// The highest one.
    pub(crate) fn highest(&self) -> u64 {
        stats::percentile(&self.0, 100)
    }

    /// From the lowest to the highest, and how many there were: `2.28–2.33 (7)`.
    pub(crate) fn spread(&self, shown: impl Fn(u64) -> String) -> String {
        let (lowest, highest) = (stats::percentile(&self.0, 0), self.highest());
        format!("{}–{} ({})", shown(lowest), shown(highest), self.0.len())
    }

    /// The same in another unit.
    pub(crate) fn map(&self, of: impl Fn(u64) -> u64) -> Self {
        self.0.iter().copied().map(of).collect()
    }
}

impl FromIterator<u64> for Rounds {
    fn from_iter<T: IntoIterator<Item = u64>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

/// A subject and its control, measured in turn: each round is a pair.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Pairs {
    pub(crate) subjects: Rounds,
    pub(crate) controls: Rounds,
}

impl Pairs {
    /// One more round.
    pub(crate) fn push(&mut self, (subject, control): (u64, u64)) {
        self.subjects.push(subject);
        self.controls.push(control);
    }

    /// Subject over control of each round, in thousandths.
    pub(crate) fn ratios(&self) -> Rounds {
        self.each(stats::permille)
    }

    /// What the subject of each round has beyond its control.
    pub(crate) fn beyond(&self) -> Rounds {
        self.each(u64::saturating_sub)
    }

    fn each(&self, of: impl Fn(u64, u64) -> u64) -> Rounds {
        let pairs = self.subjects.0.iter().zip(&self.controls.0);
        pairs.map(|(subject, control)| of(*subject, *control)).collect()
    }
}

impl FromIterator<(u64, u64)> for Pairs {
    fn from_iter<T: IntoIterator<Item = (u64, u64)>>(values: T) -> Self {
        let mut pairs = Self::default();
        values.into_iter().for_each(|pair| pairs.push(pair));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_that_of_its_own_round_not_of_two_middles() {
        let pairs: Pairs = [(10, 10), (40, 20), (90, 30)].into_iter().collect();
        assert_eq!(pairs.ratios().median(), 2000);
        assert_eq!(pairs.beyond().median(), 20);
        assert_eq!(pairs.ratios().spread(stats::shown), "1–3 (3)");
    }

    #[test]
    fn the_spread_names_the_extremes_in_their_unit() {
        let rounds: Rounds = [7000, 5000, 9000].into_iter().collect();
        assert_eq!(
            rounds
                .map(|value| value / 1000)
                .spread(|value| format!("{value} s")),
            "5 s–9 s (3)"
        );
        assert_eq!(rounds.highest(), 9000);
    }
}
