//! Files that only their owner may read, replaced whole. A write is a new file beside the old one, made durable and then
//! put in its place: after a crash there is the old content or the new, never half of one.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

/// Makes a folder and those above it; what did not exist is its owner's alone.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// The content, or `None` when there is no file. Longer than `most` bytes is an error.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= most) {
        Ok(Some(bytes))
    } else {
        Err(ErrorKind::FileTooLarge.into())
    }
}

/// Writes a file that is not in use, whole; durable under its own name only after [`settle`] of its folder.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    jot(path, bytes)?.sync_all()
}

/// The same without waiting for the disk.
pub(crate) fn jot(path: &Path, bytes: &[u8]) -> io::Result<File> {
    // What a crash left behind may have another mode: it is removed, not written into.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = owned(OpenOptions::new().create_new(true).write(true)).open(path)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Puts `bytes` in the place of `path`, durable on return. One writer at a time: the holder of the lock.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    write(&fresh, bytes)?;
    std::fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), settle)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(crate) fn settle(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes the names in a folder durable: here the system does so by itself.
#[cfg(not(unix))]
pub(crate) fn settle(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes the lock for as long as the file is kept; `None` while another process has it.
pub(crate) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = owned(OpenOptions::new().create(true).truncate(false).write(true)).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes the rights of everybody else from a file.
#[cfg(unix)]
pub(crate) fn own(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    tracing::warn!(file = %path.display(), "others could read this file: it is made its owner's alone");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

/// Takes the rights of everybody else from a file: here it lies in the owner's own folder.
#[cfg(not(unix))]
pub(crate) fn own(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn owned(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owned(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}
