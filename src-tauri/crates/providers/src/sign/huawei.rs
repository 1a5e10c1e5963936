//! Huawei Cloud's SDK-HMAC-SHA256.
//!
//! Owns the canonical request, the text to sign, the `Authorization` header, and the check of an incoming one, which
//! the simulated cloud uses. Never sends anything and knows no clock: the date stands in the headers, and whether it is
//! recent is the receiver's question. Tested against Huawei's published example and 15 more vectors in
//! `tests/sign/huawei.rs`.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::canonical::{canonical_path, hash, keyed};
use super::{BASIC, Order, SignError, Signable};

/// The name of the algorithm, first word of the `Authorization` header.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// The header that carries the date of signing, `YYYYMMDDTHHMMSSZ` in UTC; always signed.
pub const DATE_HEADER: &str = "x-sdk-date";
/// The header whose value stands in for the body's hash, where it is present.
const PAYLOAD_HEADER: &str = "x-sdk-content-sha256";

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

/// The headers that are signed: every one but those with a `_` in their name, which gateways drop.
#[must_use]
pub fn names_to_sign(request: &Signable<'_>) -> Vec<String> {
    request.names(|name| !name.contains('_'))
}

/// The canonical request over the named headers. Between the headers and their names stands an empty line.
#[must_use]
pub fn canonical_request(request: &Signable<'_>, signed_headers: &[String]) -> String {
    let payload = request
        .header(PAYLOAD_HEADER)
        .map_or_else(|| hash(request.body), str::to_owned);
    request.canonical(&with_slash(request.path), signed_headers, &payload)
}

/// The text whose HMAC is the signature.
#[must_use]
pub fn string_to_sign(date: &str, canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{date}\n{}", hash(canonical_request.as_bytes()))
}

/// The signature of `text` under the secret key, lower-case hexadecimal. The key is used as it is, never derived.
#[must_use]
pub fn sign(secret_key: &str, text: &str) -> String {
    hex::encode(
        keyed::<Hmac<Sha256>>(secret_key.as_bytes(), text)
            .finalize()
            .into_bytes(),
    )
}

/// The `Authorization` header for a request whose headers are complete, the date among them.
#[must_use]
pub fn authorization(access_key: &str, secret_key: &str, request: &Signable<'_>) -> String {
    let names = names_to_sign(request);
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
    keyed::<Hmac<Sha256>>(secret_key.as_bytes(), &text)
        .verify_slice(&signature)
        .is_ok()
}

pub(super) fn sign_draft<'a>(
    order: &Order<'_>,
    mut request: Signable<'a>,
) -> Result<Signable<'a>, SignError> {
    request.add(DATE_HEADER, &order.date(BASIC))?;
    request.add_some("x-security-token", order.token().unwrap_or_default())?;
    let authorization = authorization(order.ak(), order.sk(), &request);
    request.add("authorization", &authorization)?;
    Ok(request)
}

/// The path as it is signed: with a `/` at the end, which the wire does not get.
fn with_slash(path: &str) -> String {
    let mut path = canonical_path(path);
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}
