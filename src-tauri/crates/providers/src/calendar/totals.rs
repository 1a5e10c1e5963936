//! What renewals cost per month and per year. Owns that currencies are never added to one another, and that sums are
//! exact fractions, rounded once at the end.

use std::collections::BTreeMap;

use tidegate_meter::{Currency, Quantity, Unit};

use super::cycle::Cycle;

/// What the renewals of one currency cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Their currency.
    pub currency: Currency,
    /// A twelfth of a year's cost. `None` when the sum is too large to be told exactly.
    pub per_month: Option<Quantity>,
    /// A year's cost. `None` when the sum is too large to be told exactly.
    pub per_year: Option<Quantity>,
}

/// Totals by currency. A year is 12 months, and 365.2425 days where days or weeks are counted, the mean year of the
/// calendar. What is due once, or ends a trial, does not come again and is left out; so is what has no price in money.
#[must_use]
pub fn totals(renewals: impl IntoIterator<Item = (Cycle, Quantity)>) -> Vec<Total> {
    let mut years: BTreeMap<Currency, Option<Fraction>> = BTreeMap::new();
    for (cycle, amount) in renewals {
        let (Unit::Money(currency), Some(times)) = (amount.unit(), cycle.per_year()) else {
            continue;
        };
        let year = times.times(i128::from(amount.raw()));
        let sum = years.entry(currency).or_insert(Some(Fraction::ZERO));
        *sum = sum.zip(year).and_then(|(sum, year)| sum.plus(year));
    }
    years
        .into_iter()
        .map(|(currency, year)| total(currency, year))
        .collect()
}

fn total(currency: Currency, year: Option<Fraction>) -> Total {
    let money = |fraction: Fraction| Some(Quantity::from_raw(fraction.rounded()?, Unit::Money(currency)));
    Total {
        currency,
        per_month: year.and_then(|year| year.over(12)).and_then(money),
        per_year: year.and_then(money),
    }
}

impl Cycle {
    /// How often it falls due in a year.
    fn per_year(&self) -> Option<Fraction> {
        match self {
            Self::Weekly(_) => Fraction::new(YEAR_DAYS, YEAR_DAYS_OF * 7),
            Self::Monthly(_) => Fraction::new(12, 1),
            Self::Yearly(_) => Fraction::new(1, 1),
            Self::EveryDays { every, .. } => Fraction::new(YEAR_DAYS, YEAR_DAYS_OF * i128::from(every.get())),
            Self::EveryMonths { every, .. } => Fraction::new(12, i128::from(every.get())),
            Self::Once(_) | Self::Trial(_) => None,
        }
    }
}

/// The days of 400 years: after so many the calendar repeats.
const YEAR_DAYS: i128 = 146_097;
/// The years of [`YEAR_DAYS`].
const YEAR_DAYS_OF: i128 = 400;

/// A fraction in lowest terms, its denominator above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    const ZERO: Self = Self { above: 0, below: 1 };

    fn new(above: i128, below: i128) -> Option<Self> {
        let divisor = common(above.checked_abs()?, below);
        Some(Self {
            above: above.checked_div(divisor)?,
            below: below.checked_div(divisor)?,
        })
    }

    fn times(self, factor: i128) -> Option<Self> {
        Self::new(self.above.checked_mul(factor)?, self.below)
    }

    fn over(self, divisor: i128) -> Option<Self> {
        Self::new(self.above, self.below.checked_mul(divisor)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let left = self.above.checked_mul(other.below)?;
        let right = other.above.checked_mul(self.below)?;
        Self::new(left.checked_add(right)?, self.below.checked_mul(other.below)?)
    }

    /// The nearest whole number, halves away from zero; as amounts are kept to a millionth, so is this.
    fn rounded(self) -> Option<i64> {
        let twice = self
            .above
            .checked_abs()?
            .checked_mul(2)?
            .checked_add(self.below)?;
        let magnitude = twice.checked_div(self.below.checked_mul(2)?)?;
        i64::try_from(magnitude.checked_mul(self.above.signum())?).ok()
    }
}

/// The greatest common divisor, at least 1.
fn common(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a.max(1)
}
