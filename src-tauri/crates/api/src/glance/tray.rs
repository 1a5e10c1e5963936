//! The tray's one value: icon, sentence, three meters, the actions in flight, and what ends with the program.

use tidegate_channels::catalogue;

use super::rank::{fill, worst_state};
use super::sentence::sentence;
use super::{Eye, Parts, worst_first};
use crate::limits;
use crate::response::{
    ActionView, MeterState, MeterView, OutcomeName, TrayActionView, TrayLineView, TrayView,
};
use crate::texts as t;

/// What the tray shows.
pub(crate) fn tray(parts: &Parts, eye: Eye<'_>) -> TrayView {
    let mut meters = parts.meters.meters.clone();
    worst_first(&mut meters);
    let mut open = parts.open.clone();
    open.sort_by_key(|action| (action.due, action.id));
    TrayView {
        state: worst_state(parts),
        fill: meters.first().map_or(0, fill),
        sentence: sentence(parts, eye),
        lines: meters
            .iter()
            .take(limits::TRAY_LINES)
            .map(|meter| line(meter, eye))
            .collect(),
        actions: open
            .iter()
            .take(limits::TRAY_ACTIONS)
            .map(|action| deed(action, eye))
            .collect(),
        paused_until: parts.status.paused_until,
        armed: parts.status.armed.len(),
        unprotected_on_quit: unprotected(parts, eye),
        next_look_at: parts.next_look_at(),
        simulated: parts.is_simulated(),
    }
}

fn line(meter: &MeterView, eye: Eye<'_>) -> TrayLineView {
    let as_of = meter
        .as_of
        .or_else(|| meter.last_good.as_ref().map(|last| last.as_of));
    let text = match (meter.outcome, meter.reason) {
        (OutcomeName::Blind, Some(reason)) => {
            let reason = catalogue::blind_reason(reason, eye.lang);
            t::BLIND.say(eye.lang, &[("reason", reason)])
        }
        _ => eye.left(meter),
    };
    TrayLineView {
        account: meter.account.clone(),
        meter: meter.meter.clone(),
        text: t::NAMED.say(eye.lang, &[("name", &meter.name), ("text", &text)]),
        age_text: as_of.map_or_else(String::new, |at| catalogue::age(at, eye.lang, eye.zone, eye.now)),
        as_of,
        state: meter.state,
        simulated: meter.simulated,
    }
}

fn deed(action: &ActionView, eye: Eye<'_>) -> TrayActionView {
    let verb = catalogue::verb(action.action, action.target.kind, eye.lang);
    let state = catalogue::intent_state(action.state, eye.lang);
    let target = action.target.name.as_str();
    TrayActionView {
        id: action.id,
        action: action.action,
        text: t::MARK_ACTION.say(eye.lang, &[("verb", verb), ("target", target), ("state", state)]),
        target: action.target.clone(),
        due: action.due,
        state: action.state,
        holdable: action.holdable,
        cancellable: action.cancellable,
        simulated: action.simulated,
    }
}

/// What ends with the program. The demonstration protects nothing.
fn unprotected(parts: &Parts, eye: Eye<'_>) -> String {
    if !parts.status.running {
        return String::new();
    }
    let real: Vec<&MeterView> = parts
        .meters
        .meters
        .iter()
        .filter(|meter| !meter.simulated)
        .collect();
    let armed = real.iter().flat_map(|meter| &meter.guards);
    let mut names: Vec<&str> = armed
        .filter(|guard| guard.armed_until.is_some())
        .flat_map(|guard| guard.targets.iter().map(|target| target.name.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let watched = real
        .iter()
        .filter(|meter| meter.state != MeterState::Unguarded)
        .count();
    let mut text = if !names.is_empty() {
        t::QUIT_ARMED.say(eye.lang, &[("names", &listed(&names, eye))])
    } else if watched > 0 {
        t::QUIT_WATCHING.count(t::QUIT_WATCHING_ONE, eye.lang, watched)
    } else {
        String::new()
    };
    if parts.open.iter().any(|action| !action.simulated) {
        if !text.is_empty() {
            text.push_str(t::SPACE.of(eye.lang));
        }
        text.push_str(t::QUIT_OPEN.of(eye.lang));
    }
    text
}

/// The first few by name, the others by number.
fn listed(names: &[&str], eye: Eye<'_>) -> String {
    let shown: Vec<&str> = names.iter().copied().take(limits::TRAY_LINES).collect();
    let joined = shown.join(t::COMMA.of(eye.lang));
    let more = names.len() - shown.len();
    if more == 0 {
        return joined;
    }
    t::AND_MORE.say(eye.lang, &[("names", &joined), ("n", &more.to_string())])
}
