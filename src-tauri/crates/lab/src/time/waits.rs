//! What waits on one clock: in the order of time, and of asking for the same instant.

use std::collections::BTreeMap;
use std::task::Waker;

/// One who waits: the instant, and the number of its asking.
pub(super) type Ticket = (u64, u64);

/// Everybody who waits on one clock.
#[derive(Default)]
pub(super) struct Waits {
    waiting: BTreeMap<Ticket, Waker>,
}

impl Waits {
    /// The earliest instant that somebody waits for.
    pub(super) fn first(&self) -> Option<u64> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes whoever comes first.
    pub(super) fn pop(&mut self) -> Option<Waker> {
        self.waiting.pop_first().map(|(_, waker)| waker)
    }

    /// Whether that one still waits; it is then woken by this waker.
    pub(super) fn again(&mut self, ticket: Ticket, waker: &Waker) -> bool {
        let Some(known) = self.waiting.get_mut(&ticket) else {
            return false;
        };
        known.clone_from(waker);
        true
    }

    /// Somebody begins to wait.
    pub(super) fn add(&mut self, ticket: Ticket, waker: Waker) {
        self.waiting.insert(ticket, waker);
    }

    /// Somebody waits no more.
    pub(super) fn remove(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }
}
