//! The wire itself. Owns the trait and the real client; a simulator implements the same trait.

use async_trait::async_trait;
use url::Url;

use crate::{Failure, FailureKind, Request, Response};

/// How much of an answer is wanted, and by which way.
#[derive(Clone, Default)]
pub struct Glance {
    /// At most so many bytes of the body. What comes later, or not in time, is left.
    pub bytes: usize,
    /// A plain HTTP proxy on this machine; `None`: straight.
    pub via: Option<Url>,
}

/// Carries one request to the other side and brings the answer, within the limits of `limits`.
#[async_trait]
pub trait Transport: Send + Sync {
    /// One exchange, no retry. An HTTP error status is an answer, not a failure.
    async fn exchange(&self, request: Request) -> Result<Response, Failure>;

    /// One exchange of which only the headers and the beginning of the body matter: a body that is longer, or breaks off,
    /// is no failure. A wire that knows no proxies refuses to go through one, rather than going straight.
    async fn glance(&self, request: Request, glance: &Glance) -> Result<Response, Failure> {
        if glance.via.is_some() {
            return Err(Failure::new(
                FailureKind::Refused,
                "proxy",
                "this wire knows no way through a proxy",
            ));
        }
        let mut response = self.exchange(request).await?;
        response.body.truncate(glance.bytes);
        Ok(response)
    }
}
