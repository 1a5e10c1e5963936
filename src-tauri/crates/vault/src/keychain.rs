//! The OS keychain.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::{Fields, Vault, VaultError, limits};

/// The OS keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
pub struct Keychain {
    service: String,
    patience: Duration,
}

impl Keychain {
    /// Items stand under `service`. Nothing is asked of the keychain yet.
    #[must_use]
    pub fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            patience: limits::PATIENCE,
        }
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain")
            .field("service", &self.service)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Vault for Keychain {
    async fn get(&self, _item: &str) -> Result<Option<Fields>, VaultError> {
        Err(VaultError::Absent)
    }
    async fn set(&self, _item: &str, _fields: Fields) -> Result<(), VaultError> {
        Err(VaultError::Absent)
    }
    async fn delete(&self, _item: &str) -> Result<bool, VaultError> {
        Err(VaultError::Absent)
    }
    async fn list(&self) -> Result<Vec<String>, VaultError> {
        Err(VaultError::Absent)
    }
    fn name(&self) -> &'static str {
        "keychain"
    }
}
