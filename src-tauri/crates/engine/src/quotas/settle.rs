//! A bill into the book: what a look means for users, months, baselines and every quota's meter. Owns what of it is written,
//! and what counts as a restatement. A pure step from one book to the next: memory takes it on only after the commit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_meter::{AccountId, Blind, Month, Quantity, Reason, TargetId, Time, Unit};
use tidegate_providers::MeterLook;
use tidegate_providers::sub_accounts::{Bill, MonthBill, SubAccount};
use tidegate_store::{BudgetRow, QuotaWrite, SpendingRow, Write};

use super::book::{Book, Kept, running};
use super::meter;
use super::rules::{Budget, Rules};
use crate::event::Event;
use crate::inner::{audit, json};

/// What a look told of an account's sub-accounts.
#[derive(Clone, Debug, Default)]
pub(crate) enum Told {
    /// Nothing: the account has none, or could not be read.
    #[default]
    Nothing,
    /// The bill.
    Bill(Bill),
    /// Nobody was asked: the book of this one changed, or is read again.
    Book(TargetId),
}

/// The book after a look, and what makes it durable.
pub(crate) struct Settled {
    pub(crate) book: Box<Book>,
    pub(crate) writes: Vec<Write>,
    pub(crate) events: Vec<Event>,
    /// The meters, composed from it.
    pub(crate) meters: Vec<MeterLook>,
}

/// The look in hand.
pub(crate) struct Seen<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) interval: Duration,
    pub(crate) told: &'a Told,
    /// Why nothing of the account could be read.
    pub(crate) blind: Option<&'a Blind>,
    pub(crate) at: Time,
}

/// Takes a look into the book; `None` for an account that has none.
pub(crate) fn settle(before: Option<&Book>, seen: &Seen<'_>) -> Option<Settled> {
    let book = match (before, seen.told) {
        (None, Told::Nothing | Told::Book(_)) => return None,
        (None, Told::Bill(_)) => Book::default(),
        (Some(book), _) => book.clone(),
    };
    let mut step = Step {
        seen,
        book,
        writes: Vec::new(),
    };
    match seen.told {
        Told::Bill(bill) => step.take(bill),
        Told::Nothing => step.book.trouble = seen.blind.cloned(),
        Told::Book(_) => {}
    }
    Some(step.done())
}

struct Step<'a> {
    seen: &'a Seen<'a>,
    book: Book,
    writes: Vec<Write>,
}

