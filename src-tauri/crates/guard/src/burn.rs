//! How fast a meter burns. Owns the classification of a change of value, the intervals between changes and the robust
//! rates over them; never counts a reset, a top-up or a correction as burn. Tested in `tests/judgement/burning.rs`.
//!
//! Rates are built between value *changes*, not between polls: Huawei's numbers move about once an hour while they are
//! polled every five minutes, so eleven of twelve polls would say "no burn" and the twelfth "twelve times the burn".

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Reading, Time};

use crate::forecast::{Forecast, RunOut};
use crate::pace::Pace;
use crate::{GuardSpec, limits};

/// What happened between two believed readings of one meter. The amounts are exact: over any history the headroom
/// changes by the sum of `TopUp` and `Correction` minus the sum of `Burned`, except across a `Reset`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The value stands.
    Same,
    /// Used up; always more than nothing.
    Burned(Quantity),
    /// The limit or the headroom grew by more than noise; the amount is the change of the headroom.
    TopUp(Quantity),
    /// A restatement within noise, a smaller limit, or a jump that a second fetch confirmed; the signed change of the
    /// headroom.
    Correction(Quantity),
    /// Another window, unit or shape: nothing can be compared.
    Reset,
}

/// The burn of a meter: closed intervals between changes of value, newest last.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Burn {
    spans: Vec<Span>,
    anchor: Option<Anchor>,
    first: Option<Time>,
    samples: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    rates: Option<Rates>,
}

/// `[end in ms, length in ms, burned raw]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Span(pub(crate) i64, pub(crate) i64, pub(crate) i64);

/// Since when the present value stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchor {
    at: Time,
    /// The value was seen to change to this one then; false at a first sight and after an event.
    seen: bool,
}

/// Raw units per hour, and the interval they were worked out with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rates {
    pub(crate) lower: i64,
    pub(crate) likely: i64,
    pub(crate) upper: i64,
    typical_ms: i64,
    at: Time,
}

const HOUR_MS: i64 = 3_600_000;

impl Span {
    /// Raw units per hour, rounded up: a rate that is told too low would promise time that is not there.
    pub(crate) fn hourly(self) -> i64 {
        let Self(_, lasted, burned) = self;
        let lasted = lasted.max(1);
        // A judgement is asked millions of times in a replay: 128 bits only where 64 do not do.
        if let Some(scaled) = burned
            .checked_mul(HOUR_MS)
            .and_then(|scaled| scaled.checked_add(lasted - 1))
        {
            return scaled.div_euclid(lasted);
        }
        let lasted = i128::from(lasted);
        let scaled = i128::from(burned) * i128::from(HOUR_MS);
        i64::try_from((scaled + lasted - 1).div_euclid(lasted)).unwrap_or(i64::MAX)
    }

    /// How many raw units would be told of the wrong time if both were one.
    fn apart(self, next: Self) -> i128 {
        let (one, other) = (i128::from(self.1.max(1)), i128::from(next.1.max(1)));
        (i128::from(self.2) * other - i128::from(next.2) * one).abs() / (one + other)
    }
}

/// Classifies the step from `previous` to `next`. Growth of at most `noise` (raw) is a correction, more is a top-up.
#[must_use]
pub fn change(previous: &Reading, next: &Reading, noise: i64) -> Change {
    let start = |reading: &Reading| reading.window().map(|window| window.start);
    // A limit that one answer leaves out turns what is left into what was used: their difference is nobody's burn.
    let shape = |reading: &Reading| (reading.remaining().is_some(), reading.limit().is_some());
    if previous.unit() != next.unit() || start(previous) != start(next) || shape(previous) != shape(next) {
        return Change::Reset;
    }
    let (Some((before, old_limit)), Some((after, new_limit))) = (level(previous), level(next)) else {
        return Change::Reset;
    };
    let Some(moved) = after.checked_sub(before) else {
        return Change::Reset;
    };
    let unit = next.unit();
    if let (Some(old), Some(new)) = (old_limit, new_limit)
        && old != new
    {
        let grown = new.saturating_sub(old) > noise || moved > noise;
        let amount = Quantity::from_raw(moved, unit);
        return if grown {
            Change::TopUp(amount)
        } else {
            Change::Correction(amount)
        };
    }
    match moved {
        0 => Change::Same,
        ..0 => moved.checked_neg().map_or(Change::Reset, |burned| {
            Change::Burned(Quantity::from_raw(burned, unit))
        }),
        _ if moved > noise => Change::TopUp(Quantity::from_raw(moved, unit)),
        _ => Change::Correction(Quantity::from_raw(moved, unit)),
    }
}

