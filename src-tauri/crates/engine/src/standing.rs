//! How a target stands at its provider: a server by its power, a sub-account by its pieces. Owns which of the two is asked
//! and what makes a survey believable; keeps nothing, changes nothing.

use tidegate_guard::{Hatch, Piece, PowerState};
use tidegate_meter::{AccountId, Reason, Target, TargetId, TargetKind};
use tidegate_providers::sub_accounts::{Reach, Survey};
use tidegate_providers::{ProviderError, ProviderErrorKind, TargetState};

use crate::EngineError;
use crate::inner::Inner;
use crate::outside::Links;
use crate::quotas;

/// A target as a look found it.
pub(crate) struct Stands {
    pub(crate) state: TargetState,
    /// What of a sub-account is open, where its pieces were read one by one.
    pub(crate) open: Option<Vec<Piece>>,
}

/// Which pieces beyond rights, keys and login belong to a sub-account, as its owner chose.
pub(crate) async fn reach(inner: &Inner, account: &AccountId, user: &TargetId) -> Result<Reach, EngineError> {
    let watch = inner.watch(account);
    let watch = watch.ok_or_else(|| EngineError::NoAccount(account.clone()))?;
    let memory = watch.memory.lock().await;
    Ok(quotas::reach(&memory, user))
}

/// Every piece of a sub-account, live. One that does not tell its rights is no truth: absence is never closed.
pub(crate) async fn survey(links: &Links, target: &Target, reach: &Reach) -> Result<Survey, ProviderError> {
    let Some(sub_accounts) = &links.sub_accounts else {
        return Err(shape("the provider of this account has no sub-accounts"));
    };
    let survey = sub_accounts.survey(target, reach).await?;
    let told = survey
        .pieces
        .iter()
        .any(|seen| seen.piece == Piece::Rights && seen.hatch != Hatch::Absent);
    if told {
        Ok(survey)
    } else {
        Err(shape("the provider does not tell the rights of the sub-account"))
    }
}

fn shape(detail: &str) -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Shape),
        detail: detail.to_owned(),
        retry_after: None,
    }
}

/// A target's state for a look. The pieces of a sub-account are read one by one where its state alone does not say
/// whether anything of it is open, and where we closed it (`ours`): then an open piece is somebody's doing, and named.
pub(crate) async fn look(
    inner: &Inner,
    links: &Links,
    account: &AccountId,
    target: &Target,
    ours: bool,
) -> Result<Stands, ProviderError> {
    let state = links.control.state(target).await?;
    if target.kind != TargetKind::SubAccount || state.power == PowerState::Gone {
        return Ok(Stands { state, open: None });
    }
    let reach = reach(inner, account, &target.id)
        .await
        .map_err(|error| shape(&error.to_string()))?;
    let says_all = match state.power {
        PowerState::Running => true,
        PowerState::Stopped => reach == Reach::default(),
        _ => false,
    };
    if says_all && !ours {
        return Ok(Stands { state, open: None });
    }
    let survey = survey(links, target, &reach).await?;
    let open: Vec<Piece> = survey
        .pieces
        .into_iter()
        .filter(|seen| seen.hatch == Hatch::Open)
        .map(|seen| seen.piece)
        .collect();
    let power = if open.is_empty() {
        PowerState::Stopped
    } else {
        PowerState::Running
    };
    Ok(Stands {
        state: TargetState {
            power,
            protected: protected(state.protected, survey.ourselves),
            at: survey.at,
            ..state
        },
        open: Some(open),
    })
}

/// The identity that we act with ourselves is never touched, whatever its tag says.
pub(crate) const fn protected(by_tag: Option<bool>, ourselves: bool) -> Option<bool> {
    if ourselves { Some(true) } else { by_tag }
}
