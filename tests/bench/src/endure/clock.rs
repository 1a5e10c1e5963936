//! The guard's virtual time, for the cloud in another process: eight bytes in a file, written before every request.
//!
//! While a request is on its way time stands, so that a cloud never reads while another time is written.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use tidegate_meter::{Clock, Mono, Now, Time};

/// 2026-01-05T00:00:00Z: well inside a month, so that one turns on the way.
pub(super) const START: Time = Time::from_ms(1_767_571_200_000);

/// The file, open on either side.
pub(super) struct Told(File);

impl Told {
    /// Lays the file, which tells [`START`].
    pub(super) fn lay(folder: &Path) -> anyhow::Result<()> {
        File::create(folder.join("clock"))?;
        Self::open(folder)?.tell(START)?;
        Ok(())
    }

    /// One side of it.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join("clock"))?;
        Ok(Self(file))
    }

    /// From now on it is this time.
    pub(super) fn tell(&self, now: Time) -> std::io::Result<()> {
        self.0.write_all_at(&now.ms().to_le_bytes(), 0)
    }
}

impl Clock for Told {
    fn now(&self) -> Now {
        let mut bytes = START.ms().to_le_bytes();
        // A file that cannot be read tells the beginning: then every signature is refused as too far off.
        if self.0.read_exact_at(&mut bytes, 0).is_err() {
            bytes = START.ms().to_le_bytes();
        }
        let wall = Time::from_ms(i64::from_le_bytes(bytes));
        Now {
            wall,
            mono: Mono(0).plus(wall.since(START)),
        }
    }
}
