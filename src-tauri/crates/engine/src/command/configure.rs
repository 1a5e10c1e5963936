//! The configuration as a whole: compare, check, apply. Owns what a change disarms, and that one item never touches
//! another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_guard::Mode;
use tidegate_meter::{AccountId, ChannelId, GuardId, Lang};
use tidegate_store::{Batch, IntentRow, Write};
use tokio::sync::OwnedMutexGuard;

use super::{CallOff, again, items, writer};
use crate::config::{AccountConfig, ChannelConfig, Config, GuardConfig};
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, lock};
use crate::memory::{AccountMemory, Few, spec_of};
use crate::post::Post;
use crate::standard::{CHANNELS, PROVIDERS};
use crate::view::{Diff, Plan};
use crate::watch::Watch;
use crate::{ConfigError, EngineError, flows, guards, limits, subscriptions};

/// The configuration as it stands.
pub(crate) async fn current(inner: &Inner) -> Config {
    let mut config = Config::default();
    for (_, watch) in inner.watches() {
        config.accounts.push((*watch.config()).clone());
        let memory = watch.memory.lock().await;
        config.guards.extend(memory.guards.values().cloned());
    }
    config.channels = inner.posts().iter().map(|post| post.config.clone()).collect();
    config.guards.sort_by(|a, b| a.id.cmp(&b.id));
    let roster = inner.roster();
    config.renewals = roster.renewals.values().cloned().collect();
    config.mailboxes = roster.mailboxes.values().cloned().collect();
    drop(roster);
    config
}

/// What would change.
pub(crate) async fn plan(inner: &Inner, config: &Config) -> Result<Plan, EngineError> {
    validate(inner, config)?;
    flows::refuse_taken(inner, config).await?;
    Ok(compare(&current(inner).await, config))
}

/// Makes it so.
pub(crate) async fn configure(inner: &Inner, config: Config, by: &str) -> Result<Plan, EngineError> {
    validate(inner, &config)?;
    flows::refuse_taken(inner, &config).await?;
    let _order = inner.order.lock().await;
    writer(inner).await?;
    again(inner, || apply(inner, config.clone(), by)).await
}

async fn apply(inner: &Inner, config: Config, by: &str) -> Result<Plan, EngineError> {
    let before = current(inner).await;
    let plan = compare(&before, &config);
    if plan.is_empty() {
        return Ok(plan);
    }
    let target = with_modes(&before, config, &plan);
    let mut memories = lock_all(inner).await;
    let mut batch = Batch::default();
    write_accounts(&mut batch, &plan, &target);
    write_channels(&mut batch, &plan, &target);
    write_guards(&mut batch, &plan, &before, &target);
    items::write(&mut batch, &plan, &target);
    subscriptions::forget(inner, &mut batch, &before.accounts, &target.accounts).await?;
    let now = inner.wall();
    batch.push(audit(now, by, "config.applied", crate::inner::json(&plan)));
    let mut off = CallOff::default();
    let ends = |row: &IntentRow| {
        let unwanted = |guard: &GuardId| {
            plan.guards.removed.contains(guard)
                || plan.disarmed.contains(guard)
                || target
                    .guards
                    .iter()
                    .any(|config| config.id == *guard && !config.enabled)
        };
        row.guard.as_ref().is_some_and(unwanted) || plan.accounts.removed.contains(&row.account)
    };
    let _pens = inner.desk.pens(ends).await;
    off.add(inner, &mut batch, ends);
    let mut events = std::mem::take(&mut off.events);
    events.extend(mode_events(&plan, now));
    events.push(Event::Configured {
        at: now,
        accounts: target.accounts.len(),
        channels: target.channels.len(),
        guards: target.guards.len(),
    });
    inner.commit(Step::Configured, batch, events).await?;
    off.done(inner);
    take_on(inner, &mut memories, &plan, &target).await;
    Ok(plan)
}

fn mode_events(plan: &Plan, now: tidegate_meter::Time) -> Vec<Event> {
    let told = plan.disarmed.iter();
    told.map(|guard| Event::Mode {
        at: now,
        guard: guard.clone(),
        armed_until: None,
    })
    .collect()
}

type Memories = BTreeMap<AccountId, OwnedMutexGuard<AccountMemory>>;

