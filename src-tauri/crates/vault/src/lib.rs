//! Secrets: the OS keychain, the environment, an encrypted file.
//!
//! Owns [`Vault`] and its backends. A secret lives in the keychain and nowhere else; this crate never writes one to a
//! log, an error or a file in clear. Tested beside the code and against a real Secret Service in `tests/`.

mod cached;
mod environment;
mod item;
mod keychain;
pub mod limits;
mod memory;
mod sealed;

use std::collections::BTreeMap;

use async_trait::async_trait;
pub use cached::Cached;
pub use environment::{Environment, FIELDS, Lookup, variable};
pub use keychain::Keychain;
pub use memory::Memory;
pub use sealed::SealedFile;
use secrecy::SecretString;

/// The fields of one item: `ak`, `sk`, `token`, …
pub type Fields = BTreeMap<String, SecretString>;

/// Why a secret could not be had. Stable classes; the text never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The keychain is locked, or waits for its dialog.
    #[error("the keychain is locked; unlock it and Tidegate continues by itself")]
    Locked,
    /// There is no keychain service.
    #[error("no keychain service answers; start one, or choose the environment or the encrypted file")]
    Absent,
    /// The keychain answered with something else.
    #[error("the keychain failed: {0}")]
    Failed(String),
    /// The item is larger than every keychain takes.
    #[error("the secret is larger than {0} bytes")]
    TooLarge(usize),
    /// The backend cannot be written (environment).
    #[error("this vault is read-only: {0}")]
    ReadOnly(&'static str),
    /// The passphrase of the encrypted file is wrong, or the file was changed.
    #[error("the vault file cannot be opened: wrong passphrase, or the file was changed")]
    Sealed,
}

/// Where secrets live. An item is named by a slug (an account's or channel's id, with a role suffix).
#[async_trait]
pub trait Vault: Send + Sync {
    /// The item, or `None` when there is none.
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError>;
    /// Writes the whole item.
    async fn set(&self, item: &str, fields: Fields) -> Result<(), VaultError>;
    /// Removes the item; `false` when there was none.
    async fn delete(&self, item: &str) -> Result<bool, VaultError>;
    /// Names of all items of ours.
    async fn list(&self) -> Result<Vec<String>, VaultError>;
    /// The backend's name: `keychain`, `environment`, `file`.
    fn name(&self) -> &'static str;
}
