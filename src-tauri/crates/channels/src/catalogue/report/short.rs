//! A report for chats: the verdict, the numbers and what needs a person, in lines that a platform may cut from the end.
//! The whole of it goes by mail and stands in the window.

use super::teller::{Teller, share};
use super::{concerns, guarding, subscriptions, texts as t, traffic, window};
use crate::catalogue::Line;
use crate::catalogue::words as w;
use crate::report::{DeviceHeard, TrafficFacts};
use tidegate_meter::FlowKind;

/// Most of one sort that is told one by one: a chat is read at a glance.
const EACH: usize = 5;
/// Digits of a hash that tell two heads apart; the whole stands in the mail.
const HASH_CHARS: usize = 16;

/// The lines, the most important first.
pub(super) fn lines(teller: Teller<'_>) -> Vec<Line> {
    let (verdict, others) = concerns::verdict(teller);
    let voice = teller.voice;
    let mut lines = vec![voice.plain(verdict.text)];
    lines.extend(flows(teller));
    lines.extend(subscribed(teller));
    let told = others.into_iter().chain(concerns::notes(teller)).take(EACH);
    lines.extend(told.map(|remark| voice.line(t::LABEL_CONCERN, remark.text)));
    lines.extend(devices(teller));
    lines.extend(nodes(teller));
    lines.extend(alerts(teller));
    lines.extend(teller.facts.actions.iter().take(EACH).map(|action| {
        let state = teller.word(w::intent(action.state));
        let name = guarding::action_name(teller, action);
        voice.line(t::LABEL_ACTION, format!("{name}{}{state}", voice.word(w::COLON)))
    }));
    lines.extend(teller.facts.low.iter().take(EACH).map(|low| {
        let (name, left) = (guarding::low_name(teller, low), guarding::low_left(teller, low));
        voice.line(t::LABEL_LOW, format!("{name}{}{left}", voice.word(w::COLON)))
    }));
    lines.push(voice.line(t::LABEL_WINDOW, window(teller)));
    lines.extend(guarding::audit(teller, HASH_CHARS).map(|mark| voice.line(t::LABEL_AUDIT, mark)));
    lines
}

fn flows(teller: Teller<'_>) -> Vec<Line> {
    let Some(traffic) = &teller.facts.traffic else {
        return Vec::new();
    };
    let Some(sum) = &traffic.sum else {
        return Vec::new();
    };
    let line = |kind: FlowKind| {
        let bytes = teller.bytes(traffic::total(sum.of(kind)));
        let compared = traffic::compared(teller, traffic, kind);
        let told: Vec<String> = [bytes].into_iter().chain(compared).collect();
        teller
            .voice
            .line(traffic::kind(kind), told.join(teller.word(w::COMMA)))
    };
    [FlowKind::Proxy, FlowKind::Direct].map(line).into()
}

fn subscribed(teller: Teller<'_>) -> Vec<Line> {
    let (voice, comma) = (teller.voice, teller.word(w::COMMA));
    let mut lines = Vec::new();
    for one in teller.facts.subscriptions.iter().take(EACH) {
        let mut told = vec![
            subscriptions::left(teller, one),
            subscriptions::lasts(teller, one),
        ];
        told.extend(subscriptions::ends(teller, one));
        let name = teller.name(&one.name);
        let text = format!("{name}{}{}", voice.word(w::COLON), told.join(comma));
        lines.push(voice.line(t::LABEL_SUBSCRIPTION, text));
        lines.extend(
            one.leak
                .as_ref()
                .map(|leak| voice.line(t::LABEL_LEAK, subscriptions::compared(teller, leak))),
        );
    }
    lines
}

fn devices(teller: Teller<'_>) -> Option<Line> {
    let traffic = teller.facts.traffic.as_ref()?;
    if traffic.devices.is_empty() {
        return None;
    }
    let (watched, of) = traffic
        .devices
        .iter()
        .fold((0_u64, 0_u64), |(watched, of), device| {
            (
                watched.saturating_add(device.watched),
                of.saturating_add(device.of),
            )
        });
    let count = traffic.devices.len().to_string();
    let told = teller.say(t::DEVICES_TOLD, &[("n", &count), ("share", &share(watched, of))]);
    let parts: Vec<String> = [told].into_iter().chain(silent(teller, traffic)).collect();
    Some(
        teller
            .voice
            .line(t::LABEL_DEVICES, parts.join(teller.word(w::SEMICOLON))),
    )
}

fn silent(teller: Teller<'_>, traffic: &TrafficFacts) -> Option<String> {
    let silent = traffic
        .devices
        .iter()
        .filter(|device| matches!(device.heard, DeviceHeard::Silent { .. }));
    let names: Vec<String> = silent.map(|device| teller.name(&device.name)).collect();
    (!names.is_empty()).then(|| teller.say(t::SILENT_NAMES, &[("names", &teller.names(&names))]))
}

fn nodes(teller: Teller<'_>) -> Option<Line> {
    let traffic = teller.facts.traffic.as_ref()?;
    let told: Vec<String> = traffic
        .nodes
        .iter()
        .take(EACH)
        .map(|node| {
            let bytes = teller.bytes(traffic::total(node.bytes));
            format!("{} {bytes}", traffic::named(teller, &node.name))
        })
        .collect();
    (!told.is_empty()).then(|| {
        teller
            .voice
            .line(t::SECTION_NODES, told.join(teller.word(w::COMMA)))
    })
}

fn alerts(teller: Teller<'_>) -> Option<Line> {
    let facts = teller.facts;
    let count = facts.alerts.len().saturating_add(facts.alerts_more);
    let open = facts
        .alerts
        .iter()
        .filter(|alert| alert.resolved_at.is_none())
        .count();
    (count > 0).then(|| {
        let values = [("n", &*count.to_string()), ("open", &*open.to_string())];
        teller
            .voice
            .line(t::LABEL_ALERTS, teller.say(t::ALERTS_COUNT, &values))
    })
}
