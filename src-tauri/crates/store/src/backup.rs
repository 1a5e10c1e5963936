//! Copies of the database: the daily backups, one on demand, and putting one back. A copy is complete or not there; a
//! database that is replaced is kept aside. Tested in `tests/store/backup.rs`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tidegate_meter::Time;

use crate::column::change;
use crate::lock::{FileLock, Locked, beside};
use crate::options::Site;
use crate::{Restored, StoreError, limits, open, schema, sound};

/// Writes a complete copy of `conn` to `to`, which must not exist. The file is made first, since `VACUUM INTO` would
/// make one that everybody may read.
pub(crate) fn copy(conn: &Connection, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::conflict("backup"));
    }
    let partial = beside(to, ".partial");
    remove(&partial)?;
    open::make_file(&partial)?;
    let name = partial.to_str().ok_or(StoreError::Disk(0))?;
    conn.execute("VACUUM INTO ?1", [name])?;
    finish(&partial, to)
}

/// The same for a database in a file, on a connection of its own, beside readers and writer.
pub(crate) fn copy_file(database: &Site, to: &Path) -> Result<(), StoreError> {
    let conn = database.connect()?;
    conn.busy_timeout(limits::BUSY)?;
    copy(&conn, to)
}

/// Makes today's backup, unless it is there, and removes the oldest beyond [`limits::BACKUPS_KEPT`].
pub(crate) fn daily(database: &Site, now: Time) -> Result<Option<PathBuf>, StoreError> {
    let path = database.path.as_path();
    let folder = folder_of(path);
    fs::create_dir_all(&folder)?;
    let day: String = now.to_string().chars().take(10).collect();
    let to = folder.join(format!("{}-{day}.db", stem(path)));
    if to.exists() {
        return Ok(None);
    }
    copy_file(database, &to)?;
    for old in newest_first(&folder, &stem(path))?
        .into_iter()
        .skip(limits::BACKUPS_KEPT)
    {
        remove(&old)?;
    }
    Ok(Some(to))
}

/// The daily backups in a folder; their names sort by day.
fn newest_first(folder: &Path, stem: &str) -> Result<Vec<PathBuf>, StoreError> {
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_daily(name, stem))
        .collect();
    names.sort_unstable();
    Ok(names.into_iter().rev().map(|name| folder.join(name)).collect())
}

/// Puts the newest daily backup that is whole in the empty place of a database that was kept aside. `None` when there
/// is none. The caller holds the database's lock.
pub(crate) fn put_newest(database: &Path) -> Result<Option<PathBuf>, StoreError> {
    let folder = folder_of(database);
    if !folder.is_dir() {
        return Ok(None);
    }
    for from in newest_first(&folder, &stem(database))? {
        let partial = beside(database, ".restoring");
        remove(&partial)?;
        open::make_file(&partial)?;
        match prepare(&from, &partial) {
            Ok(()) => {
                finish(&partial, database)?;
                return Ok(Some(from));
            }
            Err(error) => {
                tracing::warn!(backup = %from.display(), %error, "this backup cannot be used");
                remove(&partial)?;
            }
        }
    }
    Ok(None)
}

/// Where the daily backups of a database stand.
fn folder_of(database: &Path) -> PathBuf {
    database.parent().unwrap_or_else(|| Path::new("")).join("backups")
}

/// `<stem>-YYYY-MM-DD.db`: whatever else stands in the folder is not ours to remove.
fn is_daily(name: &str, stem: &str) -> bool {
    let day = name
        .strip_prefix(stem)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.strip_suffix(".db"));
    day.is_some_and(|day| day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
}

fn stem(database: &Path) -> String {
    database
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Puts a backup in the place of a database that no process has open. The backup is checked first and stays where it
/// is; the database that stood there is kept aside; the lease of the copy is cleared.
///
/// [`StoreError::Busy`] while a process holds the database's lease; [`StoreError::Corrupt`] for a file that is damaged
/// or not ours; [`StoreError::Newer`] for one of a newer version. In each case nothing was changed.
pub fn restore(database: &Path, from: &Path, now: Time) -> Result<Restored, StoreError> {
    if !from.is_file() {
        return Err(StoreError::Disk(0));
    }
    let _alone = open::opening(database)?;
    let lock = FileLock::new(Some(database));
    if lock.take() == Locked::Theirs {
        return Err(StoreError::Busy);
    }
    let partial = beside(database, ".restoring");
    remove(&partial)?;
    open::make_file(&partial)?;
    if let Err(error) = prepare(from, &partial) {
        remove(&partial)?;
        return Err(error);
    }
    let kept = if database.exists() {
        Some(open::set_aside(database, "replaced", now)?)
    } else {
        None
    };
    finish(&partial, database)?;
    Ok(Restored { kept })
}

/// Copies through `SQLite`, so that a backup with a log beside it is taken whole, then checks the copy.
fn prepare(from: &Path, partial: &Path) -> Result<(), StoreError> {
    let name = partial.to_str().ok_or(StoreError::Disk(0))?;
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    schema::is_ours(&source)?;
    sound::integrity(&source)?;
    source.execute("VACUUM INTO ?1", [name])?;
    let copied = Site {
        path: partial.to_owned(),
        vfs: None,
    };
    let mut copy = copied.connect()?;
    schema::migrate(&mut copy)?;
    schema::check(&copy)?;
    sound::rows(&copy)?;
    change(
        &copy,
        "UPDATE lease SET holder = NULL, until = 0, fence = fence + 1, locked = 0 WHERE id = 1",
        [],
    )?;
    Ok(())
}

/// Makes the content durable before the name: after a crash the name holds a whole file or none.
fn finish(partial: &Path, to: &Path) -> Result<(), StoreError> {
    File::options().write(true).open(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