/// No look may judge with the old configuration after the new one is durable.
async fn lock_all(inner: &Inner) -> Memories {
    let mut memories = Memories::new();
    for (id, watch) in inner.watches() {
        memories.insert(id, Arc::clone(&watch.memory).lock_owned().await);
    }
    memories
}

fn diff<I: Clone + Ord, T>(
    before: &[T],
    after: &[T],
    id: impl Fn(&T) -> &I,
    same: impl Fn(&T, &T) -> bool,
) -> Diff<I> {
    let old: BTreeMap<&I, &T> = before.iter().map(|item| (id(item), item)).collect();
    let new: BTreeMap<&I, &T> = after.iter().map(|item| (id(item), item)).collect();
    let mut diff = Diff {
        added: Vec::new(),
        changed: Vec::new(),
        removed: Vec::new(),
        kept: Vec::new(),
    };
    for (key, item) in &new {
        let list = match old.get(key) {
            None => &mut diff.added,
            Some(before) if same(before, item) => &mut diff.kept,
            Some(_) => &mut diff.changed,
        };
        list.push((*key).clone());
    }
    diff.removed = old
        .keys()
        .filter(|key| !new.contains_key(*key))
        .map(|key| (*key).clone())
        .collect();
    diff
}

fn compare(before: &Config, after: &Config) -> Plan {
    let accounts = diff(&before.accounts, &after.accounts, |item| &item.id, PartialEq::eq);
    let guards = diff(
        &before.guards,
        &after.guards,
        |item| &item.id,
        |a, b| *a == with_mode(b, &a.mode),
    );
    let disarmed = before
        .guards
        .iter()
        .filter(|guard| matches!(guard.mode, Mode::Armed { .. }))
        .filter(|guard| {
            let next = after.guards.iter().find(|next| next.id == guard.id);
            next.is_some_and(|next| {
                does_other(guard, next) || points_elsewhere(before, after, &guard.account)
            })
        })
        .map(|guard| guard.id.clone())
        .collect();
    Plan {
        channels: diff(&before.channels, &after.channels, |item| &item.id, PartialEq::eq),
        renewals: diff(&before.renewals, &after.renewals, |item| &item.id, PartialEq::eq),
        mailboxes: diff(
            &before.mailboxes,
            &after.mailboxes,
            |item| &item.id,
            PartialEq::eq,
        ),
        accounts,
        guards,
        disarmed,
    }
}

fn with_mode(guard: &GuardConfig, mode: &Mode) -> GuardConfig {
    GuardConfig {
        mode: mode.clone(),
        ..guard.clone()
    }
}

/// Whether an armed guard would do something that nobody armed it for.
fn does_other(before: &GuardConfig, after: &GuardConfig) -> bool {
    before.account != after.account
        || before.meter != after.meter
        || before.limit != after.limit
        || before.action != after.action
        || before.belts != after.belts
        || before.restart != after.restart
        || (after.forced && !before.forced)
        || (after.start_after_reset && !before.start_after_reset)
        || after.countdown < before.countdown
}

/// Whether an account's ids may name other things than before.
fn points_elsewhere(before: &Config, after: &Config, account: &AccountId) -> bool {
    let find = |config: &Config| config.accounts.iter().find(|item| item.id == *account).cloned();
    match (find(before), find(after)) {
        (Some(old), Some(new)) => {
            old.provider != new.provider
                || old.endpoint != new.endpoint
                || old.params != new.params
                || old.mappings != new.mappings
                || old.site != new.site
                || old.secret != new.secret
                || old.act_secret != new.act_secret
        }
        _ => true,
    }
}

/// The wanted configuration with the modes that stay; a mode never comes from outside.
fn with_modes(before: &Config, after: Config, plan: &Plan) -> Config {
    let modes: BTreeMap<&GuardId, &Mode> = before
        .guards
        .iter()
        .filter(|guard| !plan.disarmed.contains(&guard.id))
        .map(|guard| (&guard.id, &guard.mode))
        .collect();
    Config {
        guards: after
            .guards
            .iter()
            .map(|guard| with_mode(guard, modes.get(&guard.id).copied().unwrap_or(&Mode::Watch)))
            .collect(),
        ..after
    }
}

fn write_accounts(batch: &mut Batch, plan: &Plan, target: &Config) {
    for id in &plan.accounts.removed {
        batch.push(Write::RemoveAccount(id.clone()));
    }
    let kept: BTreeSet<&AccountId> = plan.accounts.kept.iter().collect();
    for account in target.accounts.iter().filter(|item| !kept.contains(&item.id)) {
        batch.push(Write::PutAccount(guards::account_row(account)));
    }
}

