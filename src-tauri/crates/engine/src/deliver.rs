//! The deliverer: takes rows of the outbox to their channels. Owns the order "recorded as sending, then sent, then
//! recorded", the waits after a refusal, the end of what is too old, and the way to the next channel.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::{Channel, Delivered, Delivery, DeliveryError, Message, Refusal};
use tidegate_guard::Severity;
use tidegate_meter::{ChannelId, Now, Reason, RowId, Time};
use tidegate_store::{Batch, DeliveryFilter, DeliveryRow, DeliveryState, StoreError, Write};
use tokio_util::sync::CancellationToken;

use crate::crash::{DELIVERY_ANSWERED, Step};
use crate::escalate::Lives;
use crate::event::Event;
use crate::inner::{Inner, audit, json, lock};
use crate::load::{health_key, pace_key};
use crate::outbox::code_of;
use crate::post::Post;
use crate::tasks::Tasks;
use crate::{escalate, limits, program, unwritable};

/// The sends under way, by the row they carry.
type Sends = Tasks<RowId, ()>;

/// Runs until cancelled, then lets the message in hand come to its record.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let mut sends = Sends::default();
    let mut escalated: BTreeSet<RowId> = BTreeSet::new();
    let mut lives = Lives::default();
    let mut slept = Duration::ZERO;
    while !end.is_cancelled() {
        tell_unwritable(&inner, &mut sends);
        let wait = match round(&inner, &mut sends, &mut escalated, (&mut lives, slept)).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read");
                limits::STORE_RETRY
            }
        };
        slept = wait;
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            Some(done) = sends.next() => {
                if let Some(id) = done.err().and_then(|broken| broken.name) {
                    let inner = Arc::clone(&inner);
                    sends.spawn(id, async move { recover(&inner, id).await });
                }
            }
            () = inner.wakes.deliver.notified() => {}
            () = inner.parts.timer.sleep(wait) => {}
        }
    }
    let finish = async { while sends.next().await.is_some() {} };
    tokio::select! {
        biased;
        () = finish => {}
        () = inner.parts.timer.sleep(limits::STOP_WAIT) => {}
    }
}

/// The outbox cannot carry the news that nothing can be written.
fn tell_unwritable(inner: &Arc<Inner>, sends: &mut Sends) {
    let Some((id, delivery, posts)) = unwritable::untold(inner) else {
        return;
    };
    for post in posts {
        let (inner, delivery) = (Arc::clone(inner), delivery.clone());
        sends.spawn(id, async move { unwritable::tell(&inner, &post, delivery).await });
    }
}

/// After a crash: what was handed to the wire may have arrived. It is sent once more, marked as a repeat.
pub(crate) async fn resume(inner: &Inner) -> Result<(), StoreError> {
    let now = inner.wall();
    let mut batch = Batch::default();
    for row in inner.parts.store.deliveries(DeliveryFilter::Sending).await? {
        batch.push(Write::Delivery(DeliveryRow {
            state: DeliveryState::Pending,
            next_at: now,
            repeat: true,
            ..row
        }));
    }
    inner.commit(Step::DeliveryResumed, batch, Vec::new()).await
}

/// Starts what is due, one message for each idle channel; returns the time until the next.
async fn round(
    inner: &Arc<Inner>,
    sends: &mut Sends,
    escalated: &mut BTreeSet<RowId>,
    (lives, slept): (&mut Lives, Duration),
) -> Result<Duration, StoreError> {
    let now = inner.now();
    let pending = inner.parts.store.deliveries(DeliveryFilter::Pending).await?;
    lives.look(&pending, slept, now);
    escalated.retain(|id| pending.iter().any(|row| row.id == *id));
    let mut wait = limits::ACT_IDLE;
    let mut taken: BTreeSet<ChannelId> = BTreeSet::new();
    let mut rows: Vec<&DeliveryRow> = pending.iter().collect();
    // What is due goes in the order it was decided: an end must not arrive before its beginning.
    rows.sort_by_key(|row| (effective(row, now.wall).max(now.wall), row.id));
    for row in rows {
        wait = wait.min(escalate::when_due(inner, row, now.wall, escalated).await?);
        if let Some(end) = quiet_until(inner, row, now.wall) {
            wait = wait.min(end.since(now.wall).max(limits::QUIET_STEP));
            continue;
        }
        if lives.is_over(row, now) {
            expire(inner, row, now.wall).await?;
            continue;
        }
        let until = effective(row, now.wall).since(now.wall);
        if !until.is_zero() {
            wait = wait.min(until);
            continue;
        }
        let post = inner.roster().channels.get(&row.channel).cloned();
        let Some(post) = post.filter(|post| post.config.enabled) else {
            without_channel(inner, row, now.wall).await?;
            continue;
        };
        if taken.insert(row.channel.clone()) {
            wait = wait.min(start(inner, post, row, now, sends));
        }
    }
    Ok(wait)
}

