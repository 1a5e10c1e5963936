//! The platform's time as far as it is known: this machine's, moved by what an answer's `Date` showed when a signature
//! was refused for its time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tidegate_egress::{Response, http_date};
use tidegate_meter::Time;

use crate::catalogue::Text;
use crate::limits;

/// What a refused signature means, by what is known of the clock.
#[derive(Debug)]
pub(crate) struct SignTexts {
    /// No secret is set.
    pub(crate) none: Text,
    /// The clock is right.
    pub(crate) secret: Text,
    /// The clock could not be checked.
    pub(crate) unchecked: Text,
    /// With the platform's time it was refused too.
    pub(crate) clock: Text,
}

/// Seconds from this machine's clock to the platform's.
#[derive(Default)]
pub(crate) struct PlatformClock(AtomicI64);

/// How the two clocks stand.
pub(crate) enum Skew {
    /// The answer does not say.
    Unknown,
    /// Close enough.
    Right,
    /// Apart by this much; signed with the platform's time from now on.
    Learned(Duration),
}

impl PlatformClock {
    /// The platform's time at our `now`.
    pub(crate) fn platform(&self, now: Time) -> Time {
        let offset = self.0.load(Ordering::Relaxed).saturating_mul(1_000);
        Time::from_ms(now.ms().saturating_add(offset))
    }

    /// Compares with an answer's date, and learns from it when the clock explains a refusal.
    pub(crate) fn compare(&self, response: &Response, now: Time) -> Skew {
        let Some(theirs) = response.header("date").and_then(http_date) else {
            return Skew::Unknown;
        };
        let skew = theirs.ms_since(self.platform(now)).saturating_abs();
        let skew = Duration::from_millis(u64::try_from(skew).unwrap_or(u64::MAX));
        if skew < limits::CLOCK_SKEW {
            return Skew::Right;
        }
        let offset = theirs.ms_since(now).div_euclid(1_000);
        self.0.store(offset, Ordering::Relaxed);
        Skew::Learned(skew)
    }

    /// Back to this machine's own time.
    pub(crate) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
