//! AWS' Signature Version 4, for the services that speak JSON: path encoded twice, no separate payload header.

use super::canonical::{derive, encode, hash, hmac};
use super::{BASIC, Order, SignError, Signable};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

pub(super) fn sign<'a>(order: &Order<'_>, mut request: Signable<'a>) -> Result<Signable<'a>, SignError> {
    if order.scope.service.is_empty() || order.scope.region.is_empty() {
        return Err(SignError::NeedsScope("service and a region"));
    }
    request.add_some("x-amz-target", order.scope.action)?;
    request.add("x-amz-date", &order.date(BASIC))?;
    request.add_some("x-amz-security-token", order.token().unwrap_or_default())?;
    for (_, value) in &mut request.headers {
        *value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let authorization = authorization(order, &request);
    request.add("authorization", &authorization)?;
    Ok(request)
}

fn authorization(order: &Order<'_>, request: &Signable<'_>) -> String {
    let (service, region, day) = (order.scope.service, order.scope.region, order.date("%Y%m%d"));
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let names = request.names(is_signed);
    let canonical = request.canonical(&path(request.path), &names, &hash(request.body));
    let date = order.date(BASIC);
    let text = format!("{ALGORITHM}\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
    let key = derive(
        format!("AWS4{}", order.sk()).as_bytes(),
        &[&day, region, service, "aws4_request"],
    );
    let (ak, names) = (order.ak(), names.join(";"));
    let signature = hex::encode(hmac(&key, &text));
    format!("{ALGORITHM} Credential={ak}/{scope}, SignedHeaders={names}, Signature={signature}")
}

fn is_signed(name: &str) -> bool {
    matches!(name, "host" | "content-type" | "content-md5") || name.starts_with("x-amz-")
}

/// The path as it stands on the wire, without empty segments, encoded once more.
fn path(wire: &str) -> String {
    let segments: Vec<String> = wire
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(encode)
        .collect();
    let end = if wire.ends_with('/') && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", segments.join("/"))
}
