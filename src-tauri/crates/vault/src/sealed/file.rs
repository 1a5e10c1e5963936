//! Reading and replacing the file. A write is a new file beside the old one, made durable and then put in its place:
//! after a crash there is the old content or the new, never half of one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::{VaultError, limits};

fn failed(doing: &str, error: &io::Error) -> VaultError {
    VaultError::Failed(format!("the vault file cannot be {doing}: {}", error.kind()))
}

/// The content, or `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", &error)),
    };
    let mut bytes = Vec::new();
    file.take(limits::FILE_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| failed("read", &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= limits::FILE_BYTES) {
        Ok(Some(bytes))
    } else {
        Err(VaultError::Sealed)
    }
}

/// Holds other writers off until dropped. Never waits: a writer that hangs must not hang this one.
pub(super) fn lock(path: &Path) -> Result<File, VaultError> {
    let file = private(OpenOptions::new().create(true).truncate(false).write(true))
        .open(beside(path, "lock"))
        .map_err(|error| failed("written", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(VaultError::Failed(
            "another process is writing the vault file; try again".to_owned(),
        )),
        Err(TryLockError::Error(error)) => Err(failed("locked", &error)),
    }
}

/// Puts `bytes` in the file's place. The caller holds the lock, so the name beside it is its own.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let fresh = beside(path, "new");
    write(&fresh, bytes)
        .and_then(|()| std::fs::rename(&fresh, path))
        .and_then(|()| settle(path))
        .map_err(|error| {
            drop(std::fs::remove_file(&fresh));
            failed("written", &error)
        })
}

fn write(fresh: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a crash left behind may have another mode: it is removed, not written into.
    match std::fs::remove_file(fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(OpenOptions::new().create_new(true).write(true)).open(fresh)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the new name itself durable.
#[cfg(unix)]
fn settle(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

#[cfg(not(unix))]
fn settle(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}