fn write_channels(batch: &mut Batch, plan: &Plan, target: &Config) {
    for id in &plan.channels.removed {
        batch.push(Write::RemoveChannel(id.clone()));
    }
    let kept: BTreeSet<&ChannelId> = plan.channels.kept.iter().collect();
    for channel in target.channels.iter().filter(|item| !kept.contains(&item.id)) {
        batch.push(Write::PutChannel(guards::channel_row(channel)));
    }
}

fn write_guards(batch: &mut Batch, plan: &Plan, before: &Config, target: &Config) {
    for id in &plan.guards.removed {
        batch.push(Write::RemoveGuard(id.clone()));
    }
    let disarmed: BTreeSet<&GuardId> = plan.disarmed.iter().collect();
    let kept = plan.guards.kept.iter().filter(|id| !disarmed.contains(id));
    let kept: BTreeSet<&GuardId> = kept.collect();
    let accounts: BTreeMap<&GuardId, &AccountId> =
        before.guards.iter().map(|old| (&old.id, &old.account)).collect();
    for guard in target.guards.iter().filter(|guard| !kept.contains(&guard.id)) {
        let old = accounts.get(&guard.id);
        if old.is_some_and(|account| **account != guard.account) {
            // Its state speaks of another account's meters.
            batch.push(Write::RemoveGuard(guard.id.clone()));
        }
        batch.push(Write::PutGuard(guards::row(guard)));
    }
}

/// Memory follows: accounts, channels, guards; what changed is looked at now.
async fn take_on(inner: &Inner, memories: &mut Memories, plan: &Plan, target: &Config) {
    let mut hurried: BTreeSet<AccountId> = BTreeSet::new();
    let added: BTreeSet<&AccountId> = plan.accounts.added.iter().collect();
    let changed: BTreeSet<&AccountId> = plan.accounts.changed.iter().collect();
    for account in &target.accounts {
        if added.contains(&account.id) {
            add_account(inner, account);
        } else if changed.contains(&account.id) {
            if let Some(watch) = inner.watch(&account.id) {
                watch.reconfigure(account.clone()).await;
            }
        } else {
            continue;
        }
        hurried.insert(account.id.clone());
    }
    for id in &plan.accounts.removed {
        if let Some(watch) = inner.roster_mut().accounts.remove(id) {
            watch.retire();
        }
        hurried.insert(id.clone());
    }
    hurried.extend(take_guards(inner, memories, target).await);
    take_channels(inner, plan, target);
    items::take(inner, target);
    lock(&inner.hurried).extend(hurried);
    inner.wakes.schedule.notify_one();
    inner.wakes.deliver.notify_one();
    inner.wakes.act.notify_one();
    inner.flows.wake.notify_one();
}

fn add_account(inner: &Inner, account: &AccountConfig) {
    let memory = AccountMemory {
        interval: account.interval,
        ..AccountMemory::default()
    };
    let watch = Arc::new(Watch::new(account.clone(), memory));
    inner.roster_mut().accounts.insert(account.id.clone(), watch);
}

/// Gives each account its guards; returns the accounts whose guards changed.
async fn take_guards(inner: &Inner, memories: &mut Memories, target: &Config) -> Vec<AccountId> {
    let mut changed = Vec::new();
    inner.roster_mut().guards = target
        .guards
        .iter()
        .map(|guard| (guard.id.clone(), guard.account.clone()))
        .collect();
    let mut of: BTreeMap<&AccountId, Vec<&GuardConfig>> = BTreeMap::new();
    for guard in &target.guards {
        of.entry(&guard.account).or_default().push(guard);
    }
    for account in &target.accounts {
        let mine = of.get(&account.id).into_iter().flatten();
        let wanted: Few<GuardId, GuardConfig> =
            mine.map(|guard| (guard.id.clone(), (*guard).clone())).collect();
        if let Some(memory) = memories.get_mut(&account.id) {
            if replace(memory, wanted) {
                changed.push(account.id.clone());
            }
        } else if let Some(watch) = inner.watch(&account.id) {
            // A new account: nobody holds its memory yet.
            watch.memory.lock().await.guards = wanted;
        }
    }
    changed
}

