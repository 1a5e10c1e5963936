//! What a leak check leaves behind: its row, and once a difference is confirmed an alert with its message, told once until
//! both sides agree again. All of one check is one transaction.

use tidegate_channels::{LeakNote, Message};
use tidegate_guard::Severity;
use tidegate_guard::leak::Verdict;
use tidegate_meter::{AccountId, Quantity, Time};
use tidegate_store::{AlertFilter, AlertRow, Batch, FlowWrite, LeakRow, StoreError, Write};

use super::check::Pool;
use super::is_one;
use super::view::Leak;
use crate::config::AccountConfig;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, json};
use crate::outbox::{Outgoing, post};

/// The alerts of a difference, before the account.
const KEYS: [(Verdict, &str); 2] = [
    (Verdict::UsedElsewhere, "leak_used_elsewhere:"),
    (Verdict::CountedHere, "leak_counted_here:"),
];

/// Whether an alert is about a leak check.
pub(crate) fn is_leak(key: &str) -> bool {
    KEYS.iter().any(|(_, prefix)| key.starts_with(prefix))
}

/// The open alerts of a subscription, each with its difference.
async fn open(inner: &Inner, account: &AccountId) -> Result<Vec<(Verdict, AlertRow)>, StoreError> {
    let kind = |row: &AlertRow| {
        let own = |(_, prefix): &&(Verdict, &str)| row.key.strip_prefix(prefix) == Some(account.as_str());
        KEYS.iter().find(own).map(|(kind, _)| *kind)
    };
    let rows = inner.parts.store.alerts(AlertFilter::open()).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((kind(&row)?, row)))
        .collect())
}

/// Ends what is open of a subscription that is no longer watched after a change of the configuration. Nobody is told: a
/// person did it.
pub(crate) async fn forget(
    inner: &Inner,
    batch: &mut Batch,
    before: &[AccountConfig],
    after: &[AccountConfig],
) -> Result<(), StoreError> {
    let watched = |config: &&AccountConfig| is_one(config) && config.enabled;
    for config in before.iter().filter(watched) {
        let stays = after.iter().filter(watched).any(|next| next.id == config.id);
        let alerts = if stays {
            Vec::new()
        } else {
            open(inner, &config.id).await?
        };
        for (_, alert) in alerts {
            batch.push(ended(&alert, inner.wall()));
        }
    }
    Ok(())
}

/// Keeps a check, and tells of it what is new.
pub(super) async fn tell(inner: &Inner, pool: &Pool, found: &Leak) -> Result<(), StoreError> {
    let Some(leader) = pool.members.first().map(|member| &member.account) else {
        return Ok(());
    };
    let (mut batch, events) = kept(pool, found);
    let names: Vec<String> = pool.members.iter().map(|member| member.name.clone()).collect();
    let here = found.check.verdict;
    let open = open(inner, leader).await?;
    let mut outgoing = Vec::new();
    for (_, alert) in open.iter().filter(|(kind, _)| ends(*kind, here)) {
        batch.push(ended(alert, found.at));
        outgoing.push(agreed(leader, &names, alert));
    }
    let is_told = open.iter().any(|(kind, _)| *kind == here);
    if found.confirmed && !is_told {
        outgoing.extend(raised(inner, &mut batch, leader, &names, found));
    }
    post(inner, &mut batch, &outgoing, found.at);
    inner.commit(Step::LeakChecked, batch, events).await?;
    if !outgoing.is_empty() {
        inner.wakes.deliver.notify_one();
    }
    Ok(())
}

/// A difference is over when both sides agree, or differ the other way round. Where nobody can say it stays.
fn ends(kind: Verdict, here: Verdict) -> bool {
    here == Verdict::Agrees || (here.differs() && here != kind)
}

/// The rows of a check, one for each subscription of the pool.
fn kept(pool: &Pool, found: &Leak) -> (Batch, Vec<Event>) {
    let (mut batch, mut events) = (Batch::default(), Vec::new());
    for member in &pool.members {
        let others = pool.members.iter().map(|other| &other.account);
        let body = Leak {
            with: others
                .filter(|other| **other != member.account)
                .cloned()
                .collect(),
            ..found.clone()
        };
        batch.push(Write::Flow(FlowWrite::Leak(LeakRow {
            account: member.account.clone(),
            span: found.span,
            at: found.at,
            body: json(&body),
        })));
        events.push(Event::Subscription {
            at: found.at,
            account: member.account.clone(),
        });
    }
    (batch, events)
}

fn ended(alert: &AlertRow, at: Time) -> Write {
    Write::ResolveAlert {
        guard: None,
        meter: None,
        key: alert.key.clone(),
        window_start: alert.window_start,
        at,
    }
}

fn note(leader: &AccountId, names: &[String], found: &Leak) -> Option<LeakNote> {
    let amount = |bytes: u64| i64::try_from(bytes).ok().map(Quantity::bytes);
    let check = &found.check;
    Some(LeakNote {
        account: leader.clone(),
        names: names.to_vec(),
        elsewhere: check.verdict == Verdict::UsedElsewhere,
        span: found.span,
        billed: amount(check.billed)?,
        ours: amount(check.ours)?,
        difference: amount(check.difference()?.unsigned_abs())?,
        tolerance: amount(check.tolerance)?,
        coverage: check.coverage,
    })
}

/// Opens the alert of a difference with its message; nothing where its numbers cannot be told.
fn raised(
    inner: &Inner,
    batch: &mut Batch,
    leader: &AccountId,
    names: &[String],
    found: &Leak,
) -> Option<Outgoing> {
    let (_, prefix) = KEYS.iter().find(|(kind, _)| *kind == found.check.verdict)?;
    let note = note(leader, names, found)?;
    let id = inner.row_id();
    let message = Message::Leak { leak: Box::new(note) };
    batch.push(Write::RaiseAlert(AlertRow {
        id,
        guard: None,
        account: Some(leader.clone()),
        meter: None,
        key: format!("{prefix}{leader}"),
        window_start: found.at,
        severity: Severity::Warning,
        raised_at: found.at,
        resolved_at: None,
        acknowledged: None,
        snoozed_until: None,
        body: json(&message),
    }));
    Some(Outgoing {
        message,
        severity: Severity::Warning,
        routed: Severity::Warning,
        alert: Some(id),
        intent: None,
        channels: Vec::new(),
    })
}

fn agreed(leader: &AccountId, names: &[String], alert: &AlertRow) -> Outgoing {
    Outgoing {
        message: Message::LeakResolved {
            account: leader.clone(),
            names: names.to_vec(),
            since: alert.raised_at,
        },
        severity: Severity::Info,
        // As loud as what it ends, so that whoever was told is told.
        routed: alert.severity,
        alert: Some(alert.id),
        intent: None,
        channels: Vec::new(),
    }
}
