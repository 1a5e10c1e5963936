//! Sub-accounts and their quotas: read, allocated, linked, made. Owns the translation, no decision.

use super::App;
use crate::{ApiError, ErrorCode, Request, Response};

impl App {
    /// Every request about quotas.
    pub(super) async fn quota(&self, request: Request, _by: &str) -> Result<Response, ApiError> {
        let _ = request;
        Err(ApiError::new(ErrorCode::BadRequest, "no request about quotas"))
    }
}
