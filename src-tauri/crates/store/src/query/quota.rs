//! Quotas.

use rusqlite::{Connection, Row, params};
use tidegate_meter::{AccountId, Month, Quantity, Time, Unit};

use crate::column::{Columns, list, rows};
use crate::{AllocationRow, BudgetRow, ChargeEnd, ChargeRow, LedgerFilter, SpendingRow, StoreError, limits};

/// Every budget of an account, by id.
pub(crate) fn budgets(conn: &Connection, account: &AccountId) -> Result<Vec<BudgetRow>, StoreError> {
    let sql = "SELECT account, user, version, body FROM budget WHERE account = ?1 ORDER BY user";
    list(conn, sql, params![account.as_str()], |row| {
        Ok(BudgetRow {
            account: row.text("account")?,
            user: row.text("user")?,
            version: row.plain("version")?,
            body: row.json_or_null("body"),
        })
    })
}

/// A page of a ledger, newest first.
pub(crate) fn ledger(conn: &Connection, filter: &LedgerFilter) -> Result<Vec<AllocationRow>, StoreError> {
    let sql = "SELECT account, user, seq, amount, total, unit, note, actor, at FROM allocation
        WHERE account = ?1 AND user = ?2 AND (?3 IS NULL OR seq < ?3) ORDER BY seq DESC LIMIT ?4";
    let values = params![
        filter.account.as_str(),
        filter.user.as_str(),
        filter.before,
        rows(filter.limit.min(limits::PAGE_ROWS)),
    ];
    list(conn, sql, values, allocation)
}

/// The newest entry of every ledger of an account.
pub(crate) fn granted(conn: &Connection, account: &AccountId) -> Result<Vec<AllocationRow>, StoreError> {
    // By budget, so that each ledger costs one step into its index however long it is.
    let sql =
        "SELECT entry.account, entry.user, entry.seq, entry.amount, entry.total, entry.unit, entry.note,
            entry.actor, entry.at
        FROM budget JOIN allocation AS entry ON entry.account = budget.account AND entry.user = budget.user
            AND entry.seq = (SELECT max(seq) FROM allocation AS newest
                WHERE newest.account = budget.account AND newest.user = budget.user)
        WHERE budget.account = ?1";
    list(conn, sql, params![account.as_str()], allocation)
}

/// Every charge of an account, also those that ended, oldest first.
pub(crate) fn charges(conn: &Connection, account: &AccountId) -> Result<Vec<ChargeRow>, StoreError> {
    let sql = "SELECT id, account, user, project, share, first_month, baseline, unit, since, actor, last_month, final,
        until FROM charge WHERE account = ?1 ORDER BY since, id";
    list(conn, sql, params![account.as_str()], charge)
}

/// What every project of an account cost in each month.
pub(crate) fn spending(conn: &Connection, account: &AccountId) -> Result<Vec<SpendingRow>, StoreError> {
    let sql = "SELECT account, project, month, unit, amount, first_at, at FROM spending
        WHERE account = ?1 ORDER BY month, project, unit";
    list(conn, sql, params![account.as_str()], |row| {
        Ok(SpendingRow {
            account: row.text("account")?,
            project: row.plain("project")?,
            month: row.text("month")?,
            amount: Quantity::from_raw(row.plain("amount")?, row.text("unit")?),
            first_at: row.time("first_at")?,
            at: row.time("at")?,
        })
    })
}

/// The months of an account's bill that were read whole, and when each was read last.
pub(crate) fn bill_months(conn: &Connection, account: &AccountId) -> Result<Vec<(Month, Time)>, StoreError> {
    let sql = "SELECT month, at FROM bill_month WHERE account = ?1 ORDER BY month";
    list(conn, sql, params![account.as_str()], |row| {
        Ok((row.text("month")?, row.time("at")?))
    })
}

fn allocation(row: &Row<'_>) -> Result<AllocationRow, StoreError> {
    let unit: Unit = row.text("unit")?;
    Ok(AllocationRow {
        account: row.text("account")?,
        user: row.text("user")?,
        seq: row.plain("seq")?,
        amount: Quantity::from_raw(row.plain("amount")?, unit),
        total: Quantity::from_raw(row.plain("total")?, unit),
        note: row.plain("note")?,
        by: row.plain("actor")?,
        at: row.time("at")?,
    })
}

fn charge(row: &Row<'_>) -> Result<ChargeRow, StoreError> {
    let unit: Unit = row.text("unit")?;
    let money = |raw: Option<i64>| raw.map(|raw| Quantity::from_raw(raw, unit));
    let end = (
        row.text_opt("last_month")?,
        money(row.plain("final")?),
        row.time_opt("until")?,
    );
    let end = match end {
        (None, None, None) => None,
        (Some(month), Some(amount), Some(at)) => Some(ChargeEnd { month, amount, at }),
        _ => return Err(StoreError::Corrupt),
    };
    Ok(ChargeRow {
        id: row.id("id")?,
        account: row.text("account")?,
        user: row.text("user")?,
        project: row.plain("project")?,
        share: Quantity::from_raw(row.plain("share")?, Unit::Percent),
        first_month: row.text("first_month")?,
        baseline: money(row.plain("baseline")?),
        unit,
        since: row.time("since")?,
        by: row.plain("actor")?,
        end,
    })
}
