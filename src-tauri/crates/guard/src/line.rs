//! The limit: where the line stands and on which side a reading is. Owns the absolute, share and predictive line and
//! the lower bound of what is truly left. Tested in `tests/judgement/limit.rs`.

use std::time::Duration;

use tidegate_meter::{Quantity, Reading, Time, Unit};

use crate::burn::Rates;
use crate::contract::{hourly_cap, over};
use crate::ladder::{below, headroom_recovered, left_at, margin, share_reached, share_recovered};
use crate::{Facts, GuardSpec, Limit};

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
}

/// Compares `reading` with the line of `spec` at `now`.
pub(crate) fn line(
    spec: &GuardSpec,
    facts: &Facts,
    rates: Option<Rates>,
    reading: &Reading,
    lag: Option<Duration>,
    now: Time,
) -> Line {
    match spec.limit {
        None => Line::default(),
        Some(Limit::Headroom(mark)) => absolute(spec, reading, mark),
        Some(Limit::Share(percent)) => share(spec, reading, percent),
        Some(Limit::Predictive { reserve }) => {
            let exposure = exposure(spec, reading, lag, now);
            predictive(
                spec,
                reading,
                reserve,
                lower_bound(spec, facts, rates, reading, exposure),
            )
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
    }
}

fn predictive(spec: &GuardSpec, reading: &Reading, reserve: Quantity, bound: Option<Quantity>) -> Line {
    let Some(bound) = bound else {
        return Line::default();
    };
    let margin = margin(reading.limit().unwrap_or(reserve), spec.hysteresis);
    let clear_at = margin.and_then(|margin| reserve.plus(margin).ok());
    Line {
        over: below(bound, reserve),
        recovered: clear_at.and_then(|mark| below(bound, mark)).map(|below| !below),
        distance: bound.minus(reserve).ok(),
        lower_bound: Some(bound),
    }
}

/// How long the meter may burn unseen from the truth of `reading` until a stop takes effect.
fn exposure(spec: &GuardSpec, reading: &Reading, lag: Option<Duration>, now: Time) -> Duration {
    now.since(reading.as_of().at())
        .saturating_add(spec.interval)
        .saturating_add(spec.countdown)
        .saturating_add(spec.stop_latency)
        .saturating_add(lag.unwrap_or(Duration::ZERO))
}

/// The least that may truly be left: the last reading less the upper burn over the exposure, and not more than the last
/// reading less what the fast signal saw leave. With neither, the bandwidth is what nothing can exceed; with none of
/// the three it is the plain headroom. Saturates downwards: an amount that does not fit is no reason to relax.
fn lower_bound(
    spec: &GuardSpec,
    facts: &Facts,
    rates: Option<Rates>,
    reading: &Reading,
    exposure: Duration,
) -> Option<Quantity> {
    let left = reading.headroom()?;
    let unit = left.unit();
    let fast = facts.fast.filter(|_| unit == Unit::Bytes);
    let cap = hourly_cap(spec).filter(|cap| cap.unit() == unit && fast.is_none());
    let hourly = rates.map(|rates| Quantity::from_raw(rates.upper, unit)).or(cap);
    let least = Quantity::from_raw(i64::MIN, unit);
    let burned = hourly.map(|hourly| {
        let burned = over(hourly, exposure);
        burned.and_then(|burned| left.minus(burned).ok()).unwrap_or(least)
    });
    let seen = fast.map(|fast| left.minus(Quantity::bytes(fast.bytes.max(0))).unwrap_or(least));
    let bounds = [Some(left), burned, seen].into_iter().flatten();
    bounds.min_by_key(|bound| bound.raw())
}
