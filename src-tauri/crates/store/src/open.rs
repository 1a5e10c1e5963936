//! Opening: settings of a connection, migration, check of what was found, and keeping an unreadable file aside.
//! Never repairs and never deletes: what cannot be read is kept beside the new database. Tested in `tests/store/damage.rs`.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ffi};
use tidegate_meter::Time;

use crate::lock::{FileLock, Locked, beside};
use crate::options::Site;
use crate::{OpenOptions, Opened, StoreError, backup, limits, schema, sound};

/// Opens the writer's connection, checked and on the newest schema.
pub(crate) fn open(options: &OpenOptions) -> Result<(Connection, Opened), StoreError> {
    if let Some(site) = options.site() {
        return open_file(&site, options.now);
    }
    let mut conn = Connection::open_in_memory()?;
    settle(&conn, limits::WRITER_CACHE_KIB)?;
    schema::migrate(&mut conn)?;
    Ok((conn, Opened::Fresh))
}

/// A database in memory with everything that is durable in another.
pub(crate) fn copy_in_memory(from: &Connection) -> Result<Connection, StoreError> {
    let mut conn = Connection::open_in_memory()?;
    settle(&conn, limits::WRITER_CACHE_KIB)?;
    let done = rusqlite::backup::Backup::new(from, &mut conn)?.step(-1)?;
    if done != rusqlite::backup::StepResult::Done {
        return Err(StoreError::Disk(0));
    }
    Ok(conn)
}

/// Opens a reader's connection to a file that is already open for writing.
pub(crate) fn open_reader(site: &Site) -> Result<Connection, StoreError> {
    let conn = site.connect()?;
    settle(&conn, limits::READER_CACHE_KIB)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Opens a connection that folds the log of a file that is open for writing.
pub(crate) fn open_folder(site: &Site) -> Result<Connection, StoreError> {
    let conn = site.connect()?;
    settle(&conn, limits::FOLDER_CACHE_KIB)?;
    Ok(conn)
}

fn open_file(site: &Site, now: Time) -> Result<(Connection, Opened), StoreError> {
    let _alone = opening(&site.path)?;
    let fresh = make_file(&site.path)?;
    match open_checked(site) {
        Ok(conn) if fresh => Ok((conn, Opened::Fresh)),
        Ok(conn) => Ok((conn, Opened::Existing)),
        Err(StoreError::Corrupt) => recover(site, now),
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

fn open_checked(site: &Site) -> Result<Connection, StoreError> {
    check_and_open(site).map_err(|error| match error {
        // Our own words to it are always the same: a file that makes them an error is none of ours.
        StoreError::Sql(ffi::SQLITE_ERROR) => StoreError::Corrupt,
        other => other,
    })
}

fn check_and_open(site: &Site) -> Result<Connection, StoreError> {
    let mut conn = site.connect()?;
    // Nothing was read yet: this is what the disk says.
    let is_protected = conn.is_readonly("main")?;
    settle(&conn, limits::WRITER_CACHE_KIB)?;
    schema::migrate(&mut conn)?;
    schema::check(&conn)?;
    sound::tables(&conn, &site.path)?;
    sound::rows(&conn)?;
    if !is_protected && conn.is_readonly("main")? {
        // This is what the file says of itself: it was written by nobody we know, and could never be written again.
        return Err(StoreError::Corrupt);
    }
    Ok(conn)
}

/// Keeps the unreadable file aside and goes on from the newest whole backup, so that the channels are still known and
/// can be told; begins anew where there is none. Not while another process is at it or was faster.
fn recover(site: &Site, now: Time) -> Result<(Connection, Opened), StoreError> {
    let path = site.path.as_path();
    let lock = FileLock::new(Some(path));
    if lock.take() == Locked::Theirs {
        return Err(StoreError::Corrupt);
    }
    match open_checked(site) {
        Err(StoreError::Corrupt) => {}
        other => return other.map(|conn| (conn, Opened::Existing)),
    }
    let kept = set_aside(path, "unreadable", now)?;
    tracing::error!(kept = %kept.display(), "the database was unreadable and is kept aside");
    let backup = backup::put_newest(path)?;
    make_file(path)?;
    let conn = open_checked(site)?;
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
