//! Bounds of this crate, each with its reason.

use std::time::Duration;

/// Most bytes of one request to Feishu, sign and all. The platform documents 20 KB and does not say which kilo; the
/// smaller one is right either way.
pub const FEISHU_BODY_BYTES: usize = 20_000;
/// Sends in one second that Feishu takes from one bot.
pub const FEISHU_PER_SECOND: usize = 5;
/// Sends in one minute that Feishu takes from one bot.
pub const FEISHU_PER_MINUTE: usize = 100;
/// Longest span any platform's limit counts over; older sends are forgotten.
pub const PACE_KEPT: Duration = Duration::from_secs(60);
/// Most remembered sends: as many as the largest limit counts.
pub const PACE_ENTRIES: usize = FEISHU_PER_MINUTE;
/// Longest title in characters: a chat list shows about thirty, the card itself two lines.
pub const TITLE_CHARS: usize = 120;
/// Longest line in characters: a line names one fact; more is a provider's error page.
pub const LINE_CHARS: usize = 1_000;
/// Longest word of a platform that is quoted, in characters.
pub const QUOTE_CHARS: usize = 160;
/// Longest keyword of a bot, in characters; the platform itself takes ten.
pub const KEYWORD_CHARS: usize = 64;
/// Most belts that are named in one sentence; the rest is counted. The first is what a person must lift first.
pub const BELTS_NAMED: usize = 1;
/// Least pause after `frequency limited`; the platform counts by the minute.
pub const RETRY_RATE: Duration = Duration::from_secs(60);
/// Pause after a failure of network or platform, before the engine's own backoff.
pub const RETRY_TRANSIENT: Duration = Duration::from_secs(10);
/// Longest pause that is believed: a `Retry-After` of days would silence a critical alert.
pub const RETRY_MAX: Duration = Duration::from_secs(3_600);
/// Deliveries refused for their rate come back spread over this many seconds, not all in one second.
pub const RETRY_SPREAD_SECONDS: u64 = 45;
/// A clock that differs by this much explains a refused signature: the platform allows one hour, and the `Date` header
/// has a resolution of a second and the age of its answer.
pub const CLOCK_SKEW: Duration = Duration::from_secs(55 * 60);
/// What the *Hold* button of a notice adds to a countdown: long enough to finish what one is doing, and over the same
/// working day.
pub const NOTICE_HOLD: Duration = Duration::from_secs(2 * 3_600);
/// Longest body of a notice in characters: desktops cut after four or five lines.
pub const NOTICE_CHARS: usize = 400;
/// Lines of a notice's body, for the same reason.
pub const NOTICE_LINES: usize = 5;
/// A desktop takes a notice at once or asks its user first; after this long it counts as silent.
pub const NOTICE_WAIT: Duration = Duration::from_secs(30);
