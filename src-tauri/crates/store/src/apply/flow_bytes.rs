//! Bytes of flows into their minute, hour and day, and when kernels were watched. Adds exactly: what would not fit is
//! refused, never wrapped.

use rusqlite::{Connection, params};
use tidegate_meter::{DeviceId, Flow, FlowBytes, FlowKey, Span};

use crate::column::{Columns, change, list, one};
use crate::flow::{day_number, minute_of, whole};
use crate::query::flow::kept;
use crate::{StoreError, limits};

/// The statement that adds to one table, unless a row would hold more than it may.
macro_rules! adding_to {
    ($table:literal, $column:literal) => {
        concat!(
            "INSERT INTO ",
            $table,
            " AS kept (",
            $column,
            ", key, up, down, est_up, est_down)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (",
            $column,
            ", key) DO UPDATE SET up = up + excluded.up, down = down + excluded.down,
                est_up = est_up + excluded.est_up, est_down = est_down + excluded.est_down
            WHERE kept.up + kept.down <= ?7 - excluded.up - excluded.down"
        )
    };
}

/// Adds a flow to the day, and to hour and minute where these are kept.
pub(super) fn add(
    conn: &Connection,
    device: &DeviceId,
    day: jiff::civil::Date,
    flow: &Flow,
) -> Result<(), StoreError> {
    let bytes = flow.bytes;
    let total = bytes.total().ok_or_else(|| StoreError::conflict("flow"))?;
    if total == 0 {
        return Ok(());
    }
    if !bytes.is_sound() || total > limits::FLOW_DAY_BYTES {
        return Err(StoreError::conflict("flow"));
    }
    let key = way(conn, device, &flow.key)?;
    let minute = minute_of(flow.minute);
    let hour = minute.div_euclid(60);
    let (minutes_from, hours_from) = kept(conn)?;
    add_to(conn, adding_to!("flow_day", "day"), (day_number(day), key), bytes)?;
    if hour >= hours_from {
        add_to(conn, adding_to!("flow_hour", "hour"), (hour, key), bytes)?;
    }
    if hour >= minutes_from {
        add_to(conn, adding_to!("flow_minute", "minute"), (minute, key), bytes)?;
    }
    Ok(())
}

/// Adds to one row; refused when it would hold more than a day of one way may.
fn add_to(conn: &Connection, sql: &str, at: (i64, i64), bytes: FlowBytes) -> Result<(), StoreError> {
    let values = params![
        at.0,
        at.1,
        whole(bytes.up)?,
        whole(bytes.down)?,
        whole(bytes.estimated_up)?,
        whole(bytes.estimated_down)?,
        whole(limits::FLOW_DAY_BYTES)?,
    ];
    super::expect_one(change(conn, sql, values)?, "flow")
}

/// The number of a way; a new one where it was never taken.
fn way(conn: &Connection, device: &DeviceId, key: &FlowKey) -> Result<i64, StoreError> {
    let values = params![device.as_str(), key.kind.word(), key.node, key.group, key.feed];
    let sql =
        "SELECT id FROM flow_key WHERE device = ?1 AND kind = ?2 AND node = ?3 AND grp = ?4 AND feed = ?5";
    if let Some(known) = one(conn, sql, values, |row| row.plain("id"))? {
        return Ok(known);
    }
    let sql = "INSERT INTO flow_key (device, kind, node, grp, feed) SELECT ?1, ?2, ?3, ?4, ?5
        WHERE (SELECT count(*) FROM flow_key WHERE device = ?1) < ?6 RETURNING id";
    let values = params![
        device.as_str(),
        key.kind.word(),
        key.node,
        key.group,
        key.feed,
        limits::FLOW_WAYS,
    ];
    let made = one(conn, sql, values, |row| row.plain("id"))?;
    made.ok_or_else(|| StoreError::conflict("flow_key"))
}

/// Notes that a kernel was watched: whatever the span touches becomes one with it.
pub(super) fn watched(conn: &Connection, device: &DeviceId, span: Span) -> Result<(), StoreError> {
    if span.end < span.start {
        return Err(StoreError::conflict("watched"));
    }
    if span.end == span.start {
        return Ok(());
    }
    // Spans of a device never touch: of those that begin before this one, only the last can reach into it.
    let touching = "device = ?1 AND end >= ?2 AND start <= ?3 AND start >= ifnull(
        (SELECT max(start) FROM flow_span WHERE device = ?1 AND start <= ?2), ?2)";
    let (start, end) = (span.start.ms(), span.end.ms());
    let sql = format!("DELETE FROM flow_span WHERE {touching} RETURNING start, end");
    let values = params![device.as_str(), start, end];
    let touched: Vec<(i64, i64)> = list(conn, &sql, values, |row| {
        Ok((row.plain("start")?, row.plain("end")?))
    })?;
    let from = touched.iter().map(|span| span.0).fold(start, i64::min);
    let to = touched.iter().map(|span| span.1).fold(end, i64::max);
    let sql = "INSERT INTO flow_span (device, start, end) VALUES (?1, ?2, ?3)";
    change(conn, sql, params![device.as_str(), from, to]).map(drop)
}
