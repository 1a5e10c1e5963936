//! Bytes by minute and way, until they are stored. Owns the rows: nothing is lost and nothing twice, whatever the clock
//! does.

use std::collections::BTreeMap;

use tidegate_meter::{Flow, FlowBytes, FlowKey, Time};

use super::limits::{PAST, ROW_BYTES_MAX, ROWS_MAX};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// Rows that wait.
#[derive(Debug, Default)]
pub(super) struct Minutes {
    rows: BTreeMap<(Time, FlowKey), FlowBytes>,
    /// The minute in which they were folded last: once in each is enough.
    folded: Option<Time>,
}

impl Minutes {
    /// Bytes that came to light at `at`: they belong to the minute that it is in.
    pub(super) fn add(&mut self, at: Time, key: &FlowKey, bytes: FlowBytes) {
        let minute = start_of(at, MINUTE_MS);
        self.lay(minute, key, bytes);
        if self.rows.len() > ROWS_MAX && self.folded != Some(minute) {
            self.folded = Some(minute);
            self.fold(start_of(at, HOUR_MS));
        }
    }

    /// Lays bytes into a minute, and what a row cannot hold into those before it.
    fn lay(&mut self, minute: Time, key: &FlowKey, bytes: FlowBytes) {
        let (mut minute, mut left) = (minute, bytes);
        while !left.is_zero() {
            let row = self.rows.entry((minute, key.clone())).or_default();
            let part = fitting(*row, left);
            *row = row.plus(part).unwrap_or(*row);
            left = less(left, part);
            minute = Time::from_ms(minute.ms().saturating_sub(MINUTE_MS));
        }
    }

    /// When nobody takes the rows for long, the minutes of past hours become one row each.
    fn fold(&mut self, hour: Time) {
        for ((minute, key), bytes) in std::mem::take(&mut self.rows) {
            let kept = if minute < hour {
                start_of(minute, HOUR_MS)
            } else {
                minute
            };
            self.lay(kept, &key, bytes);
        }
    }

    /// All rows, oldest first. A row that is dated after `now`, or long before it, was dated by a clock that was wrong: it
    /// belongs to now.
    pub(super) fn take(&mut self, now: Time) -> Vec<Flow> {
        for ((minute, key), bytes) in std::mem::take(&mut self.rows) {
            let wrong = minute > now || minute < now.minus(PAST);
            self.lay(if wrong { start_of(now, MINUTE_MS) } else { minute }, &key, bytes);
        }
        let rows = std::mem::take(&mut self.rows).into_iter();
        rows.map(|((minute, key), bytes)| Flow { minute, key, bytes })
            .collect()
    }

    /// Rows that could not be stored.
    pub(super) fn put_back(&mut self, flows: Vec<Flow>) {
        for flow in flows {
            self.lay(flow.minute, &flow.key, flow.bytes);
        }
    }
}

fn start_of(at: Time, step_ms: i64) -> Time {
    Time::from_ms(at.ms().saturating_sub(at.ms().rem_euclid(step_ms)))
}

/// The part of `bytes` for which the row has room, its estimate with it as far as it goes.
fn fitting(row: FlowBytes, bytes: FlowBytes) -> FlowBytes {
    let room = |held: u64, more: u64| ROW_BYTES_MAX.saturating_sub(held).min(more);
    let (up, down) = (room(row.up, bytes.up), room(row.down, bytes.down));
    FlowBytes {
        up,
        down,
        estimated_up: up.min(bytes.estimated_up),
        estimated_down: down.min(bytes.estimated_down),
    }
}

fn less(bytes: FlowBytes, part: FlowBytes) -> FlowBytes {
    FlowBytes {
        up: bytes.up.saturating_sub(part.up),
        down: bytes.down.saturating_sub(part.down),
        estimated_up: bytes.estimated_up.saturating_sub(part.estimated_up),
        estimated_down: bytes.estimated_down.saturating_sub(part.estimated_down),
    }
}
