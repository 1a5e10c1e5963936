//! How a user stands as a target. Closed is only what is closed in every part that can be told without choosing more;
//! endpoints and servers are told by a survey that was asked for them.

use async_trait::async_trait;
use tidegate_guard::{Permit, PowerState, Receipt};
use tidegate_meter::Target;

use super::Volcengine;
use crate::refusal::shape;
use crate::sub_accounts::{Hatch, Piece, Reach, Survey};
use crate::{Control, ProviderError, ProviderErrorKind, Rights, TargetState};

#[async_trait]
impl Control for Volcengine {
    async fn state(&self, target: &Target) -> Result<TargetState, ProviderError> {
        let user = match self.user_of(target).await {
            Ok(user) => user,
            Err(error) if error.kind == ProviderErrorKind::Gone => {
                return Ok(TargetState {
                    power: PowerState::Gone,
                    started_at: None,
                    protected: Some(false),
                    at: self.client.now().wall,
                });
            }
            Err(error) => return Err(error),
        };
        let survey = self.surveyed(&user, &Reach::default()).await?;
        Ok(TargetState {
            power: power(&survey),
            started_at: None,
            protected: if survey.ourselves {
                Some(true)
            } else {
                self.is_protected(&user)
            },
            at: survey.at,
        })
    }

    /// Nothing is closed at one stroke: each piece goes by [`crate::sub_accounts::SubAccounts::set`], so that what was done
    /// is known piece by piece.
    async fn act(&self, _permit: Permit) -> Result<Receipt, ProviderError> {
        Err(shape("a sub-account is closed and opened piece by piece"))
    }

    async fn progress(&self, _target: &Target, _receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        Ok(None)
    }

    async fn rights(&self) -> Rights {
        Rights { can_act: true }
    }
}

/// While it is not denied everything, a user can spend. Denied, but with a key or a sign-in that still works, it is neither
/// open nor closed.
fn power(survey: &Survey) -> PowerState {
    let open = |wanted: bool| {
        survey
            .pieces
            .iter()
            .any(|seen| (seen.piece == Piece::Rights) == wanted && seen.hatch == Hatch::Open)
    };
    match (open(true), open(false)) {
        (true, _) => PowerState::Running,
        (false, false) => PowerState::Stopped,
        (false, true) => PowerState::Other {
            word: "partly disabled".to_owned(),
        },
    }
}
