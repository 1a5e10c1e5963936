//! How fast a meter burns and when it runs out. Owns the band and the overshoot contract as data.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Time};

/// When a meter runs out: a band, cut by the end of its window. An end of the band that lies behind the window's end
/// is `None`: it lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunOut {
    /// At the upper rate.
    pub early: Option<Time>,
    /// At the median rate.
    pub likely: Option<Time>,
    /// At the lower rate.
    pub late: Option<Time>,
}

/// What the stored readings say about the rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "forecast")]
pub enum Forecast {
    /// Below the minimum baseline: no rate is claimed.
    Accumulating {
        /// Samples so far.
        samples: u32,
        /// Polls until the baseline can be reached at the earliest.
        needed: u32,
        /// From the first reading to the last.
        #[serde(default)]
        span: Duration,
        /// The span that a baseline takes.
        #[serde(default)]
        span_needed: Duration,
        /// Changes of the value so far.
        #[serde(default)]
        changes: u32,
        /// Changes that a baseline takes; a value that stands still for a day needs none.
        #[serde(default)]
        changes_needed: u32,
    },
    /// Enough samples.
    Known {
        /// Samples used.
        samples: u32,
        /// Median burn per hour.
        hourly: Quantity,
        /// Upper burn per hour.
        hourly_upper: Quantity,
        /// When it runs out.
        run_out: RunOut,
    },
}

/// How far a meter's numbers run behind, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Behind {
    /// How old a number can be, as far as it was learned.
    pub lag: Option<Duration>,
    /// The delay is counted in: the provider tells or documents it, or it was measured.
    pub measured: bool,
}

/// How far a guard can overshoot its line: computed when it is saved, and shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contract {
    /// Most that can be used beyond the line; `None` when neither a bandwidth nor a burn rate bounds it.
    pub overshoot: Option<Quantity>,
    /// Reserve advised so that nothing is used beyond the package; `None` as above.
    pub reserve_advised: Option<Quantity>,
    /// The lag assumed or learned.
    pub lag: Duration,
    /// The lag was measured. Else it is assumed, and so is the bound.
    #[serde(default)]
    pub measured: bool,
    /// The poll interval.
    pub interval: Duration,
    /// The countdown.
    pub countdown: Duration,
    /// How long a stop takes.
    pub stop_latency: Duration,
}
