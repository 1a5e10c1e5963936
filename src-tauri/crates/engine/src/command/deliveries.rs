//! Channels by hand: a test message, and another try of one that was not taken.

use std::collections::BTreeMap;

use tidegate_channels::{Delivered, Delivery, Message};
use tidegate_guard::Severity;
use tidegate_meter::{ChannelId, RowId};
use tidegate_store::{Batch, DeliveryFilter, DeliveryRow, DeliveryState, Write};

use super::writer;
use crate::config::{MailboxConfig, SecretRef, SecretRefs};
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json, lock};
use crate::load::health_key;
use crate::view::ChannelHealth;
use crate::{EngineError, Refused};

/// Sends a test message at once and returns the platform's word. Past the outbox: a person waits for the answer.
pub(crate) async fn test(inner: &Inner, id: &ChannelId, by: &str) -> Result<Delivered, EngineError> {
    // Without the lease it is tested all the same; only nothing is remembered of it.
    let _ = writer(inner).await;
    let post = inner.roster().channels.get(id).cloned();
    let post = post.ok_or_else(|| EngineError::NoChannel(id.clone()))?;
    let channel = post
        .channel(inner)
        .await
        .map_err(|blind| EngineError::Blind(blind.detail))?;
    let _one = post.sending.lock().await;
    let now = inner.wall();
    let delivery = Delivery {
        id: inner.row_id(),
        severity: Severity::Info,
        message: Message::Test {
            channel: id.to_string(),
        },
        decided_at: now,
        repeat: false,
    };
    let answer = channel.deliver(&delivery).await;
    let mut pace = post.pace();
    pace.record(now);
    post.set_pace(pace);
    let error = answer.as_ref().err().map(|error| error.detail.as_str());
    let health = post.note(inner.wall(), error);
    remember(inner, id, &health, error.is_none(), by).await;
    answer.map_err(|error| EngineError::Blind(error.detail))
}

/// A test is a word of the platform like any other, and audited with who asked for it.
async fn remember(inner: &Inner, id: &ChannelId, health: &ChannelHealth, taken: bool, by: &str) {
    if !inner.is_holder() {
        return;
    }
    let mut batch = Batch::default();
    batch.push(Write::Setting(health_key(id), Some(json(health))));
    let facts = serde_json::json!({ "channel": id, "taken": taken });
    let at = inner.wall();
    batch.push(audit(at, by, "channel.tested", facts));
    let told = Event::Tested {
        at,
        channel: id.clone(),
        taken,
    };
    if let Err(error) = inner.commit(Step::ChannelTested, batch, vec![told]).await {
        tracing::warn!(%error, "the word of a tested channel could not be kept");
    }
}

/// Puts a message that was refused, or that waits, back at the front.
pub(crate) async fn retry(inner: &Inner, id: RowId, by: &str) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let rows = inner.parts.store.deliveries(DeliveryFilter::One(id)).await?;
    let row = rows.into_iter().next().ok_or(EngineError::NoDelivery(id))?;
    if matches!(row.state, DeliveryState::Delivered | DeliveryState::Sending) {
        return Err(Refused::NotRetryable.into());
    }
    let now = inner.wall();
    let post = inner.roster().channels.get(&row.channel).cloned();
    let mut batch = Batch::default();
    batch.push(Write::Delivery(DeliveryRow {
        state: DeliveryState::Pending,
        next_at: now,
        // Its life begins anew: a person wants it now.
        created_at: now,
        ..row
    }));
    let facts = serde_json::json!({ "delivery": id });
    batch.push(audit(now, by, "delivery.retried", facts));
    inner.commit(Step::DeliveryRetried, batch, Vec::new()).await?;
    if let Some(post) = post {
        post.set_rest(inner.now().mono);
    }
    inner.wakes.deliver.notify_one();
    Ok(())
}

/// What each channel said last, and how much waits for it.
pub(crate) async fn channel_health(inner: &Inner) -> Result<BTreeMap<ChannelId, ChannelHealth>, EngineError> {
    let posts = inner.posts();
    let mut health: BTreeMap<ChannelId, ChannelHealth> = posts
        .iter()
        .map(|post| (post.config.id.clone(), post.health()))
        .collect();
    for row in inner.parts.store.deliveries(DeliveryFilter::Pending).await? {
        if let Some(health) = health.get_mut(&row.channel) {
            health.waiting = health.waiting.saturating_add(1);
        }
    }
    Ok(health)
}

/// Adapters that were made with these vault items are made anew, with what stands there now.
pub(crate) async fn renew_secrets(inner: &Inner, items: &[String]) {
    let from = |refs: &SecretRefs| {
        let named =
            |reference: &SecretRef| matches!(reference, SecretRef::Vault(name) if items.contains(name));
        refs.values().any(named)
    };
    for (id, watch) in inner.watches() {
        let config = watch.config();
        if from(&config.secret) || from(&config.act_secret) {
            watch.forget_links().await;
            watch.set_rest(None);
            lock(&inner.hurried).push(id);
        }
    }
    inner.flows.renewed.notify_waiters();
    for post in inner.posts() {
        if from(&post.config.secrets) {
            post.forget().await;
        }
    }
    let mailboxes: Vec<MailboxConfig> = inner.roster().mailboxes.values().cloned().collect();
    let renewed = mailboxes.into_iter().filter(|config| from(&config.secrets));
    inner.mail.hurry(renewed.map(|config| config.id));
    inner.wakes.schedule.notify_one();
    inner.wakes.deliver.notify_one();
}

/// Makes the adapters of these providers anew at the next look, which is at once.
pub(crate) async fn renew_providers(inner: &Inner, providers: &[String]) {
    for (id, watch) in inner.watches() {
        if providers.contains(&watch.config().provider) {
            watch.forget_links().await;
            watch.set_rest(None);
            lock(&inner.hurried).push(id);
        }
    }
    inner.flows.renewed.notify_waiters();
    inner.wakes.schedule.notify_one();
}
