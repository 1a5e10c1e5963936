//! The lane of one account: how fast its requests may leave, and when a failing place is left alone.
//!
//! Owns a token bucket and one breaker per place (a service of a provider). Holds no timer of its own: an idle lane
//! costs nothing. Each account has its own lane, so that one account's trouble never slows another. Tested in
//! `tests/egress/lane.rs`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_meter::Mono;

use crate::{Failure, FailureKind, Timer, limits};

/// Pace and breakers of one account.
pub struct Lane {
    gap_ms: u64,
    burst_ms: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the bucket will be full again (its theoretical arrival time).
    full_at: u64,
    breakers: BTreeMap<String, Breaker>,
}

#[derive(Clone, Copy, Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Mono>,
    probing: bool,
}

/// Permission for one call to one place. Dropped without a report, it leaves the breaker as it was.
pub struct Pass<'a> {
    lane: &'a Lane,
    place: String,
    probe: bool,
    reported: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Self::new(limits::LANE_PER_SECOND, limits::LANE_BURST)
    }
}

impl Lane {
    /// At most `per_second` requests a second, after a first `burst` at once. Zero counts as one.
    #[must_use]
    pub fn new(per_second: u32, burst: u32) -> Self {
        let gap_ms = 1000 / u64::from(per_second.max(1));
        Self {
            gap_ms,
            burst_ms: gap_ms * u64::from(burst.max(1) - 1),
            state: Mutex::default(),
        }
    }

    /// One request after the other, at least `gap_ms` milliseconds apart.
    #[must_use]
    pub fn apart(gap_ms: u64) -> Self {
        Self {
            gap_ms,
            burst_ms: 0,
            state: Mutex::default(),
        }
    }

    /// Asks the breaker of `place` for one call. The error says how long the place rests.
    pub fn enter(&self, place: &str, now: Mono) -> Result<Pass<'_>, Failure> {
        let mut state = self.lock();
        let breaker = state.breakers.entry(place.to_owned()).or_default();
        let probe = match breaker.open_until {
            None => false,
            Some(until) if now < until => return Err(resting(place, until.since(now))),
            Some(_) if breaker.probing => return Err(resting(place, limits::CONNECT)),
            Some(_) => true,
        };
        breaker.probing = probe;
        Ok(Pass {
            lane: self,
            place: place.to_owned(),
            probe,
            reported: false,
        })
    }

    /// Waits until one more request may leave.
    pub async fn pace(&self, timer: &dyn Timer) {
        let wait = self.reserve(timer.now().mono);
        if !wait.is_zero() {
            timer.sleep(wait).await;
        }
    }

    fn reserve(&self, now: Mono) -> Duration {
        let mut state = self.lock();
        let at = state.full_at.max(now.0);
        state.full_at = at.saturating_add(self.gap_ms);
        Duration::from_millis(at.saturating_sub(self.burst_ms).saturating_sub(now.0))
    }

    /// A panic while the lock was held cannot have left more than a stale count behind, so the state stays usable.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The one call that tries out a place after its rest: it is not repeated.
    #[must_use]
    pub const fn is_probe(&self) -> bool {
        self.probe
    }

    /// Tells the breaker how the call ended. A refusal (wrong key, missing right, throttling) is an answer, not a
    /// failure of the place.
    pub fn report(mut self, failed: bool, now: Mono) {
        self.reported = true;
        let mut state = self.lane.lock();
        let breaker = state.breakers.entry(self.place.clone()).or_default();
        if !failed {
            *breaker = Breaker::default();
            return;
        }
        breaker.probing = false;
        breaker.failures = breaker.failures.saturating_add(1);
        if self.probe || breaker.failures >= limits::BREAKER_FAILURES {
            breaker.open_until = Some(now.plus(limits::BREAKER_REST));
        }
    }
}

impl Drop for Pass<'_> {
    /// A cancelled probe must not keep the place closed for ever.
    fn drop(&mut self) {
        if self.probe && !self.reported {
            let mut state = self.lane.lock();
            if let Some(breaker) = state.breakers.get_mut(&self.place) {
                breaker.probing = false;
            }
        }
    }
}

fn resting(place: &str, rest: Duration) -> Failure {
    let mut failure = Failure::new(
        FailureKind::Resting,
        place,
        format!("failed repeatedly; left alone for {} s", rest.as_secs().max(1)),
    );
    failure.retry_after = Some(rest);
    failure
}
