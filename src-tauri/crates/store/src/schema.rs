//! The schema: migrations by date, embedded, never edited after they were released. Knows whether a file is ours and
//! whether its tables are what the migrations made.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::StoreError;
use crate::column::list;

/// Marks a file as ours: `tide` in ASCII.
const APPLICATION: i64 = 0x7469_6465;

/// No version of ours will ever have so high a number: a greater one is damage, not a newer version.
const VERSIONS: i64 = 1000;

/// Every migration, oldest first.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("../migrations/2026-11-20-house.sql")),
    M::up(include_str!("../migrations/2026-11-21-door.sql")),
    M::up(include_str!("../migrations/2026-11-21-looks.sql")),
    M::up(include_str!("../migrations/2026-11-21-quotas.sql")),
    M::up(include_str!("../migrations/2026-11-21-flows.sql")),
];

/// The newest schema number known here.
pub(crate) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings a file to the newest schema; refuses one from a newer version untouched, and one that is not ours.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let (found, application) = (number(conn, "user_version")?, number(conn, "application_id")?);
    if !(0..=VERSIONS).contains(&found) {
        return Err(StoreError::Corrupt);
    }
    if application == APPLICATION && found > known() {
        return Err(StoreError::Newer {
            found,
            known: known(),
        });
    }
    if found == known() && application == APPLICATION {
        return Ok(());
    }
    if application != APPLICATION && !is_empty(conn)? {
        return Err(StoreError::Corrupt);
    }
    if application != APPLICATION {
        conn.pragma_update(None, "application_id", APPLICATION)?;
    }
    Migrations::from_slice(MIGRATIONS)
        .to_latest(conn)
        .map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            _ => StoreError::Corrupt,
        })
}

/// Refuses a file that is not exactly what the migrations make: a table lost or changed is damage.
pub(crate) fn check(conn: &Connection) -> Result<(), StoreError> {
    let mut pattern = Connection::open_in_memory()?;
    migrate(&mut pattern)?;
    if shape(&pattern)? == shape(conn)? {
        Ok(())
    } else {
        Err(StoreError::Corrupt)
    }
}

/// Whether a file holds a schema of ours that this version can bring up to date.
pub(crate) fn is_ours(conn: &Connection) -> Result<(), StoreError> {
    let (found, application) = (number(conn, "user_version")?, number(conn, "application_id")?);
    if application != APPLICATION || !(1..=VERSIONS).contains(&found) {
        return Err(StoreError::Corrupt);
    }
    if found > known() {
        return Err(StoreError::Newer {
            found,
            known: known(),
        });
    }
    Ok(())
}

/// Every table and index with its definition.
fn shape(conn: &Connection) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
    list(conn, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn is_empty(conn: &Connection) -> Result<bool, StoreError> {
    Ok(shape(conn)?.is_empty())
}

fn number(conn: &Connection, pragma: &str) -> Result<i64, StoreError> {
    Ok(conn.pragma_query_value(None, pragma, |row| row.get(0))?)
}
