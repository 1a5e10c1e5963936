//! Which platform's client is used.

use std::sync::Arc;

use keyring_core::{CredentialStore, Result};

/// An open connection to the keychain.
pub(super) type Store = Arc<CredentialStore>;
/// Opens a connection; called on the keychain's own thread.
pub(super) type Opener = Arc<dyn Fn() -> Result<Store> + Send + Sync>;

/// The platform's own keychain.
pub(super) fn native() -> Opener {
    Arc::new(open)
}

#[cfg(target_os = "linux")]
fn open() -> Result<Store> {
    let store: Store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Store> {
    let store: Store = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(windows)]
fn open() -> Result<Store> {
    let store: Store = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn open() -> Result<Store> {
    Err(keyring_core::Error::NoDefaultStore)
}
