//! Calendar days of a zone, and the instants at which they begin. A day may have 23 or 25 hours, and need not begin at
//! midnight: where the clocks are set forward then, it begins an hour later.

use jiff::ToSpan;
use jiff::civil::Date;
use tidegate_meter::{Span, Time, Zone};

/// The day of an instant.
pub(crate) fn day_of(at: Time, zone: &Zone) -> Date {
    at.to_jiff().to_zoned(zone.jiff().clone()).date()
}

/// The first instant of a day; `None` beyond what a calendar holds.
pub(crate) fn start_of(day: Date, zone: &Zone) -> Option<Time> {
    let first = day.to_zoned(zone.jiff().clone()).ok()?;
    Some(Time::from_jiff(first.timestamp()))
}

/// From the first instant of `from` to the first after `through`.
pub(crate) fn span_of(from: Date, through: Date, zone: &Zone) -> Option<Span> {
    let after = through.checked_add(1.day()).ok()?;
    Some(Span {
        start: start_of(from, zone)?,
        end: start_of(after, zone)?,
    })
}

/// Every day from the first to the last, itself in it.
pub(crate) fn each(from: Date, through: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.checked_add(1.day()).ok())
        .take_while(move |day| *day <= through)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn long(day: &str, zone: &str) -> Duration {
        let (day, zone) = (day.parse().unwrap(), zone.parse().unwrap());
        let span = span_of(day, day, &zone).unwrap();
        span.end.since(span.start)
    }

    #[test]
    fn a_day_is_as_long_as_its_zone_has_it() {
        for (day, zone, hours) in [
            ("2026-11-21", "Asia/Shanghai", 24),
            ("2026-03-29", "Europe/Berlin", 23),
            ("2026-10-25", "Europe/Berlin", 25),
            ("2026-03-08", "America/New_York", 23),
            ("2026-11-01", "America/New_York", 25),
            ("2026-11-21", "+05:45", 24),
        ] {
            assert_eq!(
                long(day, zone),
                Duration::from_secs(hours * 3600),
                "{day} in {zone}"
            );
        }
    }

    #[test]
    fn in_china_a_day_begins_at_sixteen_oclock_of_the_day_before_in_utc() {
        let zone = "Asia/Shanghai".parse().unwrap();
        let at = |text: &str| day_of(text.parse().unwrap(), &zone).to_string();
        assert_eq!(at("2026-11-20T15:59:59.999Z"), "2026-11-20");
        assert_eq!(at("2026-11-20T16:00:00Z"), "2026-11-21");
        let start = start_of("2026-11-21".parse().unwrap(), &zone).unwrap();
        assert_eq!(start.to_string(), "2026-11-20T16:00:00Z");
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_an_hour_later() {
        let zone = "Asia/Beirut".parse().unwrap();
        let start = start_of("2026-03-29".parse().unwrap(), &zone).unwrap();
        assert_eq!(start.to_string(), "2026-03-28T22:00:00Z");
        assert_eq!(day_of(start, &zone).to_string(), "2026-03-29");
        assert_eq!(
            day_of(Time::from_ms(start.ms() - 1), &zone).to_string(),
            "2026-03-28"
        );
    }

    #[test]
    fn days_are_counted_with_both_ends() {
        let days: Vec<String> = each("2026-02-27".parse().unwrap(), "2026-03-01".parse().unwrap())
            .map(|day| day.to_string())
            .collect();
        assert_eq!(days, ["2026-02-27", "2026-02-28", "2026-03-01"]);
        assert_eq!(
            each("2026-03-01".parse().unwrap(), "2026-02-27".parse().unwrap()).count(),
            0
        );
    }
}
