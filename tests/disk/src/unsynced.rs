//! What was written and not made durable yet: a machine whose power fails may have it, or any part of it, or nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// One write: where, what stood there before (shorter at the end of the file), and what was put there.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) offset: u64,
    pub(crate) before: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

/// The writes of each file since it was made durable, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unsynced {
    files: BTreeMap<PathBuf, Vec<Piece>>,
}

impl Unsynced {
    pub(crate) fn note(&mut self, path: &Path, piece: Piece) {
        self.files.entry(path.to_owned()).or_default().push(piece);
    }

    pub(crate) fn forget(&mut self, path: &Path) {
        self.files.remove(path);
    }

    pub(crate) fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Puts every file back to what was durable, and then, in their order, only the writes that reached the disk.
    pub(crate) fn lose(self, reached: &mut dyn FnMut() -> bool) -> io::Result<usize> {
        let mut lost = 0;
        for (path, pieces) in self.files {
            if !path.exists() {
                continue;
            }
            let mut file = File::options().read(true).write(true).open(&path)?;
            for piece in pieces.iter().rev() {
                take_back(&mut file, piece)?;
            }
            for piece in &pieces {
                if reached() {
                    put(&mut file, piece.offset, &piece.after)?;
                } else {
                    lost += 1;
                }
            }
        }
        Ok(lost)
    }
}

/// What the write had lengthened is cut off, unless somebody lengthened the file past it: then zeros stand there.
fn take_back(file: &mut File, piece: &Piece) -> io::Result<()> {
    put(file, piece.offset, &piece.before)?;
    let new = piece.after.len().saturating_sub(piece.before.len());
    if new == 0 {
        return Ok(());
    }
    let from = piece.offset.saturating_add(length(&piece.before));
    if file.seek(SeekFrom::End(0))? <= piece.offset.saturating_add(length(&piece.after)) {
        return file.set_len(from);
    }
    put(file, from, &vec![0; new])
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn put(file: &mut File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}
