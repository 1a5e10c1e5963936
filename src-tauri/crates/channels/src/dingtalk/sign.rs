//! The signature of a custom robot. Owns the algorithm; tested against vectors made by other implementations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Signs a moment (milliseconds since 1970, as text): HMAC-SHA256 of moment and secret under the secret, in base64. In an
/// address `+`, `/` and `=` must be percent-encoded.
#[must_use]
pub fn sign(timestamp: &str, secret: &SecretString) -> String {
    let text = Zeroizing::new(format!("{timestamp}\n{}", secret.expose_secret()));
    // HMAC takes keys of any length, so the empty text below is never sent; if it were, the platform would refuse it.
    Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .map(|mut mac| {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}
