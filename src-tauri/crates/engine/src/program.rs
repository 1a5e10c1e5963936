//! Conditions of the program itself that need a person: unreadable database, full disk, a refused channel, a blind
//! account without meters. Owns that each is told once until it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tidegate_channels::Message;
use tidegate_guard::Severity;
use tidegate_meter::{AccountId, ChannelId, Time};
use tidegate_store::{AlertRow, Batch, Write};

use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json, lock};
use crate::outbox::{Outgoing, post};
use crate::unwritable::Unwritable;
use crate::{renewals, subscriptions};

/// The open conditions by name.
#[derive(Default)]
pub(crate) struct Conditions {
    open: Mutex<BTreeMap<String, Open>>,
    pub(crate) unwritable: Unwritable,
    /// Accounts whose secrets the keychain does not give.
    locked: Mutex<BTreeSet<AccountId>>,
}

/// The condition of a keychain that does not answer.
const KEYCHAIN: &str = "keychain_locked";

#[derive(Clone, Debug)]
struct Open {
    detail: String,
    since: Time,
    severity: Severity,
}

impl Conditions {
    /// Replaces everything with what the store says.
    pub(crate) fn reset(&self, alerts: &[AlertRow]) {
        let mut open = lock(&self.open);
        open.clear();
        for alert in alerts.iter().filter(|alert| {
            alert.guard.is_none() && !renewals::is_renewal(&alert.key) && !subscriptions::is_leak(&alert.key)
        }) {
            let detail = alert.body.get("detail").and_then(serde_json::Value::as_str);
            open.insert(
                alert.key.clone(),
                Open {
                    detail: detail.unwrap_or_default().to_owned(),
                    since: alert.window_start,
                    severity: alert.severity,
                },
            );
        }
    }

    /// Takes on a condition that became durable otherwise.
    pub(crate) fn opened(&self, condition: &str, detail: &str, (since, severity): (Time, Severity)) {
        let open = Open {
            detail: detail.to_owned(),
            since,
            severity,
        };
        lock(&self.open).insert(condition.to_owned(), open);
    }

    /// Forgets a condition whose end became durable otherwise.
    pub(crate) fn closed(&self, condition: &str) {
        lock(&self.open).remove(condition);
    }

    /// Since when a condition is open.
    pub(crate) fn since(&self, condition: &str) -> Option<Time> {
        lock(&self.open).get(condition).map(|open| open.since)
    }

    /// Whether a condition is open.
    pub(crate) fn is_open(&self, condition: &str) -> bool {
        lock(&self.open).contains_key(condition)
    }

    /// After a start nobody knows yet which account is still locked out: each of them, until it was read.
    pub(crate) fn suspect(&self, accounts: impl Iterator<Item = AccountId>) {
        if self.is_open(KEYCHAIN) {
            lock(&self.locked).extend(accounts);
        }
    }

    /// Every open condition with its detail.
    pub(crate) fn all(&self) -> Vec<(String, String)> {
        lock(&self.open)
            .iter()
            .map(|(condition, open)| (condition.clone(), open.detail.clone()))
            .collect()
    }
}

/// Raises a condition: an alert row, a message to every channel but `except`, an event. Told once until it is resolved.
pub(crate) async fn raise(
    inner: &Inner,
    condition: &str,
    detail: &str,
    severity: Severity,
    except: Option<&ChannelId>,
) {
    let now = inner.wall();
    {
        let mut open = lock(&inner.conditions.open);
        if open.contains_key(condition) {
            return;
        }
        open.insert(
            condition.to_owned(),
            Open {
                detail: detail.to_owned(),
                since: now,
                severity,
            },
        );
    }
    let (batch, events) = raising(inner, condition, detail, severity, except, now);
    if inner.commit(Step::ConditionRaised, batch, events).await.is_err() {
        // Not durable: forget it, so that the next occurrence raises it again.
        lock(&inner.conditions.open).remove(condition);
    } else {
        inner.wakes.deliver.notify_one();
    }
}

