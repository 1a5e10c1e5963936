//! An encrypted file, for machines without a keychain; chosen explicitly, never a silent fallback.
//!
//! Owns the file: argon2id over the passphrase, XChaCha20-Poly1305 over all items at once, mode 0600, replaced whole.
//! Header and items are authenticated together, so that neither a changed parameter nor a changed item passes. It does
//! not hide how much is stored, and a copy of an older file opens as well as the newest. Tested in `tests/sealed.rs`.

mod envelope;
mod file;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use self::envelope::{Header, Key};
use crate::{Fields, Vault, VaultError, item, limits};

/// One encrypted file.
pub struct SealedFile {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    passphrase: SecretString,
    /// The key of the header that was met last; a file put in its place has another salt, and the key is derived anew.
    known: Mutex<Option<(Header, Key)>>,
}

type Items = BTreeMap<String, Fields>;

impl SealedFile {
    /// Opens the file at `path`, or begins one there with the first write. Deriving the key takes some 50 ms of
    /// computing, so a loop calls it where it may block. Errors: [`VaultError::Sealed`] for a wrong passphrase or a
    /// changed file, [`VaultError::Failed`] when the file cannot be read or the passphrase is empty.
    pub fn open(path: &Path, passphrase: SecretString) -> Result<Self, VaultError> {
        if passphrase.expose_secret().is_empty() {
            return Err(VaultError::Failed("the passphrase is empty".to_owned()));
        }
        let inner = Inner {
            path: path.to_owned(),
            passphrase,
            known: Mutex::new(None),
        };
        inner.load()?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Runs on a thread that may block: files and key derivation do.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or_else(|_| {
                Err(VaultError::Failed(
                    "the work on the vault file was broken off".to_owned(),
                ))
            })
    }
}

impl Inner {
    fn load(&self) -> Result<Items, VaultError> {
        match file::read(&self.path)? {
            None => Ok(Items::new()),
            Some(bytes) => {
                let (header, body) = envelope::split(&bytes).ok_or(VaultError::Sealed)?;
                let plain = self.with_key(header, |key| envelope::open(key, header, body))?;
                decode(&plain)
            }
        }
    }

    /// Reads, changes and replaces, alone: another process that does the same would lose one of both changes.
    fn change<T>(&self, edit: impl FnOnce(&mut Items) -> T) -> Result<T, VaultError> {
        let _alone = file::lock(&self.path)?;
        let mut items = self.load()?;
        let told = edit(&mut items);
        if items.len() > limits::ITEMS {
            return Err(VaultError::Failed("there are too many items".to_owned()));
        }
        let plain = encode(&items)?;
        let header = match self.known()?.as_ref() {
            Some((header, _)) => *header,
            None => Header::fresh()?,
        };
        let sealed = self.with_key(header, |key| envelope::seal(key, header, &plain))?;
        file::replace(&self.path, &sealed)?;
        Ok(told)
    }

    fn known(&self) -> Result<std::sync::MutexGuard<'_, Option<(Header, Key)>>, VaultError> {
        Ok(self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_key<T>(
        &self,
        header: Header,
        work: impl FnOnce(&Key) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut known = self.known()?;
        if let Some((_, key)) = known.as_ref().filter(|(of, _)| *of == header) {
            return work(key);
        }
        let key = header.derive(&self.passphrase)?;
        let told = work(&key)?;
        *known = Some((header, key));
        Ok(told)
    }
}

/// All items as JSON: item by item, so that each buffer has its room from the start and is wiped.
fn encode(items: &Items) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let plain: BTreeMap<&str, BTreeMap<&str, &str>> = items
        .iter()
        .map(|(name, fields)| {
            let fields = fields
                .iter()
                .map(|(field, value)| (field.as_str(), value.expose_secret()));
            (name.as_str(), fields.collect())
        })
        .collect();
    let room = items
        .len()
        .saturating_add(1)
        .saturating_mul(limits::ITEM_BYTES * 2);
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *text, &plain)
        .map_err(|_| VaultError::Failed("the items cannot be written".to_owned()))?;
    Ok(text)
}

fn decode(plain: &[u8]) -> Result<Items, VaultError> {
    serde_json::from_slice(plain).map_err(|_| VaultError::Sealed)
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFile")
            .field("path", &self.inner.path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Vault for SealedFile {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        item::check_name(item)?;
        let name = item.to_owned();
        self.blocking(move |inner| Ok(inner.load()?.remove(&name))).await
    }

    async fn set(&self, item: &str, fields: Fields) -> Result<(), VaultError> {
        item::check_name(item)?;
        item::encode(&fields)?;
        let name = item.to_owned();
        self.blocking(move |inner| inner.change(|items| drop(items.insert(name, fields))))
            .await
    }

    async fn delete(&self, item: &str) -> Result<bool, VaultError> {
        item::check_name(item)?;
        let name = item.to_owned();
        self.blocking(move |inner| inner.change(|items| items.remove(&name).is_some()))
            .await
    }

    async fn list(&self) -> Result<Vec<String>, VaultError> {
        self.blocking(|inner| Ok(inner.load()?.into_keys().collect()))
            .await
    }

    fn name(&self) -> &'static str {
        "file"
    }
}