/// What falls as the meter burns, and the limit: the headroom, or what was used turned round.
fn level(reading: &Reading) -> Option<(i64, Option<i64>)> {
    let limit = reading.limit().map(Quantity::raw);
    if let Some(remaining) = reading.remaining() {
        return Some((remaining.raw(), limit));
    }
    Some((reading.used()?.raw().checked_neg()?, limit))
}

impl Burn {
    /// Takes in a believed reading and what it changed.
    pub(crate) fn observe(&mut self, reading: &Reading, change: Change, spec: &GuardSpec) {
        let at = reading.as_of().at();
        self.samples = self.samples.saturating_add(1);
        self.first.get_or_insert(at);
        match change {
            Change::Same => {
                self.anchor.get_or_insert(Anchor { at, seen: false });
                if self.stands_still(at) {
                    self.recount(at);
                }
            }
            Change::Burned(amount) => {
                self.close(at, amount.raw(), spec);
                self.recount(at);
            }
            Change::TopUp(_) | Change::Correction(_) | Change::Reset => {
                self.anchor = Some(Anchor { at, seen: false });
            }
        }
    }

    /// How long the value has stood at `at`.
    pub(crate) fn stood_for(&self, at: Time) -> Duration {
        self.anchor.map_or(Duration::ZERO, |anchor| at.since(anchor.at))
    }

    /// How long the value has stood since it was seen to change; for ever where it was not.
    pub(crate) fn stands_since(&self, at: Time) -> Duration {
        let changed = self.anchor.filter(|anchor| anchor.seen);
        changed.map_or(Duration::MAX, |anchor| at.since(anchor.at))
    }

    /// Rates once the baseline is reached.
    pub(crate) fn rates(&self, last: Option<&Reading>) -> Option<Rates> {
        let (first, last) = (self.first?, last?);
        let spread = last.as_of().at().since(first);
        let enough = self.samples >= limits::BASELINE_SAMPLES && spread >= limits::BASELINE_SPAN;
        self.rates.filter(|_| enough)
    }