/// The end of the quiet hours, for a message that must wait for it: all but the critical ones.
fn quiet_until(inner: &Inner, row: &DeliveryRow, now: Time) -> Option<Time> {
    if row.severity == Severity::Critical {
        return None;
    }
    lock(&inner.quiet).as_ref()?.ends(now)
}

/// A time to come that lies further ahead than any wait of ours was set by another wall clock: it counts as now.
fn effective(row: &DeliveryRow, now: Time) -> Time {
    let far = now.plus(limits::DELIVERY_WAIT_LONGEST);
    if row.next_at > far { now } else { row.next_at }
}

/// Starts one send unless its channel is busy or rests; returns the time until the channel is free.
fn start(inner: &Arc<Inner>, post: Arc<Post>, row: &DeliveryRow, now: Now, sends: &mut Sends) -> Duration {
    let rest = post.rest().since(now.mono);
    if !rest.is_zero() {
        return rest;
    }
    let Ok(one) = Arc::clone(&post.sending).try_lock_owned() else {
        // Busy: the end of that send wakes the loop.
        return limits::ACT_IDLE;
    };
    let (inner, row) = (Arc::clone(inner), row.clone());
    sends.spawn(row.id, async move {
        send(&inner, &post, row).await;
        drop(one);
    });
    limits::ACT_IDLE
}

/// A send that a defect of ours ended: whether the message arrived is not known, so it is sent once more as a repeat,
/// like after a crash, and not at once.
async fn recover(inner: &Inner, id: RowId) {
    let Ok(rows) = inner.parts.store.deliveries(DeliveryFilter::One(id)).await else {
        return;
    };
    let open = |row: &DeliveryRow| matches!(row.state, DeliveryState::Sending | DeliveryState::Pending);
    let Some(row) = rows.into_iter().find(open) else {
        return;
    };
    let post = inner.roster().channels.get(&row.channel).cloned();
    let Some(post) = post else {
        return;
    };
    tracing::error!(channel = %row.channel, delivery = %id, "a send was lost");
    let on_the_wire = row.state == DeliveryState::Sending;
    let error = DeliveryError {
        refusal: Refusal::Retry(limits::DELIVERY_WAIT_MAX),
        detail: "a defect of the program ended the send".to_owned(),
        may_have_arrived: on_the_wire,
        sends: u8::from(on_the_wire),
    };
    record(inner, &post, row, Err(error)).await;
}

async fn send(inner: &Inner, post: &Post, row: DeliveryRow) {
    let channel = match post.channel(inner).await {
        Ok(channel) => channel,
        Err(blind) => {
            let error = DeliveryError {
                refusal: Refusal::Retry(wait_for_secret(blind.reason)),
                detail: format!("{}: {}", blind.reason.name(), blind.detail),
                may_have_arrived: false,
                sends: 0,
            };
            return record(inner, post, row, Err(error)).await;
        }
    };
    let now = inner.now();
    let earliest = channel.earliest(&post.pace(), now.wall);
    let wait = earliest.since(now.wall);
    if !wait.is_zero() {
        post.set_rest(now.mono.plus(wait.min(limits::DELIVERY_WAIT_LONGEST)));
        return;
    }
    let Ok(message) = serde_json::from_value::<Message>(row.message.clone()) else {
        if let Err(error) = refuse(inner, &row, "the stored message cannot be read").await {
            tracing::warn!(%error, "a delivery could not be ended");
        }
        return;
    };
    deliver(inner, post, channel.as_ref(), row, message).await;
}

