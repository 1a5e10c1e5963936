//! TC3-HMAC-SHA256, from Tencent Cloud's guide to its signature of the third kind.

use tidegate_meter::Time;

use super::text::{canonical, covers, hmac, recent, sha256};
use super::{Claim, Refusal};
use crate::{Call, limits};

pub(super) fn signature(call: &Call, claim: &Claim<'_>, sk: &str, now: Time) -> Result<String, Refusal> {
    covers(claim, &["content-type", "host"])?;
    let stamp = call.header("x-tc-timestamp").unwrap_or("");
    let seconds: i64 = stamp
        .parse()
        .map_err(|_| Refusal::Bad("X-TC-Timestamp is no number"))?;
    let at = Time::from_ms(seconds.saturating_mul(1000));
    recent(at, now, limits::SKEW_STRICT)?;
    let [date, service, "tc3_request"] = claim.scope.as_slice() else {
        return Err(Refusal::Signature);
    };
    if *date != at.to_jiff().strftime("%Y-%m-%d").to_string() {
        return Err(Refusal::Signature);
    }
    let mut lower = call.clone();
    for (_, value) in &mut lower.headers {
        *value = value.to_lowercase();
    }
    let request = canonical(&lower, "/", &call.query, claim, &sha256(&call.body));
    let text = format!(
        "TC3-HMAC-SHA256\n{stamp}\n{}\n{}",
        claim.scope.join("/"),
        sha256(request.as_bytes())
    );
    let day = hmac(format!("TC3{sk}").as_bytes(), date);
    let key = hmac(&hmac(&day, service), "tc3_request");
    Ok(hex::encode(hmac(&key, &text)))
}
