//! The window that a subscription's bytes count in: from reset to reset, where the day of the reset is known.

use tidegate_guard::allowance;
use tidegate_meter::{Outcome, Reading, Span, Time, Window, WindowKind, Zone};
use tidegate_providers::MeterLook;
use tidegate_providers::subscription_info::{ResetDay, SubscriptionParams, TRAFFIC};

use super::view::{Reset, ResetBy};
use super::{limits, params};
use crate::config::AccountConfig;
use crate::memory::{AccountMemory, MeterMemory};

/// Who says on which day, the user before the panel before what was seen.
pub(super) fn day(
    params: &SubscriptionParams,
    told: Option<u8>,
    learned: Option<u8>,
) -> Option<(u8, ResetBy)> {
    match params.reset_day {
        ResetDay::Never => None,
        ResetDay::Day(day) => Some((day, ResetBy::Set)),
        ResetDay::Unsaid => {
            let told = told.map(|day| (day, ResetBy::Told));
            told.or_else(|| learned.map(|day| (day, ResetBy::Learned)))
        }
    }
}

/// Puts the meter of bytes among these into its window.
pub(crate) fn fit_all(
    config: &AccountConfig,
    days: (Option<u8>, Option<u8>),
    memory: &AccountMemory,
    looks: &mut [MeterLook],
    zone: &Zone,
) {
    let params = params(config);
    for look in looks {
        let before = memory.meters.get(&look.info.id).and_then(MeterMemory::newest);
        fit(&params, days, before, look, zone);
    }
}

/// Puts the meter of bytes into its window. `before` is what was known of it last.
fn fit(
    params: &SubscriptionParams,
    (told, learned): (Option<u8>, Option<u8>),
    before: Option<&Reading>,
    look: &mut MeterLook,
    zone: &Zone,
) {
    let Some((day, _)) = day(params, told, learned).filter(|_| look.info.id.as_str() == TRAFFIC) else {
        return;
    };
    let Outcome::Known(reading) = &look.outcome else {
        return;
    };
    let at = reading.as_of().at();
    let Some(window) = allowance::cycle(day, at, zone).map(|cycle| running(cycle, before, reading)) else {
        return;
    };
    let fitted = Reading::new(
        reading.used(),
        reading.limit(),
        reading.remaining(),
        Some(window),
        reading.as_of(),
        reading.fetched_at(),
    );
    if let Ok(fitted) = fitted {
        look.outcome = Outcome::Known(fitted);
    }
}

/// The cycle of the calendar, or the one before while the panel has not yet begun to count anew: its midnight is not
/// always the user's.
fn running(cycle: Span, before: Option<&Reading>, reading: &Reading) -> Window {
    let told = |start: Time, end: Time| Window::told(WindowKind::Cycle, start, Some(end));
    let late = cycle.start.plus(limits::RESET_LATE);
    let earlier = before.and_then(|before| Some((before.window()?.start, before.used()?.raw())));
    match earlier.zip(reading.used()) {
        Some(((start, used), now))
            if start < cycle.start && now.raw() >= used && used > 0 && reading.as_of().at() < late =>
        {
            told(start, late)
        }
        _ => told(cycle.start, cycle.end),
    }
}

/// The day that a panel told last, by the window that it was put into: of a short month the longer end says it.
pub(super) fn day_of(window: Window, zone: &Zone) -> Option<u8> {
    let start = zone.date_of(window.start).day();
    let end = window.end.map_or(start, |end| zone.date_of(end).day());
    u8::try_from(start.max(end)).ok()
}

/// As it is shown.
pub(super) fn reset(day: u8, by: ResetBy, now: Time, zone: &Zone) -> Option<Reset> {
    Some(Reset {
        day,
        next: allowance::next_reset(day, zone.date_of(now))?,
        by,
    })
}
