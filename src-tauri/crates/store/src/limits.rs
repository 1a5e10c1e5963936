//! Bounds of the store, each with its reason.

use std::time::Duration;

/// Batches that may wait for the writer: a cycle of 1000 accounts fits, more waits at its caller.
pub const WRITE_QUEUE: usize = 1024;
/// Batches written in one transaction: bounds how long the first of them waits for the last.
pub const GROUP_BATCHES: usize = 256;
/// Queries that may wait for a reader.
pub const READ_QUEUE: usize = 256;
/// Reader threads: one for a long history query, one for everything else.
pub const READERS: usize = 2;
/// Rows that one list answer holds at most.
pub const PAGE_ROWS: usize = 1000;
/// Meters, targets, guard states and configuration rows that one answer holds: what one process can watch.
pub const WATCHED_ROWS: usize = 20_000;
/// Points of one history answer: twice what a wide screen shows.
pub const HISTORY_POINTS: usize = 5000;
/// Gaps told with a line: more cannot be told apart on a screen.
pub const GAPS: usize = 100;
/// Windows told with a line: two years of weeks.
pub const WINDOW_RUNS: usize = 104;
/// Top-ups told with a line: more than one a day in a quarter.
pub const TOP_UPS: usize = 100;
/// Readings of one page of a stream: about 500 KB.
pub const STREAM_PAGE: usize = 4096;
/// Hours that one page of folded rows covers: three weeks, and at one reading every two minutes fifteen thousand readings
/// to be folded on the way where nothing is folded yet.
pub const PAGE_HOURS: i64 = 24 * 21;
/// Days that one page of folded rows covers: a quarter, as long as raw readings are kept.
pub const PAGE_DAYS: i64 = 92;
/// How long a locked database is waited for before it counts as busy.
pub const BUSY: Duration = Duration::from_secs(5);
/// Page cache of the writer, in KiB: the hot pages of 1000 meters.
pub const WRITER_CACHE_KIB: u32 = 1024;
/// Page cache of each reader, in KiB.
pub const READER_CACHE_KIB: u32 = 512;
/// Page cache of the connection that folds the log, in KiB: it copies pages past it.
pub const FOLDER_CACHE_KIB: u32 = 16;
/// Prepared statements kept by a connection: more than there are.
pub const STATEMENTS: usize = 128;
/// Bytes of a page. A decision touches a dozen trees: half of `SQLite`'s usual page halves what its commit must bring to
/// the disk, and still holds the longest row whole.
pub const PAGE_BYTES: u32 = 2048;
/// Batches of looks that may wait: more than a thousand accounts make in a minute.
pub const WAITING_BATCHES: usize = 1024;
/// Looks that are filed together, after the waiting callers were answered: seven hours of fifty meters. A question about
/// one meter passes over all of them, in a fraction of a millisecond.
pub const RECENT_LOOKS: usize = 4096;
/// Writes after which the log is folded into the database, beside whoever writes on.
pub const CHECKPOINT_WRITES: usize = 1280;
/// The log file is laid out in this size, in bytes, and cut back to it after it was folded: what 1280 writes fill.
pub const LOG_BYTES: u64 = 12 * 1024 * 1024;
/// A file up to this size is checked whole at start (about 20 ms); of a larger one the tables that decide are
/// checked at start, and all of it by the daily [`crate::Store::integrity`].
pub const CHECK_WHOLE_BYTES: u64 = 16 * 1024 * 1024;
/// Looks at a silent lease, spaced by half its length, before it is taken from a holder not known to be dead:
/// one jump of the wall clock can explain one of them, not all.
pub const LEASE_SILENT_LOOKS: u32 = 3;
/// Raw readings are kept this long; hours stand for them afterwards.
pub const RAW_KEPT: Duration = Duration::from_secs(90 * 86_400);
/// Hours are kept this long; days stand for them for ever.
pub const HOURS_KEPT: Duration = Duration::from_secs(730 * 86_400);
/// Ended deliveries are kept this long.
pub const DELIVERIES_KEPT: Duration = Duration::from_secs(90 * 86_400);
/// What mails said is kept this long: two years of bills.
pub const FINDINGS_KEPT: Duration = Duration::from_secs(730 * 86_400);
/// Daily backups kept.
pub const BACKUPS_KEPT: usize = 7;
/// Hours of one meter folded in one transaction, so that no check waits long for the writer.
pub const ROLL_HOURS: i64 = 24 * 31;
/// Rows deleted in one transaction, for the same reason.
pub const DELETE_ROWS: usize = 10_000;
/// Minutes of flows are kept this long: what a person looks at closely; hours and days stand for them afterwards.
pub const FLOW_MINUTES_KEPT: Duration = Duration::from_secs(14 * 86_400);
/// Hours of flows, coverage, samples, leak checks and reports are kept this long: a year and a month, so that a month can
/// be compared with the same one of the year before. Days are kept for ever.
pub const FLOW_HOURS_KEPT: Duration = Duration::from_secs(400 * 86_400);
/// Batches that were kept aside are kept this long: time enough for a person to look.
pub const QUARANTINE_KEPT: Duration = Duration::from_secs(90 * 86_400);
/// Invitations that were used or ran out are kept this long, to be shown; the audit keeps them for ever.
pub const INVITES_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Bytes of one way in one day: 100 Gbit/s all day long. The sums of thousands of such days still fit 63 bits.
pub const FLOW_DAY_BYTES: u64 = 1 << 50;
/// Ways that one device may take in its life: hundreds of nodes, each renamed every few days, for years; 40 MB.
pub const FLOW_WAYS: i64 = 200_000;
/// Batches of each epoch whose content is remembered: an agent waits for each receipt, so one that is repeated is the
/// newest, or was held up on its way for a few.
pub const COUNTED_BATCHES: i64 = 64;
/// Batches of one device that are kept aside: what a person can look through.
pub const QUARANTINE_ROWS: usize = 100;
/// Bytes of the batches of one device that are kept aside, so that no agent fills the disk.
pub const QUARANTINE_BYTES: i64 = 32 * 1024 * 1024;
/// Steps of one line of flows: a fortnight by the minute has 20 160, a screen shows a tenth.
pub const FLOW_POINTS: usize = 20_000;
