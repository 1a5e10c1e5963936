//! Bill periods: calendar months of the vendor's own zone. Owns which of them may still change.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use tidegate_meter::{Time, Zone};

use super::limits;

/// One month of Beijing, as bills count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Month(Date);

impl Month {
    /// The month of an instant.
    pub(super) fn of(at: Time) -> Self {
        Self(day(at).first_of_month())
    }

    /// The month before.
    fn before(self) -> Option<Self> {
        self.0.checked_sub(1.month()).ok().map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// The months to be read now, earlier first: this one, and the one before while it may still change.
pub(super) fn open(now: Time) -> Vec<Month> {
    let this = Month::of(now);
    let late = (day(now).day() <= limits::LATE_DAY).then(|| this.before()).flatten();
    late.into_iter().chain([this]).collect()
}

/// The day in Beijing.
fn day(at: Time) -> Date {
    at.to_jiff().to_zoned(Zone::beijing().jiff().clone()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(now: &str) -> Vec<String> {
        open(now.parse().unwrap()).iter().map(Month::to_string).collect()
    }

    #[test]
    fn a_month_begins_in_beijing_eight_hours_before_it_does_in_utc() {
        assert_eq!(told("2026-03-31T15:59:59.999Z"), ["2026-03"]);
        assert_eq!(told("2026-03-31T16:00:00Z"), ["2026-03", "2026-04"]);
        assert_eq!(told("2026-12-31T16:00:00Z"), ["2026-12", "2027-01"]);
    }

    #[test]
    fn the_month_before_is_read_through_the_sixth_day() {
        assert_eq!(told("2026-04-06T15:59:59Z"), ["2026-03", "2026-04"]);
        assert_eq!(told("2026-04-06T16:00:00Z"), ["2026-04"]);
        assert_eq!(told("2024-03-02T00:00:00Z"), ["2024-02", "2024-03"]);
    }
}
