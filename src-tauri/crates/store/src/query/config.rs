//! Accounts, channels, guards, settings, lapses.

use rusqlite::Connection;
use tidegate_meter::Time;

use crate::column::{Columns, list, one, rows};
use crate::{AccountRow, ChannelRow, GuardRow, ItemRow, LapseRow, StoreError, StoredKind, limits};

pub(crate) fn accounts(conn: &Connection) -> Result<Vec<AccountRow>, StoreError> {
    let sql = "SELECT id, provider, name, enabled, config FROM account ORDER BY id LIMIT ?1";
    list(conn, sql, [rows(limits::WATCHED_ROWS)], |row| {
        Ok(AccountRow {
            id: row.text("id")?,
            provider: row.plain("provider")?,
            name: row.plain("name")?,
            enabled: row.plain("enabled")?,
            config: row.json_or_null("config"),
        })
    })
}

pub(crate) fn channels(conn: &Connection) -> Result<Vec<ChannelRow>, StoreError> {
    let sql = "SELECT id, kind, enabled, config FROM channel ORDER BY id LIMIT ?1";
    list(conn, sql, [rows(limits::WATCHED_ROWS)], |row| {
        Ok(ChannelRow {
            id: row.text("id")?,
            kind: row.plain("kind")?,
            enabled: row.plain("enabled")?,
            config: row.json_or_null("config"),
        })
    })
}

pub(crate) fn guards(conn: &Connection) -> Result<Vec<GuardRow>, StoreError> {
    let sql = "SELECT id, account, enabled, config FROM guard ORDER BY id LIMIT ?1";
    list(conn, sql, [rows(limits::WATCHED_ROWS)], |row| {
        Ok(GuardRow {
            id: row.text("id")?,
            account: row.text("account")?,
            enabled: row.plain("enabled")?,
            config: row.json_or_null("config"),
        })
    })
}

pub(crate) fn items(conn: &Connection, kind: StoredKind) -> Result<Vec<ItemRow>, StoreError> {
    let sql = "SELECT id, enabled, config, state FROM item WHERE kind = ?1 ORDER BY id LIMIT ?2";
    list(conn, sql, (kind.name(), rows(limits::WATCHED_ROWS)), |row| {
        Ok(ItemRow {
            kind,
            id: row.plain("id")?,
            enabled: row.plain("enabled")?,
            config: row.json_or_null("config"),
            state: row.json_if_there("state")?,
        })
    })
}

pub(crate) fn setting(conn: &Connection, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
    one(conn, "SELECT value FROM setting WHERE key = ?1", [key], |row| {
        row.json("value")
    })
}

pub(crate) fn settings(conn: &Connection) -> Result<Vec<(String, serde_json::Value)>, StoreError> {
    let sql = "SELECT key, value FROM setting ORDER BY key LIMIT ?1";
    list(conn, sql, [rows(limits::WATCHED_ROWS)], |row| {
        Ok((row.plain("key")?, row.json("value")?))
    })
}

/// The newest lapses that began before `before`, newest first.
pub(crate) fn lapses(
    conn: &Connection,
    before: Option<Time>,
    limit: usize,
) -> Result<Vec<LapseRow>, StoreError> {
    let sql = "SELECT start, end, cause FROM lapse WHERE start < ?1 ORDER BY start DESC, cause LIMIT ?2";
    let bounds = [
        before.map_or(i64::MAX, Time::ms),
        rows(limit.min(limits::PAGE_ROWS)),
    ];
    list(conn, sql, bounds, |row| {
        Ok(LapseRow {
            start: row.time("start")?,
            end: row.time("end")?,
            cause: row.plain("cause")?,
        })
    })
}
