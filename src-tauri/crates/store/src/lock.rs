//! The lock file beside the database: an advisory lock of the operating system, held for as long as the lease is. It
//! ends with its process, whatever the clocks say.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lock file of one store.
pub(crate) struct FileLock {
    /// `None` for a database in memory, which has no other process.
    path: Option<PathBuf>,
    held: Mutex<Option<File>>,
}

/// What an attempt to lock found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Locked {
    /// It is ours.
    Ours,
    /// A living process holds it.
    Theirs,
    /// This file system has no locks; the lease row alone decides.
    Unknown,
}

impl FileLock {
    /// Beside the database; nothing is locked yet.
    pub(crate) fn new(database: Option<&Path>) -> Self {
        Self {
            path: database.map(|path| beside(path, ".lock")),
            held: Mutex::new(None),
        }
    }

    /// Locks without waiting; ours stays ours.
    pub(crate) fn take(&self) -> Locked {
        let mut held = self.lock();
        if held.is_some() {
            return Locked::Ours;
        }
        let Some(path) = self.path.as_deref() else {
            return Locked::Ours;
        };
        let Some(file) = open(path) else {
            return Locked::Unknown;
        };
        match file.try_lock() {
            Ok(()) => {
                *held = Some(file);
                Locked::Ours
            }
            Err(TryLockError::WouldBlock) => Locked::Theirs,
            Err(TryLockError::Error(_)) => Locked::Unknown,
        }
    }

    /// Unlocks, if it was locked.
    pub(crate) fn release(&self) {
        self.lock().take();
    }

    fn lock(&self) -> MutexGuard<'_, Option<File>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> Option<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .ok()
}

/// The path with a suffix behind its whole name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
