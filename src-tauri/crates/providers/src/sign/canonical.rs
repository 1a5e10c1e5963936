//! What the algorithms have in common: percent-encoding by RFC 3986, the sorted query, hashes and keyed hashes.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Everything outside RFC 3986's unreserved characters is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The query as it is signed and sent: each side encoded, the pairs sorted, `=` kept after a name without a value.
#[must_use]
pub fn canonical_query(pairs: &[(String, String)]) -> String {
    let mut encoded: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    encoded.sort_unstable();
    let joined: Vec<String> = encoded
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    joined.join("&")
}

/// The pairs of a query or form as it stands on the wire: `+` and `%20` both mean a space.
pub(super) fn parse_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode_form(name), decode_form(value)))
        .collect()
}

/// A path with each segment decoded and encoded again, so that encoded and plain paths are the same one.
pub(super) fn canonical_path(path: &str) -> String {
    let segments: Vec<String> = path.split('/').map(|segment| encode(&decode(segment))).collect();
    segments.join("/")
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn decode_form(text: &str) -> String {
    decode(&text.replace('+', " "))
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A keyed hash ready to give its sum, or to check one in constant time.
pub(super) fn keyed<M: Mac + KeyInit>(key: &[u8], text: &str) -> M {
    // An HMAC key may have any length, so the fallback is never taken; it would only make a signature that is refused.
    let mut mac =
        <M as KeyInit>::new_from_slice(key).unwrap_or_else(|_| <M as KeyInit>::new(&Default::default()));
    mac.update(text.as_bytes());
    mac
}

/// HMAC-SHA256.
pub(super) fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    keyed::<Hmac<Sha256>>(key, text).finalize().into_bytes().to_vec()
}

/// A key derived by one HMAC-SHA256 after the other over the parts of a scope.
pub(super) fn derive(key: &[u8], parts: &[&str]) -> Vec<u8> {
    parts.iter().fold(key.to_vec(), |key, part| hmac(&key, part))
}
