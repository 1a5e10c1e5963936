//! How far a guard can overshoot. Owns the arithmetic of the overshoot contract; never rounds in favour of the guard.

use std::time::Duration;

use tidegate_meter::Quantity;

use crate::{Contract, GuardSpec, limits};

/// The overshoot contract of `spec`, computed when it is saved, and shown. `lag` is the learned lag (else
/// [`limits::LAG_ASSUMED`]), `hourly_upper` the upper burn per hour, used where no bandwidth is known.
///
/// The exposure is lag + interval (once per agreeing reading that is asked for) + countdown + stop latency; the rate is
/// the bandwidth (0.45 GB/h per Mbit/s), which nothing can exceed, else the upper burn.
#[must_use]
pub fn contract(spec: &GuardSpec, lag: Option<Duration>, hourly_upper: Option<Quantity>) -> Contract {
    let lag = lag.unwrap_or(limits::LAG_ASSUMED);
    let polls = spec
        .interval
        .saturating_mul(u32::from(spec.belts.agreeing.max(1)));
    let exposure = lag
        .saturating_add(polls)
        .saturating_add(spec.countdown)
        .saturating_add(spec.stop_latency);
    let overshoot = hourly_cap(spec)
        .or(hourly_upper)
        .and_then(|hourly| over(hourly, exposure));
    Contract {
        overshoot,
        reserve_advised: overshoot,
        lag,
        interval: spec.interval,
        countdown: spec.countdown,
        stop_latency: spec.stop_latency,
    }
}

/// The most bytes that can leave in an hour, where the bandwidth is known.
pub(crate) fn hourly_cap(spec: &GuardSpec) -> Option<Quantity> {
    let mbit = i64::from(spec.bandwidth_mbit?);
    Some(Quantity::bytes(mbit.saturating_mul(limits::BYTES_HOUR_PER_MBIT)))
}

/// `hourly` over `span`, rounded up to the raw unit; `None` when it does not fit.
pub(crate) fn over(hourly: Quantity, span: Duration) -> Option<Quantity> {
    const HOUR_MS: i64 = 3_600_000;
    let span = i64::try_from(span.as_millis()).ok()?;
    // Rounded up: the negative of the negative rounded down.
    let negated = Quantity::from_raw(hourly.raw().checked_neg()?, hourly.unit());
    let burned = negated.scaled(span, HOUR_MS).ok()?;
    Some(Quantity::from_raw(burned.raw().checked_neg()?, burned.unit()))
}
