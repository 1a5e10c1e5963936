//! The book of one account in memory: who is under a quota, what was granted, what is charged, what projects cost. Owns the
//! reading of the stored rows and what each of them means together; changes nothing by itself. Every value here was durable
//! first, but for the troubles of the last look.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_guard::quota::{self, Bills, Charge, Unknown};
use tidegate_meter::{AccountId, Blind, Currency, Month, Quantity, Reason, TargetId, Time, Unit, Zone};
use tidegate_store::{ChargeRow, Store};

use super::limits::{BILL_FRESH, SETTLED_AFTER};
use super::rules::{Budget, WithoutQuota};
use crate::EngineError;
use crate::inner::unjson;

/// A sub-account as it is kept.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Kept {
    /// Of its row.
    pub(crate) version: i64,
    pub(crate) budget: Budget,
}

/// The last entry of a ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Granted {
    pub(crate) seq: i64,
    pub(crate) total: Quantity,
}

/// Everything that quotas of one account are made of.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Book {
    pub(crate) users: BTreeMap<TargetId, Kept>,
    pub(crate) granted: BTreeMap<TargetId, Granted>,
    /// Also those that ended, oldest first.
    pub(crate) charges: Vec<ChargeRow>,
    /// What projects cost. Which of its months are known whole depends on the clock: [`Self::at`].
    pub(crate) bills: Bills,
    /// When each month was read whole last.
    pub(crate) read: BTreeMap<Month, Time>,
    /// Why the running month could not be read in the last look; or why nothing could.
    pub(crate) trouble: Option<Blind>,
}

/// The zone in which the bills of sub-accounts close their months: the one provider that has them bills in China.
pub(crate) fn zone() -> Zone {
    Zone::beijing()
}

/// The month that runs then.
pub(crate) fn running(now: Time) -> Month {
    Month::of(now, &zone())
}

/// The first instant after a month.
pub(crate) fn end_of(month: Month) -> Option<Time> {
    let midnight = month.next().first_day().to_zoned(zone().jiff().clone()).ok()?;
    Some(Time::from_ms(midnight.timestamp().as_millisecond()))
}

/// Up to which age the newest whole bill is fresh: a sub-account may be disabled on it.
pub(crate) fn fresh(interval: Duration) -> Duration {
    interval.max(BILL_FRESH)
}

/// The book as it is stored; `None` for an account that never had a sub-account.
pub(crate) async fn load(store: &Store, account: &AccountId) -> Result<Option<Box<Book>>, EngineError> {
    let mut book = Book::default();
    for row in store.budgets(account).await? {
        let kept = Kept {
            version: row.version,
            budget: unjson(row.body, "budget")?,
        };
        book.users.insert(row.user, kept);
    }
    if book.users.is_empty() {
        return Ok(None);
    }
    for entry in store.granted(account).await? {
        let last = Granted {
            seq: entry.seq,
            total: entry.total,
        };
        book.granted.insert(entry.user, last);
    }
    book.charges = store.charges(account).await?;
    for row in store.spending(account).await? {
        let key = (row.month, row.project, row.amount.unit());
        book.bills.cost.insert(key, row.amount);
    }
    book.read = store.bill_months(account).await?.into_iter().collect();
    Ok(Some(Box::new(book)))
}

impl Book {
    /// The same, knowing which months are whole now: the running one when it was read at all, an earlier one when it was
    /// read after its end.
    pub(crate) fn at(mut self, now: Time) -> Self {
        let month = running(now);
        let is_whole = |(at, read): (&Month, &Time)| {
            let closed = *at < month && end_of(*at).is_some_and(|end| *read >= end);
            (*at == month || closed).then_some(*at)
        };
        self.bills.whole = self.read.iter().filter_map(is_whole).collect();
        self
    }

