//! Targets and the protect list. Discovery never changes the protect list of a target that is already known.

use rusqlite::{Connection, params};
use tidegate_meter::{AccountId, TargetId};

use crate::column::{change, json, one, opt_ms};
use crate::{StoreError, TargetRow};

pub(super) fn put(conn: &Connection, row: &TargetRow) -> Result<(), StoreError> {
    let id = &row.target.id;
    if row.protected && !is_known(conn, &row.account, id)? {
        protect(conn, &row.account, id, true)?;
    }
    let sql = "INSERT INTO target (account, id, target, power, power_at, started_at, stopped_by_us_at, present, meters,
        addresses) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (account, id) DO UPDATE SET target = ?3, power = ?4, power_at = ?5, started_at = ?6,
        stopped_by_us_at = ?7, present = ?8, meters = ?9, addresses = ?10";
    let power = row.power.as_ref().map(|(power, _)| json(power)).transpose()?;
    let values = params![
        row.account.as_str(),
        id.as_str(),
        json(&row.target)?,
        power,
        opt_ms(row.power.as_ref().map(|(_, at)| *at)),
        opt_ms(row.started_at),
        opt_ms(row.stopped_by_us_at),
        row.present,
        json(&row.meters)?,
        json(&row.addresses)?,
    ];
    change(conn, sql, values).map(drop)
}

pub(super) fn protect(
    conn: &Connection,
    account: &AccountId,
    target: &TargetId,
    protected: bool,
) -> Result<(), StoreError> {
    let sql = if protected {
        "INSERT INTO protect (account, target) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM protect WHERE account = ?1 AND target = ?2"
    };
    change(conn, sql, [account.as_str(), target.as_str()]).map(drop)
}

fn is_known(conn: &Connection, account: &AccountId, id: &TargetId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM target WHERE account = ?1 AND id = ?2";
    Ok(one(conn, sql, [account.as_str(), id.as_str()], |_| Ok(()))?.is_some())
}
