//! What each project of an account is charged in a period: one pass over the split bill, page by page.
//!
//! Nothing else tells it: the cloud bills no users, and the plain bill puts the use of models under no project at all. Owns
//! the question whether the pages together are one bill: paging goes by offset over rows that move, so a bill is believed
//! only when it has as many different rows as it says, from the first page to the last. Rows are added up as they come;
//! none is kept but a hash of its id. Tested in `tests/volcengine/bill.rs`.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher;

use futures_util::stream::{self, StreamExt};
use serde_json::json;
use tidegate_meter::{Currency, Quantity, Reason, Time, Unit};

use super::client::Call;
use super::hosts::Service;
use super::period::Month;
use super::row::{Line, Page};
use super::{BillBasis, Volcengine, limits};
use crate::ProviderError;
use crate::refusal::{blind, shape};

/// What a project is charged in a period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Charge {
    pub(super) project: String,
    pub(super) display: String,
    /// Rounded once, up, to what money keeps.
    pub(super) amount: Quantity,
}

/// The whole bill of a period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MonthBill {
    pub(super) month: Month,
    pub(super) charges: Vec<Charge>,
    /// Rows that it was added up from.
    pub(super) rows: usize,
    /// When its first page was asked for.
    pub(super) read_at: Time,
}

/// Sums on the way through the pages.
struct Fold {
    sums: BTreeMap<(String, Currency), Sum>,
    seen: HashSet<u64>,
    /// New for each pass: two ids that meet once do not meet again.
    hasher: RandomState,
    rows: usize,
}

#[derive(Default)]
struct Sum {
    /// In units of 10^-12.
    amount: i128,
    display: String,
}

impl Fold {
    fn new() -> Self {
        Self {
            sums: BTreeMap::new(),
            seen: HashSet::new(),
            hasher: RandomState::new(),
            rows: 0,
        }
    }

    /// Adds a row unless it came before: rows that move while they are paged come twice.
    fn add(&mut self, line: &Line<'_>) -> Result<(), ProviderError> {
        if !line.id.is_empty() && !self.seen.insert(self.hasher.hash_one(line.id)) {
            return Ok(());
        }
        self.rows = self.rows.saturating_add(1);
        let sum = self.sum(line);
        sum.amount = sum.amount.checked_add(line.amount).ok_or_else(too_large)?;
        if !line.display.is_empty() && sum.display != line.display {
            line.display.clone_into(&mut sum.display);
        }
        Ok(())
    }

    fn sum(&mut self, line: &Line<'_>) -> &mut Sum {
        self.sums.entry((line.project.to_owned(), line.currency)).or_default()
    }

    fn charges(self) -> Result<Vec<Charge>, ProviderError> {
        let charge = |((project, currency), sum): ((String, Currency), Sum)| {
            Ok(Charge {
                amount: rounded_up(sum.amount, Unit::Money(currency))?,
                project,
                display: sum.display,
            })
        };
        self.sums.into_iter().map(charge).collect()
    }
}

fn too_large() -> ProviderError {
    shape("billing: the bill's sum is too large to be one")
}

/// Rounded up: nobody is told a little more than is left.
fn rounded_up(amount: i128, unit: Unit) -> Result<Quantity, ProviderError> {
    let finer = limits::AMOUNT_DIGITS.saturating_sub(unit.scale());
    let step = 10_i128.checked_pow(finer).ok_or_else(too_large)?;
    let down = amount.div_euclid(step);
    let up = if amount.rem_euclid(step) == 0 { down } else { down.saturating_add(1) };
    let raw = i64::try_from(up).map_err(|_| too_large())?;
    Ok(Quantity::from_raw(raw, unit))
}

impl Volcengine {
    /// The bill of one month; read once more when it changed under the first pass.
    pub(super) async fn month_bill(&self, month: Month) -> Result<MonthBill, ProviderError> {
        for _ in 0..limits::PASSES {
            if let Some(bill) = self.pass(month).await? {
                return Ok(bill);
            }
        }
        let words = format!("billing: the bill of {month} changed while it was read; it is read again at the next look");
        Err(blind(Reason::Transient, words))
    }

    /// One pass; `None` when the pages are not one bill.
    async fn pass(&self, month: Month) -> Result<Option<MonthBill>, ProviderError> {
        let period = month.to_string();
        let read_at = self.client.now().wall;
        let first = self.bill_page(&period, 0).await?;
        let total = first.total()?;
        if total > limits::BILL_ROWS * limits::BILL_PAGES {
            let words = format!("billing: the bill of {month} has {total} rows, more than are read");
            return Err(shape(words));
        }
        let mut fold = Fold::new();
        self.fold_page(&mut fold, &first, 0, &period)?;
        drop(first);
        let ask = |offset| {
            let period = &period;
            async move { (offset, self.bill_page(period, offset).await) }
        };
        let offsets = (limits::BILL_ROWS..total).step_by(limits::BILL_ROWS);
        let mut pages = stream::iter(offsets).map(ask).buffered(limits::PAGES_AT_ONCE);
        while let Some((offset, page)) = pages.next().await {
            let page = page?;
            if page.total()? != total {
                return Ok(None);
            }
            self.fold_page(&mut fold, &page, offset, &period)?;
        }
        if fold.rows != total {
            return Ok(None);
        }
        let charges = fold.charges()?;
        Ok(Some(MonthBill {
            month,
            charges,
            rows: total,
            read_at,
        }))
    }

    fn fold_page(&self, fold: &mut Fold, page: &Page, offset: usize, period: &str) -> Result<(), ProviderError> {
        page.rows(offset)?
            .iter()
            .try_for_each(|row| fold.add(&row.line(period, self.config.basis)?))
    }

    async fn bill_page(&self, period: &str, offset: usize) -> Result<Page, ProviderError> {
        let call = bill_call(period, offset, limits::BILL_ROWS, self.config.basis);
        let answer = self.client.send(&self.watch, &call).await?;
        answer.result()
    }
}

/// One page of the split bill. Rows whose price after discounts is nothing are left out, unless list prices count.
pub(super) fn bill_call(period: &str, offset: usize, rows: usize, basis: BillBasis) -> Call {
    let body = json!({
        "BillPeriod": period,
        "GroupPeriod": 2,
        "Limit": rows,
        "Offset": offset,
        "NeedRecordNum": 1,
        "IgnoreZero": i32::from(basis != BillBasis::Original),
    });
    Call::post(Service::Billing, "ListSplitBillDetail", body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_rounded_once_and_up() {
        let cny = Unit::Money(Currency::CNY);
        let told = |amount| rounded_up(amount, cny).unwrap().decimal();
        assert_eq!(told(675_015_000_000), "0.675015");
        assert_eq!(told(675_015_000_001), "0.675016");
        assert_eq!(told(-1_250_000_000_001), "-1.25");
        assert_eq!(told(0), "0");
        assert!(rounded_up(i128::from(i64::MAX) * 1_000_000 + 1, cny).is_err());
    }
}
