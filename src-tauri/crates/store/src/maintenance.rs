//! The daily round: fold readings, delete what is folded and old, drop old deliveries and flows, back up. In small transactions,
//! so that no check waits long for the writer; broken off anywhere, the next round goes on from there.
//! The audit is kept for ever.

use rusqlite::{Connection, params};
use tidegate_meter::Time;

use crate::column::{change, list, rows};
use crate::writer::Writer;
use crate::{Maintained, StoreError, history, limits};

/// Meters folded in one transaction.
pub(crate) const METERS: usize = 32;

/// The keys of all meters, there or not.
pub(crate) fn meters(conn: &Connection) -> Result<Vec<i64>, StoreError> {
    list(conn, "SELECT key FROM meter ORDER BY key", [], |row| {
        Ok(row.get(0)?)
    })
}

/// Folds and prunes some meters in one transaction. Those that are not folded to the end yet are given back.
pub(crate) fn round(
    writer: &mut Writer,
    meters: &[i64],
    now: Time,
) -> Result<(Vec<i64>, Maintained), StoreError> {
    writer.change(|conn| {
        let mut left = Vec::new();
        let mut done = Maintained::default();
        for meter in meters {
            if history::fold(conn, *meter, now)? {
                left.push(*meter);
            } else {
                history::prune(conn, *meter, now, &mut done)?;
            }
        }
        Ok((left, done))
    })
}

/// Deletes ended deliveries, findings and counted looks that are past their time. Deliveries still waiting stay, however
/// old.
pub(crate) fn records(writer: &mut Writer, now: Time) -> Result<u64, StoreError> {
    let before = now.minus(limits::DELIVERIES_KEPT).ms();
    let found = now.minus(limits::FINDINGS_KEPT).ms();
    writer.change(|conn| {
        change(conn, "DELETE FROM finding WHERE at < ?1", params![found])?;
        let sql = "DELETE FROM delivery WHERE created_at < ?1 AND state NOT IN ('pending', 'sending')";
        let deleted = change(conn, sql, params![before])?;
        history::forget(conn, now)?;
        Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
    })
}

/// Moves on from where minutes and hours of flows are kept, by whole hours: from then on nobody reads or adds to what lies
/// before, so that it may be deleted in many steps.
pub(crate) fn flows_kept(writer: &mut Writer, now: Time) -> Result<(), StoreError> {
    let hour = |kept| now.minus(kept).ms().div_euclid(3_600_000);
    let (minutes, hours) = (hour(limits::FLOW_MINUTES_KEPT), hour(limits::FLOW_HOURS_KEPT));
    writer.change(|conn| {
        let sql =
            "UPDATE flow_kept SET minutes_from = max(minutes_from, ?1), hours_from = max(hours_from, ?2)
            WHERE id = 1 AND (minutes_from < ?1 OR hours_from < ?2)";
        change(conn, sql, params![minutes, hours]).map(drop)
    })
}

/// Deletes some flows that are not kept any more: at most [`limits::DELETE_ROWS`] of each table. How many there were; none
/// when nothing is left to delete.
pub(crate) fn flows(writer: &mut Writer) -> Result<u64, StoreError> {
    const MINUTES: &str =
        "DELETE FROM flow_minute WHERE (minute, key) IN (SELECT minute, key FROM flow_minute
        WHERE minute < (SELECT minutes_from * 60 FROM flow_kept) LIMIT ?1)";
    const HOURS: &str = "DELETE FROM flow_hour WHERE (hour, key) IN (SELECT hour, key FROM flow_hour
        WHERE hour < (SELECT hours_from FROM flow_kept) LIMIT ?1)";
    writer.change(|conn| {
        let most = rows(limits::DELETE_ROWS);
        let deleted = change(conn, MINUTES, [most])?.saturating_add(change(conn, HOURS, [most])?);
        Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
    })
}

/// Deletes what stands beside the flows and is past its time. The devices stay.
pub(crate) fn flow_records(writer: &mut Writer, now: Time) -> Result<(), StoreError> {
    let hours = now.minus(limits::FLOW_HOURS_KEPT).ms();
    let due = [
        ("DELETE FROM flow_span WHERE end < ?1", hours),
        ("DELETE FROM flow_batch WHERE at < ?1", hours),
        ("DELETE FROM subscription WHERE at < ?1", hours),
        ("DELETE FROM leak WHERE end < ?1", hours),
        ("DELETE FROM report WHERE at < ?1", hours),
        (
            "DELETE FROM flow_quarantine WHERE at < ?1",
            now.minus(limits::QUARANTINE_KEPT).ms(),
        ),
        (
            "DELETE FROM invite WHERE expires_at < ?1",
            now.minus(limits::INVITES_KEPT).ms(),
        ),
    ];
    writer.change(|conn| {
        due.iter()
            .try_for_each(|(sql, before)| change(conn, sql, [*before]).map(drop))
    })
}
