//! `[[account]]` of a proxy kernel on this machine or in the same network. Its secret may be missing: over a unix socket a
//! kernel asks for none, and many have none at all.

use tidegate_providers::proxy::{FIELDS, SECRET};

use super::plain::Plain;
use crate::limits;

/// The provider of an account that is a proxy kernel.
pub(crate) const PROVIDER: &str = "proxy";

pub(super) const PLAIN: Plain = Plain {
    provider: PROVIDER,
    fields: &FIELDS,
    secrets: &[(SECRET, false)],
    intervals: (limits::INTERVAL_DEFAULT, limits::INTERVAL_NEAR_DEFAULT),
    least: limits::INTERVAL_MIN,
};
