//! The signature of a custom bot. Owns the algorithm; tested against vectors made by other implementations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Signs a moment (seconds since 1970, as text): HMAC-SHA256 of nothing, the key made of moment and secret, in base64.
#[must_use]
pub fn sign(timestamp: &str, secret: &SecretString) -> String {
    let key = Zeroizing::new(format!("{timestamp}\n{}", secret.expose_secret()));
    // HMAC takes keys of any length, so the empty text below is never sent; if it were, the platform would refuse it.
    Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map(|mac| STANDARD.encode(mac.finalize().into_bytes()))
        .unwrap_or_default()
}
