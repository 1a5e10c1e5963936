//! What answers requests: the composition root itself, or a link to the process that holds it.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::{ApiError, Request, Response};

/// One change batch as JSON: `{"seq":…,"at":…,"events":[{"event":…,…}]}`; see `engine::Event`.
pub type Changes = broadcast::Receiver<Arc<serde_json::Value>>;

/// Answers requests and tells changes.
#[async_trait]
pub trait Face: Send + Sync {
    /// One request. `actor` says who asks: `cli`, `window`, `api`; it stands in the audit.
    async fn handle(&self, request: Request, actor: &str) -> Result<Response, ApiError>;
    /// Changes from now on. A receiver that falls behind is told how many batches it missed.
    fn changes(&self) -> Changes;
}
