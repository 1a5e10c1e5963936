//! Which headers a webhook may carry.

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::ChannelError;

/// Headers that the request itself sets, or that would change how it is read.
const OWN: [&str; 9] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "idempotency-key",
];

/// Whether a header of that name may be set.
pub fn check(name: &str) -> Result<(), ChannelError> {
    let known: Result<HeaderName, _> = name.parse();
    match known {
        Ok(header) if !OWN.contains(&header.as_str()) => Ok(()),
        _ => Err(ChannelError::HeaderName(name.to_owned())),
    }
}

/// Whether a header may have that value. The error names the header only.
pub(super) fn check_value(name: &str, value: &SecretString) -> Result<(), ChannelError> {
    HeaderValue::from_str(value.expose_secret().trim())
        .map(drop)
        .map_err(|_| ChannelError::HeaderValue(name.to_owned()))
}
