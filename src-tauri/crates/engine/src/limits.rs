//! Bounds and fixed spans of the engine, each with its reason.

use std::time::Duration;

/// Accounts looked at in the same moment: enough for a thousand accounts at 200 ms within 4 s, few enough sockets.
pub const IN_FLIGHT: usize = 50;
/// A keychain that waits for its dialog counts as locked after this long; the account is blind until the next look.
pub const VAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest sleep of the scheduler: the two clocks are compared at least this often, so a lapse shorter is not missed.
pub const WALL_CHECK: Duration = Duration::from_secs(30);
/// The clocks may drift apart by this much between two checks before it counts as sleep or a jump.
pub const DRIFT: Duration = Duration::from_secs(20);
/// Between two writes of the heartbeat: a start after a crash tells the lapse to this precision.
pub const HEARTBEAT: Duration = Duration::from_secs(60);
/// A stop shorter than this between two runs is a restart, not a lapse.
pub const LAPSE_MIN: Duration = Duration::from_secs(120);
/// Change batches kept for a slow listener; one that falls behind further is told so and reads the state anew.
pub const CHANGES: usize = 1024;
/// Tries of one intent before a person must look: the first, and three more.
pub const TRIES: u32 = 3;
/// Waits before the next try, by failed tries so far: a provider's hiccup passes in a minute, an outage does not in five.
pub const RETRY_WAITS: [Duration; 3] = [
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
];
/// Between two looks at the state while a stop is young: `facts/huawei.md` 11.
pub const VERIFY_FAST: Duration = Duration::from_secs(5);
/// A stop that took effect does so within this span; after it the looks slow down and a still running target counts as
/// not stopped.
pub const VERIFY_SPAN: Duration = Duration::from_secs(300);
/// Between two looks at the state of an old stop that is still in progress.
pub const VERIFY_SLOW: Duration = Duration::from_secs(30);
/// A stop still in progress after this long needs a person.
pub const VERIFY_MAX: Duration = Duration::from_secs(1800);
/// Between the two reads that must both say `running` before a lost request counts as not taken on: a request on the
/// wire is processed within this span.
pub const SETTLE: Duration = Duration::from_secs(30);
/// An intent whose outcome cannot be read for this long needs a person.
pub const UNKNOWN_MAX: Duration = Duration::from_secs(1800);
/// A cancelled action holds its guard on that meter for this long.
pub const CANCEL_HOLD: Duration = Duration::from_secs(24 * 3600);
/// Longest hold of an intent by a person.
pub const HOLD_MAX: Duration = Duration::from_secs(24 * 3600);
/// Longest arming.
pub const ARM_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// The belts count actions in this span.
pub const ACTION_SPAN: Duration = Duration::from_secs(24 * 3600);
/// First wait after a refused delivery; doubled with each further one.
pub const DELIVERY_WAIT: Duration = Duration::from_secs(2);
/// Longest wait between two tries of a delivery.
pub const DELIVERY_WAIT_MAX: Duration = Duration::from_secs(300);
/// A message older than this is of no use; it is shown as undelivered.
pub const DELIVERY_LIFE: Duration = Duration::from_secs(24 * 3600);
/// An undelivered critical message goes to the next channel after this long.
pub const ESCALATE: Duration = Duration::from_secs(300);
/// More messages than this at once for one channel become one.
pub const GROUP: usize = 3;
/// Messages in one group: a card has a size limit, and nobody reads more.
pub const GROUP_MAX: usize = 20;
/// Interval jitter in percent of the interval: a thousand accounts must not look in the same second for ever.
pub const JITTER_PERCENT: u64 = 10;
/// Shortest interval a configuration may ask for: the provider's numbers are never younger.
pub const INTERVAL_MIN: Duration = Duration::from_secs(10);
/// Longest interval a configuration may ask for.
pub const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// A value within this percentage of its line is near it, and looked at more often.
pub const NEAR_PERCENT: i64 = 20;
