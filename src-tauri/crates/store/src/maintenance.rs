//! The daily round: fold readings, delete what is folded and old, drop old deliveries, back up. In small transactions,
//! so that no check waits long for the writer; broken off anywhere, the next round goes on from there.
//! The audit is kept for ever.

use rusqlite::{Connection, params};
use tidegate_meter::Time;

use crate::column::{change, list};
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
