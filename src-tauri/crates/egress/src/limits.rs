//! Bounds of the way out, each with its reason.

use std::time::Duration;

/// Connecting takes at most this long: a dead host must not hold one of the few places in flight.
pub const CONNECT: Duration = Duration::from_secs(5);
/// A whole exchange takes at most this long, body included: a hanging body is a transient failure.
pub const TOTAL: Duration = Duration::from_secs(15);
/// A body is at most this long: no API answer that we read comes near it; more is an error page or an attack.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Tries of one call, the first included.
pub const TRIES: usize = 3;
