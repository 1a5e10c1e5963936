//! One try of a disable or restore: each piece that is not as wanted is asked for, one after the other, and a refusal of
//! one does not keep the others from being asked. Owns what the answers together mean; whether anything happened is a
//! survey's to say.

use tidegate_guard::{ActionKind, Hatch, Permit, Piece, Receipt};
use tidegate_meter::{Mono, Reason};
use tidegate_providers::{ProviderError, ProviderErrorKind};

use super::{Closure, Refusal, record};
use crate::EngineError;
use crate::crash::{CLOSURE_ANSWERED, Step};
use crate::inner::audit;
use crate::intent::failed::{self, Failure};
use crate::intent::{Work, accepted, rechecked, unknown};
use crate::outside::Links;

/// The answers of one try.
#[derive(Default)]
struct Tally {
    taken: usize,
    lost: Option<String>,
    asked: bool,
    cut_short: bool,
}

/// Asks for each piece that is due, and moves on by the answers.
pub(crate) async fn carry_out(
    work: &mut Work,
    links: &Links,
    permit: &Permit,
    (cleared, left_earlier): (Mono, bool),
) -> Result<(), EngineError> {
    let Some(sub_accounts) = &links.sub_accounts else {
        let detail = "the provider of this account has no sub-accounts".to_owned();
        return failed::enter(work, Failure::permanent(detail)).await;
    };
    let (to, action) = (wanted(work.row.action), work.row.action);
    let due = work.detail.closure.as_ref().map(|closure| closure.due(action));
    let mut tally = Tally::default();
    for piece in due.unwrap_or_default() {
        // A check that grew old between two pieces says nothing about now.
        if rechecked::is_old(work, permit, cleared) || !work.inner.may_act() {
            tally.cut_short = true;
            break;
        }
        ask(work, &piece).await?;
        tally.asked = true;
        let answer = sub_accounts.set(permit, &piece, to).await;
        work.inner.crash_point(CLOSURE_ANSWERED);
        tally.take(work, &piece, answer);
    }
    conclude(work, tally, left_earlier).await
}

const fn wanted(action: ActionKind) -> Hatch {
    match action {
        ActionKind::Start => Hatch::Open,
        ActionKind::Stop | ActionKind::Warn => Hatch::Closed,
    }
}

/// The record comes first: what we are about to ask is durable before it leaves.
async fn ask(work: &mut Work, piece: &Piece) -> Result<(), EngineError> {
    let now = work.now().wall;
    if let Some(entry) = work
        .detail
        .closure
        .as_mut()
        .and_then(|closure| closure.find(piece))
    {
        entry.ask(now);
    }
    let facts = serde_json::json!({
        "intent": work.row.id,
        "target": work.row.target.id,
        "piece": piece,
        "to": wanted(work.row.action),
    });
    let entry = audit(now, "engine", "intent.piece_asked", facts);
    record(work, entry, Step::ClosureAsked).await
}

impl Tally {
    fn take(&mut self, work: &mut Work, piece: &Piece, answer: Result<(), ProviderError>) {
        let error = match answer {
            Ok(()) => {
                self.taken = self.taken.saturating_add(1);
                return;
            }
            Err(error) => error,
        };
        if error.kind == ProviderErrorKind::Lost {
            self.lost = Some(error.detail);
            return;
        }
        let closure = work.detail.closure.as_mut();
        if let Some(entry) = closure.and_then(|closure| closure.find(piece)) {
            entry.refused = Some(Refusal {
                lasting: error.kind == ProviderErrorKind::Blind(Reason::Scope),
                detail: error.detail,
            });
        }
    }
}

async fn conclude(work: &mut Work, tally: Tally, left_earlier: bool) -> Result<(), EngineError> {
    if tally.cut_short {
        if !tally.asked {
            work.not_sent(left_earlier);
        }
        let detail = "it was checked too long ago to ask for more in this try".to_owned();
        return failed::enter(work, Failure::retry(detail)).await;
    }
    if tally.taken > 0 {
        let receipt = Receipt {
            job: None,
            request: None,
            at: work.now().wall,
        };
        return accepted::enter(work, receipt).await;
    }
    if let Some(detail) = tally.lost {
        return unknown::enter(work, &detail).await;
    }
    let closure = work.detail.closure.clone().unwrap_or_default();
    if !closure.holds_any() {
        // A definite no to everything: whatever happens to the target from here on is not our doing.
        work.detail.sent_at = None;
    }
    failed::enter(work, failure(&closure, work.row.action)).await
}

/// Why a try came to less than its end: the provider's own words where it refused. Nobody tries again when each piece
/// that is left wants a right that is missing.
pub(crate) fn failure(closure: &Closure, action: ActionKind) -> Failure {
    let mut refusals = Vec::new();
    let mut lasting = closure.left(action).next().is_some();
    for work in closure.left(action) {
        lasting &= work.refused.as_ref().is_some_and(|refusal| refusal.lasting);
        refusals.extend(work.refused.as_ref().map(|refusal| refusal.detail.as_str()));
    }
    refusals.dedup();
    let mut detail = closure.still(action);
    if !refusals.is_empty() {
        detail = format!("{detail} ({})", refusals.join("; "));
    }
    if lasting {
        Failure::permanent(detail).told_by_pieces()
    } else {
        Failure::retry(detail).told_by_pieces()
    }
}
