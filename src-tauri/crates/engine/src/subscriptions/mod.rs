//! Subscriptions of proxy services: samples of what their panels tell, the window of their meter, days left, and the check
//! whether somebody else uses them.
//!
//! Owns what is kept of a look, which nodes are a subscription's, what is compared with what and when, and what is told of
//! it. The arithmetic is [`tidegate_guard::allowance`] and [`tidegate_guard::leak`]; asking the panel is the provider's.
//! Never knows an address. A look that was not believed leaves no sample. Tested in `tests/engine/subscriptions`.

mod check;
mod feeds;
mod known;
mod limits;
mod show;
mod telling;
mod view;
mod window;

use std::time::Duration;

use tidegate_meter::Time;
use tidegate_providers::subscription_info::{INTERVAL_LEAST, SubscriptionParams};

pub(crate) use check::check;
pub(crate) use known::{learned_day, write};
pub(crate) use show::{on_day, views};
pub(crate) use telling::{forget, is_leak};
pub use view::{Leak, NodeMultiplier, Reset, ResetBy, SubscriptionDay, SubscriptionView};
pub(crate) use window::fit_all;

use crate::config::AccountConfig;
use crate::inner::Inner;

/// The provider of every account here.
pub(crate) const PROVIDER: &str = "subscription";

/// Whether an account is a subscription.
pub(crate) fn is_one(config: &AccountConfig) -> bool {
    config.provider == PROVIDER
}

/// What its owner says of it. What cannot be read was refused when it was saved; a row of another version is as usual.
fn params(config: &AccountConfig) -> SubscriptionParams {
    SubscriptionParams::read(&config.params).unwrap_or_default()
}

/// How long until the next look: not past the midnight of the user's zone, so that the cut between two days is known.
pub(crate) fn until_next(inner: &Inner, config: &AccountConfig, wait: Duration) -> Duration {
    if !is_one(config) {
        return wait;
    }
    let now = inner.wall();
    let midnight = inner.parts.zone.span_of(inner.parts.zone.date_of(now));
    let cut = midnight.map(|day| day.end.plus(limits::AFTER_MIDNIGHT));
    match cut.map(|cut: Time| cut.since(now)) {
        // A second more than the least span: at its very end the panel would not be asked.
        Some(left) if left < wait => left.max(INTERVAL_LEAST + Duration::from_secs(1)).min(wait),
        _ => wait,
    }
}
