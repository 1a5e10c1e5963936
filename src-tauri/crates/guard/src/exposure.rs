//! How long a meter may burn unseen until a stop takes effect. Owns the parts of that time, for the line and for the
//! contract alike. Tested in `tests/judgement/limit.rs`.

use std::time::Duration;

use tidegate_meter::{AsOf, Reading, Time};

use crate::GuardSpec;

/// The parts of the time from the truth of a number to the end of the traffic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Exposure {
    /// How old the truth of the number may be.
    pub(crate) age: Duration,
    /// Until a look sees the line crossed, and as many more as must agree with it.
    pub(crate) looks: Duration,
    /// From the decision to the request.
    pub(crate) countdown: Duration,
    /// From the request to the end of the traffic.
    pub(crate) stop: Duration,
}

impl Exposure {
    /// Of a number that is so old at the most.
    pub(crate) fn of(spec: &GuardSpec, age: Duration) -> Self {
        let looks = u32::from(spec.belts.agreeing.max(1));
        Self {
            age,
            looks: spec.interval.saturating_mul(looks),
            countdown: spec.countdown,
            stop: spec.stop_latency,
        }
    }

    /// Of `reading` at `now`. Where the provider tells its time, the age is known; else the number is as old as its
    /// fetch, and the lag more.
    pub(crate) fn at(spec: &GuardSpec, reading: &Reading, lag: Option<Duration>, now: Time) -> Self {
        Self::of(spec, age(reading, lag, now))
    }

    /// All of it.
    pub(crate) fn whole(self) -> Duration {
        self.age.saturating_add(self.ahead())
    }

    /// The part that lies ahead.
    pub(crate) fn ahead(self) -> Duration {
        self.looks
            .saturating_add(self.countdown)
            .saturating_add(self.stop)
    }
}

/// How old the truth of `reading` may be at `now`.
pub(crate) fn age(reading: &Reading, lag: Option<Duration>, now: Time) -> Duration {
    let since = now.since(reading.as_of().at());
    match reading.as_of() {
        AsOf::Provider(_) => since,
        AsOf::Fetch(_) => since.saturating_add(lag.unwrap_or(Duration::ZERO)),
    }
}
