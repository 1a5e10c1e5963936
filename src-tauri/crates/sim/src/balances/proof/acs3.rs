//! ACS3-HMAC-SHA256, from Alibaba Cloud's guide to its signature of the third version.

use tidegate_meter::Time;

use super::text::{canonical, covers, hmac, instant, joined, pairs, recent, sha256};
use super::{Claim, Refusal};
use crate::{Call, limits};

pub(super) fn signature(call: &Call, claim: &Claim<'_>, sk: &str, now: Time) -> Result<String, Refusal> {
    covers(claim, &["host", "x-acs-action", "x-acs-version", "x-acs-date"])?;
    let unsigned = |name: &str| name.starts_with("x-acs-") && !claim.signed.contains(&name);
    if call.headers.iter().any(|(name, _)| unsigned(name)) {
        return Err(Refusal::Signature);
    }
    let date = call.header("x-acs-date").unwrap_or("");
    recent(instant(date, "%Y-%m-%dT%H:%M:%SZ")?, now, limits::SKEW)?;
    let payload = sha256(&call.body);
    if call.header("x-acs-content-sha256") != Some(&payload) {
        return Err(Refusal::Signature);
    }
    let request = canonical(call, &call.path, &joined(&pairs(&call.query)), claim, &payload);
    let text = format!("ACS3-HMAC-SHA256\n{}", sha256(request.as_bytes()));
    Ok(hex::encode(hmac(sk.as_bytes(), &text)))
}
