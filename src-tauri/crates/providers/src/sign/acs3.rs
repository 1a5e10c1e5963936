//! Alibaba Cloud's ACS3-HMAC-SHA256: the key as it is, the call in `x-acs-…` headers, all of them signed.

use super::canonical::{canonical_path, hash, hmac};
use super::{EXTENDED, Order, SignError, Signable};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

pub(super) fn sign<'a>(order: &Order<'_>, mut request: Signable<'a>) -> Result<Signable<'a>, SignError> {
    let payload = hash(request.body);
    request.add_some("x-acs-action", order.scope.action)?;
    request.add_some("x-acs-version", order.scope.version)?;
    request.add("x-acs-date", &order.date(EXTENDED))?;
    request.add("x-acs-signature-nonce", &hex::encode(order.nonce))?;
    request.add("x-acs-content-sha256", &payload)?;
    request.add_some("x-acs-security-token", order.token().unwrap_or_default())?;
    let names = request.names(is_signed);
    let canonical = request.canonical(&canonical_path(request.path), &names, &payload);
    let text = format!("{ALGORITHM}\n{}", hash(canonical.as_bytes()));
    let signature = hex::encode(hmac(order.sk().as_bytes(), &text));
    let (ak, names) = (order.ak(), names.join(";"));
    let authorization = format!("{ALGORITHM} Credential={ak},SignedHeaders={names},Signature={signature}");
    request.add("authorization", &authorization)?;
    Ok(request)
}

fn is_signed(name: &str) -> bool {
    name == "host" || name == "content-type" || name.starts_with("x-acs-")
}
