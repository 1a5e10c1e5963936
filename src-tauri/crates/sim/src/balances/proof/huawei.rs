//! SDK-HMAC-SHA256: the verifier of the simulated Huawei Cloud, with the rules of its gateway.

use tidegate_meter::Time;

use super::text::{covers, instant, recent};
use super::{Claim, Refusal};
use crate::{Call, huawei, limits};

pub(super) fn claim(header: &str) -> Option<Claim<'_>> {
    let claim = huawei::claim(header)?;
    Some(Claim {
        ak: claim.ak.to_owned(),
        signed: claim.signed,
        signature: claim.signature.to_owned(),
        scope: Vec::new(),
    })
}

/// The claimed signature, when it is one of the two that the gateway takes.
pub(super) fn signature(call: &Call, claim: &Claim<'_>, sk: &str, now: Time) -> Result<String, Refusal> {
    covers(claim, &["x-sdk-date"])?;
    let date = call.header("x-sdk-date").unwrap_or("");
    recent(instant(date, "%Y%m%dT%H%M%SZ")?, now, limits::SKEW)?;
    let presented = huawei::claim(call.header("authorization").unwrap_or("")).ok_or(Refusal::Key)?;
    if huawei::verify(call, &presented, sk, date) {
        Ok(claim.signature.clone())
    } else {
        Err(Refusal::Signature)
    }
}
