//! The bytes of the file: magic, version, parameters, salt, nonce, sealed items. Everything before the nonce is
//! authenticated with the items. Numbers are little-endian.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{VaultError, limits};

const MAGIC: &[u8; 8] = b"TIDEGATE";
const VERSION: u8 = 1;
const SALT: usize = 16;
const NONCE: usize = 24;
/// Magic, version, memory, passes, salt.
const HEADER: usize = 8 + 1 + 4 + 4 + SALT;

/// The derived key; wiped when dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// How the key is derived.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    kib: u32,
    passes: u32,
    salt: [u8; SALT],
}

impl Header {
    /// Today's parameters and a new salt.
    pub(super) fn fresh() -> Result<Self, VaultError> {
        Ok(Self {
            kib: limits::ARGON_KIB,
            passes: limits::ARGON_PASSES,
            salt: random()?,
        })
    }

    /// The key of a passphrase.
    pub(super) fn derive(&self, passphrase: &SecretString) -> Result<Key, VaultError> {
        let params = Params::new(self.kib, self.passes, 1, Some(32)).map_err(|_| VaultError::Sealed)?;
        let mut key = Key::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &self.salt, key.as_mut())
            .map_err(|_| VaultError::Failed("there is not enough memory to derive the key".to_owned()))?;
        Ok(key)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.kib.to_le_bytes());
        bytes.extend_from_slice(&self.passes.to_le_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes
    }

    /// `None` for another file, another version, or parameters that would exhaust the machine or protect nothing.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let ([version], rest) = rest.split_first_chunk::<1>()?;
        let (kib, rest) = rest.split_first_chunk::<4>()?;
        let (passes, rest) = rest.split_first_chunk::<4>()?;
        let header = Self {
            kib: u32::from_le_bytes(*kib),
            passes: u32::from_le_bytes(*passes),
            salt: *rest.first_chunk::<SALT>()?,
        };
        let sane = (limits::ARGON_KIB..=limits::ARGON_KIB_MAX).contains(&header.kib)
            && (limits::ARGON_PASSES..=limits::ARGON_PASSES_MAX).contains(&header.passes);
        (magic == MAGIC && *version == VERSION && sane).then_some(header)
    }
}

/// Header, and nonce with sealed items.
pub(super) fn split(bytes: &[u8]) -> Option<(Header, &[u8])> {
    let (head, body) = bytes.split_at_checked(HEADER)?;
    Some((Header::parse(head)?, body))
}

/// Opens nonce and sealed items.
pub(super) fn open(key: &Key, header: Header, body: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, sealed) = body.split_first_chunk::<NONCE>().ok_or(VaultError::Sealed)?;
    let payload = Payload {
        msg: sealed,
        aad: &header.bytes(),
    };
    cipher(key)
        .decrypt(&XNonce::from(*nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Sealed)
}

/// The whole file for these items, under a new nonce.
pub(super) fn seal(key: &Key, header: Header, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE] = random()?;
    let mut bytes = header.bytes();
    let sealed = cipher(key)
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: &bytes,
            },
        )
        .map_err(|_| VaultError::Failed("the items cannot be sealed".to_owned()))?;
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed);
    Ok(bytes)
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&**key).into())
}

fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| VaultError::Failed("the system gives no random numbers".to_owned()))?;
    Ok(bytes)
}
