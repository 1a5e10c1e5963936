//! Quotas: budgets by version, a ledger that only grows, charges until they end, spending as told last.

use rusqlite::{Connection, params};
use tidegate_meter::Quantity;

use super::expect_one;
use crate::column::{Columns, change, id_value, json, one, opt_ms};
use crate::{AllocationRow, BudgetRow, ChargeRow, QuotaWrite, SpendingRow, StoreError};

pub(super) fn apply(conn: &Connection, write: &QuotaWrite) -> Result<(), StoreError> {
    match write {
        QuotaWrite::Budget(row) => budget(conn, row),
        QuotaWrite::Allocate(row) => allocate(conn, row),
        QuotaWrite::Charge(row) => charge(conn, row),
        QuotaWrite::Spent(row) => spent(conn, row),
        QuotaWrite::MonthRead { account, month, at } => {
            let sql = "INSERT INTO bill_month (account, month, at) VALUES (?1, ?2, ?3)
                ON CONFLICT (account, month) DO UPDATE SET at = excluded.at";
            change(conn, sql, params![account.as_str(), month.to_string(), at.ms()]).map(drop)
        }
    }
}

fn budget(conn: &Connection, row: &BudgetRow) -> Result<(), StoreError> {
    let (account, user) = (row.account.as_str(), row.user.as_str());
    let body = json(&row.body)?;
    let changed = if row.version == 1 {
        let sql =
            "INSERT INTO budget (account, user, version, body) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING";
        change(conn, sql, params![account, user, body])?
    } else {
        let sql =
            "UPDATE budget SET version = ?3, body = ?4 WHERE account = ?1 AND user = ?2 AND version = ?3 - 1";
        change(conn, sql, params![account, user, row.version, body])?
    };
    expect_one(changed, "budget")
}

fn allocate(conn: &Connection, row: &AllocationRow) -> Result<(), StoreError> {
    let sql =
        "SELECT seq, total, unit FROM allocation WHERE account = ?1 AND user = ?2 ORDER BY seq DESC LIMIT 1";
    let last = one(
        conn,
        sql,
        params![row.account.as_str(), row.user.as_str()],
        |last| {
            let total = Quantity::from_raw(last.plain("total")?, last.text("unit")?);
            Ok((last.plain::<i64>("seq")?, total))
        },
    )?;
    let (seq, total) = last.unwrap_or((0, Quantity::zero(row.amount.unit())));
    if row.seq != seq + 1 || total.plus(row.amount) != Ok(row.total) {
        return Err(StoreError::conflict("allocation"));
    }
    let sql = "INSERT INTO allocation (account, user, seq, amount, total, unit, note, actor, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let values = params![
        row.account.as_str(),
        row.user.as_str(),
        row.seq,
        row.amount.raw(),
        row.total.raw(),
        row.total.unit().to_string(),
        row.note,
        row.by,
        row.at.ms(),
    ];
    change(conn, sql, values).map(drop)
}

fn charge(conn: &Connection, row: &ChargeRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO charge
            (id, account, user, project, share, first_month, baseline, unit, since, actor, last_month, final, until)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (id) DO UPDATE SET baseline = excluded.baseline, last_month = excluded.last_month,
            final = excluded.final, until = excluded.until
        WHERE charge.until IS NULL";
    let end = row.end.as_ref();
    let values = params![
        id_value(row.id),
        row.account.as_str(),
        row.user.as_str(),
        row.project,
        row.share.raw(),
        row.first_month.to_string(),
        row.baseline.map(Quantity::raw),
        row.unit.to_string(),
        row.since.ms(),
        row.by,
        end.map(|end| end.month.to_string()),
        end.map(|end| end.amount.raw()),
        opt_ms(end.map(|end| end.at)),
    ];
    expect_one(change(conn, sql, values)?, "charge")
}

fn spent(conn: &Connection, row: &SpendingRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO spending (account, project, month, unit, amount, first_at, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (account, project, month, unit) DO UPDATE SET amount = excluded.amount, at = excluded.at";
    let values = params![
        row.account.as_str(),
        row.project,
        row.month.to_string(),
        row.amount.unit().to_string(),
        row.amount.raw(),
        row.first_at.ms(),
        row.at.ms(),
    ];
    change(conn, sql, values).map(drop)
}
