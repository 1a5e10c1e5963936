//! Subscriptions of proxy services: what their panel says of used, total and expiry.
//!
//! Owns how the panel is asked (seldom, through few redirects, as a client it knows), and how its header, its first line
//! and its pseudo nodes are read. The address is a secret as a whole: it stands in no error, log, answer or `Debug`, and
//! neither does its host. What cannot be read is blind and never zero. Never stores; which span a number belongs to, what
//! is used in a day and for how long it lasts is the engine's. Tested in `tests/subscription`, over real HTTP against the
//! simulated panel.

mod body;
mod fetch;
mod header;
mod limits;
mod panel;
mod params;
mod source;

use tidegate_meter::Time;

pub use limits::{INTERVAL, INTERVAL_LEAST};
pub use params::{FIELDS, Feeds, ResetDay, SubscriptionParams, Via};

pub use crate::params::{ParamField, ParamMistake};
pub use source::{EXPIRY, Subscription, SubscriptionConfig, SubscriptionError, TRAFFIC};

/// What a panel told at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usage {
    /// When it was true.
    pub at: Time,
    /// Sent, as billed.
    pub up: u64,
    /// Received, as billed.
    pub down: u64,
    /// The whole; `None` when unlimited or not told.
    pub total: Option<u64>,
    /// When it expires; `None` when never or not told.
    pub expires_at: Option<Time>,
    /// The day of the month on which it is counted anew, where the panel tells it.
    pub reset_day: Option<u8>,
}