fn raising(
    inner: &Inner,
    condition: &str,
    detail: &str,
    severity: Severity,
    except: Option<&ChannelId>,
    now: Time,
) -> (Batch, Vec<Event>) {
    let message = Message::Program {
        condition: condition.to_owned(),
        detail: detail.to_owned(),
    };
    let id = inner.row_id();
    let mut batch = Batch::default();
    batch.push(Write::RaiseAlert(AlertRow {
        id,
        guard: None,
        account: None,
        meter: None,
        key: condition.to_owned(),
        window_start: now,
        severity,
        raised_at: now,
        resolved_at: None,
        acknowledged: None,
        snoozed_until: None,
        body: json(&message),
    }));
    batch.push(audit(
        now,
        "engine",
        "program.raised",
        serde_json::json!({ "condition": condition, "detail": detail }),
    ));
    let channels = others(inner, except, severity);
    if except.is_none() || !channels.is_empty() {
        let outgoing = Outgoing {
            message,
            severity,
            routed: severity,
            alert: Some(id),
            intent: None,
            channels,
        };
        post(inner, &mut batch, &[outgoing], now);
    }
    let event = Event::Program {
        at: now,
        condition: condition.to_owned(),
        detail: detail.to_owned(),
    };
    (batch, vec![event])
}

/// Every channel but one that takes the severity; empty stands for all when none is excepted.
fn others(inner: &Inner, except: Option<&ChannelId>, severity: Severity) -> Vec<ChannelId> {
    let Some(except) = except else {
        return Vec::new();
    };
    let posts = inner.posts();
    posts
        .iter()
        .map(|post| &post.config)
        .filter(|channel| channel.enabled && channel.id != *except && severity >= channel.severity)
        .map(|channel| channel.id.clone())
        .collect()
}

/// Ends a condition, if it was open.
pub(crate) async fn resolve(inner: &Inner, condition: &str) {
    end(inner, condition, |_| None).await;
}

/// What an account's look says of the keychain. It is one condition for all accounts: raised with the first that is
/// locked out, ended and told when the last one can be read again.
pub(crate) async fn keychain(inner: &Inner, account: &AccountId, is_locked: bool) {
    if is_locked {
        lock(&inner.conditions.locked).insert(account.clone());
        let detail = "an account's secrets could not be read";
        return raise(inner, KEYCHAIN, detail, Severity::Critical, None).await;
    }
    if !inner.conditions.is_open(KEYCHAIN) {
        return;
    }
    let enabled = |id: &AccountId| inner.watch(id).is_some_and(|watch| watch.config().enabled);
    let all_read = {
        let mut locked = lock(&inner.conditions.locked);
        locked.retain(|id| id != account && enabled(id));
        locked.is_empty()
    };
    if all_read {
        end(inner, KEYCHAIN, |open| {
            Some(Message::Program {
                condition: "keychain_unlocked".to_owned(),
                detail: format!("since {}", open.since),
            })
        })
        .await;
    }
}

/// Ends a condition, with a message where its end is news.
async fn end(inner: &Inner, condition: &str, tell: impl Fn(&Open) -> Option<Message> + Send) {
    let Some(open) = lock(&inner.conditions.open).get(condition).cloned() else {
        return;
    };
    let now = inner.wall();
    let mut batch = Batch::default();
    let told = tell(&open).map(|message| Outgoing {
        message,
        severity: Severity::Info,
        routed: open.severity,
        alert: None,
        intent: None,
        channels: Vec::new(),
    });
    post(inner, &mut batch, told.as_slice(), now);
    batch.push(Write::ResolveAlert {
        guard: None,
        meter: None,
        key: condition.to_owned(),
        window_start: open.since,
        at: now,
    });
    batch.push(audit(
        now,
        "engine",
        "program.resolved",
        serde_json::json!({ "condition": condition }),
    ));
    let ended = Event::ProgramResolved {
        at: now,
        condition: condition.to_owned(),
    };
    if inner
        .commit(Step::ConditionEnded, batch, vec![ended])
        .await
        .is_ok()
    {
        lock(&inner.conditions.open).remove(condition);
        inner.wakes.deliver.notify_one();
    }
}
