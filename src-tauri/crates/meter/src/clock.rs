//! Time as it is passed in. Owns the trait and its value; the system clock itself lives in `egress::clock`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Time;

/// A monotonic instant: milliseconds since an arbitrary start of this process. Never jumps with the wall clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Mono(pub u64);

impl Mono {
    /// How long after `earlier` this instant is; zero when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This instant plus `span`.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
        )
    }
}

/// One look at both clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// What the wall says; may jump.
    pub wall: Time,
    /// What really passed since the process started; never jumps, may stand still during system sleep.
    pub mono: Mono,
}

/// Where a program asks for the time. Injected everywhere: live, simulated, replayed.
pub trait Clock: Send + Sync {
    /// Both clocks, read together.
    fn now(&self) -> Now;
}
