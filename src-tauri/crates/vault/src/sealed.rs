//! An encrypted file.

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{Fields, Vault, VaultError};

/// One encrypted file.
pub struct SealedFile {
    path: PathBuf,
    passphrase: SecretString,
}

impl SealedFile {
    /// Opens the file at `path`, or begins one there with the first write. Derives the key, which takes a moment.
    pub fn open(path: &Path, passphrase: SecretString) -> Result<Self, VaultError> {
        Ok(Self {
            path: path.to_owned(),
            passphrase,
        })
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = &self.passphrase;
        f.debug_struct("SealedFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Vault for SealedFile {
    async fn get(&self, _item: &str) -> Result<Option<Fields>, VaultError> {
        Err(VaultError::Sealed)
    }
    async fn set(&self, _item: &str, _fields: Fields) -> Result<(), VaultError> {
        Err(VaultError::Sealed)
    }
    async fn delete(&self, _item: &str) -> Result<bool, VaultError> {
        Err(VaultError::Sealed)
    }
    async fn list(&self) -> Result<Vec<String>, VaultError> {
        Err(VaultError::Sealed)
    }
    fn name(&self) -> &'static str {
        "file"
    }
}
