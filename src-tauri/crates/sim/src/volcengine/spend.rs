//! Spending as an exact function of time, and the rows of the bill that tell of it. Steady spending flows while its way
//! is open; single charges, corrections and refunds stand beside it. Owns Beijing's days and which rows have come by
//! now; never how a row is written. Amounts are whole millionths of a yuan.

use std::time::Duration;

use jiff::civil::Date;
use tidegate_meter::{Time, Zone};

use super::plan::By;
use crate::minutes;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// Beijing is so far ahead of UTC, all year.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// What all rows of one origin share.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) serial: i64,
    pub(crate) project: String,
    pub(crate) product: String,
    pub(crate) category: String,
    pub(crate) item: String,
    pub(crate) discount_percent: u8,
    pub(crate) coupon: bool,
}

/// Steady spending.
pub(crate) struct Stream {
    pub(crate) entry: Entry,
    pub(crate) owner: Option<i64>,
    pub(crate) by: By,
    pub(crate) per_day: i64,
    pub(crate) parts: u32,
    pub(crate) late: Duration,
    pub(crate) from: Time,
    pub(crate) until: Option<Time>,
    /// When it was opened or closed, oldest first; open before the first.
    pub(crate) switches: Vec<(Time, bool)>,
}

/// One row of its own.
pub(crate) struct Charge {
    pub(crate) entry: Entry,
    pub(crate) day: i64,
    pub(crate) amount: i64,
    pub(crate) appears: Time,
}

/// How the rows of a period are put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    /// One row of each origin for the whole period.
    Period,
    /// One a day.
    Day,
    /// As fine as they are.
    Detail,
}

/// The amounts of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Amounts {
    pub(crate) original: i64,
    pub(crate) preferential: i64,
    pub(crate) discounted: i64,
    pub(crate) coupon: i64,
    pub(crate) payable: i64,
}

impl Amounts {
    fn of(entry: &Entry, original: i64) -> Self {
        let preferential = share(original, i64::from(entry.discount_percent.min(100)), 100);
        let discounted = original.saturating_sub(preferential);
        let coupon = if entry.coupon { discounted } else { 0 };
        Self {
            original,
            preferential,
            discounted,
            coupon,
            payable: discounted.saturating_sub(coupon),
        }
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            original: self.original.saturating_add(other.original),
            preferential: self.preferential.saturating_add(other.preferential),
            discounted: self.discounted.saturating_add(other.discounted),
            coupon: self.coupon.saturating_add(other.coupon),
            payable: self.payable.saturating_add(other.payable),
        }
    }
}

/// A row of the bill.
pub(crate) struct Row<'a> {
    pub(crate) entry: &'a Entry,
    /// Its day in Beijing; the period's first one when it stands for the whole period.
    pub(crate) day: i64,
    pub(crate) part: u32,
    pub(crate) amounts: Amounts,
}

/// A period of the bill: `2026-11`, with its first and last day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Period {
    pub(crate) text: String,
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// Months since the year 0.
    pub(crate) month: i64,
}

impl Period {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let first: Date = format!("{text}-01").parse().ok()?;
        Some(Self {
            text: text.to_owned(),
            first: number_of(first),
            last: number_of(first.last_of_month()),
            month: i64::from(first.year()) * 12 + i64::from(first.month()),
        })
    }

    /// The one that goes on now.
    pub(crate) fn current(now: Time) -> Option<Self> {
        let text = date_of(day_of(now)).strftime("%Y-%m").to_string();
        Self::read(&text)
    }
}

/// The number of the day in Beijing.
pub(crate) const fn day_of(at: Time) -> i64 {
    at.ms().saturating_add(BEIJING_MS).div_euclid(DAY_MS)
}

/// When a day begins in Beijing.
fn begin_of(day: i64) -> Time {
    Time::from_ms(day.saturating_mul(DAY_MS).saturating_sub(BEIJING_MS))
}

/// The date of a day's number.
pub(crate) fn date_of(day: i64) -> Date {
    begin_of(day)
        .to_jiff()
        .to_zoned(Zone::beijing().jiff().clone())
        .date()
}

/// The number of a date's day.
pub(crate) fn number_of(date: Date) -> i64 {
    let midnight = date
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map(|at| at.timestamp().as_millisecond());
    midnight.unwrap_or(0).div_euclid(DAY_MS)
}

fn share(amount: i64, part: i64, whole: i64) -> i64 {
    let exact = i128::from(amount) * i128::from(part);
    i64::try_from(exact.div_euclid(i128::from(whole.max(1)))).unwrap_or(i64::MAX)
}