fn replace(memory: &mut AccountMemory, wanted: Few<GuardId, GuardConfig>) -> bool {
    if memory.guards == wanted {
        return false;
    }
    memory.slots.retain(|(guard, _), _| wanted.contains_key(guard));
    memory
        .alerts
        .retain(|(guard, _, _), _| wanted.contains_key(guard));
    memory.guards = wanted;
    true
}

fn take_channels(inner: &Inner, plan: &Plan, target: &Config) {
    let mut roster = inner.roster_mut();
    for id in &plan.channels.removed {
        roster.channels.remove(id);
    }
    for channel in &target.channels {
        let is_new = plan.channels.added.contains(&channel.id) || plan.channels.changed.contains(&channel.id);
        if is_new {
            // A changed channel keeps its pace: the platform counts by its own name for it.
            let old = roster.channels.get(&channel.id);
            let pace = old.map(|post| post.pace()).unwrap_or_default();
            let health = old.map(|post| post.health()).unwrap_or_default();
            let post = Post::new(channel.clone(), pace).with_health(health);
            roster.channels.insert(channel.id.clone(), Arc::new(post));
        }
    }
}

fn validate(inner: &Inner, config: &Config) -> Result<(), ConfigError> {
    unique("account", config.accounts.iter().map(|item| item.id.as_str()))?;
    unique("channel", config.channels.iter().map(|item| item.id.as_str()))?;
    unique("guard", config.guards.iter().map(|item| item.id.as_str()))?;
    for account in &config.accounts {
        validate_account(inner, account)?;
    }
    for channel in &config.channels {
        validate_channel(inner, channel)?;
    }
    for guard in &config.guards {
        validate_guard(config, guard)?;
    }
    items::validate(config)
}

pub(super) fn unique<'a>(kind: &'static str, ids: impl Iterator<Item = &'a str>) -> Result<(), ConfigError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(ConfigError::Twice {
                kind,
                id: id.to_owned(),
            });
        }
    }
    Ok(())
}

fn validate_account(inner: &Inner, account: &AccountConfig) -> Result<(), ConfigError> {
    let item = format!("account {}", account.id);
    let range = limits::INTERVAL_MIN..=limits::INTERVAL_MAX;
    for (field, span) in [
        ("interval", account.interval),
        ("interval_near", account.interval_near),
    ] {
        if !range.contains(&span) {
            return Err(ConfigError::Range {
                item,
                field,
                allowed: "1s to 1d",
            });
        }
    }
    // A maker of its own knows its own kinds.
    if inner.parts.options.outside.is_some() || PROVIDERS.contains(&account.provider.as_str()) {
        return Ok(());
    }
    let Some(spec) = inner.parts.options.specs.get(&account.provider) else {
        return Err(ConfigError::Kind {
            item,
            field: "provider",
            name: account.provider.clone(),
        });
    };
    let settled = spec.settle(&account.params);
    settled.map(drop).map_err(|faults| ConfigError::Param {
        item,
        fault: faults
            .first()
            .map(|fault| fault.render(Lang::En))
            .unwrap_or_default(),
    })
}

fn validate_channel(inner: &Inner, channel: &ChannelConfig) -> Result<(), ConfigError> {
    if inner.parts.options.outside.is_none() && !CHANNELS.contains(&channel.kind.as_str()) {
        return Err(ConfigError::Kind {
            item: format!("channel {}", channel.id),
            field: "kind",
            name: channel.kind.clone(),
        });
    }
    Ok(())
}

fn validate_guard(config: &Config, guard: &GuardConfig) -> Result<(), ConfigError> {
    let account = config.accounts.iter().find(|item| item.id == guard.account);
    let Some(account) = account else {
        return Err(ConfigError::Unknown {
            item: format!("guard {}", guard.id),
            field: "account",
            name: guard.account.to_string(),
        });
    };
    let known = |id: &ChannelId| config.channels.iter().any(|item| item.id == *id);
    if let Some(channel) = guard.channels.iter().find(|id| !known(id)) {
        return Err(ConfigError::Unknown {
            item: format!("guard {}", guard.id),
            field: "channels",
            name: channel.to_string(),
        });
    }
    spec_of(guard, account.interval)
        .validate()
        .map_err(|error| ConfigError::Spec {
            guard: guard.id.clone(),
            error,
        })
}
