//! The pieces that the signatures are made of: encoding, hashes, the header they stand in.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tidegate_meter::Time;

use super::{Claim, Refusal};
use crate::Call;
use crate::call::decode;

/// Takes `ALGORITHM Credential=…, SignedHeaders=…, Signature=…` apart, with or without blanks.
pub(super) fn claim<'a>(header: &'a str, algorithm: &str) -> Option<Claim<'a>> {
    let fields = header.strip_prefix(algorithm)?.strip_prefix(' ')?;
    let field = |name: &str| {
        let mut parts = fields.split(',').filter_map(|part| part.trim().split_once('='));
        parts.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let mut credential = field("Credential")?.split('/');
    Some(Claim {
        ak: credential.next()?.to_owned(),
        scope: credential.collect(),
        signed: field("SignedHeaders")?.split(';').collect(),
        signature: field("Signature")?.to_owned(),
    })
}

/// RFC 3986: unreserved characters stay, everything else becomes `%XX` of its UTF-8 bytes.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The pairs of a query or form as a server reads them: a plus is a space.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(&name.replace('+', " ")), decode(&value.replace('+', " "))))
        .collect()
}

/// Pairs encoded, sorted and joined.
pub(super) fn joined(pairs: &[(String, String)]) -> String {
    let mut encoded: Vec<String> = Vec::new();
    let mut keyed: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    keyed.sort();
    for (name, value) in keyed {
        encoded.push(format!("{name}={value}"));
    }
    encoded.join("&")
}

/// The six parts of a canonical request, the headers being those that were signed.
pub(super) fn canonical(call: &Call, path: &str, query: &str, claim: &Claim<'_>, payload: &str) -> String {
    let mut out = format!("{}\n{path}\n{query}\n", call.method);
    for name in &claim.signed {
        let value = call.header(name).unwrap_or("").trim();
        let _ = writeln!(out, "{name}:{value}");
    }
    let _ = write!(out, "\n{}\n{payload}", claim.signed.join(";"));
    out
}

/// Refuses a request that did not sign these headers.
pub(super) fn covers(claim: &Claim<'_>, names: &[&str]) -> Result<(), Refusal> {
    let missing = names.iter().any(|name| !claim.signed.contains(name));
    if missing { Err(Refusal::Signature) } else { Ok(()) }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub(super) fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// An instant in the form that `strptime` calls `format`, in UTC.
pub(super) fn instant(text: &str, format: &str) -> Result<Time, Refusal> {
    let read = jiff::fmt::strtime::parse(format, text).ok();
    let read = read.and_then(|parts| parts.to_datetime().ok());
    let at = read.and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).ok());
    let at = at.ok_or(Refusal::Bad("the date of the signature is malformed"))?;
    Ok(Time::from_jiff(at.timestamp()))
}

/// Refuses an instant that is further off than `most`.
pub(super) fn recent(at: Time, now: Time, most: std::time::Duration) -> Result<(), Refusal> {
    let off = u128::from(now.ms().abs_diff(at.ms()));
    if off > most.as_millis() {
        Err(Refusal::Clock)
    } else {
        Ok(())
    }
}
