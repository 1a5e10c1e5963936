//! The budgets, as the design states them, and the sizes they are measured at.

use std::time::Duration;

/// Accounts in one cycle.
pub(crate) const CYCLE_ACCOUNTS: u32 = 1000;
/// Accounts looked at in the same moment: `engine::limits::IN_FLIGHT`.
pub(crate) const CYCLE_IN_FLIGHT: u32 = 50;
/// How long the simulated cloud takes over one account.
pub(crate) const CYCLE_ANSWER: Duration = Duration::from_millis(200);
/// Wall time of a cycle over the ideal of accounts ÷ in flight × answer, in thousandths.
pub(crate) const CYCLE_WALL_PERMILLE: u64 = 1150;
/// Processor time of the guard process for one cycle.
pub(crate) const CYCLE_CPU: Duration = Duration::from_millis(500);
/// Peak resident memory of the guard process.
pub(crate) const CYCLE_RSS_KIB: u64 = 40 * 1024;
/// Cycles measured; the median counts.
pub(crate) const CYCLE_ROUNDS: usize = 7;

/// Meters of the idle engine.
pub(crate) const IDLE_METERS: u32 = 50;
/// Resident memory over that of a bare process with the same libraries, in thousandths.
pub(crate) const IDLE_RSS_PERMILLE: u64 = 2500;
/// How long the idle engine is watched.
pub(crate) const IDLE_SPAN: Duration = Duration::from_secs(20);
/// Clock ticks it may use in that span.
pub(crate) const IDLE_TICKS: u64 = 0;
/// Bytes that an idle day brings to the disk.
pub(crate) const DAY_BYTES_KIB: u64 = 20 * 1000 * 1000 / 1024;

/// 99th percentile from decision to durable intent over a bare full-sync commit, in thousandths.
pub(crate) const INTENT_P99_PERMILLE: u64 = 1300;
/// Decisions in one round, each beside one control commit.
pub(crate) const INTENT_SAMPLES: usize = 400;
/// Rounds; the median of their ratios counts.
pub(crate) const INTENT_ROUNDS: usize = 7;
