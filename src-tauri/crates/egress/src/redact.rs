//! Takes secrets out of addresses before anyone sees them.

use url::Url;

/// Scheme, host and port of an address; path, query and user info are gone, since any of them may be a credential.
#[must_use]
pub fn redact(url: &Url) -> String {
    format!("{}://{}", url.scheme(), authority(url))
}

/// Host and, where it is not the scheme's own, port.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
