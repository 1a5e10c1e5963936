//! Intents: inserted with their first event, moved only along the state table and only from where they stand. What an
//! intent acts on is frozen when it is inserted: no later write changes it.

use rusqlite::{Connection, params};
use tidegate_guard::IntentState;
use tidegate_meter::{RowId, Time};

use crate::column::{Columns, change, id_value, json, one, opt_text, word};
use crate::{IntentEventRow, IntentRow, StoreError};

pub(super) fn insert(conn: &Connection, row: &IntentRow, event: &IntentEventRow) -> Result<(), StoreError> {
    if event.from.is_some() || event.to != row.state || event.intent != row.id {
        return Err(StoreError::IllegalMove);
    }
    let sql =
        "INSERT INTO intent (id, guard, account, meter, action, target, window_start, state, due, next_at,
        tries, detail, created_at, updated_at, sent_at, events)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    let values = params![
        id_value(row.id),
        opt_text(row.guard.as_ref()),
        row.account.as_str(),
        opt_text(row.meter.as_ref()),
        word(&row.action)?,
        json(&row.target)?,
        row.window_start.ms(),
        row.state.name(),
        row.due.ms(),
        row.next_at.ms(),
        row.tries,
        json(&row.detail)?,
        row.created_at.ms(),
        row.updated_at.ms(),
        sent_at(row.state, event.at),
        json(&[event])?,
    ];
    change(conn, sql, values)
        .map(drop)
        .map_err(|error| error.named("intent"))
}

pub(super) fn go(conn: &Connection, row: &IntentRow, event: &IntentEventRow) -> Result<(), StoreError> {
    let stands = state_of(conn, row.id)?;
    let legal = event.intent == row.id
        && event.from == Some(stands)
        && event.to == row.state
        && stands.may_become(row.state);
    if !legal {
        return Err(StoreError::IllegalMove);
    }
    let sql =
        "UPDATE intent SET state = ?2, due = ?3, next_at = ?4, tries = ?5, detail = ?6, updated_at = ?7,
        sent_at = ifnull(?8, sent_at), events = json_insert(events, '$[#]', json(?9)) WHERE id = ?1";
    let values = params![
        id_value(row.id),
        row.state.name(),
        row.due.ms(),
        row.next_at.ms(),
        row.tries,
        json(&row.detail)?,
        row.updated_at.ms(),
        sent_at(row.state, event.at),
        json(event)?,
    ];
    change(conn, sql, values).map(drop)
}

/// A touch from another state than the stored one is refused: it was made from a row that has moved since.
pub(super) fn touch(conn: &Connection, row: &IntentRow) -> Result<(), StoreError> {
    let sql =
        "UPDATE intent SET next_at = ?3, detail = ?4, updated_at = ?5, due = ?6 WHERE id = ?1 AND state = ?2";
    let values = params![
        id_value(row.id),
        row.state.name(),
        row.next_at.ms(),
        json(&row.detail)?,
        row.updated_at.ms(),
        row.due.ms(),
    ];
    match change(conn, sql, values)? {
        0 => Err(StoreError::IllegalMove),
        _ => Ok(()),
    }
}

fn sent_at(state: IntentState, at: Time) -> Option<i64> {
    (state == IntentState::Sent).then(|| at.ms())
}

fn state_of(conn: &Connection, id: RowId) -> Result<IntentState, StoreError> {
    let sql = "SELECT state FROM intent WHERE id = ?1";
    one(conn, sql, [id_value(id)], |row| row.word("state"))?.ok_or(StoreError::IllegalMove)
}
