//! Why the store refused or failed. Owns the one error of this crate and what each `SQLite` code means to a caller.

use rusqlite::ffi;

/// Why nothing was written or read. A refused batch leaves nothing behind.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreError {
    /// A row already exists, or another version of it does: somebody else was first. The whole batch was refused.
    #[error("refused as a whole: {what}")]
    Conflict {
        /// Which rule, in short words: `alert`, `guard_state`, …
        what: String,
    },
    /// The intent does not stand where the move starts, or the move is not in the state table.
    #[error("an intent may not move that way")]
    IllegalMove,
    /// This store does not hold the lease, or another holder took it.
    #[error("this copy does not hold the lease")]
    Fenced,
    /// The database cannot be written: read-only disk or file.
    #[error("the database is read-only")]
    ReadOnly,
    /// No space is left on the disk.
    #[error("the disk is full")]
    Full,
    /// The database is unreadable or a row in it makes no sense.
    #[error("the database is damaged")]
    Corrupt,
    /// Another process kept the database locked for too long.
    #[error("the database is in use by another process")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The file was written by a newer Tidegate.
    #[error(
        "the database has schema {found}, this version knows {known}: use the newer version, or restore a backup"
    )]
    Newer {
        /// The schema number in the file.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// Reading, writing or syncing the disk failed, with the `SQLite` or operating system code.
    #[error("the disk failed (code {0})")]
    Disk(i32),
    /// Any other `SQLite` error, by its extended code.
    #[error("the database failed (code {0})")]
    Sql(i32),
}

impl StoreError {
    /// A refusal under a name.
    pub(crate) fn conflict(what: &str) -> Self {
        Self::Conflict {
            what: what.to_owned(),
        }
    }

    /// What an extended `SQLite` code means to a caller.
    pub(crate) fn from_code(extended: i32) -> Self {
        match extended & 0xff {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
            ffi::SQLITE_READONLY => Self::ReadOnly,
            ffi::SQLITE_FULL => Self::Full,
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Self::Corrupt,
            ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN => Self::Disk(extended),
            ffi::SQLITE_CONSTRAINT => Self::conflict("constraint"),
            _ => Self::Sql(extended),
        }
    }

    /// The same error with its conflict, if it is one, under the name of the rule.
    pub(crate) fn named(self, what: &str) -> Self {
        match self {
            Self::Conflict { .. } => Self::conflict(what),
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => Self::from_code(failure.extended_code),
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
            | rusqlite::Error::QueryReturnedNoRows => Self::Corrupt,
            _ => Self::Sql(ffi::SQLITE_ERROR),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Disk(error.raw_os_error().unwrap_or(0)),
        }
    }
}
