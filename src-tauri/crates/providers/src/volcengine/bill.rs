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
use tidegate_meter::{Currency, Month, Quantity, Reason, Unit};

use super::client::Call;
use super::hosts::Service;
use super::row::{Line, Page};
use super::{BillBasis, Volcengine, limits, period};
use crate::ProviderError;
use crate::refusal::{blind, shape};
use crate::sub_accounts::{MonthBill, Project};

/// What each project cost, by currency.
pub(super) type Spent = BTreeMap<(Project, Currency), Quantity>;

/// Sums on the way through the pages.
struct Fold {
    /// In units of 10^-12.
    sums: BTreeMap<(Project, Currency), i128>,
    seen: HashSet<u64>,
    /// New for each pass: two ids that meet once do not meet again.
    hasher: RandomState,
    rows: usize,
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
        let project = Project(line.project.to_owned());
        let sum = self.sums.entry((project, line.currency)).or_default();
        *sum = sum.checked_add(line.amount).ok_or_else(too_large)?;
        Ok(())
    }

    fn spent(self) -> Result<Spent, ProviderError> {
        let spent = |(place, amount): ((Project, Currency), i128)| {
            let money = rounded_up(amount, Unit::Money(place.1))?;
            Ok((place, money))
        };
        self.sums.into_iter().map(spent).collect()
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
    let up = if amount.rem_euclid(step) == 0 {
        down
    } else {
        down.saturating_add(1)
    };
    let raw = i64::try_from(up).map_err(|_| too_large())?;
    Ok(Quantity::from_raw(raw, unit))
}

impl Volcengine {
    /// Every month that may still change, each by itself: one that cannot be read hides no other.
    pub(super) async fn months(&self) -> Vec<MonthBill> {
        let mut months = Vec::new();
        for month in period::open(self.client.now().wall) {
            let spent = self.spent_in(month).await.map_err(|error| error.blind());
            months.push(MonthBill {
                month,
                spent,
                at: self.client.now().wall,
            });
        }
        months
    }

    /// A month that was asked for by itself.
    pub(super) async fn spent_once(&self, month: Month) -> Result<Spent, ProviderError> {
        if period::is_told(month, self.client.now().wall) {
            return self.spent_in(month).await;
        }
        let back = limits::MONTHS_BACK;
        let words = format!("billing: the bill of {month} is not told; it goes back {back} months");
        Err(blind(Reason::Missing, words))
    }

    /// One month; read once more when it changed under the first pass.
    async fn spent_in(&self, month: Month) -> Result<Spent, ProviderError> {
        for _ in 0..limits::PASSES {
            if let Some(spent) = self.pass(month).await? {
                return Ok(spent);
            }
        }
        let words = format!(
            "billing: the bill of {month} changed while it was read; it is read again at the next look"
        );
        Err(blind(Reason::Transient, words))
    }

    /// One pass; `None` when the pages are not one bill.
    async fn pass(&self, month: Month) -> Result<Option<Spent>, ProviderError> {
        let period = month.to_string();
        let mut fold = Fold::new();
        let first = self.bill_page(&period, 0).await?;
        let total = first.total()?;
        if total > limits::BILL_ROWS * limits::BILL_PAGES {
            let words = format!("billing: the bill of {month} has {total} rows, more than are read");
            return Err(shape(words));
        }
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
        if fold.rows == total {
            return fold.spent().map(Some);
        }
        Ok(None)
    }

    fn fold_page(
        &self,
        fold: &mut Fold,
        page: &Page,
        offset: usize,
        period: &str,
    ) -> Result<(), ProviderError> {
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