    /// Months that count for somebody, are over, and were not read since they were final, oldest first.
    pub(crate) fn months_missing(&self, now: Time) -> Vec<Month> {
        let month = running(now);
        let is_settled = |at: Month| {
            let end = end_of(at).map(|end| end.plus(SETTLED_AFTER));
            self.read
                .get(&at)
                .zip(end)
                .is_some_and(|(read, end)| *read >= end)
        };
        let mut missing = std::collections::BTreeSet::new();
        for charge in &self.charges {
            let last = charge.end.as_ref().map_or(month, |end| end.month);
            let mut at = charge.first_month;
            while at < last.min(month) {
                if !is_settled(at) {
                    missing.insert(at);
                }
                at = at.next();
            }
        }
        missing.into_iter().collect()
    }

    /// The charges of a sub-account, also those that ended.
    pub(crate) fn charges_of<'a>(&'a self, user: &'a TargetId) -> impl Iterator<Item = &'a ChargeRow> {
        self.charges.iter().filter(move |row| row.user == *user)
    }

    /// Who is charged for a project now.
    pub(crate) fn charged_for<'a>(&'a self, project: &'a str) -> impl Iterator<Item = &'a ChargeRow> {
        self.charges
            .iter()
            .filter(move |row| row.project == project && row.end.is_none())
    }

    /// The part of a project that nobody is charged for.
    pub(crate) fn free_share(&self, project: &str) -> Quantity {
        quota::free_share(self.charged_for(project).map(|row| row.share))
    }

    /// What a sub-account is charged until now. Ask a book that knows the time.
    pub(crate) fn consumed(&self, user: &TargetId, now: Time) -> Result<Quantity, Unknown> {
        let charges: Vec<Charge> = self.charges_of(user).map(charge).collect();
        quota::consumed(&charges, &self.bills, running(now))
    }

    /// When the running month was read whole, as long as that says what it costs now. Otherwise why not.
    pub(crate) fn billed(&self, now: Time, interval: Duration) -> Result<Time, Blind> {
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        let month = running(now);
        let read = self.read.get(&month).copied().ok_or_else(|| {
            let detail = format!("the bill of {month} was not read yet");
            Blind::new(Reason::Missing, detail)
        })?;
        if now.since(read) > fresh(interval).saturating_mul(3) {
            let detail = format!("the bill was read last at {read}");
            return Err(Blind::new(Reason::Stale, detail));
        }
        Ok(read)
    }

    /// Whether the running month was read so lately that a sub-account may be disabled on it.
    pub(crate) fn is_fresh(&self, now: Time, interval: Duration) -> bool {
        let young = |read: Time| now.since(read) <= fresh(interval);
        self.billed(now, interval).is_ok_and(young)
    }

    /// What is granted, as its meter tells it: nothing, where nothing was and that blocks.
    pub(crate) fn limit(&self, user: &TargetId) -> Option<Quantity> {
        let granted = self.granted.get(user).map(|granted| granted.total);
        granted.or_else(|| self.blocks(user).then(|| Quantity::zero(self.unit(user))))
    }

    fn blocks(&self, user: &TargetId) -> bool {
        let rules = self.users.get(user).map(|kept| &kept.budget.rules);
        rules.is_some_and(|rules| rules.without_quota == WithoutQuota::Block)
    }

    /// Whether guards judge it: not while nothing was granted and that only watches.
    pub(crate) fn is_judged(&self, user: &TargetId) -> bool {
        self.granted.contains_key(user) || self.blocks(user)
    }

    /// The currency of its ledger, else of its charges; else the one its provider bills in.
    pub(crate) fn unit(&self, user: &TargetId) -> Unit {
        let granted = self.granted.get(user).map(|granted| granted.total.unit());
        let charged = || self.charges_of(user).last().map(|row| row.unit);
        granted.or_else(charged).unwrap_or(Unit::Money(Currency::CNY))
    }

    /// The name for people.
    pub(crate) fn name<'a>(&'a self, user: &'a TargetId) -> &'a str {
        let kept = self.users.get(user);
        kept.map_or(user.as_str(), |kept| kept.budget.user.name.as_str())
    }
}

/// A row as the arithmetic takes it.
pub(crate) fn charge(row: &ChargeRow) -> Charge {
    Charge {
        project: row.project.clone(),
        share: row.share,
        first: row.first_month,
        baseline: row.baseline,
        unit: row.unit,
        end: row.end.as_ref().map(|end| (end.month, end.amount)),
    }
}
