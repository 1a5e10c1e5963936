//! What stands beside the sums of flows: devices, coverage, invitations, batches kept aside, samples, leak checks, reports.

use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use tidegate_meter::{AccountId, DeviceId, RowId, Span};

use crate::column::{Columns, id_value, list, one, opt_text, rows};
use crate::flow::{count_of, day_number, day_of, whole};
use crate::{
    Counted, DeviceRow, InviteRow, LeakRow, QuarantineRow, ReportRow, SampleRow, StoreError, limits,
};

/// When kernels were watched, cut to the span, by device and time.
pub(crate) fn watched(
    conn: &Connection,
    device: Option<&DeviceId>,
    span: Span,
) -> Result<Vec<(DeviceId, Span)>, StoreError> {
    let sql = "SELECT device, max(start, ?2) AS start, min(end, ?3) AS end FROM flow_span
        WHERE (?1 IS NULL OR device = ?1) AND start < ?3 AND end > ?2 ORDER BY device, start LIMIT ?4";
    let values = params![
        opt_text(device),
        span.start.ms(),
        span.end.ms(),
        rows(limits::WATCHED_ROWS),
    ];
    list(conn, sql, values, |row| {
        let span = Span {
            start: row.time("start")?,
            end: row.time("end")?,
        };
        Ok((row.text("device")?, span))
    })
}

/// What an epoch has counted already.
pub(crate) fn counted(
    conn: &Connection,
    (device, epoch, sequence): (&DeviceId, RowId, u64),
) -> Result<Counted, StoreError> {
    let sql = "SELECT digest FROM flow_quarantine WHERE device = ?1 AND epoch = ?2 AND sequence = ?3";
    let values = params![device.as_str(), id_value(epoch), whole(sequence)?];
    let aside: Vec<[u8; 32]> = list(conn, sql, values, |row| row.plain("digest"))?;
    let sql = "SELECT max(sequence) AS newest,
            (SELECT digest FROM flow_batch WHERE device = ?1 AND epoch = ?2 AND sequence = ?3) AS digest
        FROM flow_batch WHERE device = ?1 AND epoch = ?2";
    let values = params![device.as_str(), id_value(epoch), whole(sequence)?];
    let row = one(conn, sql, values, |row| {
        let newest: Option<i64> = row.plain("newest")?;
        Ok(Counted {
            newest: newest.map(count_of).transpose()?,
            digest: row.plain("digest")?,
            aside: aside.clone(),
        })
    })?;
    Ok(row.unwrap_or_default())
}

const DEVICE: &str = "SELECT device, name, account, token, since, seen_at, ended_at, body FROM device";

/// Every device, also those that were ended, by id.
pub(crate) fn devices(conn: &Connection) -> Result<Vec<DeviceRow>, StoreError> {
    let sql = format!("{DEVICE} ORDER BY device LIMIT ?1");
    list(conn, &sql, [rows(limits::WATCHED_ROWS)], device_row)
}

/// One device.
pub(crate) fn device(conn: &Connection, device: &DeviceId) -> Result<Option<DeviceRow>, StoreError> {
    one(
        conn,
        &format!("{DEVICE} WHERE device = ?1"),
        [device.as_str()],
        device_row,
    )
}

/// The device of a token, unless it was ended.
pub(crate) fn device_of(conn: &Connection, token: RowId) -> Result<Option<DeviceRow>, StoreError> {
    let sql = format!("{DEVICE} WHERE token = ?1 AND ended_at IS NULL");
    one(conn, &sql, params![id_value(token)], device_row)
}

fn device_row(row: &Row<'_>) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        device: row.text("device")?,
        name: row.plain("name")?,
        account: row.text_opt("account")?,
        token: row.id_opt("token")?,
        since: row.time("since")?,
        seen_at: row.time_opt("seen_at")?,
        ended_at: row.time_opt("ended_at")?,
        body: row.json_or_null("body"),
    })
}

/// The invitations, newest first.
pub(crate) fn invites(conn: &Connection) -> Result<Vec<InviteRow>, StoreError> {
    let sql = "SELECT hash, device, name, actor, created_at, expires_at, used_at FROM invite
        ORDER BY created_at DESC, device LIMIT ?1";
    list(conn, sql, [rows(limits::PAGE_ROWS)], |row| {
        Ok(InviteRow {
            hash: row.plain("hash")?,
            device: row.text("device")?,
            name: row.plain("name")?,
            by: row.plain("actor")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            used_at: row.time_opt("used_at")?,
        })
    })
}

