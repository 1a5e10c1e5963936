//! What happened in a span of time, counted. Ids carry the time at which a row was made, so that a span of time is a span of
//! keys, and no row outside of it is looked at.

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use tidegate_meter::{RowId, Time};

use crate::column::{Columns, id_value, list, rows};
use crate::{ActionCount, AlertCount, DeliveryCount, LookCount, Statistics, StoreError, limits};

/// Of rows made in `from..to`, and of looks on the days in UTC that it touches.
pub(crate) fn statistics(conn: &Connection, (from, to): (Time, Time)) -> Result<Statistics, StoreError> {
    let span = [from, to].map(|at| id_value(RowId::new(at, [0; 10])));
    Ok(Statistics {
        alerts: alerts(conn, &span)?,
        deliveries: deliveries(conn, &span)?,
        actions: actions(conn, &span)?,
        looks: looks(conn, (from, to))?,
    })
}

fn alerts(conn: &Connection, [first, end]: &[Value; 2]) -> Result<Vec<AlertCount>, StoreError> {
    // A sum over some of the groups would be a wrong count: as many as one process can watch are told.
    let sql = "SELECT account, key, severity, count(*) AS raised, count(resolved_at) AS resolved FROM alert
        WHERE id >= ?1 AND id < ?2 GROUP BY account, key, severity ORDER BY raised DESC, account, key LIMIT ?3";
    let bounds = params![first, end, rows(limits::WATCHED_ROWS)];
    list(conn, sql, bounds, |row| {
        Ok(AlertCount {
            account: row.text_opt("account")?,
            key: row.plain("key")?,
            severity: row.word("severity")?,
            raised: count(row.plain("raised")?)?,
            resolved: count(row.plain("resolved")?)?,
        })
    })
}

fn deliveries(conn: &Connection, [first, end]: &[Value; 2]) -> Result<Vec<DeliveryCount>, StoreError> {
    let sql = "SELECT channel, state, count(*) AS made FROM delivery WHERE id >= ?1 AND id < ?2
        GROUP BY channel, state ORDER BY channel, state LIMIT ?3";
    let bounds = params![first, end, rows(limits::WATCHED_ROWS)];
    list(conn, sql, bounds, |row| {
        Ok(DeliveryCount {
            channel: row.text("channel")?,
            state: row.word("state")?,
            count: count(row.plain("made")?)?,
        })
    })
}

fn actions(conn: &Connection, [first, end]: &[Value; 2]) -> Result<Vec<ActionCount>, StoreError> {
    let sql = "SELECT account, state, count(*) AS made FROM intent WHERE id >= ?1 AND id < ?2
        GROUP BY account, state ORDER BY account, state LIMIT ?3";
    let bounds = params![first, end, rows(limits::WATCHED_ROWS)];
    list(conn, sql, bounds, |row| {
        Ok(ActionCount {
            account: row.text("account")?,
            state: row.word("state")?,
            count: count(row.plain("made")?)?,
        })
    })
}

/// Those that are filed, and those that still stand among the recent ones.
fn looks(conn: &Connection, (from, to): (Time, Time)) -> Result<Vec<LookCount>, StoreError> {
    const DAY_MS: i64 = 86_400_000;
    let sql = "SELECT account, sum(look.known) AS known, sum(look.blind) AS blind FROM (
            SELECT meter, known, blind FROM look_day WHERE day >= ?1 AND day <= ?2
            UNION ALL
            SELECT meter, recent.blind IS NULL, recent.blind IS NOT NULL FROM recent
            WHERE looked_at >= ?3 AND looked_at < ?4
        ) AS look JOIN meter ON meter.key = look.meter GROUP BY account ORDER BY account LIMIT ?5";
    let first = from.ms().div_euclid(DAY_MS);
    let last = to.ms().saturating_sub(1).div_euclid(DAY_MS);
    let bounds = params![
        first,
        last,
        first.saturating_mul(DAY_MS),
        last.saturating_add(1).saturating_mul(DAY_MS),
        rows(limits::WATCHED_ROWS)
    ];
    list(conn, sql, bounds, |row| {
        Ok(LookCount {
            account: row.text("account")?,
            known: count(row.plain("known")?)?,
            blind: count(row.plain("blind")?)?,
        })
    })
}

fn count(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt)
}
