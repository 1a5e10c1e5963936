//! The request signature SDK-HMAC-SHA256, as pure functions over plain data.
//!
//! Owns the canonical request, the text to sign, the `Authorization` header, and the check of an incoming one, which
//! the simulated cloud uses. Never sends anything and knows no clock: the date stands in the headers, and whether it is
//! recent is the receiver's question. Tested against Huawei's published example and 15 more vectors in
//! `tests/huawei/sign.rs`.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// The name of the algorithm, first word of the `Authorization` header.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// The header that carries the date of signing, `YYYYMMDDTHHMMSSZ` in UTC; always signed.
pub const DATE_HEADER: &str = "x-sdk-date";
/// The header whose value stands in for the body's hash, where it is present.
const PAYLOAD_HEADER: &str = "x-sdk-content-sha256";

/// Everything outside RFC 3986's unreserved characters is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A request as far as a signature covers it.
#[derive(Clone)]
pub struct Signable<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, percent-encoded or not: both sign alike.
    pub path: &'a str,
    /// The query as decoded pairs, in any order.
    pub query: Vec<(String, String)>,
    /// The headers, `host` among them; names in any case.
    pub headers: Vec<(String, String)>,
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

/// What an `Authorization` header presents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Presented {
    /// The access key.
    pub access: String,
    /// The names of the signed headers, as sent.
    pub signed_headers: Vec<String>,
    /// The signature, hexadecimal.
    pub signature: String,
}

impl<'a> Signable<'a> {
    /// From what arrived on the wire: `target` is the path with its query. `headers` must hold `host`.
    #[must_use]
    pub fn from_wire(
        method: &'a str,
        target: &'a str,
        headers: Vec<(String, String)>,
        body: &'a [u8],
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path,
            query: parse_query(query),
            headers,
            body,
        }
    }

    /// The value of a header, its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The headers that are signed: every one but those with a `_` in their name, which gateways drop.
    #[must_use]
    pub fn names_to_sign(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .headers
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .filter(|name| !name.contains('_'))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The canonical request over the named headers. Between the headers and their names stands an empty line.
#[must_use]
pub fn canonical_request(request: &Signable<'_>, signed_headers: &[String]) -> String {
    let headers: String = signed_headers
        .iter()
        .map(|name| format!("{name}:{}\n", request.header(name).unwrap_or_default()))
        .collect();
    let payload = request
        .header(PAYLOAD_HEADER)
        .map_or_else(|| hash(request.body), str::to_owned);
    [
        request.method,
        &canonical_path(request.path),
        &canonical_query(&request.query),
        &headers,
        &signed_headers.join(";"),
        &payload,
    ]
    .join("\n")
}

/// The text whose HMAC is the signature.
#[must_use]
pub fn string_to_sign(date: &str, canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{date}\n{}", hash(canonical_request.as_bytes()))
}

/// The signature of `text` under the secret key, lower-case hexadecimal. The key is used as it is, never derived.
#[must_use]
pub fn sign(secret_key: &str, text: &str) -> String {
    hex::encode(mac(secret_key, text).finalize().into_bytes())
}

/// The `Authorization` header for a request whose headers are complete, the date among them.
#[must_use]
pub fn authorization(access_key: &str, secret_key: &str, request: &Signable<'_>) -> String {
    let names = request.names_to_sign();
    let date = request.header(DATE_HEADER).unwrap_or_default();
    let text = string_to_sign(date, &canonical_request(request, &names));
    let (names, signature) = (names.join(";"), sign(secret_key, &text));
    format!("{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}")
}

/// Takes an `Authorization` header apart; `None` when it is not one of this algorithm.
#[must_use]
pub fn parse_authorization(header: &str) -> Option<Presented> {
    let fields = header.trim().strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
    let field = |name: &str| {
        fields
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    Some(Presented {
        access: field("Access")?,
        signed_headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
        signature: field("Signature")?,
    })
}

/// Whether `presented` is this request's signature under the secret key: the date is signed, every signed header is
/// there, and the signature is right (compared in constant time).
#[must_use]
pub fn verify(secret_key: &str, request: &Signable<'_>, presented: &Presented) -> bool {
    let names = &presented.signed_headers;
    let all_there = names.iter().all(|name| request.header(name).is_some());
    let Some(date) = request.header(DATE_HEADER) else {
        return false;
    };
    if !all_there || !names.iter().any(|name| name == DATE_HEADER) {
        return false;
    }
    let Ok(signature) = hex::decode(&presented.signature) else {
        return false;
    };
    let text = string_to_sign(date, &canonical_request(request, names));
    mac(secret_key, &text).verify_slice(&signature).is_ok()
}

/// The query as it is signed and sent: sorted pairs, each side encoded, `=` kept after a name without a value.
#[must_use]
pub fn canonical_query(pairs: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = pairs.iter().collect();
    sorted.sort_unstable();
    let encoded: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    encoded.join("&")
}

/// The path as it is signed: each segment decoded and encoded again, and a `/` at the end, which the wire does not get.
fn canonical_path(path: &str) -> String {
    let segments: Vec<String> = path.split('/').map(|segment| encode(&decode(segment))).collect();
    let mut path = segments.join("/");
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

fn parse_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn mac(secret_key: &str, text: &str) -> Hmac<Sha256> {
    // An HMAC key may have any length, so the fallback is never taken; it would only make a signature that is refused.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes())
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(text.as_bytes());
    mac
}
