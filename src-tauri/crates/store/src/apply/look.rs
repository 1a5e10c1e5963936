//! A look at a meter: what it is, and what the look gave.

use rusqlite::{Connection, Row, params};
use tidegate_meter::{AccountId, MeterId, MeterInfo, Outcome, Time};

use crate::StoreError;
use crate::column::{change, json, one};
use crate::history;

/// Every look becomes a row among the recent ones, also one that repeats the value: burn, belts and replay need to know
/// that it was looked at, and what it said. The meter's own row changes only when the meter does. The same fetch told
/// twice is one reading.
pub(super) fn look(
    conn: &Connection,
    info: &MeterInfo,
    outcome: &Outcome,
    at: Time,
    lag_ms: Option<i64>,
) -> Result<(), StoreError> {
    let info_text = json(info)?;
    let known = match lag_ms {
        None => as_told(conn, info, &info_text)?,
        Some(_) => None,
    };
    let meter = match known {
        Some(place) => place,
        None => put(conn, info, &info_text, lag_ms)?,
    };
    history::note(conn, &meter, outcome, at)
}

/// The meter, if it stands in its row as it is told now.
fn as_told(
    conn: &Connection,
    info: &MeterInfo,
    info_text: &str,
) -> Result<Option<history::Place>, StoreError> {
    let sql =
        "SELECT key, span, hours_to FROM meter WHERE account = ?1 AND id = ?2 AND info = ?3 AND present = 1";
    let values = params![info.account.as_str(), info.id.as_str(), info_text];
    one(conn, sql, values, place)
}

fn put(
    conn: &Connection,
    info: &MeterInfo,
    info_text: &str,
    lag_ms: Option<i64>,
) -> Result<history::Place, StoreError> {
    let sql = "INSERT INTO meter (account, id, info, lag_ms, present) VALUES (?1, ?2, ?3, ?4, 1)
        ON CONFLICT (account, id) DO UPDATE SET info = ?3, lag_ms = ifnull(?4, lag_ms), present = 1
        RETURNING key, span, hours_to";
    let values = params![info.account.as_str(), info.id.as_str(), info_text, lag_ms];
    one(conn, sql, values, place)?.ok_or(StoreError::Corrupt)
}

fn place(row: &Row<'_>) -> Result<history::Place, StoreError> {
    Ok(history::Place {
        meter: row.get(0)?,
        span: row.get(1)?,
        hours_to: row.get(2)?,
    })
}

/// Marks the account's meters that are not in `present` as no longer there.
pub(super) fn retain(conn: &Connection, account: &AccountId, present: &[MeterId]) -> Result<(), StoreError> {
    let sql = "UPDATE meter SET present = 0 WHERE account = ?1 AND present = 1
        AND id NOT IN (SELECT value FROM json_each(?2))";
    change(conn, sql, params![account.as_str(), json(present)?]).map(drop)
}
