//! How often one may ask: by token, and by address for whoever has none. Owns that the memory of it stays bounded.

use std::hash::Hash;
use std::net::IpAddr;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tidegate_api::words::RowId;

use super::error::DoorError;
use super::limits::{self, Pace};

/// Counters of everybody who asks.
pub(super) struct Paces {
    tokens: Counter<RowId>,
    strangers: Counter<IpAddr>,
    codes: Counter<IpAddr>,
}

struct Counter<K: Hash + Eq + Clone> {
    counts: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
}

impl Paces {
    pub(super) fn new(token: Pace, stranger: Pace) -> Self {
        Self {
            tokens: Counter::new(token),
            strangers: Counter::new(stranger),
            codes: Counter::new(limits::PACE_CODE),
        }
    }

    /// Errors: asked too often, with the seconds to wait.
    pub(super) fn token(&self, token: RowId) -> Result<(), DoorError> {
        self.tokens.count(&token)
    }

    /// Errors: asked too often, with the seconds to wait.
    pub(super) fn stranger(&self, address: IpAddr) -> Result<(), DoorError> {
        self.strangers.count(&address)
    }

    /// A code was shown. Errors: too many were, with the seconds to wait.
    pub(super) fn code(&self, address: IpAddr) -> Result<(), DoorError> {
        self.codes.count(&address)
    }
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(pace: Pace) -> Self {
        let quota = Quota::per_second(pace.per_second).allow_burst(pace.burst);
        Self {
            counts: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    fn count(&self, key: &K) -> Result<(), DoorError> {
        if self.counts.len() > limits::CALLERS_COUNTED {
            self.counts.retain_recent();
        }
        self.counts.check_key(key).map_err(|not_yet| {
            let wait = not_yet.wait_time_from(self.clock.now());
            DoorError::TooMany(wait.as_secs().saturating_add(1))
        })
    }
}