impl Step<'_> {
    fn done(self) -> Settled {
        let book = self.book.at(self.seen.at);
        let of = |user| meter::look(self.seen.account, &book, user, self.seen.at, self.seen.interval);
        let meters = match self.seen.told {
            Told::Book(user) => of(user).into_iter().collect(),
            Told::Bill(_) | Told::Nothing => book.users.keys().filter_map(of).collect(),
        };
        let news = self.writes.iter().any(is_news);
        let event = Event::Quota {
            at: self.seen.at,
            account: self.seen.account.clone(),
            user: None,
        };
        Settled {
            book: Box::new(book),
            writes: self.writes,
            events: if news { vec![event] } else { Vec::new() },
            meters,
        }
    }

    fn take(&mut self, bill: &Bill) {
        // A list that could not be read says nothing: whoever is known stays.
        if let Ok(users) = &bill.users {
            self.take_users(users);
        }
        let month = running(self.seen.at);
        let not_read = || {
            let detail = format!("the bill of {month} was not in what was read");
            Blind::new(Reason::Transient, detail)
        };
        self.book.trouble = match bill.months.iter().find(|read| read.month == month) {
            Some(MonthBill { spent: Ok(_), .. }) => None,
            Some(MonthBill {
                spent: Err(blind), ..
            }) => Some(blind.clone()),
            None => Some(not_read()),
        };
        for read in &bill.months {
            self.take_month(read, month);
        }
        self.set_baselines(bill);
    }

    /// Users by their ids: a rename changes the name alone, and one that is gone is kept with everything it cost.
    fn take_users(&mut self, users: &[SubAccount]) {
        let listed: BTreeSet<&TargetId> = users.iter().map(|user| &user.id).collect();
        for user in users {
            let known = self.book.users.get(&user.id);
            let same = |kept: &&Kept| kept.budget.user == *user && kept.budget.missing_since.is_none();
            if known.filter(same).is_some() {
                continue;
            }
            let rules = known.map_or_else(Rules::default, |kept| kept.budget.rules.clone());
            let removed = known.map(|kept| kept.budget.removed.clone()).unwrap_or_default();
            self.put(
                &user.id,
                Budget {
                    user: user.clone(),
                    rules,
                    removed,
                    missing_since: None,
                },
            );
        }
        let gone = |(id, kept): (&TargetId, &Kept)| {
            let lost = !listed.contains(id) && kept.budget.missing_since.is_none();
            lost.then(|| (id.clone(), kept.budget.clone()))
        };
        let gone: Vec<_> = self.book.users.iter().filter_map(gone).collect();
        for (id, budget) in gone {
            let missing_since = Some(self.seen.at);
            self.put(
                &id,
                Budget {
                    missing_since,
                    ..budget
                },
            );
        }
    }

    fn put(&mut self, user: &TargetId, budget: Budget) {
        let version = self.book.users.get(user).map_or(1, |kept| kept.version + 1);
        self.write(QuotaWrite::Budget(budget_row(
            self.seen.account,
            user,
            version,
            &budget,
        )));
        self.book.users.insert(user.clone(), Kept { version, budget });
    }

    /// What each project cost in a month that was read whole. A project that is in it no longer costs nothing.
    fn take_month(&mut self, read: &MonthBill, now: Month) {
        let Ok(spent) = &read.spent else {
            return;
        };
        let mut told: BTreeMap<(String, Unit), Quantity> = spent
            .iter()
            .map(|((project, currency), amount)| ((project.0.clone(), Unit::Money(*currency)), *amount))
            .collect();
        for (month, project, unit) in self.book.bills.cost.keys() {
            if *month == read.month {
                told.entry((project.clone(), *unit))
                    .or_insert_with(|| Quantity::zero(*unit));
            }
        }
        for ((project, unit), amount) in told {
            self.take_cost(read, now, project, unit, amount);
        }
        self.book.read.insert(read.month, read.at);
        self.write(QuotaWrite::MonthRead {
            account: self.seen.account.clone(),
            month: read.month,
            at: read.at,
        });
    }

    fn take_cost(&mut self, read: &MonthBill, now: Month, project: String, unit: Unit, amount: Quantity) {
        let key = (read.month, project, unit);
        let known = self.book.bills.cost.get(&key).copied();
        // In a month that was read before, a project without a row cost nothing.
        let read_before = self.book.read.contains_key(&read.month);
        let before = known.or_else(|| read_before.then(|| Quantity::zero(unit)));
        if known == Some(amount) || (known.is_none() && amount.is_zero()) {
            return;
        }
        if let Some(before) = before
            && (read.month < now || amount.raw() < before.raw())
        {
            self.writes.push(self.restated(&key, before, amount));
        }
        self.write(QuotaWrite::Spent(SpendingRow {
            account: self.seen.account.clone(),
            project: key.1.clone(),
            month: read.month,
            amount,
            first_at: read.at,
            at: read.at,
        }));
        self.book.bills.cost.insert(key, amount);
    }

    /// A month that was over said another number, or a number went down: nobody may come upon that by himself.
    fn restated(&self, key: &(Month, String, Unit), before: Quantity, after: Quantity) -> Write {
        let facts = serde_json::json!({
            "account": self.seen.account, "project": key.1, "month": key.0, "before": before, "after": after,
        });
        audit(self.seen.at, "engine", "spending.restated", facts)
    }

    /// Projects that count from the instant of their link: what they had cost by the first whole read after it.
    fn set_baselines(&mut self, bill: &Bill) {
        let mut set = Vec::new();
        for row in &mut self.book.charges {
            let Some(read) = self.book.read.get(&row.first_month) else {
                continue;
            };
            // A month that is told no more was read for the last time.
            let is_over = bill.months.iter().all(|told| told.month > row.first_month);
            if row.baseline.is_some() || (*read < row.since && !is_over) {
                continue;
            }
            let key = (row.first_month, row.project.clone(), row.unit);
            let cost = self.book.bills.cost.get(&key).copied();
            row.baseline = Some(cost.unwrap_or_else(|| Quantity::zero(row.unit)));
            set.push(QuotaWrite::Charge(row.clone()));
        }
        self.writes.extend(set.into_iter().map(Write::Quota));
    }

    fn write(&mut self, write: QuotaWrite) {
        self.writes.push(Write::Quota(write));
    }
}

/// Whether a write says anything beside that the same was read again.
const fn is_news(write: &Write) -> bool {
    !matches!(write, Write::Quota(QuotaWrite::MonthRead { .. }))
}

/// The row of a sub-account.
pub(crate) fn budget_row(account: &AccountId, user: &TargetId, version: i64, budget: &Budget) -> BudgetRow {
    BudgetRow {
        account: account.clone(),
        user: user.clone(),
        version,
        body: json(budget),
    }
}
