//! Alerts.

use rusqlite::{Connection, Row, params};
use tidegate_meter::RowId;

use crate::column::{Columns, id_value, id_value_opt, list, one, rows};
use crate::{AlertFilter, AlertRow, StoreError, limits};

pub(super) const COLUMNS: &str = "SELECT id, guard, account, meter, key, window_start, severity, raised_at, resolved_at, \
    acknowledged_at, acknowledged_as, snoozed_until, body FROM alert";

/// Alerts, newest first.
pub(crate) fn alerts(conn: &Connection, filter: AlertFilter) -> Result<Vec<AlertRow>, StoreError> {
    let open = if filter.open {
        "resolved_at IS NULL AND"
    } else {
        ""
    };
    let sql = format!("{COLUMNS} WHERE {open} (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2");
    let limit = rows(filter.limit.min(limits::PAGE_ROWS));
    list(conn, &sql, params![id_value_opt(filter.before), limit], read)
}

/// One alert.
pub(crate) fn alert(conn: &Connection, id: RowId) -> Result<Option<AlertRow>, StoreError> {
    one(conn, &format!("{COLUMNS} WHERE id = ?1"), [id_value(id)], read)
}

pub(super) fn read(row: &Row<'_>) -> Result<AlertRow, StoreError> {
    let acknowledged_at = row.time_opt("acknowledged_at")?;
    Ok(AlertRow {
        id: row.id("id")?,
        guard: row.text_opt("guard")?,
        account: row.text_opt("account")?,
        meter: row.text_opt("meter")?,
        key: row.plain("key")?,
        window_start: row.time("window_start")?,
        severity: row.word("severity")?,
        raised_at: row.time("raised_at")?,
        resolved_at: row.time_opt("resolved_at")?,
        acknowledged: acknowledged_at.zip(row.plain("acknowledged_as")?),
        snoozed_until: row.time_opt("snoozed_until")?,
        body: row.json("body")?,
    })
}
