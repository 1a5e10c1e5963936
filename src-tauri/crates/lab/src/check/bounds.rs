//! The bounds of liveness, each with its reason. They begin when all that was broken is whole again.

use std::time::Duration;

/// The interval with its jitter of a tenth, and how late a look may end.
pub(super) const fn look_within(interval_s: u64) -> Duration {
    Duration::from_millis(interval_s.saturating_mul(1100).saturating_add(30_000))
}

/// The longest rest that a provider may ask for, and a look that rests is made once a minute: until then an account that was
/// refused before may still rest after everything is mended.
pub(super) const REST: Duration = Duration::from_secs(15 * 60 + 60);
/// A package that is over speaks against a stop for 90 minutes from the look that no longer finds it in the hourly list.
pub(super) const COVERS: Duration = Duration::from_secs((90 + 60) * 60 + 60);
/// What the table grants beyond the terms of the guard.
pub(super) const SPARE: Duration = Duration::from_secs(30);
/// A crash is gone on from within this.
pub(super) const RESUME: Duration = Duration::from_secs(10);
/// Three verify periods of thirty seconds, and the spare.
pub(super) const UNKNOWN: Duration = Duration::from_secs(3 * 30 + 30);
/// A failure is told within this.
pub(super) const TELL: Duration = Duration::from_secs(120);
/// A stop that was taken on has this long to take effect before it counts as failed.
pub(super) const EFFECT: Duration = Duration::from_secs(300);
/// The longest wait between two tries of a message, thrice: its turn comes, and a platform may ask for a minute.
pub(super) const OUTBOX: Duration = Duration::from_secs(15 * 60);
/// A wake is noticed and every meter read within this.
pub(super) const WAKE: Duration = Duration::from_secs(60);
/// Intervals without truth before it is told.
pub(super) const BLIND_INTERVALS: u32 = 3;
/// Of the interval with its jitter: what others may be delayed by.
pub(super) const fn others_within_ms(interval_s: u64) -> u64 {
    interval_s.saturating_mul(1210).saturating_add(2_000)
}