    /// What it may burn in a stretch of time, once the baseline is reached.
    pub(crate) fn pace(&self, last: Option<&Reading>) -> Option<Pace<'_>> {
        let rates = self.rates(last)?;
        let stood = last.map_or(Duration::ZERO, |last| self.stood_for(last.as_of().at()));
        Some(Pace {
            spans: &self.spans,
            stands: ms(stood) > rates.typical_ms.saturating_mul(2),
        })
    }

    /// The band, cut by the end of the window. `now` behind that end: nothing runs out in a window that is over.
    pub(crate) fn forecast(&self, spec: &GuardSpec, last: Option<&Reading>, now: Time) -> Forecast {
        let known = self.rates(last).zip(last);
        let Some((rates, last)) = known else {
            return self.accumulating(spec, last);
        };
        let unit = last.unit();
        Forecast::Known {
            samples: self.samples,
            hourly: Quantity::from_raw(rates.likely, unit),
            hourly_upper: Quantity::from_raw(rates.upper, unit),
            run_out: RunOut {
                early: run_out(last, rates.upper, now),
                likely: run_out(last, rates.likely, now),
                late: run_out(last, rates.lower, now),
            },
        }
    }

    /// How far the baseline is reached: its time, and the changes that make its intervals. A change that only opened
    /// an interval counts as one, so that each change is seen to count.
    fn accumulating(&self, spec: &GuardSpec, last: Option<&Reading>) -> Forecast {
        let known = last.map(|last| last.as_of().at()).zip(self.first);
        let opened = u32::from(self.anchor.is_some_and(|anchor| anchor.seen));
        let closed = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
        let closed_needed = u32::try_from(limits::BASELINE_CHANGES).unwrap_or(u32::MAX);
        let polls = spec.interval.saturating_mul(limits::BASELINE_SAMPLES - 1);
        let span = known.map_or(Duration::ZERO, |(last, first)| last.since(first));
        let span_needed = limits::BASELINE_SPAN.max(polls);
        // With the time behind it, only the least count of polls is left to wait for: some of them were lost.
        let needed = if span < span_needed {
            self.needed(spec)
        } else {
            limits::BASELINE_SAMPLES.max(self.samples.saturating_add(1))
        };
        Forecast::Accumulating {
            samples: self.samples,
            needed,
            span,
            span_needed,
            changes: closed.saturating_add(opened),
            changes_needed: closed_needed.saturating_add(1),
        }
    }

    /// Polls until the baseline can be reached at the earliest.
    fn needed(&self, spec: &GuardSpec) -> u32 {
        let interval = spec.interval.as_secs().max(1);
        let polls = limits::BASELINE_SPAN
            .as_secs()
            .div_ceil(interval)
            .saturating_add(1);
        let polls = u32::try_from(polls).unwrap_or(u32::MAX);
        polls
            .max(limits::BASELINE_SAMPLES)
            .max(self.samples.saturating_add(1))
    }

    fn close(&mut self, at: Time, burned: i64, spec: &GuardSpec) {
        let Some(anchor) = self.anchor.filter(|anchor| anchor.seen) else {
            self.anchor = Some(Anchor { at, seen: true });
            return;
        };
        let lasted = at.ms_since(anchor.at);
        // A batch may land in two parts seconds apart: together they are one change, not an enormous rate.
        let shortest = i64::try_from(spec.interval.as_millis() / 2)
            .unwrap_or(i64::MAX)
            .max(1);
        if lasted < shortest {
            if let Some(Span(ends, _, sum)) = self.spans.last_mut()
                && *ends == anchor.at.ms()
            {
                *sum = sum.saturating_add(burned);
            }
            return;
        }
        self.thin(at);
        // What lands after a standstill was used in a usual interval, not in all the time that nothing moved: spread
        // over twenty idle hours, an hour at full speed would look like a calm day.
        let typical = typical(self.recent());
        let known = self.spans.len() >= limits::BASELINE_CHANGES;
        if known && lasted > typical.saturating_mul(2) {
            let idle = lasted.saturating_sub(typical);
            self.spans.push(Span(at.ms().saturating_sub(typical), idle, 0));
            self.spans.push(Span(at.ms(), typical, burned));
        } else {
            self.spans.push(Span(at.ms(), lasted, burned));
        }
        self.anchor = Some(Anchor { at, seen: true });
    }

    /// Makes room: forgets what is older than the horizon, then merges of the older half the neighbours that are most
    /// alike, so that a rare peak keeps its height.
    fn thin(&mut self, at: Time) {
        let horizon = at.minus(limits::BURN_HORIZON).ms();
        self.spans.retain(|Span(ends, ..)| *ends >= horizon);
        while self.spans.len() > limits::SPANS - 2 {
            let older = self.spans.get(..limits::SPANS / 2).unwrap_or_default();
            let pairs = older.iter().zip(older.iter().skip(1)).enumerate();
            let alike = pairs.min_by_key(|(_, (one, next))| one.apart(**next));
            let Some((index, (one, next))) = alike.map(|(index, (one, next))| (index, (*one, *next))) else {
                return;
            };
            self.spans.remove(index);
            if let Some(merged) = self.spans.get_mut(index) {
                *merged = Span(next.0, one.1.saturating_add(next.1), one.2.saturating_add(next.2));
            }
        }
    }

    /// The intervals that were never merged.
    fn recent(&self) -> &[Span] {
        let older = self.spans.len().saturating_sub(limits::SPANS / 2);
        self.spans.get(older..).unwrap_or_default()
    }

    /// The value has stood for so long that standing still is news of its own, and a typical interval has passed since
    /// that was last counted.
    fn stands_still(&self, at: Time) -> bool {
        match (self.anchor, self.rates) {
            (Some(anchor), Some(rates)) => {
                let typical = rates.typical_ms;
                at.ms_since(anchor.at) > typical.saturating_mul(2) && at.ms_since(rates.at) >= typical
            }
            (Some(anchor), None) => at.since(anchor.at) >= limits::STILL,
            (None, _) => false,
        }
    }

    fn recount(&mut self, at: Time) {
        let typical_ms = typical(self.recent());
        let tail = self.anchor.map_or(0, |anchor| at.ms_since(anchor.at));
        let still = tail >= ms(limits::STILL);
        if self.spans.len() < limits::BASELINE_CHANGES && !still {
            return;
        }
        let latest = self.spans.last().map_or(0, |span| span.hourly());
        let mut rates: Vec<(i64, i64)> = self.spans.iter().map(|span| (span.hourly(), span.1)).collect();
        if still || tail > typical_ms.saturating_mul(2) {
            rates.push((0, tail));
        }
        rates.sort_unstable();
        self.rates = Some(Rates {
            lower: quantile(&rates, 10),
            likely: quantile(&rates, 50),
            upper: quantile(&rates, 90).max(latest),
            typical_ms: typical_ms.max(1),
            at,
        });
    }
}

