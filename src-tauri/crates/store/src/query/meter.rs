//! Meters, targets and guard states.

use rusqlite::{Connection, Row, params};
use tidegate_meter::{AccountId, GuardId, MeterId, Outcome, Reading};

use crate::column::{Columns, list, one, opt_text, rows};
use crate::history::{self, Newest, Whose};
use crate::{GuardStateRow, MeterRow, StoreError, TargetRow, limits};

/// A condition that an index can answer when one is asked for. Both shapes use `?1`.
fn one_or_all(column: &str, one: bool) -> String {
    if one {
        format!("{column} = ?1")
    } else {
        "?1 IS NULL".to_owned()
    }
}

const METER_COLUMNS: &str = "SELECT key, info, good, blind, looked_at, lag_ms FROM meter";

/// Meters that are there, of one account or of all.
pub(crate) fn meters(conn: &Connection, account: Option<&AccountId>) -> Result<Vec<MeterRow>, StoreError> {
    let of = one_or_all("account", account.is_some());
    let sql = format!("{METER_COLUMNS} WHERE present = 1 AND {of} ORDER BY account, id LIMIT ?2");
    let whose = account.map_or(Whose::All, Whose::Account);
    let newest = history::newest(conn, whose)?;
    let bounds = params![opt_text(account), rows(limits::WATCHED_ROWS)];
    list(conn, &sql, bounds, |row| {
        read_meter(row, newest.get(&row.get(0)?))
    })
}

/// One meter, there or not.
pub(crate) fn meter(
    conn: &Connection,
    account: &AccountId,
    meter: &MeterId,
) -> Result<Option<MeterRow>, StoreError> {
    let sql = format!("{METER_COLUMNS} WHERE account = ?1 AND id = ?2");
    one(conn, &sql, [account.as_str(), meter.as_str()], |row| {
        let key = row.get(0)?;
        let newest = history::newest(conn, Whose::Meter(key))?;
        read_meter(row, newest.get(&key))
    })
}

/// The row as of the last filing, and over it what the looks since then say.
fn read_meter(row: &Row<'_>, newest: Option<&Newest>) -> Result<MeterRow, StoreError> {
    let good: Option<Reading> = row.json_opt("good")?;
    let (last_good, blind, looked_at) = match newest {
        Some(newest) => (
            newest.good.clone().or(good),
            newest.blind.clone(),
            newest.looked_at,
        ),
        None => (good, row.json_opt("blind")?, row.time_opt("looked_at")?),
    };
    let outcome = match blind {
        Some(blind) => Some(Outcome::Blind(blind)),
        None => last_good.clone().map(Outcome::Known),
    };
    Ok(MeterRow {
        info: row.json("info")?,
        outcome,
        looked_at,
        last_good,
        lag_ms: row.plain("lag_ms")?,
    })
}

/// Targets, there or not, of one account or of all.
pub(crate) fn targets(conn: &Connection, account: Option<&AccountId>) -> Result<Vec<TargetRow>, StoreError> {
    let of = one_or_all("account", account.is_some());
    let sql = format!(
        "SELECT account, target, power, power_at, started_at, stopped_by_us_at, present, meters, addresses,
        EXISTS (SELECT 1 FROM protect WHERE protect.account = target.account AND protect.target = target.id)
        AS protected
        FROM target WHERE {of} ORDER BY account, id LIMIT ?2"
    );
    list(
        conn,
        &sql,
        params![opt_text(account), rows(limits::WATCHED_ROWS)],
        read_target,
    )
}

fn read_target(row: &Row<'_>) -> Result<TargetRow, StoreError> {
    Ok(TargetRow {
        account: row.text("account")?,
        target: row.json("target")?,
        protected: row.plain("protected")?,
        power: row.json_opt("power")?.zip(row.time_opt("power_at")?),
        started_at: row.time_opt("started_at")?,
        stopped_by_us_at: row.time_opt("stopped_by_us_at")?,
        present: row.plain("present")?,
        meters: row.json("meters")?,
        addresses: row.json("addresses")?,
    })
}

const STATE_COLUMNS: &str = "SELECT guard, meter, version, state, level, why, at FROM guard_state";

/// The states of one guard or of all.
pub(crate) fn guard_states(
    conn: &Connection,
    guard: Option<&GuardId>,
) -> Result<Vec<GuardStateRow>, StoreError> {
    let of = one_or_all("guard", guard.is_some());
    let sql = format!("{STATE_COLUMNS} WHERE {of} ORDER BY guard, meter LIMIT ?2");
    list(
        conn,
        &sql,
        params![opt_text(guard), rows(limits::WATCHED_ROWS)],
        read_state,
    )
}

/// The state of one guard on one meter.
pub(crate) fn guard_state(
    conn: &Connection,
    guard: &GuardId,
    meter: &MeterId,
) -> Result<Option<GuardStateRow>, StoreError> {
    let sql = format!("{STATE_COLUMNS} WHERE guard = ?1 AND meter = ?2");
    one(conn, &sql, [guard.as_str(), meter.as_str()], read_state)
}

fn read_state(row: &Row<'_>) -> Result<GuardStateRow, StoreError> {
    Ok(GuardStateRow {
        guard: row.text("guard")?,
        meter: row.text("meter")?,
        version: row.plain("version")?,
        state: row.json("state")?,
        level: row.word("level")?,
        why: row.json("why")?,
        at: row.time("at")?,
    })
}
