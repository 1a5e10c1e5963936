//! Secrets in memory only: for tests and the demonstration. Nothing outlives the process.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::{Fields, Vault, VaultError, item};

/// A vault that forgets everything with the process.
#[derive(Default)]
pub struct Memory {
    items: Mutex<BTreeMap<String, Fields>>,
}

impl Memory {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[async_trait]
impl Vault for Memory {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        item::check_name(item)?;
        Ok(self.items.lock().await.get(item).cloned())
    }

    async fn set(&self, item: &str, fields: Fields) -> Result<(), VaultError> {
        item::check_name(item)?;
        item::encode(&fields)?;
        self.items.lock().await.insert(item.to_owned(), fields);
        Ok(())
    }

    async fn delete(&self, item: &str) -> Result<bool, VaultError> {
        item::check_name(item)?;
        Ok(self.items.lock().await.remove(item).is_some())
    }

    async fn list(&self) -> Result<Vec<String>, VaultError> {
        Ok(self.items.lock().await.keys().cloned().collect())
    }

    fn name(&self) -> &'static str {
        "memory"
    }
}
