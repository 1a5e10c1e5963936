//! Spans in which nothing was guarding. Owns their detection: by comparing the two clocks (sleep), by a loop that came
//! far too late (the process was stopped), and by the last heartbeat at the start. Says so afterwards; acts on nothing.

use std::time::Duration;

use tidegate_channels::Message;
use tidegate_guard::{IntentState, Severity};
use tidegate_meter::{Mono, Now, Span, Time};
use tidegate_store::{Batch, IntentRow, LapseRow, Write};

use crate::crash::Step;
use crate::desk::{Cell, wall_of};
use crate::event::Event;
use crate::inner::{Inner, audit, json};
use crate::load::HEARTBEAT;
use crate::outbox::{Outgoing, post};
use crate::planning::{IntentDetail, countdown};
use crate::{EngineError, limits};

/// Compares the clocks at each wake-up of the schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watchman {
    last: Now,
    /// When the schedule meant to wake at the latest.
    expected: Mono,
}

/// A span that a comparison found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) cause: &'static str,
}

impl Watchman {
    pub(crate) const fn new(now: Now) -> Self {
        Self {
            last: now,
            expected: now.mono,
        }
    }

    /// The schedule goes to sleep for at most this long.
    pub(crate) fn expect(&mut self, wait: Duration) {
        self.expected = self.last.mono.plus(wait);
    }

    /// Looks at both clocks; what it finds is recorded and told. True after a lapse: everything is looked at anew.
    pub(crate) async fn check(&mut self, inner: &Inner) -> bool {
        let now = inner.now();
        let found = self.compare(now);
        let Some(found) = found else {
            return false;
        };
        if let Err(error) = record(inner, found).await {
            tracing::warn!(%error, "a lapse could not be recorded");
        }
        true
    }

    /// What the clocks say since the last comparison.
    pub(crate) fn compare(&mut self, now: Now) -> Option<Found> {
        let walked = now.mono.since(self.last.mono);
        let wall = now.wall.ms_since(self.last.wall);
        let expected_wall = i64::try_from(walked.as_millis()).unwrap_or(i64::MAX);
        let drift = wall.saturating_sub(expected_wall);
        let late = now.mono.since(self.expected.max(self.last.mono));
        let start = self.last.wall;
        self.last = now;
        self.expected = now.mono;
        let limit = i64::try_from(limits::DRIFT.as_millis()).unwrap_or(i64::MAX);
        if drift > limit {
            // The monotonic clock stands still while the system sleeps; a clock that was set forward looks the same,
            // and is treated as the worse of the two.
            return Some(Found {
                start,
                end: now.wall,
                cause: "asleep",
            });
        }
        if late > limits::LATE && drift >= -limit {
            return Some(Found {
                start,
                end: now.wall,
                cause: "stopped",
            });
        }
        None
    }
}

/// Writes a lapse, tells it when it was long enough to matter, and moves the due times of running countdowns to where
/// the monotonic clock has them.
pub(crate) async fn record(inner: &Inner, found: Found) -> Result<(), EngineError> {
    let now = inner.now();
    let mut batch = Batch::default();
    let mut events = Vec::new();
    let guarded = !inner.roster().guards.is_empty();
    if guarded {
        batch.push(Write::Lapse(LapseRow {
            start: found.start,
            end: found.end,
            cause: found.cause.to_owned(),
        }));
        batch.push(audit(
            now.wall,
            "engine",
            "lapse",
            serde_json::json!({ "start": found.start, "end": found.end, "cause": found.cause }),
        ));
        events.push(Event::Lapse {
            at: now.wall,
            start: found.start,
            end: found.end,
            cause: found.cause.to_owned(),
        });
    }
    if guarded && found.end.since(found.start) >= limits::LAPSE_MIN {
        let told = Outgoing {
            message: Message::Lapse {
                start: found.start,
                end: found.end,
                cause: found.cause.to_owned(),
            },
            severity: Severity::Warning,
            routed: Severity::Warning,
            alert: None,
            intent: None,
            channels: Vec::new(),
        };
        post(inner, &mut batch, &[told], now.wall);
    }
    let cells = inner.desk.filter(is_planned);
    let _pens = inner.desk.pens(is_planned).await;
    if matches!(found.cause, "asleep" | "stopped") {
        count_again(&cells, now);
    }
    let moved = postpone(cells, &mut batch, now);
    inner.commit(Step::Lapse, batch, events).await?;
    for (cell, row) in moved {
        let entered = cell.entered();
        cell.set_row(row, entered);
    }
    inner.wakes.deliver.notify_one();
    inner.wakes.act.notify_one();
    // Its hour may have passed meanwhile.
    inner.reports.wake.notify_one();
    Ok(())
}

fn is_planned(row: &IntentRow) -> bool {
    row.state == IntentState::Planned
}

type Cells = Vec<std::sync::Arc<Cell>>;
type Moved = Vec<(std::sync::Arc<Cell>, IntentRow)>;

/// A countdown keeps its length by the clock that cannot be set; the wall time of its end is corrected.
fn postpone(cells: Cells, batch: &mut Batch, now: Now) -> Moved {
    let mut moved = Vec::new();
    for cell in cells.into_iter().filter(|cell| is_planned(&cell.row())) {
        let due = wall_of(cell.next(), now);
        let row = IntentRow {
            due,
            next_at: due,
            updated_at: now.wall,
            ..cell.row()
        };
        batch.push(Write::TouchIntent(row.clone()));
        moved.push((cell, row));
    }
    moved
}