/// The median length of the intervals in which something burned.
fn typical(spans: &[Span]) -> i64 {
    let burning = spans.iter().filter(|Span(_, _, burned)| *burned > 0);
    let mut lengths: Vec<i64> = burning.map(|Span(_, lasted, _)| *lasted).collect();
    let middle = lengths.len() / 2;
    if lengths.is_empty() {
        return ms(limits::STILL);
    }
    *lengths.select_nth_unstable(middle).1
}

/// The rate below which `percent` of the time lies; `rates` are pairs of rate and time, sorted by rate. Weighted by
/// time, so that merged intervals count as much as the single ones they were made from.
fn quantile(rates: &[(i64, i64)], percent: i128) -> i64 {
    let total: i128 = rates.iter().map(|(_, lasted)| i128::from(*lasted)).sum();
    let mut sum = 0_i128;
    for (rate, lasted) in rates {
        sum += i128::from(*lasted);
        if sum * 100 >= total * percent {
            return *rate;
        }
    }
    0
}

/// When `last` is used up at `hourly`; `None` when that lies behind the end of its window, or never.
fn run_out(last: &Reading, hourly: i64, now: Time) -> Option<Time> {
    let left = last.remaining()?.raw();
    let at = if left <= 0 {
        last.as_of().at()
    } else if hourly <= 0 {
        return None;
    } else {
        let lasts = match left.checked_mul(HOUR_MS) {
            Some(scaled) => scaled / hourly,
            None => i64::try_from(i128::from(left) * i128::from(HOUR_MS) / i128::from(hourly)).ok()?,
        };
        Time::from_ms(last.as_of().at().ms().checked_add(lasts)?)
    };
    let end = last.window().and_then(|window| window.end);
    (end.is_none_or(|end| at < end && now < end)).then_some(at)
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many hours, ending at an hour.
    const fn span(ends: i64, hours: i64, burned: i64) -> Span {
        Span(ends * HOUR_MS, hours * HOUR_MS, burned)
    }

    #[test]
    fn two_intervals_are_as_far_apart_as_one_of_both_would_tell_of_the_wrong_time() {
        let apart = |one: (i64, i64), next: (i64, i64)| span(9, one.0, one.1).apart(span(12, next.0, next.1));
        assert_eq!(apart((1, 10), (1, 10)), 0);
        assert_eq!(apart((1, 10), (3, 30)), 0, "one pace");
        assert_eq!(apart((1, 10), (1, 20)), 5, "15 in each hour, not 10 and 20");
        assert_eq!(apart((1, 10), (3, 50)), 5, "15 in the first hour, not 10");
        assert_eq!(apart((3, 50), (1, 10)), 5);
    }

    #[test]
    fn room_is_made_for_the_two_intervals_that_one_change_can_add() {
        let full: Vec<Span> = (1..=64).map(|hour| span(hour, 1, hour)).collect();
        let mut burn = Burn {
            spans: full.clone(),
            ..Burn::default()
        };
        burn.thin(Time::from_ms(64 * HOUR_MS));
        assert_eq!(burn.spans.len(), limits::SPANS - 2);
        let sum = |spans: &[Span]| spans.iter().map(|span| span.2).sum::<i64>();
        assert_eq!(sum(&burn.spans), sum(&full), "nothing that burned is lost");
        let once = burn.spans.clone();
        burn.thin(Time::from_ms(64 * HOUR_MS));
        assert_eq!(burn.spans, once, "there is room already");
    }

    #[test]
    fn a_rare_peak_keeps_its_height_when_room_is_made() {
        let hourly = |hour: i64| if hour == 10 { 4000 } else { 100 + hour % 3 };
        let mut burn = Burn {
            spans: (1..=100).map(|hour| span(hour, 1, hourly(hour))).collect(),
            ..Burn::default()
        };
        burn.thin(Time::from_ms(100 * HOUR_MS));
        assert!(burn.spans.contains(&span(10, 1, 4000)), "{:?}", burn.spans);
    }

    #[test]
    fn the_usual_length_is_that_of_the_intervals_that_burned_and_were_never_merged() {
        let idle = [span(20, 20, 0), span(40, 20, 0), span(60, 20, 0)];
        let burning = [span(61, 1, 5), span(62, 1, 5), span(65, 3, 5)];
        assert_eq!(typical(&[idle, burning].concat()), HOUR_MS);
        assert_eq!(typical(&idle), ms(limits::STILL), "nothing burned");
        let burn = Burn {
            spans: (1..=50).map(|hour| span(hour, 1, hour)).collect(),
            ..Burn::default()
        };
        let newest = burn.recent();
        assert_eq!((newest.len(), newest.first()), (32, Some(&span(19, 1, 19))));
    }
}
