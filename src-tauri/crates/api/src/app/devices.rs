//! Devices and their agents: shown, invited, enrolled, ended. Decides nothing that the engine does not.

mod code;
mod enrol;
mod show;

use super::App;
use crate::{ApiError, ErrorCode, Request, Response};

impl App {
    pub(super) async fn device(&self, request: Request, by: &str) -> Result<Response, ApiError> {
        match request {
            Request::Devices => Ok(Response::Devices(self.devices().await?)),
            Request::InviteAgent(asked) => self.invite_agent(asked, by).await,
            Request::EndDevice(asked) => self.end_device(&asked.device, by).await,
            _ => Err(ApiError::new(ErrorCode::BadRequest, "no request about devices")),
        }
    }
}
