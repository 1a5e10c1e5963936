//! A credential with its pause. A refused key sends nothing for five minutes, or the provider would lock it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tidegate_meter::Mono;

use super::{Credential, limits};

/// A credential of an account, for one role.
pub(super) struct Key {
    credential: Credential,
    paused: Mutex<Option<(Mono, String)>>,
}

impl Key {
    pub(super) const fn new(credential: Credential) -> Self {
        Self {
            credential,
            paused: Mutex::new(None),
        }
    }

    /// What may go into a signature; never into anything else.
    pub(super) const fn credential(&self) -> &Credential {
        &self.credential
    }

    pub(super) const fn is_temporary(&self) -> bool {
        self.credential.security_token.is_some()
    }

    /// Remembers a refusal and its words.
    pub(super) fn pause(&self, now: Mono, why: &str) {
        *self.lock() = Some((now.plus(limits::KEY_PAUSE), why.to_owned()));
    }

    /// How long the key still waits, and why.
    pub(super) fn rest(&self, now: Mono) -> Option<(Duration, String)> {
        let paused = self.lock();
        let (until, why) = paused.as_ref()?;
        (now < *until).then(|| (until.since(now), why.clone()))
    }

    /// A name of this key that tells nothing about it: the start of a hash of the access key.
    pub(super) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.credential.ak.expose_secret().as_bytes());
        hex::encode(digest).chars().take(16).collect()
    }

    /// `text` without any part of this key, should the other side have echoed it.
    pub(super) fn scrub(&self, text: &str) -> String {
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
