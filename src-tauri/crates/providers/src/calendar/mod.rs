//! Renewals in civil dates: when something is due, what is paid, what to say about it.
//!
//! Owns [`Cycle`], its text forms and its arithmetic; [`Standing`]:
//! which due dates are open, what a payment covers, which [`Reminder`] holds; and what it all costs ([`totals()`]). Knows only the
//! calendar: a date goes in, dates come out. Never asks for the time, a zone or a network, never decides to send.
//! Each due date is counted from the anchor, never from the one before it or from a payment, so nothing drifts.
//! Tested in `tests/calendar`: tables of month ends and leap years, and properties.

mod cycle;
mod due;
mod error;
pub mod ics;
pub mod limits;
mod remind;
mod standing;
mod totals;

pub use cycle::{Cycle, DayOfMonth, DayOfYear, Every};
pub use error::{CycleError, DayForm};
pub use remind::Reminder;
pub use standing::Standing;
pub use totals::{Total, totals};

use jiff::civil::Date;

/// Reads a date as it is written everywhere in Tidegate: `YYYY-MM-DD`, nothing shorter or longer.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    let plain = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if plain { text.parse().ok() } else { None }
}

/// Whole days from one date to another: 0 on the same day, negative when the second is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}
