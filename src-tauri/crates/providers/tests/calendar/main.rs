//! Renewals in civil dates: tables of what the calendar does at its edges, and what holds for every cycle.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod dates;
mod forms;
mod ics;
mod properties;
mod reminders;
mod standing;
mod totals;

use jiff::civil::Date;
use tidegate_providers::calendar::{Cycle, Standing};

/// A date as it is written.
fn on(text: &str) -> Date {
    text.parse().unwrap()
}

/// A cycle as it is written.
fn cycle(cycle: &str, day: &str) -> Cycle {
    Cycle::parse(cycle, day).unwrap()
}

/// A cycle of which nothing is known but what it is.
fn fresh(name: &str, day: &str) -> Standing {
    Standing {
        cycle: cycle(name, day),
        paid: None,
        since: None,
        by_itself: false,
    }
}

/// A cycle that is paid through a date.
fn paid(name: &str, day: &str, through: &str) -> Standing {
    Standing {
        paid: Some(on(through)),
        ..fresh(name, day)
    }
}

/// The first dates of a series as text.
fn texts(dates: impl Iterator<Item = Date>, count: usize) -> Vec<String> {
    dates.take(count).map(|date| date.to_string()).collect()
}
