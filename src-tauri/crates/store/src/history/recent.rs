//! The looks that are not filed yet: every look of every meter goes to the end of one table, so that a round of looks
//! writes one page and not two for each meter. Owns filing them (readings into their spans, the newest look into the row
//! of its meter) and reading what is not filed. Nothing is lost or told twice by filing, whenever it happens.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use tidegate_meter::{AccountId, Blind, Outcome, Reading, Time};

use super::raw::{self, Observed, Place, Span};
use crate::column::{Columns, change, json, one};
use crate::{StoreError, limits};

/// What the unfiled looks of a meter say of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Newest {
    /// The newest look.
    pub(crate) looked_at: Option<Time>,
    /// Why the newest look was blind.
    pub(crate) blind: Option<Blind>,
    /// The newest reading.
    pub(crate) good: Option<Reading>,
}

/// Of which meters the unfiled looks are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'a> {
    /// Of all.
    All,
    /// Of one account's.
    Account(&'a AccountId),
    /// Of one, by its key.
    Meter(i64),
}

/// Writes a look behind the newest one.
pub(crate) fn note(conn: &Connection, place: &Place, outcome: &Outcome, at: Time) -> Result<(), StoreError> {
    match outcome {
        Outcome::Known(reading) => {
            let stored = raw::prepare(conn, place, reading)?;
            let sql = "INSERT INTO recent (meter, looked_at, span, at, remaining, rest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let raw::Stored {
                span,
                at: since,
                remaining,
                rest,
            } = stored;
            let values = params![place.meter, at.ms(), span, since, remaining, rest];
            change(conn, sql, values).map(drop)
        }
        Outcome::Blind(blind) => {
            let sql = "INSERT INTO recent (meter, looked_at, blind) VALUES (?1, ?2, ?3)";
            change(conn, sql, params![place.meter, at.ms(), json(blind)?]).map(drop)
        }
    }
}

/// How many looks are not filed.
pub(crate) fn count(conn: &Connection) -> Result<usize, StoreError> {
    let rows: Option<i64> = one(conn, "SELECT count(*) FROM recent", [], |row| Ok(row.get(0)?))?;
    Ok(rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0))
}

/// Files every look. Of the same fetch told twice the later word stays.
pub(crate) fn file(conn: &Connection) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO reading (span, at, remaining, rest)
        SELECT span, at, remaining, rest FROM recent WHERE span IS NOT NULL ORDER BY span, at, seq";
    change(conn, sql, [])?;
    let sql = "UPDATE meter SET looked_at = ?2, blind = ?3, good = ifnull(?4, good) WHERE key = ?1";
    for (meter, newest) in newest(conn, Whose::All)? {
        let blind = newest.blind.as_ref().map(json).transpose()?;
        let good = newest.good.as_ref().map(json).transpose()?;
        change(
            conn,
            sql,
            params![meter, newest.looked_at.map(Time::ms), blind, good],
        )?;
    }
    tally(conn)?;
    change(conn, "DELETE FROM recent", []).map(drop)
}

/// Counts the looks that are being filed in the days on which they were made.
fn tally(conn: &Connection) -> Result<(), StoreError> {
    let sql = "INSERT INTO look_day (day, meter, known, blind)
        SELECT looked_at / ?1 AS day, meter, count(*) - count(blind), count(blind) FROM recent
        WHERE true GROUP BY day, meter
        ON CONFLICT (day, meter) DO UPDATE SET known = known + excluded.known, blind = blind + excluded.blind";
    change(conn, sql, [super::DAY_MS]).map(drop)
}

/// Deletes the counted looks of days that are past their time.
pub(crate) fn forget(conn: &Connection, now: Time) -> Result<(), StoreError> {
    let before = now.minus(limits::HOURS_KEPT).ms().div_euclid(super::DAY_MS);
    change(conn, "DELETE FROM look_day WHERE day < ?1", [before]).map(drop)
}

/// A reading that is not filed: its span and its row.
type Unfiled = (i64, i64);

/// What the unfiled looks say, by the key of the meter.
pub(crate) fn newest(conn: &Connection, whose: Whose<'_>) -> Result<BTreeMap<i64, Newest>, StoreError> {
    let mut found = BTreeMap::new();
    let mut good: BTreeMap<i64, Unfiled> = BTreeMap::new();
    let (of, value) = match whose {
        Whose::All => ("?1 IS NULL", None),
        Whose::Account(account) => (
            "meter IN (SELECT key FROM meter WHERE account = ?1)",
            Some(rusqlite::types::Value::from(account.to_string())),
        ),
        Whose::Meter(key) => ("meter = ?1", Some(key.into())),
    };
    let sql = format!("SELECT meter, looked_at, blind, span, seq FROM recent WHERE {of} ORDER BY seq");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([value])?;
    while let Some(row) = rows.next()? {
        let meter = row.get(0)?;
        if let Some(span) = row.get(3)? {
            good.insert(meter, (span, row.get(4)?));
        }
        found.insert(meter, look(row)?);
    }
    for (meter, (span, seq)) in good {
        found.entry(meter).or_default().good = Some(reading(conn, span, seq)?);
    }
    Ok(found)
}

fn look(row: &Row<'_>) -> Result<Newest, StoreError> {
    Ok(Newest {
        looked_at: row.time_opt("looked_at")?,
        blind: row.json_opt("blind")?,
        good: None,
    })
}

fn reading(conn: &Connection, span: i64, seq: i64) -> Result<Reading, StoreError> {
    let span = raw::span(conn, span)?.ok_or(StoreError::Corrupt)?;
    let sql = "SELECT at, remaining, rest FROM recent WHERE seq = ?1";
    one(conn, sql, [seq], |row| Observed::from_row(row, &span))?
        .ok_or(StoreError::Corrupt)?
        .reading()
}

/// The unfiled readings of a span fetched in `from..to`, by time of fetch.
pub(super) fn of_span(
    conn: &Connection,
    span: &Span,
    from: i64,
    to: i64,
) -> Result<BTreeMap<i64, Observed>, StoreError> {
    let sql = "SELECT at, remaining, rest FROM recent WHERE span = ?1 AND at >= ?2 AND at < ?3 ORDER BY seq";
    let bounds = params![
        span.key,
        from.saturating_sub(span.base),
        to.saturating_sub(span.base)
    ];
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(bounds)?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let seen = Observed::from_row(row, span)?;
        found.insert(seen.fetched, seen);
    }
    Ok(found)
}
