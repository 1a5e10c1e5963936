//! Alibaba Cloud's older RPC signature: HMAC-SHA1 over all parameters, itself one of them.

use base64::Engine as _;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::canonical::{canonical_query, encode, keyed, parse_query};
use super::{EXTENDED, Order, SignError, Signable};

/// The only type of body whose content is signed, as further parameters.
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn sign<'a>(order: &Order<'_>, mut request: Signable<'a>) -> Result<Signable<'a>, SignError> {
    if request.query.iter().any(|(name, _)| name == "Signature") {
        return Err(SignError::Taken("Signature".to_owned()));
    }
    request.ask("Action", order.scope.action)?;
    request.ask("Version", order.scope.version)?;
    if !request.query.iter().any(|(name, _)| name == "Format") {
        request.ask("Format", "JSON")?;
    }
    request.ask("AccessKeyId", order.ak())?;
    request.ask("SecurityToken", order.token().unwrap_or_default())?;
    request.ask("SignatureMethod", "HMAC-SHA1")?;
    request.ask("SignatureNonce", &hyphened(order.nonce))?;
    request.ask("SignatureVersion", "1.0")?;
    request.ask("Timestamp", &order.date(EXTENDED))?;
    let signature = signature(order.sk(), request.method, &parameters(&request)?);
    request.ask("Signature", &signature)?;
    Ok(request)
}

/// Those of the query and those of a form in the body.
fn parameters(request: &Signable<'_>) -> Result<Vec<(String, String)>, SignError> {
    let mut all = request.query.clone();
    if request.body.is_empty() {
        return Ok(all);
    }
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with(FORM) {
        return Err(SignError::Body);
    }
    let form = std::str::from_utf8(request.body).map_err(|_| SignError::Body)?;
    all.extend(parse_query(form));
    Ok(all)
}

fn signature(sk: &str, method: &str, parameters: &[(String, String)]) -> String {
    let text = format!("{method}&%2F&{}", encode(&canonical_query(parameters)));
    let mac = keyed::<Hmac<Sha1>>(format!("{sk}&").as_bytes(), &text);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// Sixteen bytes in the groups that people know from UUIDs.
fn hyphened(nonce: [u8; 16]) -> String {
    let digits = hex::encode(nonce);
    let group = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [
        group(0, 8),
        group(8, 12),
        group(12, 16),
        group(16, 20),
        group(20, 32),
    ]
    .join("-")
}
