//! A sealed file: what was not sealed with its key is refused, and what was is read as a second implementation of its form
//! reads it. Deriving the key is paid for once: a header that asks for another derivation is not tried.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tidegate_vault::{SealedFile, Vault, VaultError, limits};
use tokio::runtime::Runtime;

use crate::outside::folder;

const PASSPHRASE: &str = "FAKE-canary-passphrase";
/// Magic, version, memory, passes, salt.
const HEADER: usize = 8 + 1 + 4 + 4 + 16;
const NONCE: usize = 24;

type Plain = BTreeMap<String, BTreeMap<String, String>>;

/// A vault whose key is derived, and the same key by our own hands.
struct Known {
    _folder: TempDir,
    path: PathBuf,
    header: Vec<u8>,
    cipher: XChaCha20Poly1305,
    vault: SealedFile,
    runtime: Runtime,
}

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(|| {
    let folder = folder();
    let path = folder.path().join("vault");
    let mut header = b"TIDEGATE\x01".to_vec();
    header.extend_from_slice(&limits::ARGON_KIB.to_le_bytes());
    header.extend_from_slice(&limits::ARGON_PASSES.to_le_bytes());
    header.extend_from_slice(b"sixteen of salt!");
    let params = Params::new(limits::ARGON_KIB, limits::ARGON_PASSES, 1, Some(32)).unwrap();
    let mut key = [0_u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(PASSPHRASE.as_bytes(), b"sixteen of salt!", &mut key)
        .unwrap();
    let cipher = XChaCha20Poly1305::new((&key).into());
    std::fs::write(&path, sealed(&cipher, &header, b"{}")).unwrap();
    let vault = SealedFile::open(&path, SecretString::from(PASSPHRASE)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Mutex::new(Known {
        _folder: folder,
        path,
        header,
        cipher,
        vault,
        runtime,
    })
});

fn sealed(cipher: &XChaCha20Poly1305, header: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = [7_u8; NONCE];
    let payload = Payload {
        msg: plain,
        aad: header,
    };
    let items = cipher.encrypt(&XNonce::from(nonce), payload).unwrap();
    [header, &nonce, &items].concat()
}

impl Known {
    /// What stands in the file, as the form says; `None` for what the key did not seal.
    fn opened(&self) -> Option<Vec<u8>> {
        let bytes = std::fs::read(&self.path).unwrap();
        let (header, rest) = bytes.split_at_checked(HEADER)?;
        let (nonce, items) = rest.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: items,
            aad: header,
        };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
    }

    fn list(&self) -> Result<Vec<String>, VaultError> {
        self.runtime.block_on(self.vault.list())
    }

    fn holds(&self, plain: &Plain) {
        assert_eq!(self.list().unwrap(), plain.keys().cloned().collect::<Vec<_>>());
        for (name, fields) in plain {
            let Ok(found) = self.runtime.block_on(self.vault.get(name)) else {
                continue;
            };
            let found = found.unwrap();
            let shown: BTreeMap<&str, &str> = found
                .iter()
                .map(|(field, value)| (field.as_str(), value.expose_secret()))
                .collect();
            let told = fields
                .iter()
                .map(|(field, value)| (field.as_str(), value.as_str()));
            assert_eq!(shown, told.collect::<BTreeMap<&str, &str>>());
            assert!(!format!("{found:?}").contains("FAKE-canary"), "a secret is shown");
        }
    }

    /// Items that the key sealed, whatever they are: read as they are, or refused; another item leaves them as they were.
    fn plain(&self, plain: &[u8]) {
        std::fs::write(&self.path, sealed(&self.cipher, &self.header, plain)).unwrap();
        let Ok(mut told) = serde_json::from_slice::<Plain>(plain) else {
            assert!(matches!(self.list(), Err(VaultError::Sealed)));
            return;
        };
        self.holds(&told);
        let fields = BTreeMap::from([("key".to_owned(), SecretString::from("FAKE-canary-value"))]);
        if self.runtime.block_on(self.vault.set("one-more", fields)).is_err() {
            assert_eq!(
                self.opened().as_deref(),
                Some(plain),
                "a refused change changed the file"
            );
            return;
        }
        let more = BTreeMap::from([("key".to_owned(), "FAKE-canary-value".to_owned())]);
        told.insert("one-more".to_owned(), more);
        let written: Plain = serde_json::from_slice(&self.opened().unwrap()).unwrap();
        assert_eq!(written, told);
    }

    /// A file of any bytes.
    fn file(&self, bytes: &[u8]) {
        // Another derivation that a header may ask for costs up to seconds; every other header is refused before it.
        if bytes.len() >= HEADER && bytes.starts_with(b"TIDEGATE\x01") && !bytes.starts_with(&self.header) {
            return;
        }
        std::fs::write(&self.path, bytes).unwrap();
        let is_ours = self.opened().is_some();
        let told = self.list();
        assert!(is_ours || matches!(told, Err(VaultError::Sealed)), "{told:?}");
    }
}

/// `0`: the items of a file, sealed with its key. `1`: nonce and sealed items behind its header. Else: the whole file.
pub(crate) fn sealed_file(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    match kind {
        b'0' => known.plain(rest),
        b'1' => known.file(&[known.header.as_slice(), rest].concat()),
        _ => known.file(rest),
    }
}
