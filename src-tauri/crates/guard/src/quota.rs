//! What a sub-account is charged for the projects linked to it, and what its ledger may become. Owns the arithmetic of
//! months, baselines, ends and shares: exact, rounded up once, over the sum. Knows no provider, no row and no clock; a
//! month that was not read is unknown, never nothing. Tested in `tests/quota`.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_meter::{Month, Quantity, QuantityError, Unit};

/// All of a project, in 1e-4 percent.
const WHOLE: i64 = 1_000_000;

/// The span in which a project is charged to a sub-account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Charge {
    /// The project as the bill names it.
    pub project: String,
    /// The part of its cost that is charged, in percent.
    pub share: Quantity,
    /// The first month that counts.
    pub first: Month,
    /// What the project had cost in the first month before it counts; `None` while that is not known.
    pub baseline: Option<Quantity>,
    /// The currency that is charged.
    pub unit: Unit,
    /// The last month that counts, and what the project had cost in it when the charge ended; `None` while it goes on.
    pub end: Option<(Month, Quantity)>,
}

/// What projects cost, as bills told it last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bills {
    /// Months that are known whole: one that ended, only when it was read after its end.
    pub whole: BTreeSet<Month>,
    /// What each project cost in a month. A project without an entry in a whole month cost nothing in it.
    pub cost: BTreeMap<(Month, String, Unit), Quantity>,
}

/// Why nobody can say what a sub-account is charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No project is, or ever was, charged to it.
    #[error("no project is charged to it: link the projects that it spends in")]
    NoCharge,
    /// A month that counts was not read whole.
    #[error("the bill of {0} was not read whole")]
    Unread(Month),
    /// From when a project counts is not known yet.
    #[error("what project {0} had cost before it was linked is not known yet")]
    Baseline(String),
    /// A project costs something in a currency that is not charged.
    #[error("project {project} costs {found} in {month}, and the quota counts in {unit}")]
    Currency {
        /// Which project.
        project: String,
        /// In which month.
        month: Month,
        /// What was found.
        found: Unit,
        /// What is charged.
        unit: Unit,
    },
    /// The sum does not fit.
    #[error("what is charged does not fit")]
    TooLarge,
}

/// Why an entry cannot be added to a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// An entry of nothing.
    #[error("an entry of nothing says nothing")]
    Nothing,
    /// Another unit than the ledger's, or a total that does not fit.
    #[error(transparent)]
    Amount(#[from] QuantityError),
    /// The total would fall below nothing.
    #[error("only {granted} is granted")]
    Underflow {
        /// Granted until now.
        granted: Quantity,
    },
    /// The total would fall below what is spent, and nobody confirmed it.
    #[error("{spent} is spent already")]
    BelowSpent {
        /// Spent until now.
        spent: Quantity,
    },
    /// What is spent is not known, and nobody confirmed it.
    #[error("what is spent is not known: {0}")]
    SpentUnknown(Unknown),
}

/// What a sub-account is charged from the first month of each charge until `now`, the running month, in all.
///
/// Each charge comes to its share of what the project cost in its months, less the baseline in the first and cut at the
/// amount of its end in the last. The shares are added exactly; what is finer than an amount can be is rounded up once.
///
/// # Errors
/// [`Unknown`], when any part of it is: a sum without one of its parts would be too little.
pub fn consumed(charges: &[Charge], bills: &Bills, now: Month) -> Result<Quantity, Unknown> {
    let unit = charges.first().ok_or(Unknown::NoCharge)?.unit;
    let mut parts = 0_i128;
    for charge in charges {
        if charge.unit != unit {
            return Err(Unknown::Currency {
                project: charge.project.clone(),
                month: charge.first,
                found: charge.unit,
                unit,
            });
        }
        for month in months(charge, now) {
            parts = add(parts, part(charge, bills, month)?)?;
        }
    }
    rounded(parts, unit)
}

/// What one charge comes to in one month, rounded up; nothing in a month that does not count.
///
/// # Errors
/// [`Unknown`], when that month or its baseline is.
pub fn charged_in(charge: &Charge, bills: &Bills, month: Month) -> Result<Quantity, Unknown> {
    let counts = charge.first <= month && charge.end.as_ref().is_none_or(|(last, _)| month <= *last);
    if !counts {
        return Ok(Quantity::zero(charge.unit));
    }
    rounded(part(charge, bills, month)?, charge.unit)
}

/// What is left: granted less consumed; below zero when overspent.
///
/// # Errors
/// Other units, or a difference that does not fit.
pub fn headroom(granted: Quantity, consumed: Quantity) -> Result<Quantity, QuantityError> {
    granted.minus(consumed)
}

