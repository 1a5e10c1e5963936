//! Bounds that several providers share, each with its reason.

use std::time::Duration;

/// A refused key is left alone for this long: Huawei locks a key for 5 min after 5 refusals in a row, and several others
/// lock one after repeated refusals too.
pub(crate) const KEY_PAUSE: Duration = Duration::from_secs(300);
/// Beyond this difference between our clock and the provider's, the clock is blamed for a refusal: the gateways of
/// Huawei and Volcengine refuse from 15 min on.
pub(crate) const CLOCK_SKEW: Duration = Duration::from_secs(600);
/// Longest piece of a provider's own message in an error, in characters.
pub(crate) const MESSAGE_CHARS: usize = 120;
