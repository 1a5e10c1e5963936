//! HMAC-SHA1 over all parameters, from Alibaba Cloud's guide to signatures of RPC interfaces.

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use tidegate_meter::Time;

use super::text::{encode, instant, joined, pairs, recent};
use super::{Claim, Refusal};
use crate::{Call, limits};

/// Those of the query, and of a form in the body.
fn parameters(call: &Call) -> Vec<(String, String)> {
    let mut all = pairs(&call.query);
    let form = call.header("content-type").unwrap_or("");
    if form.starts_with("application/x-www-form-urlencoded") {
        all.extend(pairs(&String::from_utf8_lossy(&call.body)));
    }
    all
}

fn parameter(call: &Call, name: &str) -> Option<String> {
    let mut all = parameters(call).into_iter();
    all.find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The nonce of either of the cloud's signatures.
pub(super) fn nonce(call: &Call) -> Option<String> {
    let header = call.header("x-acs-signature-nonce").map(str::to_owned);
    header.or_else(|| parameter(call, "SignatureNonce"))
}

pub(super) fn claim(call: &Call) -> Option<Claim<'static>> {
    Some(Claim {
        ak: parameter(call, "AccessKeyId")?,
        signed: Vec::new(),
        signature: parameter(call, "Signature")?,
        scope: Vec::new(),
    })
}

pub(super) fn signature(call: &Call, sk: &str, now: Time) -> Result<String, Refusal> {
    let stamp = parameter(call, "Timestamp").unwrap_or_default();
    recent(instant(&stamp, "%Y-%m-%dT%H:%M:%SZ")?, now, limits::SKEW)?;
    if parameter(call, "SignatureMethod").as_deref() != Some("HMAC-SHA1") || nonce(call).is_none() {
        return Err(Refusal::Signature);
    }
    let mut all = parameters(call);
    all.retain(|(name, _)| name != "Signature");
    let text = format!("{}&%2F&{}", call.method, encode(&joined(&all)));
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(format!("{sk}&").as_bytes()) else {
        return Err(Refusal::Signature);
    };
    mac.update(text.as_bytes());
    Ok(base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes()))
}
