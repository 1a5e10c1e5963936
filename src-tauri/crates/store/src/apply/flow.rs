//! Proxy traffic: flows, what devices told of themselves, invitations, batches that were kept aside, samples of
//! subscriptions, leak checks, reports.

use rusqlite::{Connection, params};
use tidegate_meter::{AccountId, DeviceId, RowId, Time};

use super::expect_one;
use super::flow_bytes::{add, watched};
use crate::column::{change, id_value, id_value_opt, json, opt_ms, opt_text, rows};
use crate::flow::{day_number, whole};
use crate::{
    DeviceRow, FlowWrite, InviteRow, LeakRow, QuarantineRow, ReportRow, SampleRow, StoreError, limits,
};

pub(super) fn apply(conn: &Connection, write: &FlowWrite) -> Result<(), StoreError> {
    match write {
        FlowWrite::Sequence {
            device,
            epoch,
            sequence,
            digest,
            at,
        } => count(conn, (device, *epoch, *sequence), digest, *at),
        FlowWrite::Flow { device, day, flow } => add(conn, device, *day, flow),
        FlowWrite::Watched { device, span } => watched(conn, device, *span),
        FlowWrite::Device(row) => put_device(conn, row),
        FlowWrite::Heard {
            device,
            token,
            at,
            body,
        } => heard(conn, (device, *token), *at, body),
        FlowWrite::Invite(row) => invite(conn, row),
        FlowWrite::Uninvite { device } => uninvite(conn, device),
        FlowWrite::UseInvite { hash, at } => use_invite(conn, hash, *at),
        FlowWrite::Quarantine(row) => quarantine(conn, row),
        FlowWrite::Baseline { device, body } => {
            let sql = "UPDATE device SET baseline = ?2 WHERE device = ?1";
            expect_one(
                change(conn, sql, params![device.as_str(), json(body)?])?,
                "baseline",
            )
        }
        FlowWrite::Sample { account, sample } => put_sample(conn, account, *sample),
        FlowWrite::Leak(row) => leak(conn, row),
        FlowWrite::Report(row) => report(conn, row),
    }
}

/// Counts a number and forgets what lies far behind it.
fn count(
    conn: &Connection,
    (device, epoch, sequence): (&DeviceId, RowId, u64),
    digest: &[u8; 32],
    at: Time,
) -> Result<(), StoreError> {
    let number = whole(sequence)?;
    let sql = "INSERT INTO flow_batch (device, epoch, sequence, digest, at) SELECT ?1, ?2, ?3, ?4, ?5
        WHERE NOT EXISTS (SELECT 1 FROM flow_batch WHERE device = ?1 AND epoch = ?2 AND sequence >= ?3)";
    let values = params![device.as_str(), id_value(epoch), number, digest, at.ms()];
    expect_one(change(conn, sql, values)?, "sequence")?;
    let sql = "DELETE FROM flow_batch WHERE device = ?1 AND epoch = ?2 AND sequence <= ?3";
    let forgotten = number.saturating_sub(limits::COUNTED_BATCHES);
    change(conn, sql, params![device.as_str(), id_value(epoch), forgotten]).map(drop)
}

fn put_device(conn: &Connection, row: &DeviceRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO device (device, name, account, token, since, seen_at, ended_at, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (device) DO UPDATE SET name = excluded.name, account = excluded.account, token = excluded.token,
            since = excluded.since, seen_at = excluded.seen_at, ended_at = excluded.ended_at, body = excluded.body";
    let values = params![
        row.device.as_str(),
        row.name,
        opt_text(row.account.as_ref()),
        id_value_opt(row.token),
        row.since.ms(),
        opt_ms(row.seen_at),
        opt_ms(row.ended_at),
        json(&row.body)?,
    ];
    change(conn, sql, values).map(drop)
}

fn heard(
    conn: &Connection,
    (device, token): (&DeviceId, RowId),
    at: Time,
    body: &serde_json::Value,
) -> Result<(), StoreError> {
    let sql = "UPDATE device SET seen_at = max(?3, ifnull(seen_at, ?3)), body = ?4
        WHERE device = ?1 AND token = ?2 AND ended_at IS NULL";
    let values = params![device.as_str(), id_value(token), at.ms(), json(body)?];
    expect_one(change(conn, sql, values)?, "device")
}

fn uninvite(conn: &Connection, device: &DeviceId) -> Result<(), StoreError> {
    let sql = "DELETE FROM invite WHERE device = ?1 AND used_at IS NULL";
    change(conn, sql, [device.as_str()]).map(drop)
}

fn invite(conn: &Connection, row: &InviteRow) -> Result<(), StoreError> {
    uninvite(conn, &row.device)?;
    let sql = "INSERT INTO invite (hash, device, name, actor, created_at, expires_at, used_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![
        row.hash,
        row.device.as_str(),
        row.name,
        row.by,
        row.created_at.ms(),
        row.expires_at.ms(),
        opt_ms(row.used_at),
    ];
    change(conn, sql, values).map(drop)
}

fn use_invite(conn: &Connection, hash: &[u8; 32], at: Time) -> Result<(), StoreError> {
    let sql = "UPDATE invite SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL AND expires_at > ?2";
    expect_one(change(conn, sql, params![hash, at.ms()])?, "invite")
}

fn quarantine(conn: &Connection, row: &QuarantineRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO flow_quarantine (id, device, epoch, sequence, digest, reason, at, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (device, epoch, sequence, digest) DO NOTHING";
    let values = params![
        id_value(row.id),
        row.device.as_str(),
        id_value(row.epoch),
        whole(row.sequence)?,
        row.digest,
        row.reason,
        row.at.ms(),
        json(&row.body)?,
    ];
    change(conn, sql, values)?;
    let sql = "DELETE FROM flow_quarantine WHERE id IN (SELECT id FROM (
            SELECT id, row_number() OVER newest AS n, sum(octet_length(body)) OVER newest AS bytes
            FROM flow_quarantine WHERE device = ?1 WINDOW newest AS (ORDER BY id DESC))
        WHERE n > ?2 OR (n > 1 AND bytes > ?3))";
    let values = params![
        row.device.as_str(),
        rows(limits::QUARANTINE_ROWS),
        limits::QUARANTINE_BYTES,
    ];
    change(conn, sql, values).map(drop)
}

fn put_sample(conn: &Connection, account: &AccountId, sample: SampleRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO subscription (account, at, up, down, total, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (account, at) DO UPDATE SET up = excluded.up, down = excluded.down, total = excluded.total,
            expires_at = excluded.expires_at";
    let values = params![
        account.as_str(),
        sample.at.ms(),
        whole(sample.up)?,
        whole(sample.down)?,
        sample.total.map(whole).transpose()?,
        opt_ms(sample.expires_at),
    ];
    change(conn, sql, values).map(drop)
}

fn leak(conn: &Connection, row: &LeakRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO leak (account, end, start, at, body) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (account, end) DO UPDATE SET start = excluded.start, at = excluded.at, body = excluded.body";
    let values = params![
        row.account.as_str(),
        row.span.end.ms(),
        row.span.start.ms(),
        row.at.ms(),
        json(&row.body)?,
    ];
    change(conn, sql, values).map(drop)
}

fn report(conn: &Connection, row: &ReportRow) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO report (kind, day, id, at, body) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let values = params![
        row.kind,
        day_number(row.day),
        id_value(row.id),
        row.at.ms(),
        json(&row.body)?,
    ];
    expect_one(change(conn, sql, values)?, "report")
}
