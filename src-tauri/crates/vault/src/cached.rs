//! Each item is read once per process. Owns the copies, which are wiped when dropped; a write or removal forgets the
//! copy before and after, so that a read in between cannot bring the old value back.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::{Fields, Vault, VaultError};

/// A vault before which each item is remembered.
pub struct Cached {
    inner: Arc<dyn Vault>,
    items: Mutex<BTreeMap<String, Fields>>,
}

impl Cached {
    /// Remembers what `inner` gives. Absence and errors are not remembered: both may end at any time.
    #[must_use]
    pub fn new(inner: Arc<dyn Vault>) -> Self {
        Self {
            inner,
            items: Mutex::default(),
        }
    }
}

impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached")
            .field("inner", &self.inner.name())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Vault for Cached {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        // Held across the read on purpose: fifty meters of one account ask the keychain once, and a write waits.
        let mut items = self.items.lock().await;
        if let Some(fields) = items.get(item) {
            return Ok(Some(fields.clone()));
        }
        let fields = self.inner.get(item).await?;
        if let Some(fields) = &fields {
            items.insert(item.to_owned(), fields.clone());
        }
        Ok(fields)
    }

    async fn set(&self, item: &str, fields: Fields) -> Result<(), VaultError> {
        let mut items = self.items.lock().await;
        items.remove(item);
        self.inner.set(item, fields).await
    }

    async fn delete(&self, item: &str) -> Result<bool, VaultError> {
        let mut items = self.items.lock().await;
        items.remove(item);
        self.inner.delete(item).await
    }

    async fn list(&self) -> Result<Vec<String>, VaultError> {
        self.inner.list().await
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}
