//! Bounds of this crate, each with its reason.

use std::time::Duration;

/// How often what was counted becomes a batch: what a kill can leave to be counted anew is no longer than this.
pub const SEAL_EVERY: Duration = Duration::from_secs(10);
/// The shortest such span: each batch is two flushes to the disk.
pub const SEAL_LEAST: Duration = Duration::from_secs(1);
/// The longest: at most this long a device looks silent while it is well.
pub const SEAL_MOST: Duration = Duration::from_secs(600);
/// A batch without a byte is kept back until so much time was watched: an idle router's flash is spared.
pub const QUIET: Duration = Duration::from_secs(60);
/// Events of a kernel that wait while a batch goes to the disk: a slow flash takes a second, a frame comes each second,
/// and a burst of connections tells one line each.
pub const EVENTS_WAITING: usize = 512;

/// What the spool may take on the disk before it is folded. A week offline of a busy device, packed, takes a third of it
/// (`docs/behaviour/agents.md` has the sum).
pub const SPOOL_BYTES: u64 = 64 * 1024 * 1024;
/// The least that may be asked for: below it even hours of a few days would not fit.
pub const SPOOL_BYTES_LEAST: u64 = 1024 * 1024;
/// From so many single batches on the oldest are packed into one file: half an hour at the usual pace, so that a short
/// outage packs nothing, and a long one does not fill the folder with files smaller than a block.
pub const SINGLES_MOST: usize = 180;
/// So many of them go into one file: a quarter of an hour at the usual pace.
pub const PACKED_AT_ONCE: usize = 90;
/// So many files go into one where the spool is folded: they are read one after the other, never all at once.
pub const FOLDED_AT_ONCE: usize = 32;
/// A file that holds as many flows takes no more in: the other side takes 20 000 in a batch, and a slow line carries
/// this many, packed, within one exchange.
pub const FLOWS_MOST: usize = 5_000;
/// A file of the spool is at most so long when it is unpacked: longer ones are damaged, since the other side takes 8 MiB
/// and what counts connections adds less than that.
pub const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The first wait after a hand-in that failed; doubled each time.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// No wait is longer, unless the other side asks for it: after a night offline the batches come within minutes.
pub const BACKOFF_MOST: Duration = Duration::from_secs(300);
/// A longer wait than this is not believed: a wrong header must not silence a device for a day.
pub const RETRY_AFTER_MOST: Duration = Duration::from_secs(3600);
/// After a refused token it is asked again this seldom: a person has to act, and a store that was put back may know it.
pub const BARRED: Duration = Duration::from_secs(3600);
/// Clocks that differ by less are taken as equal: the other side shifts minutes beyond it.
pub const CLOCK_DIFFERENCE: Duration = Duration::from_secs(90);

/// How the agent stands is written down with each batch: older than this it is a process that does nothing any more.
pub const STANDING: Duration = Duration::from_secs(900);

/// A file of state, of a secret or of certificates is at most so long: a wrong path may lead to anything.
pub const STATE_BYTES: u64 = 1024 * 1024;
/// A code or a secret in a file is at most so long: a longer one is a wrong file.
pub const SECRET_CHARS: usize = 4096;
