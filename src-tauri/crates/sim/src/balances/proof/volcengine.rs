//! Volcengine's HMAC-SHA256, from the documentation of its gateway.

use tidegate_meter::Time;

use super::text::{self, canonical, covers, hmac, instant, joined, pairs, recent, sha256};
use super::{Claim, Refusal};
use crate::{Call, limits};

/// What a request claims, whoever's account it is.
pub(crate) fn claim(call: &Call) -> Option<Claim<'_>> {
    text::claim(call.header("authorization")?, "HMAC-SHA256")
}

/// What is wrong with a signed request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flaw {
    /// Its time is off or malformed.
    Time,
    /// Its signature is not that of this secret.
    Signature,
}

/// Checks a request against a secret; `None` when it is right.
pub(crate) fn flaw(call: &Call, claim: &Claim<'_>, sk: &str, now: Time) -> Option<Flaw> {
    match signature(call, claim, sk, now) {
        Ok(made) if made == claim.signature => None,
        Ok(_) | Err(Refusal::Signature) => Some(Flaw::Signature),
        Err(_) => Some(Flaw::Time),
    }
}

pub(super) fn signature(call: &Call, claim: &Claim<'_>, sk: &str, now: Time) -> Result<String, Refusal> {
    covers(claim, &["host", "x-date"])?;
    let date = call.header("x-date").unwrap_or("");
    recent(instant(date, "%Y%m%dT%H%M%SZ")?, now, limits::SKEW)?;
    let [day, region, service, "request"] = claim.scope.as_slice() else {
        return Err(Refusal::Signature);
    };
    if !date.starts_with(day) {
        return Err(Refusal::Signature);
    }
    let request = canonical(
        &bare(call),
        "/",
        &joined(&pairs(&call.query)),
        claim,
        &sha256(&call.body),
    );
    let text = format!(
        "HMAC-SHA256\n{date}\n{}\n{}",
        claim.scope.join("/"),
        sha256(request.as_bytes())
    );
    let mut key = sk.as_bytes().to_vec();
    for part in [day, region, service, "request"] {
        key = hmac(&key, part);
    }
    Ok(hex::encode(hmac(&key, &text)))
}

/// The usual ports are no part of the signed host.
fn bare(call: &Call) -> Call {
    let mut call = call.clone();
    for (name, value) in &mut call.headers {
        if name == "host" {
            let bare = value.strip_suffix(":443").or_else(|| value.strip_suffix(":80"));
            *value = bare.unwrap_or(value).to_owned();
        }
    }
    call
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::Value;

    use super::*;

    fn call(item: &Value) -> Call {
        let target = item["target"].as_str().unwrap();
        let (path, query) = target.split_once('?').unwrap();
        let headers = item["headers"].as_array().unwrap().iter();
        Call {
            method: item["method"].as_str().unwrap().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers
                .map(|pair| {
                    (
                        pair[0].as_str().unwrap().to_lowercase(),
                        pair[1].as_str().unwrap().to_owned(),
                    )
                })
                .collect(),
            body: Bytes::from(item["body"].as_str().unwrap().to_owned()),
        }
    }

    #[test]
    fn requests_of_the_official_clients_verify_and_changed_ones_do_not() {
        let file = include_str!("../../../../providers/tests/sign/vectors/volcengine-wire.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let requests = file["requests"].as_array().unwrap();
        assert_eq!(requests.len(), 20);
        for item in requests {
            let (call, name) = (call(item), &item["name"]);
            let header = call.header("authorization").unwrap().to_owned();
            let claim = text::claim(&header, "HMAC-SHA256").unwrap();
            let sk = file["credentials"][&claim.ak]["secret"].as_str().unwrap();
            let now = instant(item["now"].as_str().unwrap(), "%Y%m%dT%H%M%SZ").unwrap();
            let good = signature(&call, &claim, sk, now).is_ok_and(|made| made == claim.signature);
            assert_eq!(good, item["expect"] == "accept", "{name}");
            if !good {
                continue;
            }
            let late = now.plus(std::time::Duration::from_secs(901));
            assert_eq!(signature(&call, &claim, sk, late), Err(Refusal::Clock), "{name}");
        }
    }

    /// A vector as a client puts it on the wire.
    fn sent(vector: &Value) -> Call {
        let headers = vector["input"]["headers_to_sign"].as_object().unwrap().iter();
        let mut headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()))
            .collect();
        let authorization = vector["expected"]["authorization"].as_str().unwrap();
        headers.push(("authorization".to_owned(), authorization.to_owned()));
        Call {
            method: vector["input"]["method"].as_str().unwrap().to_owned(),
            path: "/".to_owned(),
            query: vector["wire_query"].as_str().unwrap().to_owned(),
            headers,
            body: Bytes::from(vector["input"]["body"].as_str().unwrap().to_owned()),
        }
    }

    #[test]
    fn every_vector_of_the_official_signers_verifies_and_no_changed_one_does() {
        let file = include_str!("../../../../providers/tests/sign/vectors/volcengine.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 15);
        for vector in vectors {
            let (call, name) = (sent(vector), &vector["name"]);
            let sk = vector["input"]["secret_access_key"].as_str().unwrap();
            let now = instant(vector["input"]["x_date"].as_str().unwrap(), "%Y%m%dT%H%M%SZ").unwrap();
            let seen = |call: &Call, sk: &str| flaw(call, &claim(call).unwrap(), sk, now);
            assert_eq!(seen(&call, sk), None, "{name}");
            assert_eq!(seen(&call, "FAKE-other"), Some(Flaw::Signature), "{name}");
            let mut other = call.clone();
            other.query.push_str("&Extra=1");
            assert_eq!(seen(&other, sk), Some(Flaw::Signature), "{name}");
            let mut other = call.clone();
            other.body = Bytes::from_static(b"changed");
            assert_eq!(seen(&other, sk), Some(Flaw::Signature), "{name}");
            let late = now.plus(std::time::Duration::from_secs(901));
            assert_eq!(
                flaw(&call, &claim(&call).unwrap(), sk, late),
                Some(Flaw::Time),
                "{name}"
            );
        }
    }
}
