//! Takes secrets out of addresses before anyone sees them.

use url::Url;

/// Scheme, host and port of an address; path, query and user info are gone, since any of them may be a credential.
#[must_use]
pub fn redact(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}
