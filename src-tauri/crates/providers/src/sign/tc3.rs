//! Tencent Cloud's TC3-HMAC-SHA256. Type and host are signed; the rest of the call goes in headers of its own.

use super::canonical::{derive, hash, hmac};
use super::{Order, SignError, Signable};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
/// What the cloud's own client signs.
const NAMES: [&str; 2] = ["content-type", "host"];

pub(super) fn sign<'a>(order: &Order<'_>, mut request: Signable<'a>) -> Result<Signable<'a>, SignError> {
    let scope = order.scope;
    if scope.service.is_empty() {
        return Err(SignError::NeedsScope("service"));
    }
    if request.header("content-type").is_none() {
        request.add("content-type", usual_type(request.method))?;
    }
    request.add_some("x-tc-action", scope.action)?;
    request.add_some("x-tc-version", scope.version)?;
    request.add_some("x-tc-region", scope.region)?;
    request.add("x-tc-timestamp", &order.at.seconds().to_string())?;
    request.add_some("x-tc-token", order.token().unwrap_or_default())?;
    let authorization = authorization(order, &request);
    request.add("authorization", &authorization)?;
    Ok(request)
}

/// The type must be signed, so it must be there.
fn usual_type(method: &str) -> &'static str {
    if method == "GET" {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    }
}

fn authorization(order: &Order<'_>, request: &Signable<'_>) -> String {
    let (ak, service, date) = (order.ak(), order.scope.service, order.date("%Y-%m-%d"));
    let scope = format!("{date}/{service}/tc3_request");
    let mut lower = request.clone();
    for (_, value) in &mut lower.headers {
        value.make_ascii_lowercase();
    }
    let names = NAMES.map(str::to_owned);
    let canonical = hash(lower.canonical("/", &names, &hash(request.body)).as_bytes());
    let text = format!("{ALGORITHM}\n{}\n{scope}\n{canonical}", order.at.seconds());
    let key = derive(
        format!("TC3{}", order.sk()).as_bytes(),
        &[&date, service, "tc3_request"],
    );
    let (names, signature) = (names.join(";"), hex::encode(hmac(&key, &text)));
    format!("{ALGORITHM} Credential={ak}/{scope}, SignedHeaders={names}, Signature={signature}")
}
