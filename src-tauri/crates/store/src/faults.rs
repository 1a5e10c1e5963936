//! Failures to play. Owns the switches with which tests make a commit fail or a disk fill up; in the product they are
//! never set and cost one uncontended lock per commit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared switches; a clone acts on the same store.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    inner: Arc<Mutex<Switches>>,
}

#[derive(Debug, Default)]
struct Switches {
    commits_until: Option<(u32, i32)>,
    pages_max: Option<u32>,
    pages_changed: bool,
}

impl Faults {
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

    /// The code with which this commit must fail, if it must.
    pub(crate) fn next_commit(&self) -> Option<i32> {
        let mut switches = self.lock();
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