/// A keychain is unlocked by hand at any moment, and then what waits must be told before anything is acted on; a
/// reference that leads nowhere waits for a person.
fn wait_for_secret(reason: Reason) -> Duration {
    match reason {
        Reason::Locked => limits::DELIVERY_LOCKED,
        _ => limits::DELIVERY_WAIT_MAX,
    }
}

async fn deliver(inner: &Inner, post: &Post, channel: &dyn Channel, row: DeliveryRow, message: Message) {
    let sending = DeliveryRow {
        state: DeliveryState::Sending,
        tries: row.tries.saturating_add(1),
        ..row
    };
    let mut batch = Batch::default();
    batch.push(Write::Delivery(sending.clone()));
    if inner
        .commit(Step::DeliverySending, batch, Vec::new())
        .await
        .is_err()
    {
        post.set_rest(inner.now().mono.plus(limits::STORE_RETRY));
        return;
    }
    let delivery = Delivery {
        id: sending.id,
        severity: sending.severity,
        message,
        decided_at: escalate::decided_at(sending.id),
        repeat: sending.repeat,
    };
    let answer = channel.deliver(&delivery).await;
    inner.crash_point(DELIVERY_ANSWERED);
    record(inner, post, sending, answer).await;
}

/// Writes what came of it, together with the channel's pace.
async fn record(inner: &Inner, post: &Post, row: DeliveryRow, answer: Result<Delivered, DeliveryError>) {
    let now = inner.now();
    let mut pace = post.pace();
    let sends = match &answer {
        Ok(delivered) => delivered.sends,
        Err(error) => error.sends,
    };
    for _ in 0..sends {
        pace.record(now.wall);
    }
    let refused = match &answer {
        Err(error) if error.refusal == Refusal::Permanent => Some(error.detail.clone()),
        _ => None,
    };
    let error = answer.as_ref().err().map(|error| error.detail.clone());
    let health = post.note(now.wall, error.as_deref());
    let (row, event) = match answer {
        Ok(delivered) => taken(row, &delivered),
        Err(error) => not_taken(inner, post, &mut pace, row, &error, now),
    };
    let mut batch = Batch::default();
    batch.push(Write::Delivery(row.clone()));
    batch.push(Write::Setting(pace_key(&row.channel), Some(json(&pace))));
    batch.push(Write::Setting(health_key(&row.channel), Some(json(&health))));
    // The pace counts even when it cannot be written: the message did go out.
    post.set_pace(pace);
    while inner
        .commit(Step::DeliveryRecorded, batch.clone(), vec![event.clone()])
        .await
        .is_err()
    {
        // What the platform said must not be lost: the channel waits until it can be recorded.
        if !inner.is_holder() {
            return;
        }
        inner.parts.timer.sleep(limits::STORE_RETRY).await;
    }
    told(inner, &row, refused).await;
    inner.wakes.deliver.notify_one();
}

/// What a recorded answer means for the channel, and for a critical message that was refused for good.
async fn told(inner: &Inner, row: &DeliveryRow, refused: Option<String>) {
    let condition = format!("channel_refused:{}", row.channel);
    match refused {
        Some(detail) => {
            program::raise(inner, &condition, &detail, Severity::Critical, Some(&row.channel)).await;
            if row.severity == Severity::Critical
                && let Err(error) = escalate::copy(inner, row, inner.wall()).await
            {
                tracing::warn!(%error, "a refused message could not go to the next channel");
            }
        }
        None if row.state == DeliveryState::Delivered => {
            program::resolve(inner, &condition).await;
            escalate::told(inner).await;
        }
        None => {}
    }
}

