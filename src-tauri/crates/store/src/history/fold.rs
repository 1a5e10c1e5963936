//! Folds raw readings into hours and hours into days, then deletes what is folded and old. Each hour and day is made
//! anew from what is finer, so folding twice changes nothing.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use tidegate_meter::Time;

use super::segment::{Segment, add};
use super::{DAY_MS, HOUR_MS, raw};
use crate::column::{Columns, change, list, one};
use crate::{Maintained, StoreError, limits};

/// How far a meter is folded and what is still there.
struct Progress {
    hours_to: Option<i64>,
    days_to: Option<i64>,
}

/// Folds the complete hours of a meter, at most [`limits::ROLL_HOURS`] of them, and the days they complete. `true`
/// when more is left to fold.
pub(crate) fn fold(conn: &Connection, meter: i64, now: Time) -> Result<bool, StoreError> {
    let Some(progress) = progress(conn, meter)? else {
        return Ok(false);
    };
    let end = floor(now.ms(), HOUR_MS);
    let from = progress.hours_to.unwrap_or(i64::MIN);
    let Some(first) = first_fetch(conn, meter, from, end)? else {
        return Ok(false);
    };
    let start = floor(first, HOUR_MS).max(from);
    let to = end.min(start.saturating_add(limits::ROLL_HOURS * HOUR_MS));
    fold_hours(conn, meter, start, to)?;
    let days_from = progress
        .days_to
        .unwrap_or_else(|| floor(start, DAY_MS))
        .min(floor(start, DAY_MS));
    let days_to = floor(to, DAY_MS).max(days_from);
    fold_days(conn, meter, days_from, days_to)?;
    let sql = "UPDATE meter SET hours_to = ?2, days_to = ?3 WHERE key = ?1";
    change(conn, sql, params![meter, to, days_to])?;
    Ok(to < end)
}

fn progress(conn: &Connection, meter: i64) -> Result<Option<Progress>, StoreError> {
    one(
        conn,
        "SELECT hours_to, days_to FROM meter WHERE key = ?1",
        [meter],
        |row| {
            Ok(Progress {
                hours_to: row.plain("hours_to")?,
                days_to: row.plain("days_to")?,
            })
        },
    )
}

/// When the first raw reading in `from..to` was fetched: empty hours are passed over, not walked through.
fn first_fetch(conn: &Connection, meter: i64, from: i64, to: i64) -> Result<Option<i64>, StoreError> {
    let mut first: Option<i64> = None;
    for span in raw::spans(conn, meter, from, to)? {
        raw::each(conn, &span, from, to, 1, |seen| {
            first = Some(first.map_or(seen.fetched, |found| found.min(seen.fetched)));
            Ok(())
        })?;
    }
    Ok(first)
}

/// Runs by hour or day number.
type Buckets = BTreeMap<i64, Vec<Segment>>;

fn fold_hours(conn: &Connection, meter: i64, from: i64, to: i64) -> Result<(), StoreError> {
    let mut hours = Buckets::new();
    for span in raw::spans(conn, meter, from, to)? {
        raw::each(conn, &span, from, to, i64::MAX, |seen| {
            if let Some(segment) = Segment::of(&seen.point()) {
                add(
                    hours.entry(seen.fetched.div_euclid(HOUR_MS)).or_default(),
                    segment,
                );
            }
            Ok(())
        })?;
    }
    let delete = "DELETE FROM reading_hour WHERE meter = ?1 AND hour >= ?2 AND hour < ?3";
    change(
        conn,
        delete,
        params![meter, from.div_euclid(HOUR_MS), to.div_euclid(HOUR_MS)],
    )?;
    let sql = "INSERT INTO reading_hour (meter, hour, part, data) VALUES (?1, ?2, ?3, ?4)";
    write(conn, sql, meter, &hours, HOUR_MS)
}

fn fold_days(conn: &Connection, meter: i64, from: i64, to: i64) -> Result<(), StoreError> {
    let mut days = Buckets::new();
    hours(conn, meter, from, to, |hour, segment| {
        add(
            days.entry((hour * HOUR_MS).div_euclid(DAY_MS)).or_default(),
            segment,
        );
    })?;
    let delete = "DELETE FROM reading_day WHERE meter = ?1 AND day >= ?2 AND day < ?3";
    change(
        conn,
        delete,
        params![meter, from.div_euclid(DAY_MS), to.div_euclid(DAY_MS)],
    )?;
    let sql = "INSERT INTO reading_day (meter, day, part, data) VALUES (?1, ?2, ?3, ?4)";
    write(conn, sql, meter, &days, DAY_MS)
}

fn write(conn: &Connection, sql: &str, meter: i64, buckets: &Buckets, width: i64) -> Result<(), StoreError> {
    for (number, runs) in buckets {
        for (part, run) in (0_i64..).zip(runs) {
            change(
                conn,
                sql,
                params![meter, number, part, run.encode(number * width)],
            )?;
        }
    }
    Ok(())
}

/// The hours of a meter that begin in `from..to`, oldest first, with their numbers.
pub(super) fn hours(
    conn: &Connection,
    meter: i64,
    from: i64,
    to: i64,
    each: impl FnMut(i64, Segment),
) -> Result<(), StoreError> {
    let sql = "SELECT hour, data FROM reading_hour WHERE meter = ?1 AND hour >= ?2 AND hour < ?3 ORDER BY hour, part";
    buckets(conn, sql, meter, (from, to), HOUR_MS, each)
}

