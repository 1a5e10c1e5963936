//! Reports of a day and of a week: when one is due, what it tells, and that it is told once.
//!
//! Owns the calendar ([`due`]), the facts ([`compose`]) and the loop. A report, its messages and the mark that there is one
//! are a single transaction, and the store keeps one for each kind and day, so that neither a crash, a restart nor a second
//! copy tells it twice. One whose hour passed while nothing ran is told at the next start, marked as late, and speaks for
//! the days that were missed before it. Never acts, and never knows a channel's form. Tested in `tests/engine/report`.
//!
//! At its hour a report waits for agents that are alive and have not told all of the window yet, up to
//! [`crate::limits::REPORT_WAIT`]: its window is closed by then, so that waiting makes it truer and never longer.

mod compose;
mod devices;
mod due;
mod flows;
mod guarding;
mod record;
mod settings;
mod subscribed;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_channels::report::{ReportCause, ReportKind};
use tidegate_meter::Time;
use tidegate_store::{Batch, Write};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::record::ReportShown;
pub use self::settings::{ReportSettings, ReportSettingsError};

use self::compose::Occasion;
use self::due::{Calendar, Due, Reach};
use crate::crash::Step;
use crate::inner::{Inner, json, lock};
use crate::{EngineError, Refused, limits};

/// The setting that holds when reports are sent.
pub(crate) const SETTINGS: &str = "report";
/// The setting that holds since when each kind is sent: nothing before that was missed.
const SINCE: &str = "report_since";

/// What the loop shares with commands.
#[derive(Default)]
pub(crate) struct ReportDesk {
    pub(crate) settings: Mutex<ReportSettings>,
    /// Wakes the loop: the settings, an account or a device changed, or the machine has slept.
    pub(crate) wake: Notify,
}

/// Since when each kind of report is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Since {
    daily: Option<Time>,
    weekly: Option<Time>,
}

impl Since {
    const fn of(&mut self, kind: ReportKind) -> &mut Option<Time> {
        match kind {
            ReportKind::Daily => &mut self.daily,
            ReportKind::Weekly => &mut self.weekly,
        }
    }
}

/// Runs until cancelled.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    while !end.is_cancelled() {
        let wait = match round(&inner).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "a report could not be made");
                limits::STORE_RETRY
            }
        };
        tokio::select! {
            biased;
            () = end.cancelled() => return,
            () = inner.reports.wake.notified() => {}
            () = inner.parts.timer.sleep(wait) => {}
        }
    }
}

/// Makes what is due; returns the time until the next look.
async fn round(inner: &Inner) -> Result<Duration, EngineError> {
    let settings = lock(&inner.reports.settings).clone();
    let calendar = Calendar {
        settings: &settings,
        zone: &inner.parts.zone,
    };
    let mut since = follow(inner, &calendar).await?;
    let mut wait = limits::REPORT_NAP;
    for kind in ReportKind::ALL {
        let now = inner.wall();
        let Some(since) = *since.of(kind) else {
            continue;
        };
        if let Some(due) = calendar.newest(kind, now).filter(|due| due.at > since)
            && let Some(later) = make(inner, &calendar, due, since).await?
        {
            wait = wait.min(later);
        }
        let next = calendar.next(kind, now).map(|due| due.at.since(now));
        wait = wait.min(next.unwrap_or(wait));
    }
    Ok(wait.max(limits::REPORT_NAP_MIN))
}

/// Since when each kind is sent. It begins when there is something to tell of and the kind is switched on, and ends when
/// not: a report that nobody wanted was not missed.
async fn follow(inner: &Inner, calendar: &Calendar<'_>) -> Result<Since, EngineError> {
    let stored = inner.parts.store.setting(SINCE).await?;
    let known: Since = stored
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    let tells = tells_of_something(inner).await?;
    let mut since = known;
    for kind in ReportKind::ALL {
        let begun = since.of(kind);
        if tells && calendar.sends(kind) {
            begun.get_or_insert(inner.wall());
        } else {
            *begun = None;
        }
    }
    if since != known {
        let mut batch = Batch::default();
        batch.push(Write::Setting(SINCE.to_owned(), Some(json(&since))));
        inner.commit(Step::ReportSince, batch, Vec::new()).await?;
    }
    Ok(since)
}

/// A device or a subscription: without either a report would say nothing that an alert did not.
async fn tells_of_something(inner: &Inner) -> Result<bool, EngineError> {
    if subscribed::is_any(inner) {
        return Ok(true);
    }
    let devices = inner.parts.store.devices().await?;
    Ok(devices.iter().any(|device| device.ended_at.is_none()))
}

