//! Renewals: reminded once a day by the calendar of the user's zone, settled when a person marks them.
//!
//! Owns the hour of the day, what is remembered of each renewal ([`state`]), the judgement of a day ([`judge`]) and the
//! commands ([`mod@mark`]). When something is due is [`tidegate_providers::calendar`]'s. Only the loop tells: a read or a
//! change of the configuration never sends anything. Each reminder of each due date is an alert row that exists once,
//! written in one transaction with its messages, so neither a restart nor a second copy tells it again.
//! Tested in `tests/renewals.rs`.

mod judge;
mod list;
mod mark;
mod state;

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tidegate_meter::Time;
use tokio_util::sync::CancellationToken;

pub(crate) use list::{days, list};
pub(crate) use mark::{clear, mark};
pub use state::repeats;

use crate::inner::Inner;
use crate::limits;

/// The alerts of renewals begin so; every other alert without a guard is a condition of the program.
const KEY: &str = "renewal:";

/// Whether an alert is a renewal's.
pub(crate) fn is_renewal(key: &str) -> bool {
    key.starts_with(KEY)
}

/// Runs until cancelled: judges at its hour, or as soon as it can when that has passed; looks in between only to close
/// what a change of the configuration left open.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let mut told_on: Option<Date> = None;
    while !end.is_cancelled() {
        let now = local(&inner);
        let tells = told_on != Some(now.date()) && until_hour(&now, now.date()).is_zero();
        let judged = judge::all(&inner, now.date(), tells).await;
        let wait = match judged {
            Ok(()) => {
                told_on = tells.then(|| now.date()).or(told_on);
                wait(&inner, &now, told_on)
            }
            Err(error) => {
                tracing::warn!(%error, "renewals could not be judged");
                Some(limits::STORE_RETRY)
            }
        };
        tokio::select! {
            biased;
            () = end.cancelled() => return,
            () = inner.wakes.renewals.notified() => {}
            () = pause(&inner, wait) => {}
        }
    }
}

/// Waits for the span; for ever without one.
async fn pause(inner: &Inner, wait: Option<Duration>) {
    match wait {
        Some(wait) => inner.parts.timer.sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// How long nothing can come up; `None` while there is no renewal: then only a change of the configuration can.
fn wait(inner: &Inner, now: &Zoned, told_on: Option<Date>) -> Option<Duration> {
    if inner.roster().renewals.is_empty() {
        return None;
    }
    let today = now.date();
    let day = if told_on == Some(today) {
        today.tomorrow().unwrap_or(today)
    } else {
        today
    };
    Some(until_hour(now, day).clamp(limits::RENEWAL_NAP_MIN, limits::RENEWAL_NAP))
}

/// From now to the hour of the day at which renewals are told; nothing when it has passed.
fn until_hour(now: &Zoned, day: Date) -> Duration {
    let hour = day
        .at(limits::RENEWAL_HOUR, 0, 0, 0)
        .to_zoned(now.time_zone().clone());
    let left = hour.map(|hour| hour.timestamp().duration_since(now.timestamp()));
    left.ok()
        .and_then(|left| Duration::try_from(left).ok())
        .unwrap_or_default()
}

/// Now, by the calendar of the user's zone.
fn local(inner: &Inner) -> Zoned {
    inner.wall().to_jiff().to_zoned(inner.parts.zone.jiff().clone())
}

/// Today, by the calendar of the user's zone.
fn today(inner: &Inner) -> Date {
    local(inner).date()
}

/// A date as part of an alert's key: the day's first instant in UTC, whatever the user's zone is now.
fn stamp(date: Date) -> Time {
    date.to_zoned(TimeZone::UTC)
        .map_or(Time::from_ms(0), |start| Time::from_jiff(start.timestamp()))
}
