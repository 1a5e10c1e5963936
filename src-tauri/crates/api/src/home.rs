//! The program's own folder: which file stands where. Only the owner may enter it.

use std::io;
use std::path::{Path, PathBuf};

/// The folder and the places in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The places below `root`; makes nothing.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Makes the folder and its parts, closed to others where the system knows owners.
    pub fn make(&self) -> io::Result<()> {
        for folder in [
            self.root.clone(),
            self.run_dir(),
            self.cache_dir(),
            self.logs_dir(),
        ] {
            std::fs::create_dir_all(&folder)?;
            close_to_others(&folder)?;
        }
        Ok(())
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("tidegate.db")
    }

    /// The encrypted file of secrets, where it was chosen.
    #[must_use]
    pub fn sealed_vault(&self) -> PathBuf {
        self.root.join("vault.sealed")
    }

    /// The link's folder.
    #[must_use]
    pub fn run_dir(&self) -> PathBuf {
        self.root.join("run")
    }

    /// Discovery caches: no secrets, may be deleted at any time.
    #[must_use]
    pub fn cache_dir(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// Logs.
    #[must_use]
    pub fn logs_dir(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Whether a database stands here.
    #[must_use]
    pub fn has_database(&self) -> bool {
        self.database().exists()
    }
}

#[cfg(unix)]
fn close_to_others(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close_to_others(_folder: &Path) -> io::Result<()> {
    Ok(())
}
