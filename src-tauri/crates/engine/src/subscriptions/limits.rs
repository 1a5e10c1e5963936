//! Bounds of the subscriptions, each with its reason.

use std::time::Duration;

/// Samples are looked back on this far: two resets and the weeks of the slowest rate.
pub(super) const SAMPLES_KEPT: Duration = Duration::from_secs(100 * 86_400);
/// A leak check spans at least this long: shorter, and a panel that books an hour late is half of it; longer, and a leak of
/// a day is told a day after.
pub(super) const LEAK_WINDOW: Duration = Duration::from_secs(6 * 3600);
/// A check ends at a sample at least this old: agents hand in what they counted within seconds, and by then the panel has
/// booked it too.
pub(super) const LEAK_SETTLED: Duration = Duration::from_secs(15 * 60);
/// Days in which names of feeds and nodes are looked for: a week has every habit in it.
pub(super) const NAMES_DAYS: i64 = 7;
/// Names of feeds and nodes that are looked at, those with the most bytes: no subscription has more nodes.
pub(super) const NAMES: usize = 1000;
/// Leak checks of one day at most: one more than fit by their length.
pub(super) const LEAKS_DAY: usize = 16;
/// After midnight a panel is asked this late, for the cut between two days.
pub(super) const AFTER_MIDNIGHT: Duration = Duration::from_secs(60);
/// How late a panel may reset on its day: its own zone may lie a day off.
pub(super) const RESET_LATE: Duration = Duration::from_secs(24 * 3600);
