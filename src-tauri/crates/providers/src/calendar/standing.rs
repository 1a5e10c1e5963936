//! Which due dates are still open, and which of them a payment covers.
//!
//! What is stored is not the day money left, but until when that reached: *paid through* a date. Every due date on or
//! before it is settled, the next one after it is open. A payment's own day is turned into that date once, by
//! [`Standing::covers`], when it is marked; so an early payment settles the due date it was meant for, and one on the
//! due day leaves the next cycle open.

use jiff::civil::Date;

use super::cycle::Cycle;
use super::days_between;

/// What is known of the payments of one renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// When it falls due.
    pub cycle: Cycle,
    /// Paid through this date.
    pub paid: Option<Date>,
    /// Known since this date: what fell due earlier is nobody's business unless `paid` says so. `None`: since today.
    pub since: Option<Date>,
    /// It renews by itself: what fell due before today is settled.
    pub by_itself: bool,
}

impl Standing {
    /// The open due dates, oldest first. What is overdue stays open until it is paid, however long ago it was:
    /// - with `paid`, every due date after it;
    /// - without, every due date since the renewal is known;
    /// - none before today where it renews by itself.
    pub fn open(&self, today: Date) -> impl Iterator<Item = Date> + use<> {
        self.open_from(today).into_iter().flat_map({
            let cycle = self.cycle;
            move |from| cycle.due_from(from)
        })
    }

    /// The oldest open due date: what a person has to see to next.
    #[must_use]
    pub fn next(&self, today: Date) -> Option<Date> {
        self.open(today).next()
    }

    /// How many due dates before today are open.
    #[must_use]
    pub fn overdue(&self, today: Date) -> usize {
        self.open(today).take_while(|due| *due < today).count()
    }

    /// Whether this due date is open.
    #[must_use]
    pub fn is_open(&self, due: Date, today: Date) -> bool {
        self.open_from(today).is_some_and(|from| due >= from)
    }

    /// Through which due date a payment reaches.
    ///
    /// - Without a day: everything that has fallen due by today; when nothing of that is open, the next due date.
    /// - On a due date: that one.
    /// - On another day: late for the due date before it, if that is open. Else the nearest due date; of two equally
    ///   near ones the later, since what is settled already needs no payment.
    ///
    /// `None` when there is no due date to cover.
    #[must_use]
    pub fn covers(&self, day: Option<Date>, today: Date) -> Option<Date> {
        let reached = day.unwrap_or(today);
        let before = self.cycle.due_until(reached);
        if let Some(before) = before
            && (self.is_open(before, today) || day == Some(before))
        {
            return Some(before);
        }
        let Some(day) = day else {
            return self.next(today);
        };
        match (before, self.cycle.due_after(day).next()) {
            (Some(before), Some(after)) if days_between(before, day) < days_between(day, after) => {
                Some(before)
            }
            (before, after) => after.or(before),
        }
    }

    /// The first date on which a due date would be open.
    fn open_from(&self, today: Date) -> Option<Date> {
        let from = match self.paid {
            Some(paid) => paid.tomorrow().ok()?,
            None => self.since.map_or(today, |since| since.min(today)),
        };
        Some(if self.by_itself { from.max(today) } else { from })
    }
}
