//! The disk of the machine that is played: where its database is from life to life. A life that was killed leaves what was
//! durable and nothing else; one that ended in good order leaves everything.

use std::path::PathBuf;

use tempfile::TempDir;
use tidegate_meter::Time;
use tidegate_store::{Faults, OpenOptions, Store};

use crate::plan::{Deed, DiskDeed, MachineDeed, Plan, Storage};
use crate::stage::house::StageError;

/// Where the database is.
pub(crate) enum Disk {
    /// In memory: the copy that the next life starts from.
    Memory {
        /// What the last life left; nothing before the first.
        left: Option<Store>,
    },
    /// In a file that ends with the run.
    File {
        /// Its folder.
        folder: TempDir,
    },
}

impl Disk {
    /// The disk of a plan. What only a file can play, a second copy and flipped bits, gets one whatever the plan says.
    pub(crate) fn of(plan: &Plan) -> Result<Self, StageError> {
        if plan.storage == Storage::File || plan.events.iter().any(|timed| needs_file(&timed.deed)) {
            return Ok(Self::File { folder: folder()? });
        }
        Ok(Self::Memory { left: None })
    }

    /// Opens the database for a life.
    pub(crate) fn open(&self, now: Time, holder: &str, faults: &Faults) -> Result<Store, StageError> {
        let options = match self {
            Self::Memory { .. } => OpenOptions::memory(now, holder),
            Self::File { folder } => OpenOptions::file(database(folder), now, holder).inline(),
        };
        let options = OpenOptions {
            faults: faults.clone(),
            ..options
        };
        Ok(match self {
            Self::Memory { left: Some(left) } => left.copied(options)?,
            _ => Store::open(options)?,
        })
    }

    /// Flips so many bits of the closed database, anywhere in it.
    pub(crate) fn flip(&self, bits: u32, seed: u64) -> Result<(), StageError> {
        let Self::File { folder } = self else {
            return Ok(());
        };
        let path = database(folder);
        if bits == 0 || !path.exists() {
            return Ok(());
        }
        let mut bytes = std::fs::read(&path)?;
        let mut chance = fastrand::Rng::with_seed(seed);
        for _ in 0..bits {
            let at = chance.usize(0..bytes.len().max(1));
            let bit = 1_u8 << chance.u8(0..8);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= bit;
            }
        }
        Ok(std::fs::write(path, bytes)?)
    }

    /// A life is over and left this.
    pub(crate) fn leave(&mut self, store: Store) {
        if let Self::Memory { left } = self {
            *left = Some(store);
        }
    }
}

/// A folder in memory where the system has one: a kill ends a process here, never a machine, so that syncing shows nothing.
fn folder() -> std::io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("tidegate.db")
}

const fn needs_file(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Machine(MachineDeed::SecondCopy { .. }) | Deed::Disk(DiskDeed::Flip { .. })
    )
}
