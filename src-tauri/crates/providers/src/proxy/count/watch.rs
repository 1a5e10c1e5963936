//! When a kernel was watched. Owns the spans between snapshots that came in time; a jump of the wall clock ends a span.

use std::time::Duration;

use tidegate_meter::{Now, Span, Time};

use super::limits::{GAP, SPANS_MAX};

/// Spans of watching since they were last taken.
#[derive(Debug, Default)]
pub(super) struct Watch {
    done: Vec<Span>,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    start: Time,
    last: Now,
}

/// Nobody watched between these two: they are too far apart by either clock. The monotonic clock may stand still while a
/// machine sleeps, and a wall clock that was set forward cannot be told from that.
pub(super) fn is_gap(earlier: Now, later: Now) -> bool {
    let passed = later.mono.since(earlier.mono);
    passed > GAP || later.wall.since(earlier.wall) > passed.saturating_add(GAP)
}

/// The wall clock was set back between these two.
fn went_back(earlier: Now, later: Now) -> bool {
    later.wall < earlier.wall
}

impl Watch {
    /// A snapshot came.
    pub(super) fn seen(&mut self, at: Now) {
        let begins = Open {
            start: at.wall,
            last: at,
        };
        let open = match self.open {
            Some(open) if !is_gap(open.last, at) && !went_back(open.last, at) => Open { last: at, ..open },
            _ => {
                self.end();
                begins
            }
        };
        self.open = Some(open);
    }

    /// Nothing comes any more.
    pub(super) fn end(&mut self) {
        if let Some(open) = self.open.take() {
            self.close(open);
        }
    }

    fn close(&mut self, open: Open) {
        if open.start < open.last.wall {
            self.done.push(Span {
                start: open.start,
                end: open.last.wall,
            });
        }
        let more = self.done.len().saturating_sub(SPANS_MAX);
        self.done.drain(..more);
    }

    /// Everything up to the last snapshot, none of it after `now`; what follows begins there.
    pub(super) fn take(&mut self, now: Time) -> Vec<Span> {
        if let Some(open) = self.open {
            self.close(open);
            self.open = Some(Open {
                start: open.last.wall,
                ..open
            });
        }
        let spans = std::mem::take(&mut self.done).into_iter();
        spans.filter_map(|span| believed(span, now)).collect()
    }

    /// Spans that could not be stored.
    pub(super) fn put_back(&mut self, spans: Vec<Span>) {
        let newer = std::mem::replace(&mut self.done, spans);
        self.done.extend(newer);
    }
}

/// The part of a span that is not in the future: the clock that dated it was ahead.
fn believed(span: Span, now: Time) -> Option<Span> {
    let end = span.end.min(now.plus(Duration::from_secs(1)));
    (span.start < end).then_some(Span { end, ..span })
}
