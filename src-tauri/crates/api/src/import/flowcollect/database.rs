//! The database of an earlier system, FlowCollect, opened for reading alone: reports of proxy traffic and snapshots of
//! subscriptions as they were written. Owns its SQL; never writes to it, and judges nothing that stands in it.
//! Tested in `tests/flowcollect.rs`.

use std::path::Path;

use jiff::civil::DateTime;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, params};
use secrecy::SecretString;
use tidegate_meter::Time;

use super::ReadError;
use crate::limits;

/// Seconds since 1970 have fewer digits for three thousand years; more digits are milliseconds.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// The earlier database.
pub(super) struct Database {
    conn: Connection,
}

/// One report of a device: what passed since the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct EarlierFlow {
    /// Its number.
    pub(super) id: i64,
    /// When, by the device's clock; `None` when that cannot be read.
    pub(super) at: Option<Time>,
    /// Which device.
    pub(super) device: String,
    /// What it called the node: the policy group in truth.
    pub(super) node: String,
    /// Sent.
    pub(super) up: i64,
    /// Received.
    pub(super) down: i64,
    /// By the name of the node.
    pub(super) is_proxy: bool,
}

/// One snapshot of a subscription.
#[derive(Clone, Debug)]
pub(super) struct EarlierSample {
    /// When; `None` when that cannot be read.
    pub(super) at: Option<Time>,
    /// Its address, a secret.
    pub(super) url: SecretString,
    /// Used.
    pub(super) used: i64,
    /// The whole.
    pub(super) total: i64,
    /// When it expires, in seconds since 1970.
    pub(super) expire: i64,
}

impl Database {
    /// Whether a file begins as every SQLite database does.
    #[must_use]
    pub(super) fn is_database(head: &[u8]) -> bool {
        head.starts_with(b"SQLite format 3\0")
    }

    /// Opens it for reading. Errors: [`ReadError::Other`] when it is none of FlowCollect.
    pub(super) fn open(file: &Path) -> Result<Self, ReadError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(file, flags)?;
        conn.busy_timeout(limits::EARLIER_BUSY)?;
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('traffic_records', 'sub_snapshots')";
        let known: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if known == 0 {
            return Err(ReadError::Other);
        }
        Ok(Self { conn })
    }

    /// Every device that reported, with the number and time of its first report.
    pub(super) fn devices(&self) -> Result<Vec<EarlierFlow>, ReadError> {
        let sql = "SELECT min(id) AS id, timestamp, device_id, node_name, up_delta, down_delta, is_proxy
            FROM traffic_records GROUP BY device_id ORDER BY 1";
        self.flows(sql, params![])
    }

    /// The next reports of a device after a number, oldest first.
    pub(super) fn flows_after(
        &self,
        device: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<EarlierFlow>, ReadError> {
        let sql = "SELECT id, timestamp, device_id, node_name, up_delta, down_delta, is_proxy
            FROM traffic_records WHERE device_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        self.flows(
            sql,
            params![device, after, i64::try_from(limit).unwrap_or(i64::MAX)],
        )
    }

    /// Every snapshot of every subscription, oldest first.
    pub(super) fn samples(&self) -> Result<Vec<EarlierSample>, ReadError> {
        if !self.has("sub_snapshots")? {
            return Ok(Vec::new());
        }
        let sql = "SELECT date, sub_url, used, total, expire FROM sub_snapshots ORDER BY id";
        let mut statement = self.conn.prepare(sql)?;
        let read = statement.query_map([], |row| {
            Ok(EarlierSample {
                at: time(row.get_ref("date")?),
                url: SecretString::from(row.get::<_, String>("sub_url")?),
                used: row.get("used")?,
                total: row.get("total")?,
                expire: row.get("expire")?,
            })
        })?;
        Ok(read.collect::<Result<_, _>>()?)
    }

    fn flows(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<EarlierFlow>, ReadError> {
        if !self.has("traffic_records")? {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare(sql)?;
        let read = statement.query_map(values, flow)?;
        Ok(read.collect::<Result<_, _>>()?)
    }

    fn has(&self, table: &str) -> Result<bool, ReadError> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        let found: i64 = self.conn.query_row(sql, [table], |row| row.get(0))?;
        Ok(found > 0)
    }
}

fn flow(row: &Row<'_>) -> rusqlite::Result<EarlierFlow> {
    Ok(EarlierFlow {
        id: row.get("id")?,
        at: time(row.get_ref("timestamp")?),
        device: row.get("device_id")?,
        node: row.get("node_name")?,
        up: row.get("up_delta")?,
        down: row.get("down_delta")?,
        is_proxy: is_true(row.get_ref("is_proxy")?),
    })
}

/// Seconds, milliseconds, or text with or without an offset: without one it is UTC.
fn time(value: ValueRef<'_>) -> Option<Time> {
    match value {
        ValueRef::Integer(number) if number.unsigned_abs() >= MILLISECONDS_FROM => {
            Some(Time::from_ms(number))
        }
        ValueRef::Integer(number) => number.checked_mul(1000).map(Time::from_ms),
        ValueRef::Text(text) => text_time(std::str::from_utf8(text).ok()?),
        _ => None,
    }
}

fn text_time(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Time::from_jiff(at));
    }
    let local: DateTime = text.parse().ok()?;
    let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Time::from_jiff(zoned.timestamp()))
}

fn is_true(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Integer(number) => number != 0,
        ValueRef::Text(text) => text.eq_ignore_ascii_case(b"true") || text == b"1",
        _ => false,
    }
}
