//! Titles and lines of actions. The one place where an outcome may be claimed, and only from a proof.

use std::time::Duration;

use tidegate_guard::{ActionKind, PowerState, Proof, Receipt, StepFacts, StopManner, Why};
use tidegate_meter::{Lang, Target, TargetKind, Time};

use super::text::Text;
use super::voice::{Voice, span_text};
use super::{Line, closure, sentences as s, tell, why as judged, words as w};
use crate::{ActionRef, Asked, Message, MeterRef};

/// The title of an action's message; `None` for a message about no action.
pub(crate) fn title(message: &Message, lang: Lang) -> Option<String> {
    Some(match message {
        Message::ActionPlanned {
            action, countdown, ..
        } => {
            let countdown = span_text(*countdown, lang);
            say(s::PLANNED_TITLE, action, lang, &[("countdown", &countdown)])
        }
        Message::ActionCancelled { action, .. } => say(s::CANCELLED_TITLE, action, lang, &[]),
        Message::ActionSent { action, .. } => say(s::SENT_TITLE, action, lang, &[]),
        Message::ActionVerified { action, proof, .. } => {
            let state = w::power(&proof.after, lang);
            closure::verified_title(action, proof, lang)
                .unwrap_or_else(|| say(claim(action, proof), action, lang, &[("state", state)]))
        }
        Message::ActionFailed { action, .. } => {
            closure::failed_title(action, lang).unwrap_or_else(|| say(s::FAILED_TITLE, action, lang, &[]))
        }
        Message::ActionUnknown { action, given_up, .. } => {
            let text = if *given_up {
                s::UNSOLVED_TITLE
            } else {
                s::UNKNOWN_TITLE
            };
            say(text, action, lang, &[])
        }
        Message::OpenedAgain { opened } => closure::opened_title(opened, lang),
        _ => return None,
    })
}

/// What a proof allows to be said: the wanted state in its own words only when that state was read.
fn claim(action: &ActionRef, proof: &Proof) -> Text {
    match (action.action, action.target.kind, &proof.after) {
        (ActionKind::Stop, TargetKind::Server, PowerState::Stopped) => s::VERIFIED_STOPPED,
        (ActionKind::Stop, TargetKind::SubAccount, PowerState::Stopped) => s::VERIFIED_DISABLED,
        (ActionKind::Start, TargetKind::Server, PowerState::Running) => s::VERIFIED_STARTED,
        (ActionKind::Start, TargetKind::SubAccount, PowerState::Running) => s::VERIFIED_RESTORED,
        _ => s::VERIFIED_STATE,
    }
}

pub(super) fn say(text: Text, action: &ActionRef, lang: Lang, more: &[(&str, &str)]) -> String {
    let intent = action.intent.to_string();
    let verb = w::verb(action.action, action.target.kind).of(lang);
    let mut values = vec![
        ("verb", verb),
        ("target", action.target.name.as_str()),
        ("intent", intent.as_str()),
    ];
    values.extend_from_slice(more);
    text.say(lang, &values)
}

/// The lines of an action's message; none for a message about no action.
pub(crate) fn lines(message: &Message, voice: Voice<'_>) -> Vec<Line> {
    match message {
        Message::ActionPlanned {
            action,
            meter,
            facts,
            due,
            ..
        } => planned(action, meter, facts, *due, voice),
        Message::ActionCancelled {
            action,
            by,
            why,
            asked,
        } => cancelled(action, by, why.as_deref(), *asked, voice),
        Message::ActionSent {
            action,
            manner,
            receipt,
        } => sent(action, *manner, receipt, voice),
        Message::ActionVerified {
            action,
            proof,
            took,
            asked,
        } => verified(action, proof, *took, *asked, voice),
        Message::ActionFailed {
            action,
            detail,
            retry_at,
        } => failed(action, detail, *retry_at, voice),
        Message::ActionUnknown {
            action,
            detail,
            given_up,
        } => unknown(action, detail, *given_up, voice),
        Message::OpenedAgain { opened } => closure::opened(opened, voice),
        _ => Vec::new(),
    }
}