impl Stream {
    /// Milliseconds between two instants in which it flowed.
    fn flowing(&self, from: Time, to: Time) -> i64 {
        let from = from.max(self.from);
        let to = self.until.map_or(to, |until| to.min(until));
        let (mut open, mut at, mut sum) = (true, from, 0_i64);
        for &(when, opens) in &self.switches {
            let when = when.clamp(from, to.max(from));
            if open {
                sum = sum.saturating_add(when.ms_since(at).max(0));
            }
            (open, at) = (opens, when.max(at));
        }
        if open {
            sum = sum.saturating_add(to.ms_since(at).max(0));
        }
        sum
    }

    /// What it costs on a day, as far as that has passed.
    fn on(&self, day: i64, now: Time) -> i64 {
        let (from, to) = (begin_of(day), begin_of(day.saturating_add(1)).min(now));
        if to <= from {
            return 0;
        }
        share(self.per_day, self.flowing(from, to), DAY_MS)
    }

    /// One part of a day's amount; the last one takes what does not divide.
    fn part(&self, amount: i64, part: u32) -> i64 {
        let parts = i64::from(self.parts.max(1));
        let each = amount.div_euclid(parts);
        let last = part.saturating_add(1) >= self.parts.max(1);
        if last {
            amount.saturating_sub(each.saturating_mul(parts.saturating_sub(1)))
        } else {
            each
        }
    }

    /// Its rows of these days, none of them of nothing.
    fn rows<'a>(&'a self, days: (i64, i64), group: Group, now: Time, out: &mut Vec<Row<'a>>) {
        let mut sum = Amounts::default();
        let parts = if group == Group::Day { 1 } else { self.parts.max(1) };
        for day in days.0.max(day_of(self.from))..=days.1.min(day_of(now)) {
            let amount = self.on(day, now);
            if amount == 0 {
                continue;
            }
            let fine = (0..self.parts.max(1)).map(|part| Amounts::of(&self.entry, self.part(amount, part)));
            let row = |part, amounts| Row {
                entry: &self.entry,
                day,
                part,
                amounts,
            };
            match group {
                Group::Period => sum = fine.fold(sum, Amounts::plus),
                Group::Day => out.push(row(0, fine.fold(Amounts::default(), Amounts::plus))),
                Group::Detail => out.extend((0..parts).zip(fine).map(|(part, of)| row(part, of))),
            }
        }
        if group == Group::Period && sum != Amounts::default() {
            out.push(Row {
                entry: &self.entry,
                day: days.0,
                part: 0,
                amounts: sum,
            });
        }
    }
}

/// Everything that was spent in a main account.
pub(crate) struct Ledger {
    pub(crate) streams: Vec<Stream>,
    pub(crate) charges: Vec<Charge>,
    /// A day's rows come so long after its end.
    pub(crate) lag: Duration,
}

impl Ledger {
    /// The last day whose rows are there, of spending that is told so much later than usual.
    fn told_until(&self, late: Duration, now: Time) -> i64 {
        // A day ends where the next one begins; a minute is the finest that the delay is counted in.
        let lag = self.lag.saturating_add(late).max(minutes(1));
        day_of(now.minus(lag)).saturating_sub(1)
    }

    /// The rows of a period that have come by now, in order of their days.
    pub(crate) fn rows(&self, period: &Period, only: Option<i64>, group: Group, now: Time) -> Vec<Row<'_>> {
        let (first, last) = only.map_or((period.first, period.last), |day| (day, day));
        let mut rows = Vec::new();
        for stream in &self.streams {
            let last = last.min(self.told_until(stream.late, now));
            stream.rows((first, last), group, now, &mut rows);
        }
        let charges = self.charges.iter().filter(|charge| charge.appears <= now);
        rows.extend(
            charges
                .filter(|charge| (first..=last).contains(&charge.day))
                .map(Charge::row),
        );
        rows.sort_by_key(|row| (row.day, row.entry.serial, row.part));
        rows
    }

    /// What is really payable for a project in a period until now, told or not; as the bill's names go.
    pub(crate) fn truth(&self, project: &str, period: &Period, now: Time) -> i64 {
        let mut rows = Vec::new();
        for stream in &self.streams {
            stream.rows((period.first, period.last), Group::Period, now, &mut rows);
        }
        let within = |charge: &&Charge| (period.first..=period.last).contains(&charge.day);
        rows.extend(self.charges.iter().filter(within).map(Charge::row));
        payable(&rows, project)
    }
}

impl Charge {
    const fn row(&self) -> Row<'_> {
        let mut amounts = Amounts {
            original: 0,
            preferential: 0,
            discounted: 0,
            coupon: 0,
            payable: 0,
        };
        (amounts.original, amounts.discounted, amounts.payable) = (self.amount, self.amount, self.amount);
        Row {
            entry: &self.entry,
            day: self.day,
            part: 0,
            amounts,
        }
    }
}

/// The payable sum of a project's rows.
pub(crate) fn payable(rows: &[Row<'_>], project: &str) -> i64 {
    let theirs = rows.iter().filter(|row| row.entry.project == project);
    theirs.fold(0_i64, |sum, row| sum.saturating_add(row.amounts.payable))
}
