//! How a store is opened, and what was found. Owns the options; opening itself stands in `open`.

use std::path::PathBuf;

use rusqlite::{Connection, OpenFlags};
use tidegate_meter::Time;

use crate::{Faults, StoreError};

/// Where the database stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// In a file; `<file>.lock`, `.opening`, `-wal`, `-shm` and `backups/` stand beside it.
    File(PathBuf),
    /// In memory only, for tests and demonstrations.
    Memory,
}

/// Where the work is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// One writer thread with group commit, and a small pool of readers.
    Threaded,
    /// On the caller's thread: every call is finished when it returns, as virtual time needs it.
    Inline,
}

/// How to open a store.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Where.
    pub place: Place,
    /// On which threads.
    pub mode: Mode,
    /// The time now; names a file that is kept aside.
    pub now: Time,
    /// A random id of this process, the name under which it holds the lease.
    pub holder: String,
    /// Failures to play, for tests.
    pub faults: Faults,
    /// The layer through which `SQLite` opens the file, by its name; its own one is `None`. For tests: a disk that fails.
    pub vfs: Option<String>,
}

impl OpenOptions {
    /// A file, with its own threads.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>, now: Time, holder: impl Into<String>) -> Self {
        Self {
            place: Place::File(path.into()),
            mode: Mode::Threaded,
            now,
            holder: holder.into(),
            faults: Faults::default(),
            vfs: None,
        }
    }

    /// In memory, on the caller's thread.
    #[must_use]
    pub fn memory(now: Time, holder: impl Into<String>) -> Self {
        Self {
            place: Place::Memory,
            mode: Mode::Inline,
            now,
            holder: holder.into(),
            faults: Faults::default(),
            vfs: None,
        }
    }

    /// The file of these options; `None` in memory.
    pub(crate) fn site(&self) -> Option<Site> {
        match &self.place {
            Place::File(path) => Some(Site {
                path: path.clone(),
                vfs: self.vfs.clone(),
            }),
            Place::Memory => None,
        }
    }

    /// The same on the caller's thread.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.mode = Mode::Inline;
        self
    }
}

/// A database file, and the layer through which it is opened.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) path: PathBuf,
    pub(crate) vfs: Option<String>,
}

impl Site {
    /// A connection to the file, which must exist.
    pub(crate) fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(match &self.vfs {
            None => Connection::open_with_flags(&self.path, flags)?,
            Some(vfs) => Connection::open_with_flags_and_vfs(&self.path, flags, vfs.as_str())?,
        })
    }
}

/// What was found when the store was opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// Nothing was there; a new database was made.
    Fresh,
    /// A good database was there.
    Existing,
    /// An unreadable file was there. It is kept aside; the newest whole daily backup stands in its place, or a new
    /// database where there is none: guards that act must be disarmed.
    Recovered {
        /// Where the unreadable file stands now.
        kept: PathBuf,
        /// The backup that was put in its place, if there was one.
        backup: Option<PathBuf>,
    },
}
