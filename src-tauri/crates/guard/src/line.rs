//! The limit: where the line stands and on which side a reading is. Owns the absolute, share and predictive line and
//! the lower bound of what is truly left. Tested in `tests/judgement/limit.rs`.

use std::time::Duration;

use tidegate_meter::{Quantity, Reading, Time, Unit};

use crate::contract::{hourly_cap, over};
use crate::exposure::Exposure;
use crate::ladder::{below, headroom_recovered, left_at, margin, share_reached, share_recovered};
use crate::pace::Pace;
use crate::{Facts, FastSignal, GuardSpec, Limit};

/// A reading against the line. Every `None` means that it could not be compared.
#[derive(Clone, Copy, Default)]
pub(crate) struct Line {
    /// Over the line, strictly.
    pub(crate) over: Option<bool>,
    /// Back on the right side by more than the hysteresis.
    pub(crate) recovered: Option<bool>,
    /// How far above the line; negative below it.
    pub(crate) distance: Option<Quantity>,
    /// The least that may truly be left, for a predictive line.
    pub(crate) lower_bound: Option<Quantity>,
    /// Below a predictive line, and not over it: at the fastest pace that was seen it lasts to the end of its window.
    pub(crate) lasts: bool,
}

/// Compares `reading` with the line of `spec` at `now`.
pub(crate) fn line(
    spec: &GuardSpec,
    facts: &Facts,
    pace: Option<Pace<'_>>,
    reading: &Reading,
    lag: Option<Duration>,
    now: Time,
) -> Line {
    match spec.limit {
        None => Line::default(),
        Some(Limit::Headroom(mark)) => absolute(spec, reading, mark),
        Some(Limit::Share(percent)) => share(spec, reading, percent),
        Some(Limit::Predictive { reserve }) => {
            let charge = Charge::new(spec, pace, reading, lag, now);
            predictive(spec, facts, reading, reserve, &charge)
        }
    }
}

/// Whether a reading is over a line, strictly, by its own numbers alone; `None` when that cannot be said.
#[must_use]
pub fn is_over(limit: Limit, reading: &Reading) -> Option<bool> {
    match limit {
        Limit::Share(percent) => share_reached(reading, percent),
        Limit::Headroom(mark) | Limit::Predictive { reserve: mark } => below(reading.headroom()?, mark),
    }
}

fn absolute(spec: &GuardSpec, reading: &Reading, mark: Quantity) -> Line {
    let Some(left) = reading.headroom() else {
        return Line::default();
    };
    Line {
        over: below(left, mark),
        recovered: headroom_recovered(reading, mark, spec.hysteresis),
        distance: left.minus(mark).ok(),
        lower_bound: None,
        lasts: false,
    }
}

fn share(spec: &GuardSpec, reading: &Reading, percent: Quantity) -> Line {
    let mark = reading.limit().and_then(|whole| left_at(whole, percent));
    Line {
        over: share_reached(reading, percent),
        recovered: share_recovered(reading, percent, spec.hysteresis),
        distance: reading
            .headroom()
            .zip(mark)
            .and_then(|(left, mark)| left.minus(mark).ok()),
        lower_bound: None,
        lasts: false,
    }
}

/// Over the line when the lower bound is below the reserve, unless the package lasts to the end of its window. What may
/// be used up before a stop takes effect never counts as lasting.
fn predictive(
    spec: &GuardSpec,
    facts: &Facts,
    reading: &Reading,
    reserve: Quantity,
    charge: &Charge<'_>,
) -> Line {
    let Some(left) = reading.headroom() else {
        return Line::default();
    };
    let bound = lower_bound(spec, facts, left, charge);
    let margin = margin(reading.limit().unwrap_or(reserve), spec.hysteresis);
    let clear_at = margin.and_then(|margin| reserve.plus(margin).ok());
    let crossed = below(bound, reserve);
    let lasts = crossed == Some(true) && bound.raw() > 0 && lasts(facts, left, charge);
    Line {
        over: crossed.map(|crossed| crossed && !lasts),
        recovered: clear_at.and_then(|mark| below(bound, mark)).map(|below| !below),
        distance: bound.minus(reserve).ok(),
        lower_bound: Some(bound),
        lasts,
    }
}

