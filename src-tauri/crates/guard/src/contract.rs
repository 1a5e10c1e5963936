//! How far a guard can overshoot. Owns the arithmetic of the overshoot contract; never rounds in favour of the guard.

use std::time::Duration;

use tidegate_meter::Quantity;

use crate::exposure::Exposure;
use crate::{Behind, Contract, GuardSpec, limits};

/// The overshoot contract of `spec`, computed when it is saved, and shown. `behind` is how far the meter's numbers run
/// behind as far as it was learned, `hourly_upper` the upper burn per hour, used where no bandwidth is known.
///
/// The exposure is lag + interval (once per agreeing reading that is asked for) + countdown + stop latency; the rate is
/// the bandwidth (0.45 GB/h per Mbit/s), which nothing can exceed, else the upper burn.
#[must_use]
pub fn contract(spec: &GuardSpec, behind: Behind, hourly_upper: Option<Quantity>) -> Contract {
    let exposure = Exposure::of(spec, behind.most());
    let overshoot = hourly_cap(spec)
        .or(hourly_upper)
        .and_then(|hourly| over(hourly, exposure.whole()));
    Contract {
        overshoot,
        reserve_advised: overshoot,
        lag: exposure.age,
        measured: behind.measured,
        interval: spec.interval,
        countdown: exposure.countdown,
        stop_latency: exposure.stop,
    }
}

impl Behind {
    /// How far behind at the most; what was not measured is assumed, see [`limits::DELAY_ASSUMED`].
    #[must_use]
    pub fn most(self) -> Duration {
        let assumed = if self.measured {
            Duration::ZERO
        } else {
            limits::DELAY_ASSUMED
        };
        self.lag.unwrap_or(limits::LAG_ASSUMED).saturating_add(assumed)
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
