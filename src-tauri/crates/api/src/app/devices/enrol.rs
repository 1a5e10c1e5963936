//! An agent made: a code for a person, and the exchange of that code for a token. Compares in constant time; never logs
//! a code or a token, and shows each once.

use subtle::ConstantTimeEq;
use tidegate_meter::DeviceId;
use tidegate_meter::handover::{EnrolBody, Enrolled};
use tidegate_store::InviteRow;

use super::super::App;
use super::code;
use crate::door::Scope;
use crate::request::InviteAgent;
use crate::response::{InvitedView, ShownOnce};
use crate::{ApiError, ErrorCode, Response, limits};

impl App {
    /// Invites an agent. The code is in this answer alone.
    pub(super) async fn invite_agent(&self, asked: InviteAgent, by: &str) -> Result<Response, ApiError> {
        let chars = asked.name.chars().count();
        if chars == 0 || chars > limits::NAME_CHARS || asked.name.chars().any(char::is_control) {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "name: 1 to 100 characters in one line",
            ));
        }
        let code = code::fresh()?;
        let hash =
            code::hashed(&code).ok_or_else(|| ApiError::new(ErrorCode::Outside, "no code could be made"))?;
        let now = self.now();
        let row = InviteRow {
            hash,
            device: asked.device.clone(),
            name: asked.name,
            by: by.to_owned(),
            created_at: now,
            expires_at: now.plus(limits::INVITE_LIFE),
            used_at: None,
        };
        let expires_at = row.expires_at;
        self.engine.invite_agent(row).await?;
        Ok(Response::Invited(InvitedView {
            device: asked.device,
            code: ShownOnce(code),
            expires_at,
        }))
    }

    /// Exchanges a code for the token of its device; `None` when it is not good.
    pub(crate) async fn enrol_agent(&self, body: &EnrolBody) -> Result<Option<Enrolled>, ApiError> {
        let Some(shown) = code::hashed(&body.code) else {
            return Ok(None);
        };
        let Some(invite) = self.invited(&shown).await? else {
            return Ok(None);
        };
        let (token, row) = self.fresh_token(&token_name(&invite.device), &[Scope::Ingest])?;
        let Some(device) = self.engine.enrol(&invite, row, body).await? else {
            return Ok(None);
        };
        self.forget_keys().await;
        Ok(Some(Enrolled {
            token,
            device: device.device,
            name: device.name,
        }))
    }

    /// The invitation of a code, used or not. Every one is compared, whether one was found or not.
    async fn invited(&self, shown: &[u8; 32]) -> Result<Option<InviteRow>, ApiError> {
        let mut found = None;
        for row in self.store.invites().await? {
            let same: bool = row.hash.ct_eq(shown).into();
            if same {
                found = Some(row);
            }
        }
        Ok(found)
    }

    /// Ends a device; its token is nobody's at once.
    pub(super) async fn end_device(&self, device: &DeviceId, by: &str) -> Result<Response, ApiError> {
        self.engine.end_device(device, by).await?;
        self.forget_keys().await;
        Ok(Response::Done)
    }
}

/// As the token of an agent is listed.
fn token_name(device: &DeviceId) -> String {
    format!("agent {device}")
}
