//! A look at a meter: its newest outcome, and a history row for every fetch that gave truth.

use rusqlite::{Connection, params};
use tidegate_meter::{AccountId, MeterId, MeterInfo, Outcome, Time};

use crate::StoreError;
use crate::column::{change, json, one};
use crate::history;

/// Every fetch becomes a history row, also one that repeats the value: burn, belts and replay need to know that it was
/// looked at, and what it said. The same fetch told twice is one row.
pub(super) fn look(
    conn: &Connection,
    info: &MeterInfo,
    outcome: &Outcome,
    at: Time,
    lag_ms: Option<i64>,
) -> Result<(), StoreError> {
    let (good, blind) = match outcome {
        Outcome::Known(reading) => (Some(json(reading)?), None),
        Outcome::Blind(blind) => (None, Some(json(blind)?)),
    };
    let sql = "INSERT INTO meter (account, id, info, good, blind, looked_at, lag_ms, present)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
        ON CONFLICT (account, id) DO UPDATE SET info = ?3, good = ifnull(?4, good), blind = ?5, looked_at = ?6,
        lag_ms = ifnull(?7, lag_ms), present = 1
        RETURNING key, span, hours_to";
    let values = params![
        info.account.as_str(),
        info.id.as_str(),
        json(info)?,
        good,
        blind,
        at.ms(),
        lag_ms
    ];
    let meter = one(conn, sql, values, |row| {
        Ok(history::Place {
            meter: row.get(0)?,
            span: row.get(1)?,
            hours_to: row.get(2)?,
        })
    })?
    .ok_or(StoreError::Corrupt)?;
    match outcome.reading() {
        Some(reading) => history::insert(conn, &meter, reading),
        None => Ok(()),
    }
}

/// Marks the account's meters that are not in `present` as no longer there.
pub(super) fn retain(conn: &Connection, account: &AccountId, present: &[MeterId]) -> Result<(), StoreError> {
    let sql = "UPDATE meter SET present = 0 WHERE account = ?1 AND present = 1
        AND id NOT IN (SELECT value FROM json_each(?2))";
    change(conn, sql, params![account.as_str(), json(present)?]).map(drop)
}
