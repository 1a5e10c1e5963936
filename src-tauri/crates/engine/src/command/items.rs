//! Renewals and mailboxes as part of the configuration: which rows a change writes, and what memory takes on. Owns that
//! a change of the configuration leaves their state, and that one that cannot be read never hides another.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tidegate_meter::ChannelId;
use tidegate_providers::calendar::limits::{AHEAD_DAYS_MAX, AHEAD_MAX};
use tidegate_providers::mailbox::OwnRules;
use tidegate_store::{Batch, ItemRow, StoredKind, Write};

use super::configure::unique;
use crate::config::{Config, MailboxConfig, RenewalConfig};
use crate::inner::{Inner, Roster, json};
use crate::view::{Diff, Plan};
use crate::{ConfigError, EngineError};

/// The rows that a change writes.
pub(super) fn write(batch: &mut Batch, plan: &Plan, target: &Config) {
    let renewals = target.renewals.iter().map(|item| (&item.id, item.enabled, item));
    put(batch, StoredKind::Renewal, &plan.renewals, renewals);
    let mailboxes = target.mailboxes.iter().map(|item| (&item.id, item.enabled, item));
    put(batch, StoredKind::Mailbox, &plan.mailboxes, mailboxes);
}

fn put<'a, I, T>(
    batch: &mut Batch,
    kind: StoredKind,
    diff: &Diff<I>,
    items: impl Iterator<Item = (&'a I, bool, &'a T)>,
) where
    I: PartialEq + ToString + 'a,
    T: Serialize + 'a,
{
    for id in &diff.removed {
        let id = id.to_string();
        batch.push(Write::RemoveItem { kind, id });
    }
    for (id, enabled, item) in items.filter(|(id, ..)| !diff.kept.contains(id)) {
        batch.push(Write::PutItem(ItemRow {
            kind,
            id: id.to_string(),
            enabled,
            config: json(item),
            state: None,
        }));
    }
}

/// Memory follows.
pub(super) fn take(inner: &Inner, target: &Config) {
    let mut roster = inner.roster_mut();
    roster.renewals = by_id(&target.renewals, |item: &RenewalConfig| item.id.clone());
    roster.mailboxes = by_id(&target.mailboxes, |item: &MailboxConfig| item.id.clone());
    drop(roster);
    inner.wakes.renewals.notify_one();
    inner.mail.hurry([]);
}

fn by_id<I: Ord, T: Clone>(items: &[T], id: impl Fn(&T) -> I) -> std::collections::BTreeMap<I, T> {
    items.iter().map(|item| (id(item), item.clone())).collect()
}

/// Reads what is stored into a new roster; returns the kinds and ids of rows that cannot be read.
pub(crate) async fn load(
    inner: &Inner,
    roster: &mut Roster,
) -> Result<Vec<(StoredKind, String)>, EngineError> {
    let mut damaged = Vec::new();
    let renewals: Vec<RenewalConfig> = stored(inner, StoredKind::Renewal, &mut damaged).await?;
    let mailboxes: Vec<MailboxConfig> = stored(inner, StoredKind::Mailbox, &mut damaged).await?;
    roster.renewals = by_id(&renewals, |item| item.id.clone());
    roster.mailboxes = by_id(&mailboxes, |item| item.id.clone());
    Ok(damaged)
}

async fn stored<T: DeserializeOwned>(
    inner: &Inner,
    kind: StoredKind,
    damaged: &mut Vec<(StoredKind, String)>,
) -> Result<Vec<T>, EngineError> {
    let mut items = Vec::new();
    for row in inner.parts.store.items(kind).await? {
        match serde_json::from_value(row.config) {
            Ok(item) => items.push(item),
            Err(_) => damaged.push((kind, row.id)),
        }
    }
    Ok(items)
}

/// Rules of mailboxes may stand, ids are unique, and every channel that is named is there.
pub(super) fn validate(config: &Config) -> Result<(), ConfigError> {
    unique("renewal", config.renewals.iter().map(|item| item.id.as_str()))?;
    unique("mailbox", config.mailboxes.iter().map(|item| item.id.as_str()))?;
    for item in &config.renewals {
        reminds(item)?;
        reaches(config, &format!("renewal {}", item.id), &item.channels)?;
    }
    for item in &config.mailboxes {
        rules(item)?;
        reaches(config, &format!("mailbox {}", item.id), &item.channels)?;
    }
    Ok(())
}

/// What its face checks as well: every way in ends here.
fn reminds(item: &RenewalConfig) -> Result<(), ConfigError> {
    let too_far = item.remind.iter().any(|days| *days > AHEAD_DAYS_MAX);
    if too_far || item.remind.len() > AHEAD_MAX {
        return Err(ConfigError::Range {
            item: format!("renewal {}", item.id),
            field: "remind",
            allowed: "at most 8 days, each 0 to 365",
        });
    }
    Ok(())
}

fn rules(item: &MailboxConfig) -> Result<(), ConfigError> {
    let own = OwnRules {
        rules: item.rules.clone(),
        extra: item.extra.clone(),
        replace: item.replace.clone(),
    };
    own.check().map_err(|error| ConfigError::Rule {
        item: format!("mailbox {}", item.id),
        error,
    })
}

fn reaches(config: &Config, item: &str, channels: &[ChannelId]) -> Result<(), ConfigError> {
    let known = |id: &ChannelId| config.channels.iter().any(|channel| channel.id == *id);
    match channels.iter().find(|id| !known(id)) {
        None => Ok(()),
        Some(channel) => Err(ConfigError::Unknown {
            item: item.to_owned(),
            field: "channels",
            name: channel.to_string(),
        }),
    }
}
