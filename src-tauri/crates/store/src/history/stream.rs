//! Raw readings in pages, for replay: what was observed, in the order in which it was observed.

use rusqlite::Connection;
use tidegate_meter::{AccountId, MeterId, Reading, Time};

use super::raw;
use crate::StoreError;
use crate::column::{one, rows};

/// Where the next page begins.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    pub(crate) account: AccountId,
    pub(crate) meter: MeterId,
    /// Readings fetched before this are not asked for.
    pub(crate) from: Time,
    /// Nor those fetched at or after this.
    pub(crate) to: Time,
    /// The span and the fetch of the last reading given.
    pub(crate) given: Option<(i64, i64)>,
    /// At most so many in a page.
    pub(crate) most: usize,
}

/// The next page and the cursor behind it; an empty page is the end.
pub(crate) fn page(conn: &Connection, mut cursor: Cursor) -> Result<(Vec<Reading>, Cursor), StoreError> {
    let mut readings = Vec::new();
    let sql = "SELECT key FROM meter WHERE account = ?1 AND id = ?2";
    let key = one(
        conn,
        sql,
        [cursor.account.as_str(), cursor.meter.as_str()],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    let Some(meter) = key else {
        return Ok((readings, cursor));
    };
    for span in raw::spans(conn, meter, cursor.from.ms(), cursor.to.ms())? {
        let from = match cursor.given {
            Some((given, _)) if span.key < given => continue,
            Some((given, at)) if span.key == given => at.saturating_add(1),
            _ => cursor.from.ms(),
        };
        let room = cursor.most.saturating_sub(readings.len());
        raw::each(conn, &span, from, cursor.to.ms(), rows(room), |seen| {
            readings.push(seen.reading()?);
            cursor.given = Some((span.key, seen.fetched));
            Ok(())
        })?;
        if readings.len() >= cursor.most {
            break;
        }
    }
    Ok((readings, cursor))
}
