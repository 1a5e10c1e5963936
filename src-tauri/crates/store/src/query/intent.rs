//! Intents, their transitions, and how many were sent lately.

use rusqlite::{Connection, Row, params};
use tidegate_meter::{GuardId, RowId, Time};

use crate::column::{Columns, id_value, id_value_opt, list, one, opt_text, rows};
use crate::{IntentEventRow, IntentFilter, IntentRow, StoreError, limits};

pub(super) const COLUMNS: &str = "SELECT id, guard, account, meter, action, target, window_start, state, due, next_at, tries, \
    detail, created_at, updated_at FROM intent";

/// Spelled as in the partial index, so that it is used.
const OPEN: &str = "state NOT IN ('verified', 'cancelled', 'abandoned')";

/// The earliest `next_at` of an open intent.
pub(crate) const NEXT: &str =
    "SELECT min(next_at) FROM intent WHERE state NOT IN ('verified', 'cancelled', 'abandoned')";

pub(crate) fn intents(conn: &Connection, filter: IntentFilter) -> Result<Vec<IntentRow>, StoreError> {
    match filter {
        IntentFilter::Open => {
            let sql = format!("{COLUMNS} WHERE {OPEN} ORDER BY next_at, id LIMIT ?1");
            list(conn, &sql, [rows(limits::PAGE_ROWS)], read)
        }
        IntentFilter::Recent { before, limit } => {
            let sql = format!("{COLUMNS} WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2");
            let limit = rows(limit.min(limits::PAGE_ROWS));
            list(conn, &sql, params![id_value_opt(before), limit], read)
        }
        IntentFilter::One(id) => list(conn, &format!("{COLUMNS} WHERE id = ?1"), [id_value(id)], read),
    }
}

pub(super) fn read(row: &Row<'_>) -> Result<IntentRow, StoreError> {
    Ok(IntentRow {
        id: row.id("id")?,
        guard: row.text_opt("guard")?,
        account: row.text("account")?,
        meter: row.text_opt("meter")?,
        action: row.word("action")?,
        target: row.json("target")?,
        window_start: row.time("window_start")?,
        state: row.word("state")?,
        due: row.time("due")?,
        next_at: row.time("next_at")?,
        tries: row.plain("tries")?,
        detail: row.json("detail")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// The transitions of an intent, oldest first; none of one that is not there.
pub(crate) fn events(conn: &Connection, id: RowId) -> Result<Vec<IntentEventRow>, StoreError> {
    let sql = "SELECT events FROM intent WHERE id = ?1";
    let events = one(conn, sql, [id_value(id)], |row| row.json("events"))?;
    Ok(events.unwrap_or_default())
}

/// How many intents, of one guard or of all, were last sent at or after `since`: whatever became of them.
pub(crate) fn actions_since(
    conn: &Connection,
    guard: Option<&GuardId>,
    since: Time,
) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM intent WHERE sent_at IS NOT NULL AND sent_at >= ?1 AND (?2 IS NULL OR guard = ?2)";
    one(conn, sql, params![since.ms(), opt_text(guard)], |row| {
        Ok(row.get(0)?)
    })?
    .ok_or(StoreError::Corrupt)
}
