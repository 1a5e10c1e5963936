//! The state of a guard on a meter, replaced only from the version it was made from: two judgements of one meter
//! cannot both win.

use rusqlite::{Connection, params};

use crate::column::{change, json, word};
use crate::{GuardStateRow, StoreError};

pub(super) fn put(conn: &Connection, row: &GuardStateRow) -> Result<(), StoreError> {
    let sql = if row.version == 0 {
        "INSERT INTO guard_state (guard, meter, version, state, level, why, at)
            VALUES (?1, ?2, ?3 + 1, ?4, ?5, ?6, ?7)"
    } else {
        "UPDATE guard_state SET version = version + 1, state = ?4, level = ?5, why = ?6, at = ?7
            WHERE guard = ?1 AND meter = ?2 AND version = ?3"
    };
    let values = params![
        row.guard.as_str(),
        row.meter.as_str(),
        row.version,
        json(&row.state)?,
        word(&row.level)?,
        json(&row.why)?,
        row.at.ms(),
    ];
    match change(conn, sql, values).map_err(|error| error.named("guard_state"))? {
        0 => Err(StoreError::conflict("guard_state")),
        _ => Ok(()),
    }
}
