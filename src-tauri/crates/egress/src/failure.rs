//! Why no answer came. Our own short words; never the address, which may be a credential.

use std::time::Duration;

/// The class of a failed exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// The name did not resolve, or nothing listened.
    Connect,
    /// The certificate was refused.
    Tls,
    /// Not finished in time. The request may have arrived.
    Timeout,
    /// Broken off. The request may have arrived.
    Broken,
    /// Longer than a body may be.
    TooLarge,
    /// Refused before sending: another host, plain http to a public address, or a malformed address.
    Refused,
    /// Not sent: calls to this place failed repeatedly, so it is left alone until `retry_after`.
    Resting,
}

impl FailureKind {
    /// Whether the same request may succeed a moment later.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Connect | Self::Timeout | Self::Broken)
    }
}

/// A failed exchange: no answer, or none that may be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{host}: {text}")]
pub struct Failure {
    /// The class.
    pub kind: FailureKind,
    /// Host and port only.
    pub host: String,
    /// One short line.
    pub text: String,
    /// Whether the request may have reached the other side.
    pub may_have_arrived: bool,
    /// How long the other side asked us to wait, if it did.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure of `kind` at `host`; whether the request may have arrived follows from the kind.
    #[must_use]
    pub fn new(kind: FailureKind, host: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            kind,
            host: host.into(),
            text: text.into(),
            may_have_arrived: matches!(
                kind,
                FailureKind::Timeout | FailureKind::Broken | FailureKind::TooLarge
            ),
            retry_after: None,
        }
    }
}
