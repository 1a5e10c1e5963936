//! When a plan begins and when things happen in it. Owns the days on which calendars go wrong.

use jiff::civil::Date;
use tidegate_guard::IntentState;
use tidegate_meter::{Time, Zone};

use crate::limits;
use crate::plan::Upon;
use crate::seed::Stream;

/// States of an action upon which something happens: the countdown, the request, the wait for its proof, and after it.
const MOMENTS: [(u32, IntentState); 7] = [
    (30, IntentState::Planned),
    (14, IntentState::Rechecked),
    (16, IntentState::Sent),
    (12, IntentState::Accepted),
    (10, IntentState::Verifying),
    (10, IntentState::Verified),
    (8, IntentState::Failed),
];

/// Zones of a user, each with days on which its clocks change or that end a month: half an hour of summer time, a quarter
/// of an hour of offset, the date line.
const ZONES: [(&str, [&str; 3]); 6] = [
    ("Asia/Shanghai", ["2026-11-30", "2027-02-28", "2028-02-28"]),
    ("Europe/Berlin", ["2026-03-28", "2026-10-24", "2026-12-30"]),
    ("America/New_York", ["2026-03-07", "2026-10-31", "2027-01-30"]),
    ("Australia/Lord_Howe", ["2026-04-04", "2026-10-03", "2026-06-29"]),
    ("Asia/Kathmandu", ["2026-04-29", "2026-07-30", "2028-02-27"]),
    ("UTC", ["2026-12-30", "2026-02-27", "2026-09-29"]),
];

/// The user's zone.
pub(super) fn zone(stream: Stream) -> String {
    let picked = stream.pick(&ZONES).map_or("UTC", |(name, _)| *name);
    picked.to_owned()
}

/// When it begins: in half of all plans on the eve of a difficult day of some zone, else on any day of two years.
pub(super) fn start(stream: Stream) -> Time {
    let any = limits::FIRST_START.plus(seconds(stream.named("any").below(2 * 365 * 86_400)));
    let eve = || {
        let (zone, days) = stream.named("place").pick(&ZONES)?;
        let day: Date = stream.named("day").pick(days)?.parse().ok()?;
        let zone: Zone = zone.parse().ok()?;
        let hours = seconds(stream.named("hour").below(24).saturating_mul(3600));
        Some(zone.span_of(day)?.start.plus(hours))
    };
    if stream.named("is-eve").percent(50) {
        eve().unwrap_or(any)
    } else {
        any
    }
}

/// A second of the run: never before the first looks are over, and one in eight within a minute of another's whole hour.
pub(super) fn during(stream: Stream, until: u64) -> u64 {
    let first = limits::SETTLED_S.min(until);
    let any = stream.named("any").between(first, until);
    if stream.named("is-round").percent(12) {
        (any / 3600 * 3600).clamp(first, until)
    } else {
        any
    }
}

/// The moment of an action that something of this kind waits for, in a part of all: nothing is as delicate as a request
/// that is about to leave.
pub(super) fn upon(stream: Stream, kind: &str) -> Option<Upon> {
    let percent = if kind == "mishaps" { 50 } else { 20 };
    if !stream.named("is").percent(percent) {
        return None;
    }
    let (_, state) = stream.named("state").weighed(&MOMENTS, |(weight, _)| *weight)?;
    let after_ms = if stream.named("is-at-once").percent(40) {
        0
    } else {
        stream.named("after").spread(1, 600_000)
    };
    Some(Upon {
        state: *state,
        after_ms,
    })
}

/// How long something lasts: seven in ten are over within ten minutes, the rest take up to twelve hours.
pub(super) fn lasting(stream: Stream) -> u64 {
    if stream.named("is-short").percent(70) {
        stream.named("short").spread(10, 600)
    } else {
        stream.named("long").spread(600, 12 * 3600)
    }
}

pub(super) const fn seconds(count: u64) -> std::time::Duration {
    std::time::Duration::from_secs(count)
}
