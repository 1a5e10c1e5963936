//! Deliveries.

use rusqlite::{Connection, Row, params};

use crate::column::{Columns, id_value, id_value_opt, list, rows};
use crate::{DeliveryFilter, DeliveryRow, StoreError, limits};

const COLUMNS: &str = "SELECT id, channel, alert, intent, severity, message, state, tries, next_at, repeat, error, \
    created_at, delivered_at FROM delivery";

/// The earliest `next_at` of a pending delivery.
pub(crate) const NEXT: &str = "SELECT min(next_at) FROM delivery WHERE state = 'pending'";

pub(crate) fn deliveries(conn: &Connection, filter: DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
    let page = rows(limits::PAGE_ROWS);
    let waiting = |state: &str| {
        format!("{COLUMNS} WHERE state = '{state}' AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2")
    };
    match filter {
        DeliveryFilter::Due(at) => list(conn, &waiting("pending"), params![at.ms(), page], read),
        DeliveryFilter::Pending => list(conn, &waiting("pending"), params![i64::MAX, page], read),
        DeliveryFilter::Sending => list(conn, &waiting("sending"), params![i64::MAX, page], read),
        DeliveryFilter::Recent { before, limit } => {
            let sql = format!("{COLUMNS} WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2");
            let limit = rows(limit.min(limits::PAGE_ROWS));
            list(conn, &sql, params![id_value_opt(before), limit], read)
        }
        DeliveryFilter::One(id) => list(conn, &format!("{COLUMNS} WHERE id = ?1"), [id_value(id)], read),
    }
}

fn read(row: &Row<'_>) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        id: row.id("id")?,
        channel: row.text("channel")?,
        alert: row.id_opt("alert")?,
        intent: row.id_opt("intent")?,
        severity: row.word("severity")?,
        message: row.json("message")?,
        state: row.word("state")?,
        tries: row.plain("tries")?,
        next_at: row.time("next_at")?,
        repeat: row.plain("repeat")?,
        error: row.plain("error")?,
        created_at: row.time("created_at")?,
        delivered_at: row.time_opt("delivered_at")?,
    })
}
