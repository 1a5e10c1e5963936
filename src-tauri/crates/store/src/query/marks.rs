//! What happened to one meter in a span: what a chart marks. Ids carry the time at which a row was made, so that a span of
//! time is a span of keys.

use rusqlite::{Connection, params};
use tidegate_meter::{AccountId, MeterId, RowId, Time};

use super::{alert, intent};
use crate::column::{Columns, id_value, list, rows};
use crate::{LapseRow, Marks, StoreError, limits};

/// Of rows made in `from..to`, and lapses that overlap it.
pub(crate) fn marks(
    conn: &Connection,
    (account, meter): (&AccountId, &MeterId),
    (from, to): (Time, Time),
) -> Result<Marks, StoreError> {
    let (first, end) = (RowId::new(from, [0; 10]), RowId::new(to, [0; 10]));
    let span = params![
        id_value(first),
        id_value(end),
        account.as_str(),
        meter.as_str(),
        rows(limits::PAGE_ROWS)
    ];
    let made = "WHERE id >= ?1 AND id < ?2 AND account = ?3";
    let alerts = format!(
        "{} {made} AND meter = ?4 ORDER BY id DESC LIMIT ?5",
        alert::COLUMNS
    );
    let intents = format!(
        "{} {made} AND (meter = ?4 OR meter IS NULL) ORDER BY id DESC LIMIT ?5",
        intent::COLUMNS
    );
    Ok(Marks {
        alerts: list(conn, &alerts, span, alert::read)?,
        intents: list(conn, &intents, span, intent::read)?,
        lapses: lapses(conn, from, to)?,
    })
}

fn lapses(conn: &Connection, from: Time, to: Time) -> Result<Vec<LapseRow>, StoreError> {
    let sql = "SELECT start, end, cause FROM lapse WHERE start < ?2 AND end > ?1 ORDER BY start DESC, cause LIMIT ?3";
    list(
        conn,
        sql,
        params![from.ms(), to.ms(), rows(limits::PAGE_ROWS)],
        |row| {
            Ok(LapseRow {
                start: row.time("start")?,
                end: row.time("end")?,
                cause: row.plain("cause")?,
            })
        },
    )
}
