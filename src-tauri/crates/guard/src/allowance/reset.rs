//! The day of the month on which a subscription is counted anew: its dates, and how it is learned.

use jiff::civil::Date;
use tidegate_meter::{Span, Time, Zone};

use super::series::{Series, Turn};
use crate::limits;

/// The first day after `after` that is the `day` of its month, or the month's last where it is shorter; `None` for a day
/// that no month has.
#[must_use]
pub fn next_reset(day: u8, after: Date) -> Option<Date> {
    let here = in_month(day, after)?;
    if here > after {
        return Some(here);
    }
    in_month(
        day,
        after
            .first_of_month()
            .checked_add(jiff::Span::new().months(1))
            .ok()?,
    )
}

/// The cycle around an instant: from the last reset to the next.
#[must_use]
pub fn cycle(day: u8, at: Time, zone: &Zone) -> Option<Span> {
    let today = zone.date_of(at);
    let here = in_month(day, today)?;
    let first = if here <= today {
        here
    } else {
        let before = today.first_of_month().checked_sub(jiff::Span::new().months(1));
        in_month(day, before.ok()?)?
    };
    Some(Span {
        start: zone.span_of(first)?.start,
        end: zone.span_of(next_reset(day, today)?)?.start,
    })
}

/// The day that the last two resets agree on: of two months in a row, each seen between samples that are close enough to
/// tell its date.
#[must_use]
pub fn learned_day(series: &Series, zone: &Zone) -> Option<u8> {
    let mut resets = series
        .steps()
        .iter()
        .rev()
        .filter(|step| step.turn == Some(Turn::Reset));
    let (newest, before) = (resets.next()?, resets.next()?);
    let dated = |span: Span| {
        let close = span.end.since(span.start) <= limits::RESET_APART;
        close.then(|| zone.date_of(span.end))
    };
    let (newest, before) = (dated(newest.span)?, dated(before.span)?);
    let next_month = before
        .first_of_month()
        .checked_add(jiff::Span::new().months(1))
        .ok()?;
    if newest.first_of_month() != next_month {
        return None;
    }
    // The 31st is the 30th of some months: the longer one says which it is.
    let day = u8::try_from(newest.day().max(before.day())).ok()?;
    let agree = in_month(day, newest) == Some(newest) && in_month(day, before) == Some(before);
    agree.then_some(day)
}

/// The `day` of the month around `date`, or its last day.
fn in_month(day: u8, date: Date) -> Option<Date> {
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    let last = date.days_in_month();
    date.with().day(day.min(last)).build().ok()
}
