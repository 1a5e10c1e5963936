//! The wire itself. Owns the trait and the real client; a simulator implements the same trait.

use async_trait::async_trait;

use crate::{Failure, Request, Response};

/// Carries one request to the other side and brings the answer, within the limits of `limits`.
#[async_trait]
pub trait Transport: Send + Sync {
    /// One exchange, no retry. An HTTP error status is an answer, not a failure.
    async fn exchange(&self, request: Request) -> Result<Response, Failure>;
}
