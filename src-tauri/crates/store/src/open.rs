//! Opening: settings of a connection, migration, check of what was found, and keeping an unreadable file aside.
//! Never repairs and never deletes: what cannot be read is kept beside the new database. Tested in `tests/store/damage.rs`.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tidegate_meter::Time;

use crate::column::list;
use crate::lock::{FileLock, Locked, beside};
use crate::{OpenOptions, Opened, Place, StoreError, backup, limits, schema};

/// Opens the writer's connection, checked and on the newest schema.
pub(crate) fn open(options: &OpenOptions) -> Result<(Connection, Opened), StoreError> {
    match &options.place {
        Place::Memory => {
            let mut conn = Connection::open_in_memory()?;
            settle(&conn, limits::WRITER_CACHE_KIB)?;
            schema::migrate(&mut conn)?;
            Ok((conn, Opened::Fresh))
        }
        Place::File(path) => open_file(path, options.now),
    }
}

/// Opens a reader's connection to a file that is already open for writing.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let conn = connect(path, OpenFlags::empty())?;
    settle(&conn, limits::READER_CACHE_KIB)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Opens a connection that folds the log of a file that is open for writing.
pub(crate) fn open_folder(path: &Path) -> Result<Connection, StoreError> {
    let conn = connect(path, OpenFlags::empty())?;
    settle(&conn, limits::FOLDER_CACHE_KIB)?;
    Ok(conn)
}

fn open_file(path: &Path, now: Time) -> Result<(Connection, Opened), StoreError> {
    let _alone = opening(path)?;
    let fresh = make_file(path)?;
    match open_checked(path) {
        Ok(conn) if fresh => Ok((conn, Opened::Fresh)),
        Ok(conn) => Ok((conn, Opened::Existing)),
        Err(StoreError::Corrupt) => recover(path, now),
        Err(error) => Err(error),
    }
}

/// One process opens at a time, until the file is closed: two that make or migrate the same database at once would each
/// find it half made. Where files cannot be locked, the second one fails as busy instead.
pub(crate) fn opening(path: &Path) -> Result<fs::File, StoreError> {
    let name = beside(path, ".opening");
    make_file(&name)?;
    let file = fs::File::options().write(true).open(name)?;
    if let Err(error) = file.lock() {
        tracing::debug!(%error, "this file system has no locks");
    }
    Ok(file)
}

fn open_checked(path: &Path) -> Result<Connection, StoreError> {
    let mut conn = connect(path, OpenFlags::empty())?;
    settle(&conn, limits::WRITER_CACHE_KIB)?;
    schema::migrate(&mut conn)?;
    schema::check(&conn)?;
    check_tables(&conn, path)?;
    Ok(conn)
}

/// Keeps the unreadable file aside and goes on from the newest whole backup, so that the channels are still known and
/// can be told; begins anew where there is none. Not while another process is at it or was faster.
fn recover(path: &Path, now: Time) -> Result<(Connection, Opened), StoreError> {
    let lock = FileLock::new(Some(path));
    if lock.take() == Locked::Theirs {
        return Err(StoreError::Corrupt);
    }
    match open_checked(path) {
        Err(StoreError::Corrupt) => {}
        other => return other.map(|conn| (conn, Opened::Existing)),
    }
    let kept = set_aside(path, "unreadable", now)?;
    tracing::error!(kept = %kept.display(), "the database was unreadable and is kept aside");
    let backup = backup::put_newest(path)?;
    make_file(path)?;
    let conn = open_checked(path)?;
    Ok((conn, Opened::Recovered { kept, backup }))
}

/// Moves a database away under a name that is not taken, its log first: a log without its database is ignored, but a
/// new database beside an old log might read it.
pub(crate) fn set_aside(path: &Path, why: &str, now: Time) -> Result<PathBuf, StoreError> {
    let stamp: String = Time::from_ms(now.seconds().saturating_mul(1000))
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let kept = (1..)
        .map(|n: u32| match n {
            1 => beside(path, &format!(".{why}-{stamp}")),
            n => beside(path, &format!(".{why}-{stamp}-{n}")),
        })
        .find(|kept| !kept.exists())
        .ok_or(StoreError::Full)?;
    for suffix in ["-wal", "-shm"] {
        let from = beside(path, suffix);
        if from.exists() {
            fs::rename(from, beside(&kept, suffix))?;
        }
    }
    fs::rename(path, &kept)?;
    Ok(kept)
}

/// Makes an empty file that only its owner may read, where there is none. `true` when nothing was there.
pub(crate) fn make_file(path: &Path) -> Result<bool, StoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if let Ok(found) = fs::metadata(path) {
        return Ok(found.len() == 0);
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(true)
}

pub(crate) fn connect(path: &Path, more: OpenFlags) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// The settings of every connection. Folding the log is done between commits or beside them, not inside one.
fn settle(conn: &Connection, cache_kib: u32) -> Result<(), StoreError> {
    conn.busy_timeout(limits::BUSY)?;
    conn.set_prepared_statement_cache_capacity(limits::STATEMENTS);
    // Of use only before the first table is made; an existing file keeps its own.
    conn.pragma_update(None, "page_size", limits::PAGE_BYTES)?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    conn.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))
        .or_else(no_rows)?;
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    let log_bytes = i64::try_from(limits::LOG_BYTES).unwrap_or(-1);
    conn.pragma_update_and_check(None, "journal_size_limit", log_bytes, |_| Ok(()))?;
    Ok(())
}

/// A database in memory answers nothing to `mmap_size`.
fn no_rows(error: rusqlite::Error) -> Result<(), StoreError> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other.into()),
    }
}

/// The tables that decide; history and audit are larger and may be checked later.
const DECIDING: [&str; 13] = [
    "account",
    "channel",
    "guard",
    "guard_state",
    "meter",
    "recent",
    "target",
    "protect",
    "alert",
    "intent",
    "delivery",
    "setting",
    "lease",
];

fn check_tables(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let small = fs::metadata(path).is_ok_and(|found| found.len() <= limits::CHECK_WHOLE_BYTES);
    if small {
        return quick_check(conn, "");
    }
    DECIDING
        .iter()
        .try_for_each(|table| quick_check(conn, &format!("({table})")))
}

fn quick_check(conn: &Connection, what: &str) -> Result<(), StoreError> {
    sound(conn, &format!("PRAGMA quick_check{what}"))
}

/// Checks every page, row and index of a file.
pub(crate) fn integrity(conn: &Connection) -> Result<(), StoreError> {
    sound(conn, "PRAGMA integrity_check(1)")
}

fn sound(conn: &Connection, pragma: &str) -> Result<(), StoreError> {
    let words: Vec<String> = list(conn, pragma, [], |row| Ok(row.get(0)?))?;
    if words == ["ok"] {
        Ok(())
    } else {
        Err(StoreError::Corrupt)
    }
}
