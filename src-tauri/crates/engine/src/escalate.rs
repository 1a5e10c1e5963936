//! The way of a message that its channel does not take: to the next channel, to the end of its life, or to a channel
//! that is still there. Owns that a critical message is never dropped while any channel could take it, and that no
//! channel gets one message twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_guard::Severity;
use tidegate_meter::{ChannelId, Mono, Now, RowId, Time};
use tidegate_store::{Batch, DeliveryFilter, DeliveryRow, DeliveryState, StoreError, Write};

use crate::crash::Step;
use crate::inner::{Inner, audit};
use crate::{limits, program};

/// Nobody can be told a critical message.
const UNTOLD: &str = "messages_untold";

/// How long rows have been waiting while this process could try them.
#[derive(Default)]
pub(crate) struct Lives {
    seen: BTreeMap<RowId, (Mono, u32)>,
    last: Option<Now>,
}

impl Lives {
    /// Takes on the rows of a round. After a sleep or a jump of the wall clock every life begins anew: what happened to
    /// the clock says nothing of the channel.
    pub(crate) fn look(&mut self, rows: &[DeliveryRow], expected: Duration, now: Now) {
        if let Some(last) = self.last
            && (jumped(last, now) || now.mono.since(last.mono) > expected + limits::LATE)
        {
            self.seen.clear();
        }
        self.last = Some(now);
        self.seen.retain(|id, _| rows.iter().any(|row| row.id == *id));
        for row in rows {
            self.seen.entry(row.id).or_insert((now.mono, row.tries));
        }
    }

    /// Too old to be of use, and tried for long enough since the clocks last went together.
    pub(crate) fn is_over(&self, row: &DeliveryRow, now: Now) -> bool {
        let Some((since, tries)) = self.seen.get(&row.id) else {
            return false;
        };
        let waited = now.mono.since(*since);
        let tried = row.tries > *tries && waited >= limits::DELIVERY_AFTER_LAPSE;
        now.wall.since(row.created_at) >= limits::DELIVERY_LIFE && (tried || waited >= limits::DELIVERY_LIFE)
    }
}

fn jumped(last: Now, now: Now) -> bool {
    let walked = i64::try_from(now.mono.since(last.mono).as_millis()).unwrap_or(i64::MAX);
    let drift = now.wall.ms_since(last.wall).saturating_sub(walked);
    drift > i64::try_from(limits::DRIFT.as_millis()).unwrap_or(i64::MAX)
}

/// Who else takes a message.
enum Other {
    /// This one, which does not have it.
    Next(ChannelId),
    /// Another channel has it, or will.
    Has,
    /// No channel is left that could be told.
    Nobody,
}

/// A critical message that its channel did not take for five minutes goes to the next channel as well. Returns the time
/// until that is so.
pub(crate) async fn when_due(
    inner: &Inner,
    row: &DeliveryRow,
    now: Time,
    escalated: &mut BTreeSet<RowId>,
) -> Result<Duration, StoreError> {
    if row.severity != Severity::Critical || escalated.contains(&row.id) {
        return Ok(limits::ACT_IDLE);
    }
    let age = now.since(row.created_at);
    if age < limits::ESCALATE {
        return Ok(limits::ESCALATE - age);
    }
    if copy(inner, row, now).await? {
        escalated.insert(row.id);
    }
    Ok(limits::ACT_IDLE)
}

/// Puts a copy of a message into the outbox for the next channel, once. A copy is never copied again: the id that its
/// own copy would have is its original's. False when there is nobody to copy it for.
pub(crate) async fn copy(inner: &Inner, row: &DeliveryRow, now: Time) -> Result<bool, StoreError> {
    let id = copy_id(row.id);
    let known = inner.parts.store.deliveries(DeliveryFilter::One(id)).await?;
    if !known.is_empty() {
        return Ok(true);
    }
    let next = match other(inner, row).await? {
        Other::Next(next) => next,
        Other::Has => return Ok(true),
        Other::Nobody => return Ok(false),
    };
    let mut batch = Batch::default();
    batch.push(Write::Delivery(DeliveryRow {
        id,
        channel: next,
        state: DeliveryState::Pending,
        tries: 0,
        next_at: now,
        repeat: false,
        error: None,
        // Its own life begins now; when it was decided stands in its id.
        created_at: now,
        ..row.clone()
    }));
    inner.commit(Step::DeliveryCopied, batch, Vec::new()).await?;
    inner.wakes.deliver.notify_one();
    Ok(true)
}

