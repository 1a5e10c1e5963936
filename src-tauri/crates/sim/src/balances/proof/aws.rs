//! Signature Version 4, from the AWS guide, for services other than S3: the path is encoded twice.

use tidegate_meter::Time;

use super::text::{canonical, covers, encode, hmac, instant, joined, pairs, recent, sha256};
use super::{Claim, Refusal};
use crate::{Call, limits};

pub(super) fn signature(call: &Call, claim: &Claim<'_>, sk: &str, now: Time) -> Result<String, Refusal> {
    covers(claim, &["host", "x-amz-date"])?;
    let date = call.header("x-amz-date").unwrap_or("");
    recent(instant(date, "%Y%m%dT%H%M%SZ")?, now, limits::SKEW_STRICT)?;
    let [day, region, service, "aws4_request"] = claim.scope.as_slice() else {
        return Err(Refusal::Signature);
    };
    if !date.starts_with(day) {
        return Err(Refusal::Signature);
    }
    let mut tidy = call.clone();
    for (_, value) in &mut tidy.headers {
        *value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let path: Vec<String> = call.path.split('/').map(encode).collect();
    let request = canonical(
        &tidy,
        &path.join("/"),
        &joined(&pairs(&call.query)),
        claim,
        &sha256(&call.body),
    );
    let scope = claim.scope.join("/");
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        sha256(request.as_bytes())
    );
    let mut key = format!("AWS4{sk}").into_bytes();
    for part in [day, region, service, "aws4_request"] {
        key = hmac(&key, part);
    }
    Ok(hex::encode(hmac(&key, &text)))
}
