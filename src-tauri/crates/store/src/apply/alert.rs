//! Alerts: raised once per guard, meter, window and key; resolved, acknowledged, snoozed.

use rusqlite::{Connection, params};
use tidegate_meter::{GuardId, MeterId, RowId, Time};

use crate::column::{change, id_value, json, opt_ms, opt_text, word};
use crate::{AlertRow, StoreError};

pub(super) fn raise(conn: &Connection, row: &AlertRow) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO alert (id, guard, account, meter, key, window_start, severity, raised_at, resolved_at,
        acknowledged_at, acknowledged_as, snoozed_until, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let (acknowledged_at, acknowledged_as) = split(row.acknowledged.as_ref());
    let values = params![
        id_value(row.id),
        opt_text(row.guard.as_ref()),
        opt_text(row.account.as_ref()),
        opt_text(row.meter.as_ref()),
        row.key,
        row.window_start.ms(),
        word(&row.severity)?,
        row.raised_at.ms(),
        opt_ms(row.resolved_at),
        acknowledged_at,
        acknowledged_as,
        opt_ms(row.snoozed_until),
        json(&row.body)?,
    ];
    change(conn, sql, values)
        .map(drop)
        .map_err(|error| error.named("alert"))
}

/// Resolving what is not open changes nothing: the end of a window and a recovery may meet.
pub(super) fn resolve(
    conn: &Connection,
    guard: Option<&GuardId>,
    meter: Option<&MeterId>,
    key: &str,
    window_start: Time,
    at: Time,
) -> Result<(), StoreError> {
    let sql = "UPDATE alert SET resolved_at = ?5 WHERE key = ?1 AND window_start = ?2
        AND ifnull(guard, '') = ?3 AND ifnull(meter, '') = ?4 AND resolved_at IS NULL";
    let guard = opt_text(guard).unwrap_or("");
    let meter = opt_text(meter).unwrap_or("");
    change(conn, sql, params![key, window_start.ms(), guard, meter, at.ms()]).map(drop)
}

pub(super) fn answer(
    conn: &Connection,
    id: RowId,
    acknowledged: Option<&(Time, String)>,
    snoozed_until: Option<Time>,
) -> Result<(), StoreError> {
    let sql = "UPDATE alert SET acknowledged_at = ifnull(?2, acknowledged_at),
        acknowledged_as = ifnull(?3, acknowledged_as), snoozed_until = ifnull(?4, snoozed_until) WHERE id = ?1";
    let (at, reason) = split(acknowledged);
    match change(
        conn,
        sql,
        params![id_value(id), at, reason, opt_ms(snoozed_until)],
    )? {
        0 => Err(StoreError::conflict("alert")),
        _ => Ok(()),
    }
}

fn split(acknowledged: Option<&(Time, String)>) -> (Option<i64>, Option<&str>) {
    match acknowledged {
        Some((at, reason)) => (Some(at.ms()), Some(reason.as_str())),
        None => (None, None),
    }
}
