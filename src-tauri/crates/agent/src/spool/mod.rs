//! What was counted and not yet handed in, on the disk: one closed batch is one file, written whole.
//!
//! Owns the order of the batches, their numbers, and what happens when they become too many: they are packed, then
//! folded into coarser ones, and never dropped. Flows and the baseline from which counting goes on stand in one file, so
//! that a kill at any point neither loses nor doubles a byte. A number is given when a batch is sent for the first time,
//! by one durable rename; what bears one is never changed again. Never sends anything, never knows a kernel.
//! Tested in `tests/spool`, also by ending the world at every labelled point.

mod crash;
mod entry;
mod fold;
mod grain;
mod keep;
mod leave;
mod name;
mod open;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tidegate_meter::RowId;

use self::name::{Name, Number};
use crate::private;

pub use self::crash::{CrashHook, POINTS};
pub use self::entry::Entry;
pub(crate) use self::entry::pack;
pub use self::grain::Grain;

/// Why the disk did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the spool cannot be {doing}: {source}")]
pub struct SpoolError {
    /// What was asked for: `read`, `written`, …
    pub doing: &'static str,
    /// What the system says.
    #[source]
    pub source: io::Error,
}

pub(crate) fn failed(doing: &'static str) -> impl Fn(io::Error) -> SpoolError {
    move |source| SpoolError { doing, source }
}

/// How much the spool holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct SpoolLoad {
    /// Batches that were not handed in.
    pub batches: u64,
    /// What they take on the disk.
    pub bytes: u64,
    /// Batches that the other side refused, kept aside.
    pub refused: u64,
    /// Files that could not be read, kept aside.
    pub damaged: u64,
}

/// The batch that is to be handed in now.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The life of the spool.
    pub epoch: RowId,
    /// Its number within it.
    pub sequence: u64,
    /// What it holds.
    pub entry: Entry,
    /// How many are kept besides it.
    pub backlog: u64,
}

/// A file as the index knows it.
#[derive(Clone, Copy, Debug)]
struct Held {
    name: Name,
    /// What it takes on the disk.
    bytes: u64,
}

/// The batches of one agent. One process at a time: whoever opens it holds the agent's lock.
pub struct Spool {
    folder: PathBuf,
    cap: u64,
    /// What waits, by the place of its last batch.
    waiting: BTreeMap<u64, Held>,
    sending: Option<Held>,
    /// Its number is not known to be durable.
    is_unsettled: bool,
    left: Option<Name>,
    refused: u64,
    damaged: u64,
    /// Everything is as coarse as it gets and the spool is over its cap all the same: told once.
    is_full: bool,
    hook: Option<CrashHook>,
}

impl Spool {
    /// How much it holds.
    #[must_use]
    pub fn load(&self) -> SpoolLoad {
        let held = self.waiting.values().chain(&self.sending);
        let (batches, bytes) = held.fold((0_u64, 0_u64), |(count, sum), held| {
            (count.saturating_add(1), sum.saturating_add(held.bytes))
        });
        SpoolLoad {
            batches,
            bytes,
            refused: self.refused,
            damaged: self.damaged,
        }
    }

    fn path(&self, name: &Name) -> PathBuf {
        self.folder.join(name.to_string())
    }

    /// The name under which a file is written before it has its own.
    fn fresh(&self) -> PathBuf {
        self.folder.join("new")
    }

    fn refused_folder(&self) -> PathBuf {
        self.folder.join("refused")
    }

    fn damaged_folder(&self) -> PathBuf {
        self.folder.join("damaged")
    }

    fn settle(&self) -> io::Result<()> {
        private::settle(&self.folder)
    }

    fn last_number(&self) -> Option<Number> {
        let named = self.sending.map(|held| held.name).or(self.left)?;
        named.number()
    }

    fn point(&self, label: &'static str) {
        if let Some(hook) = &self.hook {
            hook(label);
        }
    }

    /// Reads a file; one that is not what was written is kept aside and told, and `None` is answered.
    fn read(&mut self, name: &Name) -> Result<Option<Entry>, SpoolError> {
        let read = private::read(&self.path(name), crate::limits::FILE_BYTES);
        let entry = match read {
            Ok(Some(bytes)) => Entry::unpack(&bytes).ok(),
            Ok(None) => None,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => None,
            Err(error) => return Err(failed("read")(error)),
        };
        if entry.is_none() {
            self.set_aside(name)?;
        }
        Ok(entry)
    }

    /// Puts a damaged file aside. One that bears a number leaves its name behind: the number is used up, since the
    /// other side may have the batch.
    fn set_aside(&mut self, name: &Name) -> Result<(), SpoolError> {
        let aside = self.damaged_folder().join(name.to_string());
        let is_numbered = name.number().is_some();
        let moved = if is_numbered {
            std::fs::copy(self.path(name), &aside).map(drop)
        } else {
            std::fs::rename(self.path(name), &aside)
        };
        match moved {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("put aside")(error)),
            _ => {}
        }
        self.damaged = self.damaged.saturating_add(1);
        tracing::error!(
            file = %aside.display(),
            "a file of the spool is damaged: what it counted is not handed in; the file is kept aside"
        );
        if is_numbered { self.settle_sent() } else { Ok(()) }
    }
}

/// Removes a file that nobody needs; one that is gone already is as good.
fn remove(path: &Path) -> Result<(), SpoolError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("cleared")(error)),
        _ => Ok(()),
    }
}

/// What a file of so many bytes takes on the disk: whole blocks.
fn on_disk(bytes: u64) -> u64 {
    const BLOCK: u64 = 4096;
    bytes.div_ceil(BLOCK).saturating_mul(BLOCK)
}
