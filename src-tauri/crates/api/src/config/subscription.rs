//! `[[account]]` of a subscription: its address is a secret, and all else may be left out.

use tidegate_providers::subscription_info::{FIELDS, INTERVAL, INTERVAL_LEAST};

use super::plain::Plain;

/// Panels count how often they are asked, also near a limit.
pub(super) const PLAIN: Plain = Plain {
    provider: "subscription",
    fields: &FIELDS,
    secrets: &[("url", true)],
    intervals: (INTERVAL, INTERVAL_LEAST),
    least: INTERVAL_LEAST,
};
