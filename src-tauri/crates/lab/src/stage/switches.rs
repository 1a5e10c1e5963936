//! Switches of the machine that is played: what its wire and its disk look at. They outlive every process.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// See the module.
#[derive(Default)]
pub(crate) struct Switches {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    offline_until_ms: u64,
    /// The process is killed after so many more requests left.
    exchanges_left: Option<u32>,
    /// The same for commits.
    commits_left: Option<u32>,
    /// Transactions that became durable since the last count.
    commits: u64,
}

impl Switches {
    /// No network until that many true milliseconds after the start.
    pub(crate) fn go_offline(&self, until_ms: u64) {
        self.lock().offline_until_ms = until_ms;
    }

    pub(crate) fn is_offline(&self, now_ms: u64) -> bool {
        now_ms < self.lock().offline_until_ms
    }

    /// The process is killed after so many more requests left.
    pub(crate) fn kill_after_exchanges(&self, more: u32) {
        self.lock().exchanges_left = Some(more);
    }

    /// The process is killed after so many more commits.
    pub(crate) fn kill_after_commits(&self, more: u32) {
        self.lock().commits_left = Some(more);
    }

    /// Nothing kills by count any more.
    pub(crate) fn spare(&self) {
        let mut inner = self.lock();
        (inner.exchanges_left, inner.commits_left) = (None, None);
    }

    /// A request left; whether the process is killed now.
    pub(crate) fn exchange_left(&self) -> bool {
        counted(&mut self.lock().exchanges_left)
    }

    /// A transaction became durable; whether the process is killed now.
    pub(crate) fn committed(&self) -> bool {
        let mut inner = self.lock();
        inner.commits = inner.commits.saturating_add(1);
        counted(&mut inner.commits_left)
    }

    /// Transactions that became durable since the last call.
    pub(crate) fn take_commits(&self) -> u64 {
        std::mem::take(&mut self.lock().commits)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts one of so many; whether it was the last.
fn counted(left: &mut Option<u32>) -> bool {
    match left.as_mut() {
        None => false,
        Some(more) if *more > 1 => {
            *more = more.saturating_sub(1);
            false
        }
        Some(_) => {
            *left = None;
            true
        }
    }
}
