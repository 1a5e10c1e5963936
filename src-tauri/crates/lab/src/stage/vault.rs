//! The keychain of the machine that is played: it holds the secrets of the house, and can be locked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_vault::{Fields, Vault, VaultError};

use crate::time::Tide;

/// A keychain; see the module. It outlives every process.
pub(crate) struct Keychain {
    tide: Arc<Tide>,
    items: Mutex<BTreeMap<String, Fields>>,
    locked_until_ms: AtomicU64,
}

impl Keychain {
    pub(crate) fn new(tide: Arc<Tide>, items: BTreeMap<String, Fields>) -> Self {
        Self {
            tide,
            items: Mutex::new(items),
            locked_until_ms: AtomicU64::new(0),
        }
    }

    /// These items are others from now on.
    pub(crate) fn store(&self, items: BTreeMap<String, Fields>) {
        self.all().extend(items);
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Fields>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locked until that many true milliseconds after the start.
    pub(crate) fn lock_until(&self, ms: u64) {
        self.locked_until_ms.store(ms, Ordering::Relaxed);
    }
}

#[async_trait]
impl Vault for Keychain {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        if self.tide.elapsed_ms() < self.locked_until_ms.load(Ordering::Relaxed) {
            return Err(VaultError::Locked);
        }
        Ok(self.all().get(item).cloned())
    }

    async fn set(&self, _item: &str, _fields: Fields) -> Result<(), VaultError> {
        Err(VaultError::ReadOnly("the keychain of a simulation"))
    }

    async fn delete(&self, _item: &str) -> Result<bool, VaultError> {
        Err(VaultError::ReadOnly("the keychain of a simulation"))
    }

    async fn list(&self) -> Result<Vec<String>, VaultError> {
        Ok(self.all().keys().cloned().collect())
    }

    fn name(&self) -> &'static str {
        "keychain"
    }
}

/// An item of these fields.
pub(crate) fn item(fields: &[(&str, &str)]) -> Fields {
    let field = |(name, text): &(&str, &str)| ((*name).to_owned(), SecretString::from((*text).to_owned()));
    fields.iter().map(field).collect()
}
