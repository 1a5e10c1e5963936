//! Deeds that wait for a moment in the life of an action: a countdown that begins, a request that is about to leave. Owns
//! who waits for which state; each happens once, after the first action that comes to it. Outlives every process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_engine::Event;
use tidegate_guard::IntentState;
use tokio::sync::Notify;

use crate::plan::{Deed, Upon};

/// See the module.
#[derive(Default)]
pub(crate) struct Moments {
    inner: Mutex<Inner>,
    told: Notify,
}

#[derive(Default)]
struct Inner {
    waiting: Vec<(Upon, Deed)>,
    /// When each is due, true milliseconds after the start.
    due: Vec<(u64, Deed)>,
}

impl Moments {
    /// A deed waits from now on.
    pub(super) fn wait(&self, upon: Upon, deed: Deed) {
        self.lock().waiting.push((upon, deed));
    }

    /// The engine told something: whoever waited for it is due.
    pub(super) fn hear(&self, event: &Event, now_ms: u64) {
        let Some(state) = state_of(event) else {
            return;
        };
        let mut inner = self.lock();
        let waiting = std::mem::take(&mut inner.waiting);
        let (come, left): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(upon, _)| upon.state == state);
        inner.waiting = left;
        let due = come
            .into_iter()
            .map(|(upon, deed)| (now_ms.saturating_add(upon.after_ms), deed));
        inner.due.extend(due);
        if !inner.due.is_empty() {
            self.told.notify_one();
        }
    }

    /// Returns when something is due, or may be.
    pub(super) async fn told(&self) {
        self.told.notified().await;
    }

    /// Takes what is due, each with its time.
    pub(super) fn take(&self) -> Vec<(u64, Deed)> {
        std::mem::take(&mut self.lock().due)
    }

    /// Nobody waits any more.
    pub(super) fn forget(&self) {
        *self.lock() = Inner::default();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state that an action came to.
pub(super) const fn state_of(event: &Event) -> Option<IntentState> {
    Some(match event {
        Event::Planned { .. } => IntentState::Planned,
        Event::Rechecked { .. } => IntentState::Rechecked,
        Event::Sent { .. } => IntentState::Sent,
        Event::Accepted { .. } => IntentState::Accepted,
        Event::Verifying { .. } => IntentState::Verifying,
        Event::Verified { .. } => IntentState::Verified,
        Event::Failed { .. } => IntentState::Failed,
        Event::Unknown { .. } => IntentState::Unknown,
        Event::Cancelled { .. } => IntentState::Cancelled,
        Event::Abandoned { .. } => IntentState::Abandoned,
        _ => return None,
    })
}
