//! The status sentence: what is worst, and how much is guarded. It stays true until something happens.

use tidegate_channels::catalogue;
use tidegate_guard::IntentState;
use tidegate_meter::{Target, TargetKind, Time};

use super::rank::worst_state;
use super::{Eye, Parts, worst_first};
use crate::response::{ActionView, MeterState, MeterView, ModeName, TrayState};
use crate::texts as t;

/// All of it in one sentence, or two.
pub(super) fn sentence(parts: &Parts, eye: Eye<'_>) -> String {
    let status = &parts.status;
    let state = worst_state(parts);
    if status.accounts.is_empty() && state != TrayState::Paused {
        return t::EMPTY.of(eye.lang).to_owned();
    }
    let told = match state {
        TrayState::Acting => acting(parts, eye),
        TrayState::Critical => named(parts, MeterState::Critical, t::CRITICAL, eye),
        TrayState::Blind => blind(parts, eye),
        TrayState::Paused => status
            .paused_until
            .map(|until| t::PAUSED.say(eye.lang, &[("until", &eye.clock(until))])),
        TrayState::Warning => {
            named(parts, MeterState::Warning, t::WARNING, eye).or_else(|| condition(parts, eye))
        }
        TrayState::Stopped => stopped(parts, eye),
        TrayState::Calm => Some(t::CALM.of(eye.lang).to_owned()),
    };
    let mut sentences: Vec<String> = told.into_iter().collect();
    if status.accounts.is_empty() {
        sentences.push(t::EMPTY.of(eye.lang).to_owned());
    } else if status.running {
        sentences.push(guarding(parts, eye));
    }
    sentences.join(t::SPACE.of(eye.lang))
}

fn acting(parts: &Parts, eye: Eye<'_>) -> Option<String> {
    let first = parts.open.iter().min_by_key(|action| action.due)?;
    let mut text = deed(first, eye);
    let more = parts.open.len() - 1;
    if more > 0 {
        text.push_str(t::SPACE.of(eye.lang));
        text.push_str(&t::ACTING_MORE.count(t::ACTING_MORE_ONE, eye.lang, more));
    }
    Some(text)
}

/// Its countdown, or where it stands.
fn deed(action: &ActionView, eye: Eye<'_>) -> String {
    let verb = catalogue::verb(action.action, action.target.kind, eye.lang);
    let target = action.target.name.as_str();
    let left = action.due.since(eye.now);
    match action.state {
        IntentState::Planned if left.as_secs() > 0 => {
            let at = eye.clock(action.due);
            t::ACTING_COUNTDOWN.say(eye.lang, &[("verb", verb), ("target", target), ("at", &at)])
        }
        IntentState::Planned => t::ACTING_DUE.say(eye.lang, &[("verb", verb), ("target", target)]),
        state => {
            let state = catalogue::intent_state(state, eye.lang);
            t::ACTING_STATE.say(eye.lang, &[("verb", verb), ("target", target), ("state", state)])
        }
    }
}

fn worst(parts: &Parts, state: MeterState) -> Option<MeterView> {
    let meters = parts.meters.meters.iter();
    let mut found: Vec<MeterView> = meters.filter(|meter| meter.state == state).cloned().collect();
    worst_first(&mut found);
    found.into_iter().next()
}

fn named(parts: &Parts, state: MeterState, text: t::Text, eye: Eye<'_>) -> Option<String> {
    let meter = worst(parts, state)?;
    Some(text.say(eye.lang, &[("name", &meter.name), ("left", &eye.left(&meter))]))
}

/// A server of it was stopped, or it is a sub-account that was disabled.
fn stopped(parts: &Parts, eye: Eye<'_>) -> Option<String> {
    let meter = worst(parts, MeterState::Stopped)?;
    let is_sub_account = |target: &Target| target.kind == TargetKind::SubAccount;
    let text = if meter.targets.iter().any(is_sub_account) {
        t::DISABLED
    } else {
        t::STOPPED
    };
    named(parts, MeterState::Stopped, text, eye)
}

fn condition(parts: &Parts, eye: Eye<'_>) -> Option<String> {
    let (_, detail) = parts.status.conditions.first()?;
    Some(t::CONDITION.say(eye.lang, &[("condition", detail)]))
}

fn blind(parts: &Parts, eye: Eye<'_>) -> Option<String> {
    let status = &parts.status;
    if !status.running || !status.holder {
        let text = if status.running {
            t::NOT_HOLDER
        } else {
            t::NOT_RUNNING
        };
        return Some(text.of(eye.lang).to_owned());
    }
    if let Some(account) = status.accounts.iter().find(|account| account.reason.is_some()) {
        let meters = parts.meters.meters.iter();
        let since = meters.filter(|meter| meter.account == account.account);
        return Some(blind_since(
            &account.name,
            since.filter_map(|meter| meter.blind_since).min(),
            eye,
        ));
    }
    let meter = worst(parts, MeterState::Blind)?;
    Some(blind_since(&meter.name, meter.blind_since, eye))
}

fn blind_since(name: &str, since: Option<Time>, eye: Eye<'_>) -> String {
    match since {
        Some(since) => t::BLIND_SINCE.say(eye.lang, &[("name", name), ("since", &eye.clock(since))]),
        None => t::BLIND_NEVER.say(eye.lang, &[("name", name)]),
    }
}

/// `2 guards armed, 1 watching.` Spans have no place here: nobody renews a sentence every second.
fn guarding(parts: &Parts, eye: Eye<'_>) -> String {
    let armed = parts.status.armed.len();
    let watching = watching(parts);
    let mut clauses = Vec::new();
    if armed > 0 {
        clauses.push(t::ARMED.count(t::ARMED_ONE, eye.lang, armed));
    }
    if watching > 0 {
        clauses.push(t::WATCHING.say(eye.lang, &[("n", &watching.to_string())]));
    }
    if clauses.is_empty() {
        clauses.push(t::NO_GUARD.of(eye.lang).to_owned());
    }
    let mut text = clauses.join(t::COMMA.of(eye.lang));
    text.push_str(t::STOP.of(eye.lang));
    text
}

/// Guards that only watch, each once.
fn watching(parts: &Parts) -> usize {
    let guards = parts.meters.meters.iter().flat_map(|meter| &meter.guards);
    let mut ids: Vec<_> = guards
        .filter(|guard| guard.mode == ModeName::Watch)
        .map(|guard| &guard.id)
        .collect();
    ids.sort();
    ids.dedup();
    ids.len()
}
