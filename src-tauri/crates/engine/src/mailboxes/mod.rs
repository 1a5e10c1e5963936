//! The loop of the mailboxes: when each is looked into, and by whom.
//!
//! Owns the calendar, that several boxes are read at once and each by one reader only, and that a look's finds, its
//! position, its alerts and its messages are one transaction: after a crash a mail is neither told twice nor lost. A mail
//! never leads to an action: nothing here makes an intent or a permit, and what a rule returns has no room for one.
//! Tested in `tests/mail.rs`, and at the top of the workspace against a real server.

mod digest;
mod finding;
mod look;
mod source;
mod state;
mod telling;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_meter::{MailboxId, Mono};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::finding::Finding;
pub use self::look::{MailboxTrial, MailboxView};
pub(crate) use self::look::{configured, findings, look, trial, views};
pub(crate) use self::source::{Post, source};
pub use self::state::MailboxState;
use crate::config::MailboxConfig;
use crate::inner::{Inner, lock};
use crate::tasks::Tasks;
use crate::{limits, program};

/// The condition of a mailbox that cannot be read, before its id.
const UNREAD: &str = "mailbox_unread";

/// Who reads which mailbox.
#[derive(Default)]
pub(crate) struct MailDesk {
    pens: Mutex<BTreeMap<MailboxId, Arc<tokio::sync::Mutex<()>>>>,
    hurried: Mutex<BTreeSet<MailboxId>>,
    wake: Notify,
}

impl MailDesk {
    /// The one pen of a mailbox: who holds it reads it.
    pub(crate) fn pen(&self, id: &MailboxId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.pens).entry(id.clone()).or_default())
    }

    /// These are to be read as soon as there is room.
    pub(crate) fn hurry(&self, ids: impl IntoIterator<Item = MailboxId>) {
        lock(&self.hurried).extend(ids);
        self.wake.notify_one();
    }
}

/// The condition of one mailbox that cannot be read.
fn condition(id: &MailboxId) -> String {
    format!("{UNREAD}:{id}")
}

/// When each mailbox is due, with the configuration it was planned by.
type Plan = BTreeMap<MailboxId, (MailboxConfig, Mono)>;
/// Looks under way, each with the span to the next one.
type Running = Tasks<MailboxId, (MailboxId, Duration)>;

/// Runs until cancelled.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let (mut plan, mut running) = (Plan::new(), Running::default());
    let mut busy: BTreeSet<MailboxId> = BTreeSet::new();
    while !end.is_cancelled() {
        follow(&inner, &mut plan).await;
        start_due(&inner, &plan, &mut running, &mut busy);
        let wait = wait(&inner, &plan, &busy);
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            Some(done) = running.next() => match done {
                Ok((id, span)) => put_off(&inner, &mut plan, &mut busy, &id, span),
                Err(broken) => {
                    tracing::error!(mailbox = ?broken.name, "{}", broken.said());
                    if let Some(id) = &broken.name {
                        let span = plan.get(id).map_or(limits::MAILBOX_REST, |(config, _)| config.interval);
                        put_off(&inner, &mut plan, &mut busy, id, span);
                    }
                }
            },
            () = inner.mail.wake.notified() => {}
            () = inner.parts.timer.sleep(wait) => {}
        }
    }
}

/// The plan follows the configuration: what is new, changed or hurried is due now, what is gone leaves no alert open.
async fn follow(inner: &Inner, plan: &mut Plan) {
    let configured: Vec<MailboxConfig> = inner.roster().mailboxes.values().cloned().collect();
    let hurried = std::mem::take(&mut *lock(&inner.mail.hurried));
    let now = inner.now().mono;
    plan.retain(|id, _| configured.iter().any(|config| config.id == *id && config.enabled));
    for config in configured.into_iter().filter(|config| config.enabled) {
        let as_planned = plan
            .get(&config.id)
            .is_some_and(|(planned, _)| *planned == config);
        if !as_planned || hurried.contains(&config.id) {
            plan.insert(config.id.clone(), (config, now));
        }
    }
    for (open, _) in inner.conditions.all() {
        let gone = open
            .strip_prefix(UNREAD)
            .and_then(|rest| rest.strip_prefix(':'))
            .is_some_and(|id| !plan.keys().any(|known| known.as_str() == id));
        if gone {
            program::resolve(inner, &open).await;
        }
    }
}

fn start_due(inner: &Arc<Inner>, plan: &Plan, running: &mut Running, busy: &mut BTreeSet<MailboxId>) {
    let now = inner.now().mono;
    for (id, (config, due)) in plan {
        if busy.len() >= limits::MAILBOXES_AT_ONCE {
            break;
        }
        if *due > now || busy.contains(id) {
            continue;
        }
        busy.insert(id.clone());
        let (inner, config) = (Arc::clone(inner), config.clone());
        running.spawn(id.clone(), async move {
            let looked = look(&inner, &config).await;
            (config.id.clone(), jittered(&inner, looked.next))
        });
    }
}

fn put_off(inner: &Inner, plan: &mut Plan, busy: &mut BTreeSet<MailboxId>, id: &MailboxId, span: Duration) {
    busy.remove(id);
    if let Some((_, due)) = plan.get_mut(id) {
        *due = inner.now().mono.plus(span);
    }
}

/// How long nothing is due. With every place taken what is due waits for a place, which wakes the loop by itself.
fn wait(inner: &Inner, plan: &Plan, busy: &BTreeSet<MailboxId>) -> Duration {
    if busy.len() >= limits::MAILBOXES_AT_ONCE {
        return limits::MAILBOX_IDLE;
    }
    let waiting = plan.iter().filter(|(id, _)| !busy.contains(*id));
    let next = waiting.map(|(_, (_, due))| *due).min();
    next.map_or(limits::MAILBOX_IDLE, |due| due.since(inner.now().mono))
}

/// A span, up to a tenth longer by chance, so that boxes of one server do not come together.
fn jittered(inner: &Inner, span: Duration) -> Duration {
    let tenth = u64::try_from(span.as_millis() / 10).unwrap_or(0);
    span.saturating_add(Duration::from_millis(inner.random_below(tenth)))
}
