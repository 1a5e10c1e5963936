//! Which reminder a renewal is at: so many days ahead, on the day, or overdue. Owns that there is one at a time, and that
//! each has a name by which it is told only once.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::days_between;
use super::limits::OVERDUE_DAYS;
use super::standing::Standing;

/// One reminder of one due date. The pair is its name: told once, it is never told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reminder {
    /// The due date it is about.
    pub due: Date,
    /// How many days before the due date it is meant for; 0 on the day, negative when overdue.
    pub days: i64,
}

impl Standing {
    /// The reminder that holds today: the latest one whose day has come. One that was missed is not made up for; the
    /// one that holds says how many days are left.
    ///
    /// `ahead` holds the days before a due date on which to remind, 0 for the day itself. A due date is announced on
    /// the day after the one before it at the earliest, so that "7 days ahead" of a weekly renewal does not talk over
    /// the one that is due. An open due date that has passed is told on the days of [`OVERDUE_DAYS`].
    #[must_use]
    pub fn reminder(&self, ahead: &[u16], today: Date) -> Option<Reminder> {
        let open = |due: &Date| self.is_open(*due, today);
        let announced = self
            .open(today)
            .find(|due| *due >= today)
            .and_then(|due| self.announced(due, ahead, today));
        let fallen = self
            .cycle
            .start(today)
            .filter(open)
            .and_then(|due| fallen(due, today));
        let latest = announced
            .into_iter()
            .chain(fallen)
            .max_by_key(|(since, reminder)| (*since, reminder.due));
        latest.map(|(_, reminder)| reminder)
    }

    /// The reminder ahead of a due date or on its day, and the day since when it holds.
    fn announced(&self, due: Date, ahead: &[u16], today: Date) -> Option<(Date, Reminder)> {
        let left = days_between(today, due);
        let days = ahead
            .iter()
            .map(|days| i64::from(*days))
            .filter(|days| *days >= left)
            .min()?;
        let since = due.checked_sub(Span::new().try_days(days).ok()?).ok()?;
        let earliest = self.cycle.start(due).and_then(|start| start.tomorrow().ok());
        let since = earliest.map_or(since, |earliest| since.max(earliest));
        // One paid ahead stands between: its own day comes first.
        (since <= today).then_some((since, Reminder { due, days }))
    }
}

/// The reminder of a due date that has passed, and the day since when it holds.
fn fallen(due: Date, today: Date) -> Option<(Date, Reminder)> {
    let past = days_between(due, today);
    let days = OVERDUE_DAYS.into_iter().filter(|days| *days <= past).max()?;
    let since = due.checked_add(Span::new().try_days(days).ok()?).ok()?;
    Some((since, Reminder { due, days: -days }))
}
