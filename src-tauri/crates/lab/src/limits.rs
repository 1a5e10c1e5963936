//! Bounds of the lab, each with its reason.

use std::time::Duration;

use tidegate_meter::Time;

/// No plan begins earlier: 2026-01-01T00:00:00Z, the first year that the product knows.
pub const FIRST_START: Time = Time::from_ms(1_767_225_600_000);
/// Nothing happens before this second: the first looks of every account are over, and there is something to lose.
pub const SETTLED_S: u64 = 120;
/// The machine's clock is read so often within one instant before that counts as a loop without end: a busy instant of a
/// large plan reads it some thousand times.
pub const LOOKS_AT_ONE_INSTANT: u32 = 1_000_000;
/// Lines of a run that are kept, the newest; a plan of three days with many faults has about 60 000.
pub const LINES_KEPT: usize = 200_000;
/// After a start the person arms what the plan says is armed, once the targets of the accounts are known.
pub const ARM_AFTER: Duration = Duration::from_secs(30);
/// A person whose arming was refused tries again so much later, since the provider may have been away.
pub const ARM_AGAIN: Duration = Duration::from_secs(300);
/// The arming of a plan lasts so long: longer than any plan.
pub const ARMED_FOR: Duration = Duration::from_secs(60 * 86_400);
/// A person who starts again what a guard stopped looks through so many actions.
pub const RESTORED_FROM: usize = 50;
/// A draft is tried over so many days: the longest plan of the tests.
pub const WHAT_IF_DAYS: u32 = 3;
/// A process that could not start is started again so much later, as a supervisor would.
pub const START_AGAIN_MS: u64 = 60_000;
/// A second copy that is refused asks again so much later, as the program does while another one guards.
pub const SECOND_AGAIN: Duration = Duration::from_secs(30);
/// The randomness of a second copy begins so far behind that of the lives of the first one.
pub const COPY_SEEDS: u64 = 1 << 32;
/// All of a quota, in the ten-thousandths of a percent that a share is counted in: a prepaid sub-account is closed when it has
/// spent what it was given.
pub const WHOLE_SHARE: i64 = 1_000_000;
/// The person looks so often whether a new sub-account is known by now, until it is given what the plan says.
pub const GRANT_AGAIN: Duration = Duration::from_secs(60);
/// A database that cannot be opened is tried again so much later: whoever starts the program by hand does not sit there.
pub const OPEN_AGAIN_MS: u64 = 600_000;
/// Lines of a story before what is left out: enough to see the guard begin and the first fault.
pub const STORY_FIRST: usize = 5;
/// Lines of a story after it: what led to the breach stands at the end.
pub const STORY_LAST: usize = 12;
/// Every seed that this divides is played twice: often enough to catch a chance that does not come from the plan.
pub const PLAYED_TWICE: u64 = 50;
/// Plans tried for a smaller one: most shrink within a hundred, and the smaller ones are quick.
pub const SHRINK_TRIES: u32 = 400;
/// Between two frames of a kernel while bytes pass: as a real one.
pub const FRAME_BUSY: Duration = Duration::from_secs(1);
/// Between two frames of a kernel while nothing passes. A real one goes on every second, which would be nine tenths of a run.
pub const FRAME_SILENT: Duration = Duration::from_secs(30);
/// The same of one that is slow or away.
pub const FRAME_SLOW: Duration = Duration::from_secs(60);
/// An agent seals and hands in so often.
pub const SEALED_EVERY: Duration = Duration::from_secs(300);
/// An agent puts so many minutes into one batch, after a long silence.
pub const SEALED_MINUTES: usize = 30;
/// An invitation of an agent holds so long.
pub const INVITED_FOR: Duration = Duration::from_secs(900);