/// Whose target it is, and which.
pub(super) fn head(account: &str, of: &Target, voice: Voice<'_>) -> Vec<Line> {
    vec![
        tell::account(account, voice),
        voice.line(w::LABEL_TARGET, target(of, voice)),
    ]
}

fn target(target: &Target, voice: Voice<'_>) -> String {
    let text = if target.region.is_empty() {
        s::TARGET_LINE_BARE
    } else {
        s::TARGET_LINE
    };
    let named = voice.say(
        text,
        &[
            ("name", &target.name),
            ("id", target.id.as_str()),
            ("region", &target.region),
        ],
    );
    format!("{} {named}", voice.word(w::noun(target.kind)))
}

fn planned(
    action: &ActionRef,
    meter: &MeterRef,
    facts: &StepFacts,
    due: Time,
    voice: Voice<'_>,
) -> Vec<Line> {
    let mut lines = head(&action.account_name, &action.target, voice);
    lines.extend(tell::numbers(facts, meter, voice));
    lines.push(voice.line(w::LABEL_DUE, voice.at_with_age(due)));
    let effect = voice.say(s::PLANNED_EFFECT, &[("meter", &meter.meter_name)]);
    lines.push(voice.line(w::LABEL_TIDEGATE, effect));
    lines.extend(closure::planned(action, voice));
    lines.push(voice.line(w::LABEL_YOU, say(s::PLANNED_NEXT, action, voice.lang, &[])));
    lines
}

fn cancelled(action: &ActionRef, by: &str, why: Option<&Why>, asked: Asked, voice: Voice<'_>) -> Vec<Line> {
    let reason = match by {
        "person" => s::CANCELLED_PERSON,
        "recovered" => s::CANCELLED_RECOVERED,
        "belt" => s::CANCELLED_BELT,
        "expired" => s::CANCELLED_EXPIRED,
        "unread" => s::CANCELLED_UNREAD,
        "ourselves" => s::CANCELLED_OURSELVES,
        _ => s::CANCELLED_OTHER,
    };
    let effect = match asked {
        Asked::Never => s::CANCELLED_EFFECT,
        Asked::Unanswered | Asked::Refused => s::CANCELLED_EFFECT_AFTER,
    };
    let mut lines = head(&action.account_name, &action.target, voice);
    lines.push(voice.line(w::LABEL_REASON, voice.say(reason, &[("by", by)])));
    lines.extend(why.map(|why| voice.line(w::LABEL_DETAIL, judged::verdict(why, voice))));
    if let Some(partly) = closure::cancelled(action, voice) {
        lines.extend(partly);
        return lines;
    }
    let next = if by == "ourselves" {
        closure::OURSELVES_NEXT
    } else {
        s::CANCELLED_NEXT
    };
    lines.push(voice.line(w::LABEL_EFFECT, say(effect, action, voice.lang, &[])));
    lines.push(voice.line(w::LABEL_YOU, say(next, action, voice.lang, &[])));
    lines
}

fn sent(action: &ActionRef, manner: StopManner, receipt: &Receipt, voice: Voice<'_>) -> Vec<Line> {
    let mut lines = head(&action.account_name, &action.target, voice);
    if let Some(told) = closure::sent(action, voice) {
        lines.extend(told);
        return lines;
    }
    lines.push(voice.line(w::LABEL_RECEIPT, receipt_text(receipt, voice)));
    let manner = voice.word(w::manner(manner));
    lines.push(voice.line(
        w::LABEL_TIDEGATE,
        voice.say(s::SENT_EFFECT, &[("manner", manner)]),
    ));
    lines.push(voice.line(w::LABEL_YOU, voice.word(s::SENT_NEXT)));
    lines
}

