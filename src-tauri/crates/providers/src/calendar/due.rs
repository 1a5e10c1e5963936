//! The arithmetic: every due date is computed from its number in the series, so none depends on another.

use std::iter;

use jiff::Span;
use jiff::civil::{Date, date};

use super::cycle::Cycle;
use super::days_between;

/// A Monday from which weeks are counted.
const MONDAY: Date = date(1970, 1, 5);

/// Months in a year.
const MONTHS: i64 = 12;

impl Cycle {
    /// All due dates on or after a date, strictly increasing. Ends after the only one of a one-off, else only where
    /// the calendar ends (31 December 9999).
    pub fn due_from(&self, date: Date) -> impl Iterator<Item = Date> + use<> {
        let cycle = *self;
        let first = cycle.number_from(date);
        (first..).map_while(move |number| cycle.numbered(number))
    }

    /// All due dates after a date.
    pub fn due_after(&self, date: Date) -> impl Iterator<Item = Date> + use<> {
        self.due_from(date).skip_while(move |due| *due == date)
    }

    /// The latest due date on or before a date; `None` before the first one of an anchored cycle.
    #[must_use]
    pub fn due_until(&self, date: Date) -> Option<Date> {
        let from = self.number_from(date);
        iter::once(from)
            .chain(from.checked_sub(1))
            .filter_map(|number| self.numbered(number))
            .find(|due| *due <= date)
    }

    /// When the cycle that a date ends or lies in began: the latest due date before it.
    #[must_use]
    pub fn start(&self, date: Date) -> Option<Date> {
        self.due_until(date.yesterday().ok()?)
    }

    /// The due date of this number. `None` outside the series or the calendar.
    fn numbered(&self, number: i64) -> Option<Date> {
        match self {
            Self::Weekly(weekday) => {
                let past_monday = i64::from(weekday.to_monday_zero_offset());
                plus_days(MONDAY, number.checked_mul(7)?.checked_add(past_monday)?)
            }
            Self::Monthly(day) => clamped(number, day.get()),
            Self::Yearly(day) => clamped(
                number
                    .checked_mul(MONTHS)?
                    .checked_add(i64::from(day.month()) - 1)?,
                day.day(),
            ),
            Self::EveryDays { every, anchor } => plus_days(
                *anchor,
                i64::from(every.get()).checked_mul(not_negative(number)?)?,
            ),
            Self::EveryMonths { every, anchor } => {
                let months = i64::from(every.get()).checked_mul(not_negative(number)?)?;
                clamped(month_number(*anchor).checked_add(months)?, anchor.day())
            }
            Self::Once(date) | Self::Trial(date) => (number == 0).then_some(*date),
        }
    }

    /// The number of the first due date on or after a date.
    fn number_from(&self, date: Date) -> i64 {
        let near = match self {
            Self::Weekly(_) => days_between(MONDAY, date).div_euclid(7),
            Self::Monthly(_) => month_number(date),
            Self::Yearly(_) => i64::from(date.year()),
            Self::EveryDays { every, anchor } => days_between(*anchor, date)
                .div_euclid(i64::from(every.get()))
                .max(0),
            Self::EveryMonths { every, anchor } => (month_number(date) - month_number(*anchor))
                .div_euclid(i64::from(every.get()))
                .max(0),
            Self::Once(_) | Self::Trial(_) => 0,
        };
        if self.numbered(near).is_some_and(|due| due < date) {
            near + 1
        } else {
            near
        }
    }
}

/// Months since year 0, so that a month and the next differ by one.
fn month_number(date: Date) -> i64 {
    i64::from(date.year()) * MONTHS + i64::from(date.month()) - 1
}

/// This day of the month of this number, or the month's last day where it is shorter.
fn clamped(month_number: i64, day: i8) -> Option<Date> {
    let year = i16::try_from(month_number.div_euclid(MONTHS)).ok()?;
    let month = i8::try_from(month_number.rem_euclid(MONTHS)).ok()? + 1;
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, day.min(first.days_in_month())).ok()
}

fn plus_days(from: Date, days: i64) -> Option<Date> {
    from.checked_add(Span::new().try_days(days).ok()?).ok()
}

fn not_negative(number: i64) -> Option<i64> {
    (number >= 0).then_some(number)
}
