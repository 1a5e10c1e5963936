//! Bounds of quotas, each with its reason.

use std::time::Duration;

/// How far a bill runs behind use at least, as its provider says.
pub use tidegate_providers::volcengine::BILL_DELAY;

/// Longest note of a sub-account or of an entry of its ledger, in characters: what the earlier system's column held.
pub const NOTE_CHARS: usize = 500;
/// Most steps of one sub-account: as many as a guard may have.
pub const STEPS: usize = 16;
/// The highest step, ten times the quota, in 1e-4 percent: beyond it nobody decides anything any more.
pub const STEP_MAX_RAW: i64 = 10_000_000;
/// A bill read this lately is as true as one read now: the provider books once a day, and a large one takes minutes to
/// read. A disable is decided on nothing older.
pub const BILL_FRESH: Duration = Duration::from_secs(30 * 60);
/// A look at an account with sub-accounts takes at most this long: a bill of 6000 pages at five calls a second is twenty
/// minutes, and a dead provider ends it all the same.
pub const BILL_LOOK_MAX: Duration = Duration::from_secs(30 * 60);
/// A month is final this long after its end: the provider corrects it until the fifth day, ten o'clock.
pub const SETTLED_AFTER: Duration = Duration::from_secs(6 * 24 * 3600);
/// Months that were missed while nobody was watching, asked for in one look: each may have as many pages as the running
/// one, and the others come with the next looks.
pub const MONTHS_MISSED: usize = 2;
/// Longest name of a project, in characters: what the provider takes.
pub const PROJECT_CHARS: usize = 128;
/// The steps where neither the sub-account nor the guard names any, in 1e-4 percent: half, four fifths, nine tenths, as in
/// the earlier system.
pub const STEPS_DEFAULT: [i64; 3] = [500_000, 800_000, 900_000];
/// So often it is looked whether a sub-account that was just made shows: with the wait, ten seconds, as long as a person
/// waits at a dialog.
pub(super) const MADE_LOOKS: u32 = 5;
/// Between two of those looks.
pub(super) const MADE_WAIT: Duration = Duration::from_secs(2);
