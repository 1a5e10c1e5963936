//! How often a platform may be used. Owns the record of sends and the arithmetic over it; the engine stores the value,
//! so that a restart forgets nothing. Tested below.

use std::time::Duration;

use tidegate_meter::Time;

use crate::{Pace, limits};

/// At most this many sends within a span.
pub(crate) type Window = (usize, Duration);

impl Pace {
    /// Remembers a send. Keeps no more than the longest limit counts, and nothing that lies in the future: after the
    /// wall clock was set back, such entries would block the channel for as long as it was wrong.
    pub fn record(&mut self, now: Time) {
        self.sent
            .retain(|at| *at <= now && now.since(*at) < limits::PACE_KEPT);
        self.sent.push(now);
        let surplus = self.sent.len().saturating_sub(limits::PACE_ENTRIES);
        self.sent.drain(..surplus);
        if self.blocked_until.is_some_and(|until| until <= now) {
            self.blocked_until = None;
        }
    }

    /// Remembers that the platform asked for a pause; a longer one that is already known stays.
    pub fn block(&mut self, until: Time) {
        self.blocked_until = self.blocked_until.max(Some(until));
    }

    /// The earliest instant from `now` at which none of the windows is full and no block holds.
    pub(crate) fn earliest(&self, windows: &[Window], now: Time) -> Time {
        let blocked = self
            .blocked_until
            .map_or(now, |until| until.min(now.plus(limits::RETRY_MAX)));
        windows
            .iter()
            .filter_map(|window| self.free_again(*window, now))
            .fold(blocked.max(now), Time::max)
    }

    /// When the oldest send that still counts leaves a full window.
    fn free_again(&self, (count, span): Window, now: Time) -> Option<Time> {
        let mut counted: Vec<Time> = self
            .sent
            .iter()
            .copied()
            .filter(|at| *at <= now && now.since(*at) < span)
            .collect();
        counted.sort_unstable();
        let oldest = counted.len().checked_sub(count)?;
        counted.get(oldest).map(|at| at.plus(span))
    }
}
