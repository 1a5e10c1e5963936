//! Sent: the request is on the wire and nothing is known yet. Found here at a step it is the rest of a crash: whether
//! it arrived is not known, so the state is read before anything else. Never sent again from here.

use tidegate_guard::Permit;
use tidegate_meter::{Mono, Reason, TargetKind};
use tidegate_providers::{ProviderError, ProviderErrorKind};

use super::failed::{self, Failure};
use super::{Work, accepted, closure, rechecked, unknown};
use crate::crash::INTENT_ANSWERED;
use crate::outside::Links;
use crate::{EngineError, limits};

/// After a crash, or after an answer that could not be recorded.
pub(crate) async fn step(work: &mut Work) -> Result<(), EngineError> {
    let detail = if work.inner.desk.sent_here(work.row.id).is_some() {
        "what the provider answered could not be recorded"
    } else {
        "the program ended while the request was on its way"
    };
    unknown::enter(work, detail).await
}

/// A request that is on the record and not on the wire yet.
pub(crate) struct Leaving {
    pub(crate) links: Links,
    pub(crate) permit: Permit,
    /// When the check ended that gave the permit.
    pub(crate) cleared: Mono,
    /// Whether a request left in an earlier try.
    pub(crate) left_earlier: bool,
}

/// Sends the one request of this try; to a sub-account, one for each piece.
pub(crate) async fn exchange(work: &mut Work, leaving: Leaving) -> Result<(), EngineError> {
    let Leaving {
        links,
        permit,
        cleared,
        left_earlier,
    } = leaving;
    if rechecked::is_old(work, &permit, cleared) {
        work.not_sent(left_earlier);
        let detail = "it was checked too long ago; no request was sent in this try".to_owned();
        return failed::enter(work, Failure::retry(detail)).await;
    }
    if work.row.target.kind == TargetKind::SubAccount {
        return closure::carry_out(work, &links, &permit, (cleared, left_earlier)).await;
    }
    let answer = links.control.act(permit).await;
    work.inner.crash_point(INTENT_ANSWERED);
    match answer {
        Ok(receipt) => accepted::enter(work, receipt).await,
        Err(error) => refused(work, error).await,
    }
}

async fn refused(work: &mut Work, error: ProviderError) -> Result<(), EngineError> {
    if error.kind != ProviderErrorKind::Lost {
        // A definite no: whatever happens to the target from here on is not our doing.
        work.detail.sent_at = None;
    }
    match error.kind {
        ProviderErrorKind::Lost => unknown::enter(work, &error.detail).await,
        // The state does not allow it now: what the state is decides what follows.
        ProviderErrorKind::Conflict => unknown::enter(work, &error.detail).await,
        ProviderErrorKind::Gone => failed::gone(work).await,
        ProviderErrorKind::Blind(Reason::Scope) => {
            failed::enter(work, Failure::permanent(error.detail)).await
        }
        ProviderErrorKind::Blind(_) => {
            let failure = Failure::retry(error.detail).not_before(error.retry_after.map(limits::granted));
            failed::enter(work, failure).await
        }
    }
}
