//! An access key, and its pause: a refused key sends nothing for five minutes, or the provider would lock it. Owns what
//! leaves of a key: into signatures its parts, elsewhere nothing but the start of a hash.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tidegate_meter::Mono;

use crate::limits;

/// An access key with its secret, zeroed when dropped. The access key itself is handled like a secret too.
#[derive(Clone)]
pub struct Credential {
    /// The access key (AK).
    pub ak: SecretString,
    /// The secret key (SK).
    pub sk: SecretString,
    /// The token of a temporary key.
    pub security_token: Option<SecretString>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("temporary", &self.security_token.is_some())
            .finish_non_exhaustive()
    }
}

/// A credential of an account, for one role.
pub(crate) struct Key {
    credential: Credential,
    paused: Mutex<Option<(Mono, String)>>,
}

impl Key {
    pub(crate) const fn new(credential: Credential) -> Self {
        Self {
            credential,
            paused: Mutex::new(None),
        }
    }

    /// What may go into a signature; never into anything else.
    pub(crate) const fn credential(&self) -> &Credential {
        &self.credential
    }

    pub(crate) const fn is_temporary(&self) -> bool {
        self.credential.security_token.is_some()
    }

    /// Remembers a refusal and its words.
    pub(crate) fn pause(&self, now: Mono, why: &str) {
        *self.lock() = Some((now.plus(limits::KEY_PAUSE), why.to_owned()));
    }

    /// How long the key still waits, and why.
    pub(crate) fn rest(&self, now: Mono) -> Option<(Duration, String)> {
        let paused = self.lock();
        let (until, why) = paused.as_ref()?;
        (now < *until).then(|| (until.since(now), why.clone()))
    }

    /// A name of this key that tells nothing about it: the start of a hash of the access key.
    pub(crate) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.credential.ak.expose_secret().as_bytes());
        hex::encode(digest).chars().take(16).collect()
    }

    /// `text` without any part of this key, should the other side have echoed it.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let token = self.credential.security_token.as_ref();
        [Some(&self.credential.sk), token, Some(&self.credential.ak)]
            .into_iter()
            .flatten()
            .map(ExposeSecret::expose_secret)
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Mono, String)>> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
