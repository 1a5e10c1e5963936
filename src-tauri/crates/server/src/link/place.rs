//! Where the link of a home is: a socket in the home's own folder, or, when that path is too long for a socket, in a
//! folder of the same owner below the system's temporary one.

use std::path::{Path, PathBuf};

use interprocess::local_socket::Name;
use sha2::{Digest, Sha256};

use super::LinkError;
use crate::limits;

/// The link of one home.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    run_dir: PathBuf,
    socket: PathBuf,
    key: String,
}

impl Place {
    /// For the home whose run folder is given. `temporary` is the system's folder for such things.
    #[must_use]
    pub fn new(run_dir: &Path, temporary: &Path) -> Self {
        // Two spellings of one home must find the same link.
        let run_dir = run_dir.canonicalize().unwrap_or_else(|_| run_dir.to_owned());
        let digest = Sha256::digest(run_dir.as_os_str().as_encoded_bytes());
        let key: String = hex::encode(digest).chars().take(16).collect();
        let inside = run_dir.join("link.sock");
        let socket = if inside.as_os_str().len() <= limits::PATH_BYTES {
            inside
        } else {
            temporary.join(format!("tidegate-{key}")).join("link.sock")
        };
        Self { run_dir, socket, key }
    }

    /// The socket's path; on Windows the pipe's name stands for it.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Makes the socket's folder, closed to others, and refuses one that is not ours alone.
    #[cfg(unix)]
    pub(super) fn make_folder(&self) -> Result<(), LinkError> {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        let Some(folder) = self.socket.parent() else {
            return Err(LinkError::Folder);
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        self.check_folder()?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn make_folder(&self) -> Result<(), LinkError> {
        std::fs::create_dir_all(&self.run_dir)?;
        Ok(())
    }

    /// A folder of somebody else below a shared temporary one could hold their socket: it is never used.
    #[cfg(unix)]
    pub(super) fn check_folder(&self) -> Result<(), LinkError> {
        use std::os::unix::fs::MetadataExt;
        let Some(folder) = self.socket.parent() else {
            return Err(LinkError::Folder);
        };
        let found = std::fs::symlink_metadata(folder).map_err(|_| LinkError::Nobody)?;
        let mine = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw();
        if mine { Ok(()) } else { Err(LinkError::Folder) }
    }

    #[cfg(not(unix))]
    pub(super) fn check_folder(&self) -> Result<(), LinkError> {
        if self.run_dir.is_dir() {
            Ok(())
        } else {
            Err(LinkError::Nobody)
        }
    }

    /// As the operating system names it.
    #[cfg(unix)]
    pub(super) fn name(&self) -> std::io::Result<Name<'static>> {
        use interprocess::local_socket::{GenericFilePath, ToFsName};
        self.socket.clone().to_fs_name::<GenericFilePath>()
    }

    /// As the operating system names it.
    #[cfg(not(unix))]
    pub(super) fn name(&self) -> std::io::Result<Name<'static>> {
        use interprocess::local_socket::{GenericNamespaced, ToNsName};
        format!("tidegate-{}", self.key).to_ns_name::<GenericNamespaced>()
    }

    /// Short, for names.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The run folder, in its one spelling.
    #[must_use]
    pub fn run_dir(&self) -> &Path {
        &self.run_dir
    }
}
