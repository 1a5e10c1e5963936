//! The span a meter counts in. Owns calendar windows in a provider's zone; provider-told spans are taken as they are.
//! Tested in `tests/vocabulary/windows.rs` across month ends, leap days, DST and zones from −8 to +14.

use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use crate::{Time, Zone};

/// How a window came to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// A calendar day of the provider's zone.
    Day,
    /// A calendar month of the provider's zone.
    Month,
    /// A calendar year of the provider's zone.
    Year,
    /// One cycle of a resettable package; the provider tells its dates.
    Cycle,
    /// The whole life of a package; nothing comes after it.
    Life,
}

/// A half-open span: `start` belongs to it, `end` does not. Its identity is its start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Window {
    /// How it came to be.
    pub kind: WindowKind,
    /// First instant.
    pub start: Time,
    /// First instant after it; `None` when it never ends.
    pub end: Option<Time>,
}

impl Window {
    /// A provider-told span.
    #[must_use]
    pub const fn told(kind: WindowKind, start: Time, end: Option<Time>) -> Self {
        Self { kind, start, end }
    }

    /// The calendar day, month or year around `at` in `zone`. `None` for kinds that only a provider can tell, and at
    /// the ends of representable time.
    #[must_use]
    pub fn calendar(kind: WindowKind, at: Time, zone: &Zone) -> Option<Self> {
        let local = at.to_jiff().to_zoned(zone.jiff().clone());
        let (first, next) = bounds(kind, &local)?;
        let start = start_of(first, &local)?;
        let end = start_of(next, &local)?;
        Some(Self {
            kind,
            start,
            end: Some(end),
        })
    }

    /// Whether `at` lies in it.
    #[must_use]
    pub fn contains(&self, at: Time) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}

fn bounds(kind: WindowKind, local: &Zoned) -> Option<(Date, Date)> {
    let day = local.date();
    let (first, span) = match kind {
        WindowKind::Day => (day, 1.day()),
        WindowKind::Month => (day.first_of_month(), 1.month()),
        WindowKind::Year => (day.first_of_year(), 1.year()),
        WindowKind::Cycle | WindowKind::Life => return None,
    };
    Some((first, first.checked_add(span).ok()?))
}

/// The first instant of a civil day: not always midnight, where a zone skips it.
fn start_of(day: Date, local: &Zoned) -> Option<Time> {
    let first = local
        .time_zone()
        .to_ambiguous_zoned(day.at(0, 0, 0, 0))
        .compatible()
        .ok()?;
    Some(Time::from_jiff(first.start_of_day().ok()?.timestamp()))
}
