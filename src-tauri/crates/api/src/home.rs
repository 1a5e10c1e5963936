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

    /// Makes the folder and its parts, closed to others where the system knows owners. Errors: also when the folder
    /// holds other things and is open to others, for closing it would take them away from whoever uses them.
    pub fn make(&self) -> io::Result<()> {
        if !self.has_database() && is_shared(&self.root)? {
            let text =
                "it is not empty, open to others and no home yet: choose an empty folder or a private one";
            return Err(io::Error::new(io::ErrorKind::DirectoryNotEmpty, text));
        }
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

    /// The user's own descriptions of providers, one TOML file each.
    #[must_use]
    pub fn specs_dir(&self) -> PathBuf {
        self.root.join("specs")
    }

    /// Copies of the database.
    #[must_use]
    pub fn backups_dir(&self) -> PathBuf {
        self.root.join("backups")
    }

    /// The demonstration's own home; there only while it runs.
    #[must_use]
    pub fn demo_dir(&self) -> PathBuf {
        self.root.join("demo")
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

/// Whether others may use what is already in that folder: `--home /` must not lock a machine.
#[cfg(unix)]
fn is_shared(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    let found = match std::fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        found => found?,
    };
    if !found.is_dir() {
        let text = "it is a file, not a folder";
        return Err(io::Error::new(io::ErrorKind::NotADirectory, text));
    }
    let private = found.permissions().mode() & 0o077 == 0;
    Ok(!private && std::fs::read_dir(folder)?.next().is_some())
}

#[cfg(not(unix))]
fn is_shared(_folder: &Path) -> io::Result<bool> {
    Ok(false)
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
