//! What readers ask for: one function a question, each bounded in rows, each inside one read transaction.

pub(crate) mod alert;
pub(crate) mod config;
pub(crate) mod delivery;
pub(crate) mod finding;
pub(crate) mod flow;
pub(crate) mod flow_rows;
pub(crate) mod intent;
pub(crate) mod marks;
pub(crate) mod meter;
pub(crate) mod quota;
pub(crate) mod statistics;

use rusqlite::Connection;

use crate::column::one;
use crate::{NextDue, StoreError};

/// When something stored asks for attention next.
pub(crate) fn next_due(conn: &Connection) -> Result<NextDue, StoreError> {
    let earliest = |sql: &str| -> Result<_, StoreError> {
        let at: Option<Option<i64>> = one(conn, sql, [], |row| Ok(row.get(0)?))?;
        Ok(at.flatten().map(tidegate_meter::Time::from_ms))
    };
    Ok(NextDue {
        intent: earliest(intent::NEXT)?,
        delivery: earliest(delivery::NEXT)?,
    })
}
