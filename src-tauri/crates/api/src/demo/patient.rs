//! The wire of the demonstration: real HTTP, during which the story's time does not run ahead. A timeout of fifteen
//! seconds in a story told a hundred times as fast would otherwise be over before a busy machine has answered.

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_egress::{Failure, HttpTransport, Request, Response, Transport};
use tidegate_sim::story::StoryTimer;

use crate::{ApiError, ErrorCode};

pub(super) struct Patient {
    wire: HttpTransport,
    story: Arc<StoryTimer>,
}

impl Patient {
    pub(super) fn new(story: Arc<StoryTimer>) -> Result<Self, ApiError> {
        let wire =
            HttpTransport::new().map_err(|failure| ApiError::new(ErrorCode::Outside, failure.to_string()))?;
        Ok(Self { wire, story })
    }
}

#[async_trait]
impl Transport for Patient {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let _at_work = self.story.at_work();
        self.wire.exchange(request).await
    }
}
