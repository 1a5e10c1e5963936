//! Accounts, channels, guards, settings and lapses: rows that are replaced whole.

use rusqlite::{Connection, params};
use tidegate_meter::{AccountId, ChannelId, GuardId, Time};

use crate::column::{change, json, opt_ms};
use crate::{AccountRow, ChannelRow, GuardRow, ItemRow, LapseRow, StoreError, StoredKind};

pub(super) fn put_account(conn: &Connection, row: &AccountRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO account (id, provider, name, enabled, config) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (id) DO UPDATE SET provider = ?2, name = ?3, enabled = ?4, config = ?5";
    let config = json(&row.config)?;
    change(
        conn,
        sql,
        params![row.id.as_str(), row.provider, row.name, row.enabled, config],
    )
    .map(drop)
}

/// The account goes, its meters and targets are no longer there; its history stays.
pub(super) fn remove_account(conn: &Connection, id: &AccountId) -> Result<(), StoreError> {
    change(conn, "DELETE FROM account WHERE id = ?1", [id.as_str()])?;
    change(
        conn,
        "UPDATE meter SET present = 0 WHERE account = ?1",
        [id.as_str()],
    )?;
    change(
        conn,
        "UPDATE target SET present = 0 WHERE account = ?1",
        [id.as_str()],
    )
    .map(drop)
}

pub(super) fn put_channel(conn: &Connection, row: &ChannelRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO channel (id, kind, enabled, config) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (id) DO UPDATE SET kind = ?2, enabled = ?3, config = ?4";
    let config = json(&row.config)?;
    change(conn, sql, params![row.id.as_str(), row.kind, row.enabled, config]).map(drop)
}

/// The channel goes; what it had not delivered stays: the deliverer gives it to another channel, or ends it.
pub(super) fn remove_channel(conn: &Connection, id: &ChannelId) -> Result<(), StoreError> {
    change(conn, "DELETE FROM channel WHERE id = ?1", [id.as_str()]).map(drop)
}

pub(super) fn put_guard(conn: &Connection, row: &GuardRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO guard (id, account, enabled, config) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (id) DO UPDATE SET account = ?2, enabled = ?3, config = ?4";
    let config = json(&row.config)?;
    change(
        conn,
        sql,
        params![row.id.as_str(), row.account.as_str(), row.enabled, config],
    )
    .map(drop)
}

/// The guard goes with its states (by the foreign key); its open alerts end at the time of the batch.
pub(super) fn remove_guard(conn: &Connection, id: &GuardId, at: Option<Time>) -> Result<(), StoreError> {
    change(conn, "DELETE FROM guard WHERE id = ?1", [id.as_str()])?;
    let sql = "UPDATE alert SET resolved_at = max(raised_at, ifnull(?2, raised_at))
        WHERE guard = ?1 AND resolved_at IS NULL";
    change(conn, sql, params![id.as_str(), opt_ms(at)]).map(drop)
}

/// The state of an item that was there stays.
pub(super) fn put_item(conn: &Connection, row: &ItemRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO item (kind, id, enabled, config) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (kind, id) DO UPDATE SET enabled = ?3, config = ?4";
    let config = json(&row.config)?;
    change(conn, sql, params![row.kind.name(), row.id, row.enabled, config]).map(drop)
}

pub(super) fn remove_item(conn: &Connection, kind: StoredKind, id: &str) -> Result<(), StoreError> {
    change(
        conn,
        "DELETE FROM item WHERE kind = ?1 AND id = ?2",
        params![kind.name(), id],
    )
    .map(drop)
}

/// What is known of an item that went meanwhile is of no use to anybody.
pub(super) fn put_item_state(
    conn: &Connection,
    kind: StoredKind,
    id: &str,
    state: Option<&serde_json::Value>,
) -> Result<(), StoreError> {
    let state = state.map(json).transpose()?;
    let sql = "UPDATE item SET state = ?3 WHERE kind = ?1 AND id = ?2";
    change(conn, sql, params![kind.name(), id, state]).map(drop)
}

/// A lapse told again with a later end replaces the one told before.
pub(super) fn put_lapse(conn: &Connection, row: &LapseRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO lapse (start, end, cause) VALUES (?1, ?2, ?3)
        ON CONFLICT (start, cause) DO UPDATE SET end = ?2";
    change(conn, sql, params![row.start.ms(), row.end.ms(), row.cause]).map(drop)
}

pub(super) fn put_setting(
    conn: &Connection,
    key: &str,
    value: Option<&serde_json::Value>,
) -> Result<(), StoreError> {
    match value {
        None => change(conn, "DELETE FROM setting WHERE key = ?1", [key]),
        Some(value) => change(
            conn,
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            params![key, json(value)?],
        ),
    }
    .map(drop)
}