fn receipt_text(receipt: &Receipt, voice: Voice<'_>) -> String {
    let none = voice.word(s::NONE_GIVEN);
    voice.say(
        s::RECEIPT,
        &[
            ("at", &voice.at(receipt.at)),
            ("job", receipt.job.as_deref().unwrap_or(none)),
            ("request", receipt.request.as_deref().unwrap_or(none)),
        ],
    )
}

fn verified(action: &ActionRef, proof: &Proof, took: Duration, asked: Asked, voice: Voice<'_>) -> Vec<Line> {
    let did = match (&proof.receipt, asked) {
        (Some(_), _) => s::VERIFIED_TOOK,
        (None, Asked::Never) => s::VERIFIED_ALREADY,
        (None, Asked::Unanswered) => s::VERIFIED_UNANSWERED,
        (None, Asked::Refused) => s::VERIFIED_REFUSED,
    };
    let ours = proof.receipt.is_some() || asked == Asked::Unanswered;
    let mut lines = head(&action.account_name, &action.target, voice);
    if let Some(told) = closure::verified(action, proof, (did, took), ours, voice) {
        lines.extend(told);
        return lines;
    }
    let proved = voice.say(
        s::VERIFIED_PROOF,
        &[
            ("before", w::power(&proof.before, voice.lang)),
            ("after", w::power(&proof.after, voice.lang)),
            ("at", &voice.at(proof.at)),
        ],
    );
    lines.push(voice.line(w::LABEL_PROOF, proved));
    if let Some(receipt) = &proof.receipt {
        lines.push(voice.line(w::LABEL_RECEIPT, receipt_text(receipt, voice)));
    }
    let took = voice.span(took);
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.say(did, &[("took", &took)])));
    let next = match (action.action, &proof.after) {
        (ActionKind::Stop, PowerState::Stopped) if ours => s::VERIFIED_NEXT_STOP,
        (ActionKind::Stop, PowerState::Stopped) | (ActionKind::Start, PowerState::Running) => {
            s::VERIFIED_NEXT_START
        }
        _ => s::VERIFIED_NEXT_OTHER,
    };
    lines.push(voice.line(w::LABEL_YOU, say(next, action, voice.lang, &[])));
    lines
}

fn failed(action: &ActionRef, detail: &str, retry_at: Option<Time>, voice: Voice<'_>) -> Vec<Line> {
    let effect = match action.action {
        ActionKind::Start => s::FAILED_EFFECT_START,
        ActionKind::Stop | ActionKind::Warn => s::FAILED_EFFECT_STOP,
    };
    let retry = retry_at.map_or_else(
        || voice.word(s::FAILED_NO_RETRY).to_owned(),
        |at| voice.say(s::FAILED_RETRY, &[("at", &voice.at_with_age(at))]),
    );
    let mut lines = head(&action.account_name, &action.target, voice);
    if !detail.is_empty() {
        lines.push(voice.line(w::LABEL_REASON, detail));
    }
    if let Some(told) = closure::failed(action, retry.clone(), retry_at.is_none(), voice) {
        lines.extend(told);
        return lines;
    }
    lines.push(voice.line(w::LABEL_EFFECT, voice.word(effect)));
    lines.push(voice.line(w::LABEL_TIDEGATE, retry));
    lines.push(voice.line(w::LABEL_YOU, say(s::FAILED_NEXT, action, voice.lang, &[])));
    lines
}

fn unknown(action: &ActionRef, detail: &str, given_up: bool, voice: Voice<'_>) -> Vec<Line> {
    let (effect, next) = if given_up {
        (s::UNSOLVED_EFFECT, s::UNSOLVED_NEXT)
    } else {
        (s::UNKNOWN_EFFECT, s::UNKNOWN_NEXT)
    };
    let mut lines = head(&action.account_name, &action.target, voice);
    lines.push(voice.line(w::LABEL_DETAIL, detail));
    lines.extend(closure::pieces(action, voice));
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.word(effect)));
    lines.push(voice.line(w::LABEL_YOU, say(next, action, voice.lang, &[])));
    lines
}
