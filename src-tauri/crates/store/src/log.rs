//! The write-ahead log. Its room is laid out once by the process that guards, so that a decision's commit overwrites
//! blocks the disk already has, instead of growing a file and waiting for the file system's own journal as well; and it is
//! folded into the database beside the writer, so that no decision waits for that. Never touches a byte that `SQLite` has
//! written. Tested in `tests/store/log.rs`.

use std::fs;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use rusqlite::Connection;

use crate::lock::beside;
use crate::options::Site;
use crate::{StoreError, limits, open};

/// Zeros written at once.
const PIECE: usize = 64 * 1024;

/// Lengthens the log of a database to its usual size. What follows the last frame is ignored when the log is read: zeros
/// have no valid checksum. A disk without that room is no reason not to guard.
pub(crate) fn lay_out(conn: &Connection, database: &Path) {
    let log = beside(database, "-wal");
    let short = fs::metadata(&log).is_ok_and(|found| found.len() < limits::LOG_BYTES);
    if !short {
        return;
    }
    if let Err(error) = lengthen_alone(conn, &log) {
        tracing::debug!(%error, "the log keeps its size");
    }
}

/// Under the write lock nobody else appends a frame behind the end that is found here.
fn lengthen_alone(conn: &Connection, log: &Path) -> Result<(), StoreError> {
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let lengthened = lengthen(log);
    conn.execute_batch("ROLLBACK")?;
    Ok(lengthened?)
}

fn lengthen(log: &Path) -> io::Result<()> {
    let mut file = fs::File::options().write(true).open(log)?;
    let found = file.seek(SeekFrom::End(0))?;
    let mut left = usize::try_from(limits::LOG_BYTES.saturating_sub(found)).unwrap_or(0);
    let zeros = vec![0; PIECE];
    while let Some(piece) = zeros.get(..left.min(PIECE)).filter(|piece| !piece.is_empty()) {
        if let Err(error) = file.write_all(piece) {
            // A full disk keeps what it had: the room would be missing elsewhere.
            file.set_len(found)?;
            return Err(error);
        }
        left = left.saturating_sub(piece.len());
    }
    file.sync_all()
}

/// Folds the log by a connection of its own: whoever writes meanwhile is not held up.
pub(crate) fn fold_beside(database: &Site) {
    match open::open_folder(database) {
        Ok(conn) => {
            fold(&conn);
            // What was written during the first pass: without it the log would go on growing behind its laid out room.
            fold(&conn);
        }
        Err(error) => tracing::warn!(%error, "the log could not be folded into the database"),
    }
}

/// Folds as much of the log into the database as nobody reads; the next writer then begins it anew.
pub(crate) fn fold(conn: &Connection) {
    let folded = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = folded {
        let error = StoreError::from(error);
        tracing::warn!(%error, "the log could not be folded into the database");
    }
}
