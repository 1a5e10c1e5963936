//! From what happened to rows of the outbox. Owns routing, grouping and severity of messages; never sends.

use std::collections::BTreeMap;

use tidegate_channels::Message;
use tidegate_guard::Severity;
use tidegate_meter::{ChannelId, RowId, Time};
use tidegate_store::{Batch, DeliveryRow, DeliveryState, Write};

use crate::config::ChannelConfig;
use crate::inner::{Inner, json};
use crate::limits;

/// A message before it is known which channels take it.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) message: Message,
    pub(crate) severity: Severity,
    /// As loud as what it belongs to: the end of an alert goes where the alert went.
    pub(crate) routed: Severity,
    pub(crate) alert: Option<RowId>,
    pub(crate) intent: Option<RowId>,
    /// Empty: every channel.
    pub(crate) channels: Vec<ChannelId>,
}

/// Adds one delivery per channel and message to the batch; more than three at once for one channel become one.
pub(crate) fn post(inner: &Inner, batch: &mut Batch, outgoing: &[Outgoing], now: Time) {
    let posts = inner.posts();
    let enabled: Vec<&ChannelConfig> = posts
        .iter()
        .map(|post| &post.config)
        .filter(|channel| channel.enabled)
        .collect();
    let mut by_channel: BTreeMap<&ChannelId, Vec<&Outgoing>> = BTreeMap::new();
    for message in outgoing {
        for channel in takers(message, &enabled) {
            by_channel.entry(&channel.id).or_default().push(message);
        }
    }
    for (channel, messages) in by_channel {
        for row in rows(inner, channel, &messages, now) {
            batch.push(Write::Delivery(row));
        }
    }
}

/// Who takes a message: those that are named, whatever severity they take otherwise; where none is named or none of them
/// is there any more, each channel that takes its severity. Every channel takes what is critical, so that is never lost.
fn takers<'a>(message: &Outgoing, enabled: &[&'a ChannelConfig]) -> Vec<&'a ChannelConfig> {
    let chosen = |takes: &dyn Fn(&ChannelConfig) -> bool| -> Vec<&'a ChannelConfig> {
        enabled.iter().copied().filter(|channel| takes(channel)).collect()
    };
    let named = chosen(&|channel| message.channels.contains(&channel.id));
    if named.is_empty() {
        chosen(&|channel| message.routed >= channel.severity)
    } else {
        named
    }
}

fn rows(inner: &Inner, channel: &ChannelId, messages: &[&Outgoing], now: Time) -> Vec<DeliveryRow> {
    if messages.len() <= limits::GROUP {
        return messages
            .iter()
            .map(|message| row(inner, channel, message, &message.message, now))
            .collect();
    }
    messages
        .chunks(limits::GROUP_MAX)
        .filter_map(|chunk| {
            // The loudest leads: its alert and its severity stand for the group.
            let leader = chunk.iter().max_by_key(|message| message.severity)?;
            let group = Message::Group {
                messages: chunk.iter().map(|message| message.message.clone()).collect(),
            };
            Some(row(inner, channel, leader, &group, now))
        })
        .collect()
}

fn row(inner: &Inner, channel: &ChannelId, from: &Outgoing, message: &Message, now: Time) -> DeliveryRow {
    DeliveryRow {
        id: inner.row_id(),
        channel: channel.clone(),
        alert: from.alert,
        intent: from.intent,
        severity: from.severity,
        message: json(message),
        state: DeliveryState::Pending,
        tries: 0,
        next_at: now,
        repeat: false,
        error: None,
        created_at: now,
        delivered_at: None,
    }
}

/// The stable name of a message for events: its `code`.
pub(crate) fn code_of(message: &serde_json::Value) -> String {
    let code = message.get("code").and_then(serde_json::Value::as_str);
    code.unwrap_or("unreadable").to_owned()
}

/// Puts all messages of one sort and one routing into one.
pub(crate) fn merge(outgoing: &mut Vec<Outgoing>, sort: impl Fn(&Message) -> bool) {
    let (mut same, rest): (Vec<_>, Vec<_>) = std::mem::take(outgoing)
        .into_iter()
        .partition(|out| sort(&out.message));
    *outgoing = rest;
    while let Some(first) = same.first() {
        let channels = first.channels.clone();
        let (together, others): (Vec<_>, Vec<_>) = same.into_iter().partition(|out| out.channels == channels);
        same = others;
        outgoing.extend(together_as_one(together));
    }
}

fn together_as_one(mut together: Vec<Outgoing>) -> Vec<Outgoing> {
    if together.len() < 2 {
        return together;
    }
    let surplus = together.split_off(together.len().min(limits::GROUP_MAX));
    let severity = together
        .iter()
        .map(|out| out.severity)
        .max()
        .unwrap_or(Severity::Info);
    let mut merged: Vec<Outgoing> = together
        .first()
        .map(|first| Outgoing {
            message: Message::Group {
                messages: together.iter().map(|out| out.message.clone()).collect(),
            },
            severity,
            routed: together.iter().map(|out| out.routed).max().unwrap_or(severity),
            alert: first.alert,
            intent: None,
            channels: first.channels.clone(),
        })
        .into_iter()
        .collect();
    merged.extend(together_as_one(surplus));
    merged
}