/// Where the count of a kernel that is watched from here stands.
pub(crate) fn baseline(
    conn: &Connection,
    device: &DeviceId,
) -> Result<Option<serde_json::Value>, StoreError> {
    let sql = "SELECT baseline FROM device WHERE device = ?1";
    Ok(one(conn, sql, [device.as_str()], |row| row.json_opt("baseline"))?.flatten())
}

/// How many batches of a device are kept aside.
pub(crate) fn quarantined(conn: &Connection, device: &DeviceId) -> Result<usize, StoreError> {
    let sql = "SELECT count(*) AS n FROM flow_quarantine WHERE device = ?1";
    let count: Option<i64> = one(conn, sql, [device.as_str()], |row| row.plain("n"))?;
    usize::try_from(count.unwrap_or(0)).map_err(|_| StoreError::Corrupt)
}

/// The batches of a device that are kept aside, newest first.
pub(crate) fn quarantine(
    conn: &Connection,
    device: &DeviceId,
    limit: usize,
) -> Result<Vec<QuarantineRow>, StoreError> {
    let sql = "SELECT id, device, epoch, sequence, digest, reason, at, body FROM flow_quarantine
        WHERE device = ?1 ORDER BY id DESC LIMIT ?2";
    let values = params![device.as_str(), rows(limit.min(limits::QUARANTINE_ROWS))];
    list(conn, sql, values, |row| {
        Ok(QuarantineRow {
            id: row.id("id")?,
            device: row.text("device")?,
            epoch: row.id("epoch")?,
            sequence: count_of(row.plain("sequence")?)?,
            digest: row.plain("digest")?,
            reason: row.plain("reason")?,
            at: row.time("at")?,
            body: row.json_or_null("body"),
        })
    })
}

/// The samples of a subscription in a span, oldest first; of too many the newest.
pub(crate) fn samples(
    conn: &Connection,
    account: &AccountId,
    span: Span,
) -> Result<Vec<SampleRow>, StoreError> {
    let sql = "SELECT at, up, down, total, expires_at FROM subscription
        WHERE account = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT ?4";
    let values = params![
        account.as_str(),
        span.start.ms(),
        span.end.ms(),
        rows(limits::WATCHED_ROWS),
    ];
    let mut found = list(conn, sql, values, sample)?;
    found.reverse();
    Ok(found)
}

/// The newest sample of a subscription.
pub(crate) fn last_sample(conn: &Connection, account: &AccountId) -> Result<Option<SampleRow>, StoreError> {
    let sql = "SELECT at, up, down, total, expires_at FROM subscription WHERE account = ?1 ORDER BY at DESC LIMIT 1";
    one(conn, sql, [account.as_str()], sample)
}

fn sample(row: &Row<'_>) -> Result<SampleRow, StoreError> {
    let total: Option<i64> = row.plain("total")?;
    Ok(SampleRow {
        at: row.time("at")?,
        up: count_of(row.plain("up")?)?,
        down: count_of(row.plain("down")?)?,
        total: total.map(count_of).transpose()?,
        expires_at: row.time_opt("expires_at")?,
    })
}

/// The leak checks of a subscription, newest first.
pub(crate) fn leaks(
    conn: &Connection,
    account: &AccountId,
    limit: usize,
) -> Result<Vec<LeakRow>, StoreError> {
    let sql = "SELECT account, start, end, at, body FROM leak WHERE account = ?1 ORDER BY end DESC LIMIT ?2";
    let values = params![account.as_str(), rows(limit.min(limits::PAGE_ROWS))];
    list(conn, sql, values, |row| {
        Ok(LeakRow {
            account: row.text("account")?,
            span: Span {
                start: row.time("start")?,
                end: row.time("end")?,
            },
            at: row.time("at")?,
            body: row.json_or_null("body"),
        })
    })
}

/// The report of a kind and a day.
pub(crate) fn report(conn: &Connection, kind: &str, day: Date) -> Result<Option<ReportRow>, StoreError> {
    let sql = "SELECT kind, day, id, at, body FROM report WHERE kind = ?1 AND day = ?2";
    one(conn, sql, params![kind, day_number(day)], report_row)
}

/// The reports, newest first.
pub(crate) fn reports(conn: &Connection, limit: usize) -> Result<Vec<ReportRow>, StoreError> {
    let sql = "SELECT kind, day, id, at, body FROM report ORDER BY at DESC, kind, day DESC LIMIT ?1";
    list(conn, sql, [rows(limit.min(limits::PAGE_ROWS))], report_row)
}

fn report_row(row: &Row<'_>) -> Result<ReportRow, StoreError> {
    Ok(ReportRow {
        id: row.id("id")?,
        kind: row.plain("kind")?,
        day: day_of(row.plain("day")?)?,
        at: row.time("at")?,
        body: row.json_or_null("body"),
    })
}
