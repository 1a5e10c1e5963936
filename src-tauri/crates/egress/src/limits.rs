//! Bounds of the way out, each with its reason.

use std::time::Duration;

/// Connecting takes at most this long: a dead host must not hold one of the few places in flight.
pub const CONNECT: Duration = Duration::from_secs(5);
/// A whole exchange takes at most this long, body included: a hanging body is a transient failure.
pub const TOTAL: Duration = Duration::from_secs(15);
/// A body is at most this long: the longest answer that we read is a page of 300 rows of Volcengine's bill, about 1 MiB,
/// and several times that where every row carries its tags; more is an attack.
pub const BODY_BYTES: usize = 4 * 1024 * 1024;
/// Tries of one call, the first included.
pub const TRIES: usize = 3;
/// First wait between two tries, doubled each time, plus up to as much again by chance so that accounts that failed
/// together do not come back together.
pub const BACKOFF_FIRST: Duration = Duration::from_millis(400);
/// No wait between two tries is longer than this, unless the other side names a longer one.
pub const BACKOFF_MOST: Duration = Duration::from_secs(4);
/// A longer wait asked for by the other side is handed to the caller instead of being waited for inside a call: the
/// poller has its own calendar, and a place in flight is too dear to sleep in.
pub const RETRY_AFTER_MOST: Duration = Duration::from_secs(30);
/// A connection that idle is closed: shorter than every cloud gateway's own limit, so a reused one is seldom dead.
pub const POOL_IDLE: Duration = Duration::from_secs(20);
/// Idle connections kept per host: one account's look is sequential, several accounts share a host.
pub const POOL_PER_HOST: usize = 8;
/// Requests per second of one account: Huawei's billing API takes 10, a margin is left for the owner's own tools.
pub const LANE_PER_SECOND: u32 = 8;
/// Requests that may leave at once before the pace applies: with the pace itself never more than 10 in one second.
pub const LANE_BURST: u32 = 2;
/// Failed calls in a row that open a breaker.
pub const BREAKER_FAILURES: u32 = 3;
/// An open breaker lets nothing out for this long, then one probe.
pub const BREAKER_REST: Duration = Duration::from_secs(60);
