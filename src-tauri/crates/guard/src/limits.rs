//! Bounds of this crate, each with its reason.

use std::time::Duration;

/// Closed burn intervals kept: 64 hourly steps are more than two and a half days, and keep a stored state under 4 KiB.
/// When full, the older half is merged in pairs, so a meter that changes at every poll keeps its long view.
pub const SPANS: usize = 64;
/// Rungs kept in one ladder, removed steps included: a spec has at most [`STEPS`], edits leave tombstones.
pub const RUNGS: usize = 48;
/// Most steps of one guard: more than that many messages for one window is noise.
pub const STEPS: usize = 16;
/// Polls before a rate is claimed: fewer are no baseline.
pub const BASELINE_SAMPLES: u32 = 6;
/// Time before a rate is claimed: providers book hourly usage in one batch, one to two hours late.
pub const BASELINE_SPAN: Duration = Duration::from_secs(2 * 3600);
/// Closed intervals between two value changes before a rate is claimed: the first sight of a value does not say since
/// when it stands, so two intervals need three changes of which the first only opens one.
pub const BASELINE_CHANGES: usize = 2;
/// How far back burn is counted: a week holds every rhythm of days and nights.
pub const BURN_HORIZON: Duration = Duration::from_secs(7 * 86_400);
/// A value that stands this long is known to burn nothing: longer than any batch is late.
pub const STILL: Duration = Duration::from_secs(26 * 3600);
/// Gaps between value changes kept for learning the lag: an odd number, so that the median is one of them.
pub const LAG_GAPS: usize = 15;
/// Gaps needed before a lag is claimed.
pub const LAG_GAPS_MIN: usize = 3;
/// Longest step and longest delay learned: a bill by the day is the slowest that any provider documents. A number that
/// stands for longer belongs to a server that is idle, which is not lag.
pub const LAG_MAX: Duration = Duration::from_secs(26 * 3600);
/// The step assumed where none was learned: hourly batches.
pub const LAG_ASSUMED: Duration = Duration::from_secs(3600);
/// The delay that a contract assumes where none was measured: batches are seen two hours late, and no provider of them
/// documents a bound. Such a contract says that it assumes.
pub const DELAY_ASSUMED: Duration = Duration::from_secs(2 * 3600);
/// A value that jumped down stands this long before anything is stopped for it: a provider's bad hour is an hour.
pub const JUMP_STANDS: Duration = Duration::from_secs(90 * 60);
/// Intervals without truth before it is an alert.
pub const BLIND_INTERVALS: u32 = 3;
/// Looks without truth after which it is an alert whatever the wall clock says: it may have jumped back.
pub const BLIND_LOOKS: u32 = 6;
/// A provider-told `as_of` older than this many lags is no truth about now.
pub const STALE_LAGS: u32 = 3;
/// But a provider-told `as_of` may always be this old: daily batches are the slowest that any provider documents.
pub const STALE_UNLEARNED: Duration = Duration::from_secs(26 * 3600);
/// How far a time may lie in the future before the clock is not believed: gateways allow 15 min of skew.
pub const SKEW: Duration = Duration::from_secs(15 * 60);
/// Used beyond this many times the limit is not believed at once.
pub const OVERUSE: i64 = 10;
/// Agreeing readings that may be asked for.
pub const AGREEING: u8 = 10;
/// Longest countdown: a longer one is a decision for tomorrow.
pub const COUNTDOWN: Duration = Duration::from_secs(24 * 3600);
/// Longest interval between polls.
pub const INTERVAL: Duration = Duration::from_secs(24 * 3600);
/// Longest run-out step.
pub const RUN_OUT: Duration = Duration::from_secs(366 * 86_400);
/// Highest bandwidth in Mbit/s that a spec may name: 1 Tbit/s.
pub const BANDWIDTH_MBIT: u32 = 1_000_000;
/// Bytes per hour of one Mbit/s: 10^6 / 8 × 3600 = 0.45 GB.
pub const BYTES_HOUR_PER_MBIT: i64 = 450_000_000;
/// The sliding span in which actions are counted.
pub const COUNT_SPAN: Duration = Duration::from_secs(24 * 3600);
/// A counter may fall this far without having begun anew: panels correct what a node booked twice.
pub const COUNTER_SLACK: u64 = 1 << 20;
/// Samples of a subscription further apart than this leave open on which of two days its bytes were used: three times the
/// usual hour, so that one refused look is no gap.
pub const SAMPLES_APART: Duration = Duration::from_secs(3 * 3600);
/// A reset between samples further apart than this has no certain date.
pub const RESET_APART: Duration = Duration::from_secs(24 * 3600);
/// Full days of samples before a rate is claimed: fewer are one evening.
pub const RATE_DAYS_LEAST: u32 = 3;
/// The spans that rates are means of: whole weeks, since weekends differ. In simulated series of heavy-tailed use their
/// means were off by the least; 7 days follow a change of habit, 28 days outlast a burst.
pub const RATE_DAYS: [u32; 3] = [7, 14, 28];
/// Whoever uses so little that the rest lasts ten years has no rate to speak of.
pub const LONGEST_DAYS: u32 = 3650;
/// What a panel billed and what was counted here may differ by this much whatever their size: background use of one
/// forgotten device in a day.
pub const LEAK_BYTES: u64 = 100 << 20;
/// And by this share of the larger one, in percent: overhead of protocols, rounding of panels, late booking.
pub const LEAK_SHARE_PERCENT: u32 = 20;
/// With more of the interval unwatched than this, in percent, nobody can say.
pub const LEAK_GAP_PERCENT: u32 = 20;