/// The least that may truly be left: the last reading less the most that may have burned until a stop takes effect, and
/// not more than the last reading less what the fast signal saw leave and what may leave behind its back. Saturates
/// downwards: an amount that does not fit is no reason to relax.
fn lower_bound(spec: &GuardSpec, facts: &Facts, left: Quantity, charge: &Charge<'_>) -> Quantity {
    let less = |bound: Quantity, burned: i64| {
        let burned = Quantity::from_raw(burned, left.unit());
        bound
            .minus(burned)
            .unwrap_or(Quantity::from_raw(i64::MIN, left.unit()))
    };
    let burned = charge.of(charge.exposure.whole());
    let bound = burned.map_or(left, |burned| less(left, burned));
    let Some(fast) = fast(facts, left.unit()) else {
        return bound;
    };
    // Behind the signal's back somebody may send as fast as the link allows: an attack lasts minutes, not hours.
    let behind = charge.cut(
        charge
            .now
            .since(fast.until)
            .saturating_add(charge.exposure.ahead()),
    );
    let unseen = hourly_cap(spec).and_then(|cap| over(cap, behind));
    let seen = less(
        left,
        fast.bytes.max(0).saturating_add(unseen.map_or(0, Quantity::raw)),
    );
    if seen.raw() < bound.raw() { seen } else { bound }
}

/// Whether something is left at the end of the window even at the fastest pace that was seen: then nothing is stopped
/// for a reserve that nobody will need. Never where no pace or no end is known.
fn lasts(facts: &Facts, left: Quantity, charge: &Charge<'_>) -> bool {
    let (Some(end), Some(pace)) = (charge.end, charge.pace) else {
        return false;
    };
    let to_end = end.since(charge.now).saturating_add(charge.exposure.age);
    let known = left.raw().saturating_sub(pace.most(to_end));
    let seen = fast(facts, left.unit()).map_or(known, |fast| {
        let ahead = pace.most(end.since(fast.until));
        left.raw().saturating_sub(charge.gone(fast)).saturating_sub(ahead)
    });
    known.min(seen) > 0
}

fn fast(facts: &Facts, unit: Unit) -> Option<FastSignal> {
    facts.fast.filter(|_| unit == Unit::Bytes)
}

/// What may burn, and for how long.
struct Charge<'a> {
    pace: Option<Pace<'a>>,
    cap: Option<Quantity>,
    exposure: Exposure,
    end: Option<Time>,
    now: Time,
}

impl<'a> Charge<'a> {
    fn new(
        spec: &GuardSpec,
        pace: Option<Pace<'a>>,
        reading: &Reading,
        lag: Option<Duration>,
        now: Time,
    ) -> Self {
        Self {
            pace,
            cap: hourly_cap(spec).filter(|cap| cap.unit() == reading.unit()),
            exposure: Exposure::at(spec, reading, lag, now),
            end: reading.window().and_then(|window| window.end),
            now,
        }
    }

    /// What left since the truth of the number as far as the fast signal saw it: it begins where the number changed, and
    /// what left in the delay before that goes by the pace.
    fn gone(&self, fast: FastSignal) -> i64 {
        let unseen = self.exposure.age.saturating_sub(self.now.since(fast.since));
        let before = self.pace.map_or(0, |pace| pace.charged(unseen));
        fast.bytes.max(0).saturating_add(before)
    }

    /// Of a time that ends ahead, no more than ends with the window: behind it, another package pays.
    fn cut(&self, span: Duration) -> Duration {
        let ahead = self.exposure.ahead();
        let left = self.end.map_or(ahead, |end| end.since(self.now).min(ahead));
        span.saturating_sub(ahead.saturating_sub(left))
    }

    /// The most that may burn in `span`: what the pace says, and no more than the bandwidth allows. With neither it is
    /// not known.
    fn of(&self, span: Duration) -> Option<i64> {
        let span = self.cut(span);
        let cap = self
            .cap
            .map(|cap| over(cap, span).map_or(i64::MAX, Quantity::raw));
        let charged = self.pace.map(|pace| pace.charged(span));
        [cap, charged].into_iter().flatten().min()
    }
}
