//! Bounds of the count, each with its reason.

use std::time::Duration;

/// The largest counter that is believed: a pebibyte. A router that never restarts needs years for it; beyond it a snapshot
/// is a lie, and not one number of it is used.
pub(super) const COUNTER_MAX: u64 = 1 << 50;
/// The most bytes in one row: what whoever takes it on believes of one way in one minute (1 TiB). A lump that holds more
/// is laid into the minutes before it.
pub(super) const ROW_BYTES_MAX: u64 = 1 << 40;
/// A connection that is missing from a list is remembered for so long: a list that came short for once must not make it
/// count anew (C3.2).
pub(super) const GONE_GRACE: Duration = Duration::from_secs(30);
/// Most missing connections that are remembered: a burst of short ones at 500 a second fills it in the grace period.
pub(super) const GONE_MAX: usize = 16_384;
/// A list that is not told though connections were open is waited for this long; bytes are held meanwhile. Mihomo tells
/// none when nothing is open, so that waiting longer would only be late.
pub(super) const NULL_GRACE: Duration = Duration::from_secs(3);
/// Totals that fell beside a connection that goes on are not used for this long: what is told wrong once, or by a kernel that
/// sets its totals back, which is then followed.
pub(super) const DOUBT: Duration = Duration::from_secs(10);
/// Beyond this between two snapshots nobody watched: what went through unseen is not spread. A kernel that restarts is back
/// in less; of more, what was seen before and after says little.
pub(super) const GAP: Duration = Duration::from_secs(30);
/// Snapshots older than this tell nothing of now.
pub(super) const LIVE: Duration = Duration::from_secs(5);
/// Most connections that are shown.
pub(super) const LIVE_LIST: usize = 200;
/// Most logged openings that wait for a snapshot: ten times the busiest second that was measured.
pub(super) const OPENS_MAX: usize = 16_384;
/// Most ways at once: ten subscriptions of 200 nodes under eight groups. From half of it on, ways that nothing refers to
/// are forgotten.
pub(super) const WAYS_MAX: usize = 16_384;
/// Most kernels of one device that are remembered.
pub(super) const KERNELS_MAX: usize = 8;
/// Longest name of a node, group or feed, in characters. Airports put slogans into names; more than this is none.
pub(super) const NAME_CHARS: usize = 128;
/// Longest host and program name that is kept for showing: the longest DNS name.
pub(super) const SHOWN_CHARS: usize = 253;
/// Most rows that wait to be stored: beyond, the minutes of past hours become one each. Below what one batch may hold.
pub(super) const ROWS_MAX: usize = 16_384;
/// Most spans that wait to be stored; beyond, the oldest are forgotten, which says of less that it was watched.
pub(super) const SPANS_MAX: usize = 1_024;
/// A row further back than this was dated by a clock that was not set yet.
pub(super) const PAST: Duration = Duration::from_secs(365 * 86_400);
