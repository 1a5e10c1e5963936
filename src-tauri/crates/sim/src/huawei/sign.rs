//! Verifies SDK-HMAC-SHA256 from the documented algorithm, with code of its own: client and simulator judge each other.
//! Tested against the published vectors in `tests/signature.rs`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::Call;
use crate::call::decode;

/// The parts of an Authorization header.
pub(crate) struct Claim<'a> {
    pub(crate) ak: &'a str,
    pub(crate) signed: Vec<&'a str>,
    pub(crate) signature: &'a str,
}

/// Takes the header apart; `None` when it is not in the documented form.
pub(crate) fn claim(header: &str) -> Option<Claim<'_>> {
    let rest = header.strip_prefix("SDK-HMAC-SHA256 ")?;
    let (mut ak, mut signed, mut signature) = (None, None, None);
    for part in rest.split(',') {
        match part.trim().split_once('=')? {
            ("Access", value) => ak = Some(value),
            ("SignedHeaders", value) => signed = Some(value.split(';').collect()),
            ("Signature", value) => signature = Some(value),
            _ => return None,
        }
    }
    Some(Claim {
        ak: ak?,
        signed: signed?,
        signature: signature?,
    })
}

/// The canonical request of a call, with the query sorted before (`raw`) or after encoding: the SDK does the one, the
/// guide says the other, and the gateway must take both.
pub(crate) fn canonical(call: &Call, signed: &[&str], raw: bool) -> String {
    let headers: String = signed
        .iter()
        .map(|name| format!("{name}:{}\n", call.header(name).unwrap_or("").trim()))
        .collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        call.method,
        canonical_path(&call.path),
        canonical_query(call, raw),
        signed.join(";"),
        payload_hash(call)
    )
}

/// The signature of a canonical request under a secret key and a date.
pub(crate) fn signature(sk: &str, date: &str, canonical: &str) -> String {
    let digest = hex::encode(Sha256::digest(canonical.as_bytes()));
    let text = format!("SDK-HMAC-SHA256\n{date}\n{digest}");
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(sk.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Whether the claimed signature is that of the call.
pub(crate) fn verify(call: &Call, claim: &Claim<'_>, sk: &str, date: &str) -> bool {
    [true, false]
        .iter()
        .any(|&raw| signature(sk, date, &canonical(call, &claim.signed, raw)) == claim.signature)
}

fn canonical_path(path: &str) -> String {
    let decoded = decode(path);
    let encoded: Vec<String> = decoded.split('/').map(encode).collect();
    let joined = encoded.join("/");
    if joined.ends_with('/') {
        joined
    } else {
        joined + "/"
    }
}

fn canonical_query(call: &Call, raw: bool) -> String {
    let mut pairs = call.pairs();
    if raw {
        pairs.sort();
    }
    let mut pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(key, value)| (encode(key), encode(value)))
        .collect();
    if !raw {
        pairs.sort();
    }
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join("&")
}

fn payload_hash(call: &Call) -> String {
    match call.header("x-sdk-content-sha256") {
        Some(told) if !call.body.is_empty() => told.to_owned(),
        _ => hex::encode(Sha256::digest(&call.body)),
    }
}

/// RFC 3986: unreserved characters stay, everything else becomes `%XX` of its UTF-8 bytes.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::Value;

    use super::{canonical, claim, signature, verify};
    use crate::Call;

    fn call_of(vector: &Value) -> Call {
        let expected = &vector["expected"];
        let target = expected["request_target"].as_str().unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(String, String)> = expected["headers_sent"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()))
            .collect();
        headers.push((
            "authorization".to_owned(),
            expected["authorization"].as_str().unwrap().to_owned(),
        ));
        Call {
            method: vector["request"]["method"].as_str().unwrap().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Bytes::from(vector["request"]["body_utf8"].as_str().unwrap_or("").to_owned()),
        }
    }

    fn vectors() -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../tests/vectors/huawei-sign.json")).unwrap();
        all["vectors"].as_array().unwrap().clone()
    }

    #[test]
    fn every_published_vector_verifies() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 18);
        for vector in vectors {
            let call = call_of(&vector);
            let header = call.header("authorization").unwrap().to_owned();
            let claim = claim(&header).unwrap();
            let date = call.header("x-sdk-date").unwrap();
            let sk = vector["credentials"]["sk"].as_str().unwrap();
            assert!(verify(&call, &claim, sk, date), "{}", vector["id"]);
        }
    }

    #[test]
    fn the_canonical_request_is_the_documented_one() {
        for vector in vectors() {
            let call = call_of(&vector);
            let header = call.header("authorization").unwrap().to_owned();
            let claim = claim(&header).unwrap();
            let expected = vector["expected"]["canonical_request"].as_str().unwrap();
            let made = [true, false].map(|raw| canonical(&call, &claim.signed, raw));
            assert!(made.iter().any(|made| made == expected), "{}", vector["id"]);
            let date = call.header("x-sdk-date").unwrap();
            let sk = vector["credentials"]["sk"].as_str().unwrap();
            assert_eq!(
                signature(sk, date, expected),
                vector["expected"]["signature"].as_str().unwrap()
            );
        }
    }

    #[test]
    fn a_changed_byte_anywhere_no_longer_verifies() {
        for vector in vectors() {
            let call = call_of(&vector);
            let header = call.header("authorization").unwrap().to_owned();
            let claim = claim(&header).unwrap();
            let date = call.header("x-sdk-date").unwrap().to_owned();
            let sk = vector["credentials"]["sk"].as_str().unwrap();
            let mut other = call.clone();
            other.path.push('x');
            assert!(!verify(&other, &claim, sk, &date), "path of {}", vector["id"]);
            let mut other = call.clone();
            other.query = format!("{}&extra=1", call.query);
            assert!(!verify(&other, &claim, sk, &date), "query of {}", vector["id"]);
            let mut other = call.clone();
            "PATCH".clone_into(&mut other.method);
            assert!(!verify(&other, &claim, sk, &date), "method of {}", vector["id"]);
            assert!(
                !verify(&call, &claim, "FAKE-other", &date),
                "key of {}",
                vector["id"]
            );
            let unsigned = call.header("x-sdk-content-sha256").is_some();
            if !unsigned {
                let mut other = call.clone();
                other.body = Bytes::from_static(b"{}x");
                assert!(!verify(&other, &claim, sk, &date), "body of {}", vector["id"]);
            }
        }
    }
}
