//! Package cycles: monthly by the day of purchase, closing at 24:00 Beijing time (Flexus L documentation).

use jiff::ToSpan;
use jiff::tz::{Offset, offset};
use tidegate_meter::{Time, Window, WindowKind};

use crate::limits;

/// Beijing has no summer time: an offset is the whole of its zone, and every answer about a package asks for its cycles.
const BEIJING: Offset = offset(8);

/// The cycle around `at` of a package bought at `bought`: bought on June 5 at 10:00, the first one ends July 5 24:00
/// Beijing time, the next August 5 24:00. `None` before the purchase.
pub(crate) fn around(bought: Time, at: Time) -> Option<Window> {
    if at < bought {
        return None;
    }
    let mut start = bought;
    for month in 1..limits::CYCLES {
        let end = close(bought, month)?;
        if at < end {
            return Some(Window::told(WindowKind::Cycle, start, Some(end)));
        }
        start = end;
    }
    None
}

/// The end of the `month`-th cycle: the midnight after the day of purchase, so many months later; a short month ends
/// it on its last day.
pub(crate) fn close(bought: Time, month: u32) -> Option<Time> {
    let day = BEIJING.to_datetime(bought.to_jiff()).date();
    let day = day.checked_add(i64::from(month).months()).ok()?;
    let midnight = day.tomorrow().ok()?.at(0, 0, 0, 0);
    Some(Time::from_jiff(BEIJING.to_timestamp(midnight).ok()?))
}

#[cfg(test)]
mod tests {
    use super::{around, close};
    use tidegate_meter::Time;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_cycle_closes_at_beijing_midnight_after_the_day_of_purchase() {
        let bought = at("2025-06-05T02:00:00Z");
        let first = around(bought, at("2025-06-20T00:00:00Z")).unwrap();
        assert_eq!(
            (first.start, first.end),
            (bought, Some(at("2025-07-05T16:00:00Z")))
        );
        let second = around(bought, at("2025-07-05T16:00:00Z")).unwrap();
        assert_eq!(second.end, Some(at("2025-08-05T16:00:00Z")));
    }

    #[test]
    fn a_short_month_closes_on_its_last_day() {
        let bought = at("2025-01-31T02:00:00Z");
        assert_eq!(close(bought, 1), Some(at("2025-02-28T16:00:00Z")));
        assert_eq!(close(bought, 2), Some(at("2025-03-31T16:00:00Z")));
    }

    #[test]
    fn nothing_cycles_before_the_purchase() {
        assert_eq!(
            around(at("2025-06-05T02:00:00Z"), at("2025-06-05T01:59:59Z")),
            None
        );
    }
}