/// Makes a report that is due, unless there is one; `Some` when it waits for agents.
async fn make(
    inner: &Inner,
    calendar: &Calendar<'_>,
    due: Due,
    since: Time,
) -> Result<Option<Duration>, EngineError> {
    if inner
        .parts
        .store
        .report(due.kind.name(), due.day)
        .await?
        .is_some()
    {
        return Ok(None);
    }
    let now = inner.wall();
    let late = now.since(due.at) > limits::REPORT_LATE;
    let until = if late { late_until(inner, due, now) } else { due.at };
    let Some(reach) = Reach::new(due.kind, due.day, until, &inner.parts.zone) else {
        return Ok(None);
    };
    let waited = now.since(due.at);
    if waited < limits::REPORT_WAIT && devices::behind(inner, reach.window).await? {
        return Ok(Some(limits::REPORT_WAIT_STEP));
    }
    let occasion = Occasion {
        reach,
        cause: if late {
            ReportCause::Late
        } else {
            ReportCause::Scheduled
        },
        told_since: told_since(calendar, due, reach),
        missed: missed(inner, calendar, due, since).await?,
    };
    let facts = compose::facts(inner, &occasion).await?;
    let quiet = lock(&inner.reports.settings).quiet_when_idle && facts.is_idle();
    record::keep(inner, facts, quiet).await?;
    Ok(None)
}

/// A late report of a day that is over tells of all of it.
fn late_until(inner: &Inner, due: Due, now: Time) -> Time {
    let day = inner.parts.zone.span_of(due.day);
    day.map_or(due.at, |day| if now >= day.end { day.end } else { due.at })
}

/// An evening's report ends before its day: what came after the one before belongs to this one.
fn told_since(calendar: &Calendar<'_>, due: Due, reach: Reach) -> Time {
    let before = reach.from.yesterday().ok();
    let told = before.and_then(|day| calendar.of_day(due.kind, day));
    told.map_or(reach.window.start, |due| due.at.min(reach.window.start))
}

/// Days between the last report and this one.
async fn missed(
    inner: &Inner,
    calendar: &Calendar<'_>,
    due: Due,
    since: Time,
) -> Result<Option<(Date, Date)>, EngineError> {
    let rows = inner.parts.store.reports(limits::REPORT_ROWS_READ).await?;
    let last = rows
        .iter()
        .filter(|row| row.kind == due.kind.name() && row.day < due.day)
        .map(|row| row.day)
        .max();
    let step = due.kind.days();
    let through = due.day.checked_sub(step.days()).ok();
    let begun = first_after(calendar, due, since);
    let after = last.and_then(|day| day.tomorrow().ok());
    let from = after.max(begun);
    Ok(from.zip(through).filter(|(from, through)| from <= through))
}

/// The first day whose report would have been due after `since`.
fn first_after(calendar: &Calendar<'_>, due: Due, since: Time) -> Option<Date> {
    let first = calendar.next(due.kind, since)?;
    due::first_day(due.kind, first.day)
}

/// A report as it was kept, or as it would be now.
pub(crate) async fn show(
    inner: &Inner,
    kind: ReportKind,
    day: Option<Date>,
) -> Result<ReportShown, EngineError> {
    let today = inner.parts.zone.date_of(inner.wall());
    let day = day.unwrap_or(today);
    if let Some(kept) = record::kept(inner, kind, day).await? {
        return Ok(kept);
    }
    Ok(ReportShown {
        facts: preview(inner, kind, day, today).await?,
        sent: Vec::new(),
        quiet: false,
    })
}

async fn preview(
    inner: &Inner,
    kind: ReportKind,
    day: Date,
    today: Date,
) -> Result<tidegate_channels::ReportFacts, EngineError> {
    let oldest = today.checked_sub(limits::REPORT_DAYS_BACK.days()).ok();
    let out_of_range = Refused::Range {
        field: "day",
        allowed: "today and the 400 days before it",
    };
    if day > today || oldest.is_some_and(|oldest| day < oldest) {
        return Err(out_of_range.into());
    }
    let now = inner.wall();
    let reach = Reach::new(kind, day, now, &inner.parts.zone).ok_or(out_of_range)?;
    let occasion = Occasion {
        reach,
        cause: ReportCause::Preview,
        told_since: reach.window.start,
        missed: None,
    };
    compose::facts(inner, &occasion).await
}

/// Sends a report now, marked as sent by hand; the one that is due is sent as ever.
pub(crate) async fn send(
    inner: &Inner,
    kind: ReportKind,
    day: Option<Date>,
    by: &str,
) -> Result<ReportShown, EngineError> {
    let _order = inner.order.lock().await;
    crate::command::writer(inner).await?;
    let shown = show(inner, kind, day).await?;
    let facts = tidegate_channels::ReportFacts {
        id: inner.row_id(),
        cause: ReportCause::ByHand,
        missed: None,
        ..shown.facts
    };
    let ids = record::send(inner, &facts, by).await?;
    if ids.is_empty() {
        return Err(Refused::NoTaker.into());
    }
    Ok(ReportShown {
        facts,
        sent: record::rows(inner, &ids).await?,
        quiet: false,
    })
}
