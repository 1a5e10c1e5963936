//! Failures to play. Owns the switches with which tests make a commit fail, a disk fill up, or a process die; in the product
//! they are never set and cost one uncontended lock per commit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::StoreError;

/// Told of every commit, right after it became durable and while the writer is still held: it must not ask the store.
type Witness = Arc<dyn Fn() + Send + Sync>;

/// Shared switches; a clone acts on the same store.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    inner: Arc<Mutex<Switches>>,
}

#[derive(Default)]
struct Switches {
    is_dead: bool,
    every_commit: Option<i32>,
    witness: Option<Witness>,
    commits_until: Option<(u32, i32)>,
    pages_max: Option<u32>,
    pages_changed: bool,
}

impl std::fmt::Debug for Switches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Switches")
            .field("is_dead", &self.is_dead)
            .field("every_commit", &self.every_commit)
            .finish_non_exhaustive()
    }
}

impl Faults {
    /// The process is dead: from now on nothing is written through this store any more, and what waited is lost. Reading
    /// goes on, so that a test can look.
    pub fn die(&self) {
        self.lock().is_dead = true;
    }

    /// Every commit fails with the extended `SQLite` code, until `None`.
    pub fn fail_commits(&self, code: Option<i32>) {
        self.lock().every_commit = code;
    }

    /// Tells of every batch that became durable from now on.
    pub fn on_commit(&self, witness: impl Fn() + Send + Sync + 'static) {
        self.lock().witness = Some(Arc::new(witness));
    }

    /// The commit after `good` more good ones fails with the extended `SQLite` code, once.
    pub fn fail_commit(&self, good: u32, code: i32) {
        self.lock().commits_until = Some((good, code));
    }

    /// The database may not grow beyond `pages` pages (`limits::PAGE_BYTES`), as on a full disk; `None` lifts it.
    pub fn limit_pages(&self, pages: Option<u32>) {
        let mut switches = self.lock();
        switches.pages_max = pages;
        switches.pages_changed = true;
    }

    /// Refuses everything of a dead process.
    pub(crate) fn living(&self) -> Result<(), StoreError> {
        if self.lock().is_dead {
            return Err(StoreError::Closed);
        }
        Ok(())
    }

    /// The code with which every commit fails now, if they do.
    pub(crate) fn refuse(&self) -> Result<(), StoreError> {
        match self.lock().every_commit {
            Some(code) => Err(StoreError::from_code(code)),
            None => Ok(()),
        }
    }

    /// A batch became durable.
    pub(crate) fn committed(&self) {
        let witness = self.lock().witness.clone();
        if let Some(witness) = witness {
            witness();
        }
    }

    /// The code with which this commit must fail, if it must.
    pub(crate) fn next_commit(&self) -> Option<i32> {
        let mut switches = self.lock();
        if let Some(code) = switches.every_commit {
            return Some(code);
        }
        let (good, code) = switches.commits_until?;
        if good == 0 {
            switches.commits_until = None;
            return Some(code);
        }
        switches.commits_until = Some((good - 1, code));
        None
    }

    /// A page limit that was set since the last call: `Some(None)` lifts it.
    pub(crate) fn page_limit_change(&self) -> Option<Option<u32>> {
        let mut switches = self.lock();
        std::mem::take(&mut switches.pages_changed).then_some(switches.pages_max)
    }

    fn lock(&self) -> MutexGuard<'_, Switches> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
