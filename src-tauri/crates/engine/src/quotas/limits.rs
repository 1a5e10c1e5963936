//! Bounds of quotas, each with its reason.

/// Longest note of a sub-account or of an entry of its ledger, in characters: what the earlier system's column held.
pub const NOTE_CHARS: usize = 500;
/// Most steps of one sub-account: as many as a guard may have.
pub const STEPS: usize = 16;
/// The highest step, ten times the quota, in 1e-4 percent: beyond it nobody decides anything any more.
pub const STEP_MAX_RAW: i64 = 10_000_000;
/// How far a bill runs behind use at least, as its provider says.
pub use tidegate_providers::volcengine::BILL_DELAY;