/// A countdown that ended while nothing ran starts again: nobody could have seen or stopped it.
fn count_again(cells: &Cells, now: Now) {
    for cell in cells.iter().filter(|cell| cell.next() <= now.mono) {
        let row = cell.row();
        if is_planned(&row) {
            let detail: IntentDetail = serde_json::from_value(row.detail).unwrap_or_default();
            cell.count_down(now.mono.plus(countdown(&detail)));
        }
    }
}

/// The actor woke up far too late: countdowns that ended meanwhile start again before anything is stepped. The lapse
/// itself is found, recorded and told by the schedule, which may wake up later than the actor.
pub(crate) async fn woke_late(inner: &Inner) {
    let now = inner.now();
    let cells = inner.desk.filter(is_planned);
    let _pens = inner.desk.pens(is_planned).await;
    count_again(&cells, now);
    let mut batch = Batch::default();
    let moved = postpone(cells, &mut batch, now);
    let due = |(_, row): &(_, IntentRow)| Event::Due {
        at: now.wall,
        intent: row.id,
        due: row.due,
    };
    let told = moved.iter().map(due).collect();
    match inner.commit(Step::LapseLate, batch, told).await {
        Ok(()) => {
            for (cell, row) in moved {
                let entered = cell.entered();
                cell.set_row(row, entered);
            }
        }
        // The countdowns run anew in any case; the record follows with the lapse.
        Err(error) => tracing::warn!(%error, "the new end of a countdown could not be recorded"),
    }
}

/// At the start: how long nothing was guarding, from the last heartbeat. Countdowns that ran then start again, because
/// nobody could have seen or stopped them.
pub(crate) async fn at_start(inner: &Inner) -> Result<(), EngineError> {
    let now = inner.now();
    let stored = inner.parts.store.setting(HEARTBEAT).await?;
    let beat: Option<Time> = stored.and_then(|value| serde_json::from_value(value).ok());
    let Some(beat) = beat else {
        return Ok(());
    };
    // A look that was written after the last heartbeat is a sign of life as well.
    let beat = last_look(inner).await.map_or(beat, |looked| looked.max(beat));
    let gap = now.wall.since(beat);
    let set_back = now.wall.ms_since(beat) < 0;
    inner.unseen.get_or_init(|| Span {
        // By a clock that was set back nobody can say since when.
        start: if set_back { Time::from_ms(0) } else { beat },
        end: now.wall,
    });
    if gap < limits::LAPSE_MIN.max(inner.parts.options.heartbeat * 2) && !set_back {
        return Ok(());
    }
    for cell in inner.desk.filter(is_planned) {
        let detail: IntentDetail = serde_json::from_value(cell.row().detail).unwrap_or_default();
        cell.count_down(now.mono.plus(countdown(&detail)));
    }
    if set_back {
        return Ok(());
    }
    let found = Found {
        start: beat,
        end: now.wall,
        cause: "stopped",
    };
    record(inner, found).await
}

/// When a meter was looked at last, as far as it is stored.
async fn last_look(inner: &Inner) -> Option<Time> {
    let rows = inner.parts.store.meters(None).await.ok()?;
    rows.iter().filter_map(|row| row.looked_at).max()
}

/// Writes the heartbeat.
pub(crate) async fn beat(inner: &Inner) -> Result<(), EngineError> {
    let mut batch = Batch::default();
    batch.push(Write::Setting(HEARTBEAT.to_owned(), Some(json(&inner.wall()))));
    inner.commit(Step::Heartbeat, batch, Vec::new()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(wall_s: i64, mono_s: u64) -> Now {
        Now {
            wall: Time::from_ms(wall_s * 1000),
            mono: Mono(mono_s * 1000),
        }
    }

    #[test]
    fn clocks_that_go_together_are_no_lapse() {
        let mut watchman = Watchman::new(now(1000, 0));
        watchman.expect(Duration::from_secs(30));
        assert_eq!(watchman.compare(now(1030, 30)), None);
    }

    #[test]
    fn a_wall_clock_that_ran_ahead_is_sleep() {
        let mut watchman = Watchman::new(now(1000, 0));
        watchman.expect(Duration::from_secs(30));
        let found = watchman.compare(now(4600, 5)).unwrap();
        assert_eq!(
            (found.start, found.end),
            (Time::from_ms(1_000_000), Time::from_ms(4_600_000))
        );
        assert_eq!(found.cause, "asleep");
    }

    #[test]
    fn a_loop_that_came_far_too_late_was_stopped() {
        let mut watchman = Watchman::new(now(1000, 0));
        watchman.expect(Duration::from_secs(30));
        assert_eq!(watchman.compare(now(1400, 400)).unwrap().cause, "stopped");
    }

    #[test]
    fn a_wall_clock_that_was_set_back_is_no_lapse() {
        let mut watchman = Watchman::new(now(4600, 0));
        watchman.expect(Duration::from_secs(30));
        assert_eq!(watchman.compare(now(1000, 30)), None);
    }
}
