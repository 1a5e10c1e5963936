//! The audit chain: each row's hash covers the row and the hash before it, so that an edit, an insertion, a deletion or
//! another order is named. Owns the canonical text that is hashed.
//!
//! The hash of row n is SHA-256 over the 32 bytes of the hash before it (zeros before the first) and the canonical JSON
//! `{"actor":…,"at":…,"event":…,"facts":…,"seq":…}`: keys in order, no spaces, `at` in RFC 3339, UTC.
//! Cutting the end off leaves a good chain; only a head published outside shows it.
//! Tested in `tests/store/audit.rs` with random mutations of the table.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tidegate_meter::Time;

use crate::column::{Columns, change, json, list, one, rows};
use crate::{AuditEntry, AuditFault, AuditHead, AuditRow, AuditVerdict, StoreError, limits};

/// A hash as it is stored.
type Hash = [u8; 32];

/// The hash before the first row.
const ORIGIN: Hash = [0; 32];

/// Appends an entry behind the newest row.
pub(crate) fn append(conn: &Connection, entry: &AuditEntry) -> Result<(), StoreError> {
    let (newest, before) = newest(conn)?;
    let seq = newest.checked_add(1).ok_or(StoreError::Corrupt)?;
    let facts = canonical(&entry.facts)?;
    let hash = link(&before, seq, entry.at, (&entry.actor, &entry.event), &facts)?;
    let sql = "INSERT INTO audit (seq, at, actor, event, facts, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![seq, entry.at.ms(), entry.actor, entry.event, facts, hash];
    change(conn, sql, values).map(drop)
}

/// Rows after a number, oldest first.
pub(crate) fn after(conn: &Connection, seq: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
    let sql = "SELECT seq, at, actor, event, facts, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let limit = rows(limit.min(limits::PAGE_ROWS));
    list(conn, sql, params![seq, limit], read)
}

/// Rows before a number, newest first.
pub(crate) fn before(conn: &Connection, seq: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
    let sql =
        "SELECT seq, at, actor, event, facts, hash FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
    let limit = rows(limit.min(limits::PAGE_ROWS));
    list(conn, sql, params![seq, limit], read)
}

fn read(row: &Row<'_>) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        seq: row.plain("seq")?,
        at: row.time("at")?,
        actor: row.plain("actor")?,
        event: row.plain("event")?,
        facts: row.json("facts")?,
        hash: hex::encode(row.plain::<Vec<u8>>("hash")?),
    })
}

/// The end of the chain.
pub(crate) fn head(conn: &Connection) -> Result<AuditHead, StoreError> {
    let (seq, hash) = newest(conn)?;
    Ok(AuditHead {
        seq,
        hash: hex::encode(hash),
    })
}

/// Walks the whole chain and names the first bad row. With `expected`, the chain must also contain that head.
pub(crate) fn verify(conn: &Connection, expected: Option<&AuditHead>) -> Result<AuditVerdict, StoreError> {
    let sql = "SELECT seq, at, actor, event, facts, hash FROM audit ORDER BY seq";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let (mut seq, mut hash) = (0_i64, ORIGIN);
    while let Some(row) = rows.next()? {
        let next = seq.saturating_add(1);
        match follows(row, next, &hash) {
            Ok(followed) => (seq, hash) = (next, followed),
            Err(fault) => return Ok(AuditVerdict::Broken { seq: next, fault }),
        }
        if expected.is_some_and(|head| head.seq == seq && head.hash != hex::encode(hash)) {
            let fault = AuditFault::Rewritten;
            return Ok(AuditVerdict::Broken { seq, fault });
        }
    }
    if expected.is_some_and(|head| head.seq > seq) {
        let fault = AuditFault::Truncated;
        let seq = seq.saturating_add(1);
        return Ok(AuditVerdict::Broken { seq, fault });
    }
    let hash = hex::encode(hash);
    Ok(AuditVerdict::Intact {
        head: AuditHead { seq, hash },
    })
}

/// The hash of a stored row, if it is the row `next` and follows from `before`. A row that cannot even be read is a
/// changed one.
fn follows(row: &Row<'_>, next: i64, before: &Hash) -> Result<Hash, AuditFault> {
    let seq: i64 = row.get("seq").map_err(|_| AuditFault::Changed)?;
    match seq.cmp(&next) {
        std::cmp::Ordering::Greater => return Err(AuditFault::Missing),
        std::cmp::Ordering::Less => return Err(AuditFault::Changed),
        std::cmp::Ordering::Equal => {}
    }
    let stored: Hash = row.get("hash").map_err(|_| AuditFault::Changed)?;
    match recompute(row, seq, before) {
        Ok(hash) if hash == stored => Ok(hash),
        _ => Err(AuditFault::Changed),
    }
}

fn recompute(row: &Row<'_>, seq: i64, before: &Hash) -> Result<Hash, StoreError> {
    let actor: String = row.plain("actor")?;
    let event: String = row.plain("event")?;
    let facts: String = row.plain("facts")?;
    link(before, seq, row.time("at")?, (&actor, &event), &facts)
}

fn newest(conn: &Connection) -> Result<(i64, Hash), StoreError> {
    let sql = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let newest = one(conn, sql, [], |row| Ok((row.plain("seq")?, row.plain("hash")?)))?;
    Ok(newest.unwrap_or((0, ORIGIN)))
}

fn link(
    before: &Hash,
    seq: i64,
    at: Time,
    (actor, event): (&str, &str),
    facts: &str,
) -> Result<Hash, StoreError> {
    let (actor, event, at) = (json(actor)?, json(event)?, json(&at)?);
    let text = format!(r#"{{"actor":{actor},"at":{at},"event":{event},"facts":{facts},"seq":{seq}}}"#);
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(text.as_bytes());
    Ok(hasher.finalize().into())
}

/// JSON with the keys of every object in order, whatever order the map of this build keeps.
fn canonical(value: &Value) -> Result<String, StoreError> {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            let parts: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| Ok(format!("{}:{}", json(key)?, canonical(value)?)))
                .collect::<Result<_, StoreError>>()?;
            Ok(format!("{{{}}}", parts.join(",")))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(canonical).collect::<Result<_, _>>()?;
            Ok(format!("[{}]", parts.join(",")))
        }
        plain => json(plain),
    }
}