fn taken(row: DeliveryRow, delivered: &Delivered) -> (DeliveryRow, Event) {
    let event = Event::Delivered {
        at: delivered.at,
        delivery: row.id,
        channel: row.channel.clone(),
        code: code_of(&row.message),
        repeat: row.repeat,
    };
    let row = DeliveryRow {
        state: DeliveryState::Delivered,
        delivered_at: Some(delivered.at),
        error: None,
        ..row
    };
    (row, event)
}

fn not_taken(
    inner: &Inner,
    post: &Post,
    pace: &mut tidegate_channels::Pace,
    row: DeliveryRow,
    error: &DeliveryError,
    now: Now,
) -> (DeliveryRow, Event) {
    let wait = match error.refusal {
        Refusal::Retry(asked) => Some(asked.max(backoff(inner, row.tries))),
        Refusal::Permanent => None,
    };
    if let Some(wait) = wait {
        pace.block(now.wall.plus(wait));
        post.set_rest(now.mono.plus(wait));
    }
    let retry_at = wait.map(|wait| now.wall.plus(wait));
    let event = Event::Undelivered {
        at: now.wall,
        delivery: row.id,
        channel: row.channel.clone(),
        code: code_of(&row.message),
        detail: error.detail.clone(),
        retry_at,
    };
    let row = DeliveryRow {
        state: if wait.is_some() {
            DeliveryState::Pending
        } else {
            DeliveryState::Refused
        },
        next_at: retry_at.unwrap_or(row.next_at),
        repeat: row.repeat || error.may_have_arrived,
        error: Some(error.detail.clone()),
        ..row
    };
    (row, event)
}

/// 2 s, doubled with each try, at most 5 min; a little apart so that channels do not come back together.
fn backoff(inner: &Inner, tries: u32) -> Duration {
    let doubled = limits::DELIVERY_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16));
    let capped = doubled.min(limits::DELIVERY_WAIT_MAX);
    let spread = u64::try_from(capped.as_millis()).unwrap_or(0) / 10;
    capped + Duration::from_millis(inner.random_below(spread.saturating_add(1)))
}

/// Too old to be of use: ended, and told to the other channels, so that no message is lost in silence.
async fn expire(inner: &Inner, row: &DeliveryRow, now: Time) -> Result<(), StoreError> {
    let detail = row.error.clone().unwrap_or_else(|| "never taken".to_owned());
    end(inner, row, DeliveryState::Expired, &detail, now).await?;
    let condition = format!("channel_unreachable:{}", row.channel);
    // With a single channel it is told there, when it comes back.
    let except = escalate::has_other(inner, &row.channel).then_some(&row.channel);
    program::raise(inner, &condition, &detail, Severity::Warning, except).await;
    Ok(())
}

/// Its channel is switched off or removed: a critical message finds another one, every other ends here.
async fn without_channel(inner: &Inner, row: &DeliveryRow, now: Time) -> Result<(), StoreError> {
    if row.severity == Severity::Critical && escalate::readdress(inner, row, now).await? {
        return Ok(());
    }
    refuse(inner, row, "the channel is switched off or removed").await
}

async fn refuse(inner: &Inner, row: &DeliveryRow, detail: &str) -> Result<(), StoreError> {
    end(inner, row, DeliveryState::Refused, detail, inner.wall()).await
}

async fn end(
    inner: &Inner,
    row: &DeliveryRow,
    state: DeliveryState,
    detail: &str,
    now: Time,
) -> Result<(), StoreError> {
    let mut batch = Batch::default();
    batch.push(Write::Delivery(DeliveryRow {
        state,
        error: Some(detail.to_owned()),
        ..row.clone()
    }));
    batch.push(audit(
        now,
        "engine",
        "delivery.undelivered",
        serde_json::json!({ "delivery": row.id, "channel": row.channel, "detail": detail }),
    ));
    let event = Event::Undelivered {
        at: now,
        delivery: row.id,
        channel: row.channel.clone(),
        code: code_of(&row.message),
        detail: detail.to_owned(),
        retry_at: None,
    };
    inner.commit(Step::DeliveryEnded, batch, vec![event]).await
}