/// The part of a project that no charge among `shares` takes, in percent; below zero where they take too much.
#[must_use]
pub fn free_share(shares: impl IntoIterator<Item = Quantity>) -> Quantity {
    let taken = shares
        .into_iter()
        .fold(0_i64, |sum, share| sum.saturating_add(share.raw()));
    Quantity::from_raw(WHOLE.saturating_sub(taken), Unit::Percent)
}

/// The total after an entry. `granted` is the total before, `None` before the first entry. Granting is always possible;
/// taking back never below nothing, and below what is spent, or while that is unknown, only when `confirmed`.
///
/// # Errors
/// [`EntryError`]; then nothing is to be written.
pub fn total_after(
    granted: Option<Quantity>,
    amount: Quantity,
    consumed: &Result<Quantity, Unknown>,
    confirmed: bool,
) -> Result<Quantity, EntryError> {
    if amount.is_zero() {
        return Err(EntryError::Nothing);
    }
    let before = granted.unwrap_or_else(|| Quantity::zero(amount.unit()));
    let total = before.plus(amount)?;
    if total.is_negative() {
        return Err(EntryError::Underflow { granted: before });
    }
    if amount.is_negative() && !confirmed {
        let spent = consumed.clone().map_err(EntryError::SpentUnknown)?;
        if total.compare(spent)?.is_lt() {
            return Err(EntryError::BelowSpent { spent });
        }
    }
    Ok(total)
}

/// The months that count for a charge, until `now`.
fn months(charge: &Charge, now: Month) -> impl Iterator<Item = Month> + use<> {
    let last = charge.end.as_ref().map_or(now, |(last, _)| *last);
    let next = move |month: &Month| (*month < last).then(|| month.next());
    std::iter::successors((charge.first <= last).then_some(charge.first), next)
}

/// What a charge comes to in a month that counts, times its share: in units of an amount and 1e-4 percent.
fn part(charge: &Charge, bills: &Bills, month: Month) -> Result<i128, Unknown> {
    let end = charge.end.as_ref().filter(|(last, _)| *last == month);
    let cost = match end {
        Some((_, amount)) if amount.unit() == charge.unit => *amount,
        Some((_, amount)) => {
            return Err(Unknown::Currency {
                project: charge.project.clone(),
                month,
                found: amount.unit(),
                unit: charge.unit,
            });
        }
        None => cost(charge, bills, month)?,
    };
    let before = if month == charge.first {
        let baseline = charge.baseline;
        baseline.ok_or_else(|| Unknown::Baseline(charge.project.clone()))?
    } else {
        Quantity::zero(charge.unit)
    };
    let counted = i128::from(cost.raw()) - i128::from(before.raw());
    counted
        .checked_mul(i128::from(charge.share.raw()))
        .ok_or(Unknown::TooLarge)
}

/// What the project cost in a month, in the charge's currency and no other.
fn cost(charge: &Charge, bills: &Bills, month: Month) -> Result<Quantity, Unknown> {
    if !bills.whole.contains(&month) {
        return Err(Unknown::Unread(month));
    }
    if let Some(found) = foreign(charge, bills, month) {
        return Err(Unknown::Currency {
            project: charge.project.clone(),
            month,
            found,
            unit: charge.unit,
        });
    }
    let own = bills.cost.get(&(month, charge.project.clone(), charge.unit));
    Ok(own.copied().unwrap_or(Quantity::zero(charge.unit)))
}

/// A currency other than the charge's in which the project costs anything.
fn foreign(charge: &Charge, bills: &Bills, month: Month) -> Option<Unit> {
    let from = (month, charge.project.clone(), Unit::Bytes);
    bills
        .cost
        .range(from..)
        .take_while(|((at, project, _), _)| *at == month && *project == charge.project)
        .find(|((_, _, unit), amount)| *unit != charge.unit && !amount.is_zero())
        .map(|((_, _, unit), _)| *unit)
}

fn add(sum: i128, part: i128) -> Result<i128, Unknown> {
    sum.checked_add(part).ok_or(Unknown::TooLarge)
}

/// The exact sum as an amount, rounded up: never in favour of who spends.
fn rounded(parts: i128, unit: Unit) -> Result<Quantity, Unknown> {
    // Rounded up: the negative of the negative rounded down.
    let down = parts
        .checked_neg()
        .ok_or(Unknown::TooLarge)?
        .div_euclid(i128::from(WHOLE));
    let raw = down.checked_neg().and_then(|up| i64::try_from(up).ok());
    let raw = raw.ok_or(Unknown::TooLarge)?;
    Ok(Quantity::from_raw(raw, unit))
}
