//! Volcengine's HMAC-SHA256: shaped like AWS' signature, but with a key without prefix and names of its own.
//!
//! The parts are public, because whoever checks a request must sign exactly the headers that it names.

use super::canonical::{canonical_path, derive, hash, hmac};
use super::{BASIC, Order, SignError, Signable};

/// The name of the algorithm, first word of the `Authorization` header.
pub const ALGORITHM: &str = "HMAC-SHA256";

/// What the credential is good for: a day, a region and a service.
#[must_use]
pub fn credential_scope(date: &str, region: &str, service: &str) -> String {
    format!("{}/{region}/{service}/request", day(date))
}

/// The canonical request over the named headers; the names are lower case and sorted. The usual ports are no part of
/// the host, even where it is sent with one.
#[must_use]
pub fn canonical_request(request: &Signable<'_>, names: &[String]) -> String {
    let mut request = request.clone();
    for (_, host) in request
        .headers
        .iter_mut()
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        let bare = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80"));
        if let Some(bare) = bare {
            *host = bare.to_owned();
        }
    }
    request.canonical(&canonical_path(request.path), names, &hash(request.body))
}

/// The text whose keyed hash is the signature.
#[must_use]
pub fn string_to_sign(date: &str, scope: &str, canonical_request: &str) -> String {
    format!(
        "{ALGORITHM}\n{date}\n{scope}\n{}",
        hash(canonical_request.as_bytes())
    )
}

/// The key of one day, region and service. Secret.
#[must_use]
pub fn signing_key(sk: &str, date: &str, region: &str, service: &str) -> Vec<u8> {
    derive(sk.as_bytes(), &[day(date), region, service, "request"])
}

/// The `Authorization` header of a request whose headers are complete. `date` is the value of `x-date`.
#[must_use]
pub fn authorization(
    (ak, sk): (&str, &str),
    (region, service): (&str, &str),
    date: &str,
    request: &Signable<'_>,
    names: &[String],
) -> String {
    let scope = credential_scope(date, region, service);
    let text = string_to_sign(date, &scope, &canonical_request(request, names));
    let signature = hex::encode(hmac(&signing_key(sk, date, region, service), &text));
    let names = names.join(";");
    format!("{ALGORITHM} Credential={ak}/{scope}, SignedHeaders={names}, Signature={signature}")
}

pub(super) fn sign_draft<'a>(
    order: &Order<'_>,
    mut request: Signable<'a>,
) -> Result<Signable<'a>, SignError> {
    let (scope, date) = (order.scope, order.date(BASIC));
    if scope.service.is_empty() || scope.region.is_empty() {
        return Err(SignError::NeedsScope("service and a region"));
    }
    request.ask("Action", scope.action)?;
    request.ask("Version", scope.version)?;
    request.add("x-date", &date)?;
    request.add("x-content-sha256", &hash(request.body))?;
    request.add_some("x-security-token", order.token().unwrap_or_default())?;
    let names = request.names(is_signed);
    let keys = (order.ak(), order.sk());
    let authorization = authorization(keys, (scope.region, scope.service), &date, &request, &names);
    request.add("authorization", &authorization)?;
    Ok(request)
}

/// What the cloud's own clients sign: host, type, and every header of the call's own.
fn is_signed(name: &str) -> bool {
    matches!(name, "host" | "content-type" | "content-md5") || name.starts_with("x-")
}

/// The day of `20231114T221320Z`.
fn day(date: &str) -> &str {
    date.split_once('T').map_or(date, |(day, _)| day)
}
