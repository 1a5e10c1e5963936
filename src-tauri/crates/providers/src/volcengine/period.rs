//! Bill periods: calendar months of Beijing, the zone that the vendor bills in. Owns which of them may still change.

use tidegate_meter::{Month, Time, Zone};

use super::limits;

/// The months to be read now, earlier first: this one, and the one before while it may still change.
pub(super) fn open(now: Time) -> Vec<Month> {
    let zone = Zone::beijing();
    let this = Month::of(now, &zone);
    let day = now.to_jiff().to_zoned(zone.jiff().clone()).day();
    let late = (day <= limits::LATE_DAY).then(|| this.previous());
    late.into_iter().chain([this]).collect()
}

/// Whether a month's bill can be asked for at all.
pub(super) fn is_told(month: Month, now: Time) -> bool {
    let this = Month::of(now, &Zone::beijing());
    let earliest = (0..limits::MONTHS_BACK).fold(this, |month, _| month.previous());
    (earliest..=this).contains(&month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(now: &str) -> Vec<String> {
        open(now.parse().unwrap())
            .iter()
            .map(ToString::to_string)
            .collect()
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

    #[test]
    fn a_bill_is_told_for_two_years_and_not_ahead() {
        let now = "2026-03-20T04:00:00Z".parse().unwrap();
        let told = |month: &str| is_told(month.parse().unwrap(), now);
        assert!(told("2026-03") && told("2026-02") && told("2024-03"));
        assert!(!told("2024-02") && !told("2026-04"));
    }
}