/// A critical message whose channel is gone goes to one that is there; with none it waits for one. False when others
/// have it, so that it may end.
pub(crate) async fn readdress(inner: &Inner, row: &DeliveryRow, now: Time) -> Result<bool, StoreError> {
    match other(inner, row).await? {
        Other::Has => Ok(false),
        Other::Nobody => {
            let detail = "a critical message waits, and no channel is switched on that could take it";
            program::raise(inner, UNTOLD, detail, Severity::Critical, None).await;
            Ok(true)
        }
        Other::Next(next) => {
            let mut batch = Batch::default();
            let facts = serde_json::json!({ "delivery": row.id, "from": row.channel, "to": next });
            batch.push(audit(now, "engine", "delivery.readdressed", facts));
            batch.push(Write::Delivery(DeliveryRow {
                channel: next,
                tries: 0,
                next_at: now,
                error: None,
                created_at: now,
                ..row.clone()
            }));
            inner.commit(Step::DeliveryReaddressed, batch, Vec::new()).await?;
            inner.wakes.deliver.notify_one();
            Ok(true)
        }
    }
}

/// A message went out: whoever waited for a channel has one.
pub(crate) async fn told(inner: &Inner) {
    program::resolve(inner, UNTOLD).await;
}

async fn other(inner: &Inner, row: &DeliveryRow) -> Result<Other, StoreError> {
    let ring = ring(inner, &row.channel);
    if ring.is_empty() {
        return Ok(Other::Nobody);
    }
    let siblings = siblings(inner, row).await?;
    let dead = |state: DeliveryState| matches!(state, DeliveryState::Refused | DeliveryState::Expired);
    let has = |id: &ChannelId| siblings.iter().any(|sibling| sibling.channel == *id);
    if let Some(next) = ring.iter().find(|id| !has(id)) {
        return Ok(Other::Next(next.clone()));
    }
    let lives = siblings
        .iter()
        .any(|sibling| ring.contains(&sibling.channel) && !dead(sibling.state));
    Ok(if lives { Other::Has } else { Other::Nobody })
}

/// The rows that carry the same message of the same moment to other channels.
async fn siblings(inner: &Inner, row: &DeliveryRow) -> Result<Vec<DeliveryRow>, StoreError> {
    let decided = decided_at(row.id);
    let filter = DeliveryFilter::Recent {
        before: Some(RowId::new(decided.plus(limits::SAME_MOMENT), [0; 10])),
        limit: limits::SIBLINGS,
    };
    let mut rows = inner.parts.store.deliveries(filter).await?;
    rows.retain(|other| {
        other.id != row.id
            && decided.ms_since(decided_at(other.id)) < same_moment_ms()
            && carries(&other.message, &row.message)
    });
    Ok(rows)
}

fn same_moment_ms() -> i64 {
    i64::try_from(limits::SAME_MOMENT.as_millis()).unwrap_or(i64::MAX)
}

/// Whether a message holds all of another one; a group holds its parts.
fn carries(message: &serde_json::Value, other: &serde_json::Value) -> bool {
    let has = parts(message);
    parts(other).iter().all(|part| has.contains(part))
}

fn parts(message: &serde_json::Value) -> Vec<&serde_json::Value> {
    let group = message.get("messages").and_then(serde_json::Value::as_array);
    group.map_or_else(|| vec![message], |messages| messages.iter().collect())
}

/// When a message was decided: its row's id was made then, and a copy keeps that part of it.
pub(crate) fn decided_at(id: RowId) -> Time {
    let [a, b, c, d, e, f, ..] = id.bytes();
    Time::from_ms(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

/// The id of a message's copy for the next channel follows from its own, so that a crash cannot make a second copy.
fn copy_id(id: RowId) -> RowId {
    let mut bytes = id.bytes();
    if let Some(last) = bytes.last_mut() {
        *last ^= 0xff;
    }
    RowId::from_bytes(bytes)
}

/// The other enabled channels, from the one after this round the list.
fn ring(inner: &Inner, after: &ChannelId) -> Vec<ChannelId> {
    let posts = inner.posts();
    let (next, first): (Vec<ChannelId>, Vec<ChannelId>) = posts
        .iter()
        .filter(|post| post.config.enabled && post.config.id != *after)
        .map(|post| post.config.id.clone())
        .partition(|id| id > after);
    next.into_iter().chain(first).collect()
}

/// Whether any other channel is switched on.
pub(crate) fn has_other(inner: &Inner, than: &ChannelId) -> bool {
    !ring(inner, than).is_empty()
}
