//! Tokens of other programs: rows, writes and the one question about them. Never holds a token: only what it hashes to.
//! Tested in `tests/store/tokens.rs`.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use tidegate_meter::{RowId, Time};

use crate::column::{Columns, change, id_value, list, rows};
use crate::{StoreError, limits};

/// One token, also a revoked one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: RowId,
    /// Its name, for people.
    pub name: String,
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// What it may do: words with spaces between.
    pub scopes: String,
    /// When it was made.
    pub created_at: Time,
    /// When it ends by itself; `None`: never.
    pub expires_at: Option<Time>,
    /// When it was shown last, to the minute.
    pub last_used_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

pub(crate) fn put(conn: &Connection, row: &TokenRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO token (id, name, hash, scopes, created_at, expires_at, last_used_at, revoked_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![
        id_value(row.id),
        row.name,
        row.hash,
        row.scopes,
        row.created_at.ms(),
        row.expires_at.map(Time::ms),
        row.last_used_at.map(Time::ms),
        row.revoked_at.map(Time::ms),
    ];
    change(conn, sql, values).map(drop)
}

/// A token is revoked once: the first time stays.
pub(crate) fn revoke(conn: &Connection, id: RowId, at: Time) -> Result<(), StoreError> {
    let sql = "UPDATE token SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    change(conn, sql, params![id_value(id), at.ms()]).map(drop)
}

pub(crate) fn used(conn: &Connection, id: RowId, at: Time) -> Result<(), StoreError> {
    let sql = "UPDATE token SET last_used_at = ?2 WHERE id = ?1";
    change(conn, sql, params![id_value(id), at.ms()]).map(drop)
}

/// All tokens, the newest first.
pub(crate) fn all(conn: &Connection) -> Result<Vec<TokenRow>, StoreError> {
    let sql = "SELECT id, name, hash, scopes, created_at, expires_at, last_used_at, revoked_at
        FROM token ORDER BY id DESC LIMIT ?1";
    list(conn, sql, [rows(limits::WATCHED_ROWS)], |row| {
        Ok(TokenRow {
            id: row.id("id")?,
            name: row.plain("name")?,
            hash: row.plain("hash")?,
            scopes: row.plain("scopes")?,
            created_at: row.time("created_at")?,
            expires_at: row.time_opt("expires_at")?,
            last_used_at: row.time_opt("last_used_at")?,
            revoked_at: row.time_opt("revoked_at")?,
        })
    })
}
