//! Bounds of the door for other programs, each with its reason.

use std::num::NonZeroU32;
use std::time::Duration;

/// A body is at most this long: a configuration text is the longest there is, and JSON escapes some of it.
pub const BODY_BYTES: usize = 2 * 1024 * 1024;
/// A path with its query: the longest ids and every parameter fit in a quarter.
pub const URI_BYTES: usize = 8 * 1024;
/// All headers of a request together.
pub const HEADER_BYTES: usize = 16 * 1024;
/// Headers of a request.
pub const HEADERS: usize = 64;
/// What is read of headers at all before a connection is broken off: above the bounds, so that those are told in words.
pub const HEADER_BYTES_READ: usize = 64 * 1024;
/// So many headers are read at all.
pub const HEADERS_READ: usize = 128;
/// A client says its headers within this span, or it holds a place for nothing.
pub const HEADER_PATIENCE: Duration = Duration::from_secs(10);
/// A body arrives within this span.
pub const BODY_PATIENCE: Duration = Duration::from_secs(20);
/// An answer is made within this span: a platform that a test message goes to may take its 15 seconds.
pub const ANSWER_PATIENCE: Duration = Duration::from_secs(30);
/// Connections at once: dashboards and scripts, and one of each agent; not a public site.
pub const CONNECTIONS: usize = 768;
/// Open connections end within this span when the guard ends.
pub const FAREWELL_PATIENCE: Duration = Duration::from_secs(2);
/// Listeners to changes at once: each holds a connection for hours.
pub const LISTENERS: usize = 32;
/// Change batches kept for a listener that comes back: minutes of a busy guard.
pub const BATCHES_KEPT: usize = 256;
/// A silent listener is told that the connection lives: proxies cut what is silent for a minute.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Jobs that are kept, done or not.
pub const JOBS: usize = 16;
/// A token asks for one job at a time: each asks somebody outside.
pub const JOBS_OF_ONE: usize = 1;
/// Asked again before the last job has ended: so long is waited.
pub const JOB_AGAIN: Duration = Duration::from_secs(5);
/// A job is given up after this span: a whole look at every account ends before.
pub const JOB_PATIENCE: Duration = Duration::from_secs(10 * 60);
/// The shortest answer that is worth compressing.
pub const GZIP_FROM: u16 = 1024;
/// One field of a secret: the vault itself takes 2.5 KB for an item.
pub const SECRET_CHARS: usize = 2560;
/// A kept answer is told again for at most so long: its words of time ("in 3 h") have no seconds.
pub const KEPT_FOR: Duration = Duration::from_secs(1);
/// Answers that are kept: every meter in two languages, and as many questions about one account.
pub const KEPT_ANSWERS: usize = 4;
/// Addresses that are counted apart before the idle ones are forgotten.
pub const CALLERS_COUNTED: usize = 4096;

/// A packed batch: hundreds of minutes of a busy device.
pub const BATCH_PACKED: usize = 1024 * 1024;
/// The same unpacked: as many flows as a batch may hold, with the longest names in use.
pub const BATCH_UNPACKED: usize = 8 * 1024 * 1024;
/// Batches that are unpacked and written at once: they share a sync, and their room is bounded.
pub const BATCHES_AT_ONCE: usize = 8;
/// A code as a person may type it, with spaces between its letters.
pub const CODE_CHARS: usize = 64;
/// What an agent tells of itself: a version, a system.
pub const TOLD_CHARS: usize = 200;

/// How often one may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// So many at once.
    pub burst: NonZeroU32,
    /// And so many more in every second.
    pub per_second: NonZeroU32,
}

/// With a token: whoever reads every meter in turn as fast as it can is served; a loop that never ends is slowed.
pub const PACE_TOKEN: Pace = Pace {
    burst: nonzero(4000),
    per_second: nonzero(500),
};
/// Without one, by address: who mistypes a script, or walks every route once. A token cannot be guessed at any pace.
pub const PACE_STRANGER: Pace = Pace {
    burst: nonzero(3000),
    per_second: nonzero(100),
};

/// Codes by address: who mistypes tries a few times. A code of 80 bits that lives for minutes cannot be guessed at
/// any pace.
pub const PACE_CODE: Pace = Pace {
    burst: nonzero(10),
    per_second: nonzero(1),
};

/// A pace of nothing would let nobody in.
const fn nonzero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}