/// The days of a meter that begin in `from..to`, oldest first, with their numbers.
pub(super) fn days(
    conn: &Connection,
    meter: i64,
    from: i64,
    to: i64,
    each: impl FnMut(i64, Segment),
) -> Result<(), StoreError> {
    let sql =
        "SELECT day, data FROM reading_day WHERE meter = ?1 AND day >= ?2 AND day < ?3 ORDER BY day, part";
    buckets(conn, sql, meter, (from, to), DAY_MS, each)
}

fn buckets(
    conn: &Connection,
    sql: &str,
    meter: i64,
    (from, to): (i64, i64),
    width: i64,
    mut each: impl FnMut(i64, Segment),
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![meter, ceil(from, width), ceil(to, width)])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let data = row.get_ref(1)?.as_blob().map_err(|_| StoreError::Corrupt)?;
        each(number, Segment::decode(data, number.saturating_mul(width))?);
    }
    Ok(())
}

/// Deletes raw readings and hours of a meter that are past their time and folded; never what is not folded yet.
pub(crate) fn prune(
    conn: &Connection,
    meter: i64,
    now: Time,
    done: &mut Maintained,
) -> Result<(), StoreError> {
    let Some(progress) = progress(conn, meter)? else {
        return Ok(());
    };
    if let Some(hours_to) = progress.hours_to {
        let before = floor(now.minus(limits::RAW_KEPT).ms(), HOUR_MS).min(hours_to);
        let deleted = delete_raw(conn, meter, before)?;
        done.readings_deleted = done.readings_deleted.saturating_add(deleted);
    }
    if let Some(days_to) = progress.days_to {
        let before = floor(now.minus(limits::HOURS_KEPT).ms(), DAY_MS).min(days_to);
        let deleted = delete_hours(conn, meter, before)?;
        done.hours_deleted = done.hours_deleted.saturating_add(deleted);
    }
    Ok(())
}

fn delete_raw(conn: &Connection, meter: i64, before: i64) -> Result<u64, StoreError> {
    let sql = "SELECT key, base FROM reading_span WHERE meter = ?1 AND base < ?2";
    let spans: Vec<(i64, i64)> = list(conn, sql, params![meter, before], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let mut deleted = 0;
    for (key, base) in spans {
        let at = before.saturating_sub(base);
        let sql = "SELECT max(at) FROM reading WHERE span = ?1 AND at < ?2";
        let Some(last) = newest(conn, sql, key, at)? else {
            continue;
        };
        let sql = "DELETE FROM reading WHERE span = ?1 AND at < ?2";
        deleted += count(change(conn, sql, params![key, at])?);
        mark(conn, "raw_from", meter, after(base.saturating_add(last), HOUR_MS))?;
        // The newest span of a meter stays, empty or not: the next reading may continue it.
        let sql =
            "DELETE FROM reading_span WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM reading WHERE span = ?1)
            AND NOT EXISTS (SELECT 1 FROM recent WHERE span = ?1)
            AND NOT EXISTS (SELECT 1 FROM meter WHERE meter.key = ?2 AND meter.span = ?1)";
        change(conn, sql, params![key, meter])?;
    }
    Ok(deleted)
}

fn delete_hours(conn: &Connection, meter: i64, before: i64) -> Result<u64, StoreError> {
    let hour = before.div_euclid(HOUR_MS);
    let sql = "SELECT max(hour) FROM reading_hour WHERE meter = ?1 AND hour < ?2";
    let Some(last) = newest(conn, sql, meter, hour)? else {
        return Ok(0);
    };
    let sql = "DELETE FROM reading_hour WHERE meter = ?1 AND hour < ?2";
    let deleted = count(change(conn, sql, params![meter, hour])?);
    mark(
        conn,
        "hours_from",
        meter,
        after(last.saturating_mul(HOUR_MS), DAY_MS),
    )?;
    Ok(deleted)
}

fn newest(conn: &Connection, sql: &str, of: i64, before: i64) -> Result<Option<i64>, StoreError> {
    let newest: Option<Option<i64>> = one(conn, sql, params![of, before], |row| Ok(row.get(0)?))?;
    Ok(newest.flatten())
}

/// Finer rows begin behind the newest that was deleted, not at the time of deletion: under a clock that had jumped years
/// ahead that time would hide all that is read after the clock is right again.
fn mark(conn: &Connection, column: &str, meter: i64, at: i64) -> Result<(), StoreError> {
    let sql = format!("UPDATE meter SET {column} = max(?2, ifnull({column}, ?2)) WHERE key = ?1");
    change(conn, &sql, params![meter, at]).map(drop)
}

/// The end of the bucket that holds `at`.
fn after(at: i64, width: i64) -> i64 {
    floor(at, width).saturating_add(width)
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn floor(at: i64, width: i64) -> i64 {
    at.div_euclid(width).saturating_mul(width)
}

/// The number of the first bucket that begins at or after `at`.
fn ceil(at: i64, width: i64) -> i64 {
    let number = at.div_euclid(width);
    if at.rem_euclid(width) == 0 {
        number
    } else {
        number.saturating_add(1)
    }
}
