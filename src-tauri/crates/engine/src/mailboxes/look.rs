//! One look into a mailbox. Owns its one transaction: what was found, how far was looked, what is told of it. A look
//! whose transaction fails has not happened; the next one finds the same.

use std::time::Duration;

use tidegate_guard::Severity;
use tidegate_meter::{Blind, MailboxId, Reason, Time};
use tidegate_providers::mailbox::{Find, Position, Scan};
use tidegate_store::{Batch, FindingFilter, FindingRow, StoreError};
use tidegate_vault::Fields;

use super::finding::Finding;
use super::state::MailboxState;
use super::{condition, digest, telling};
use crate::command::trial::filled;
use crate::config::MailboxConfig;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::Inner;
use crate::outbox::{Outgoing, post};
use crate::{EngineError, limits};

/// A mailbox with what is known of it.
#[derive(Clone, Debug)]
pub struct MailboxView {
    /// As configured.
    pub config: MailboxConfig,
    /// What became of it.
    pub state: MailboxState,
}

/// What a mailbox that is only tried would give.
#[derive(Clone, Debug, Default)]
pub struct MailboxTrial {
    /// Mails that would be looked at first.
    pub looked_at: usize,
    /// Mails beyond those.
    pub waiting: usize,
    /// What would be found.
    pub findings: Vec<Finding>,
    /// Why it cannot be read.
    pub blind: Option<Blind>,
    /// How long it took.
    pub took: Duration,
}

/// What a look gave.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    /// To the next look.
    pub(crate) next: Duration,
}

/// Looks into a mailbox and stores what it gave.
pub(crate) async fn look(inner: &Inner, config: &MailboxConfig) -> Looked {
    let pen = inner.mail.pen(&config.id);
    let _writing = pen.lock().await;
    let next = match once(inner, config).await {
        Ok(state) => pause(&state, config.interval),
        Err(error) => {
            tracing::warn!(mailbox = %config.id, %error, "a look into a mailbox could not be stored");
            config.interval
        }
    };
    Looked { next }
}

async fn once(inner: &Inner, config: &MailboxConfig) -> Result<MailboxState, StoreError> {
    let before = MailboxState::load(inner, config).await?;
    match scan(inner, config, Fields::new(), before.position()).await {
        Ok(scan) => read(inner, config, before, &scan).await,
        Err(blind) => failed(inner, config, before, blind).await,
    }
}

/// Looks; secrets in hand come before those it refers to.
async fn scan(inner: &Inner, config: &MailboxConfig, given: Fields, from: Position) -> Result<Scan, Blind> {
    let fields = filled(inner, &config.secrets, given).await?;
    let source = inner.outside.mailbox(config, fields);
    let source = source.map_err(|error| Blind::new(Reason::Shape, error.0))?;
    source
        .scan(from, inner.wall())
        .await
        .map_err(|error| error.blind())
}

async fn read(
    inner: &Inner,
    config: &MailboxConfig,
    before: MailboxState,
    scan: &Scan,
) -> Result<MailboxState, StoreError> {
    let now = inner.wall();
    let (mut batch, mut outgoing, mut events) = (Batch::default(), Vec::new(), Vec::new());
    let mut findings = Vec::new();
    for find in unknown(inner, config, scan).await? {
        let finding = Finding::of(find);
        let numbers = (scan.position.uid_validity, find.uid);
        outgoing.extend(telling::found(inner, &mut batch, config, &finding, numbers));
        findings.push(finding);
    }
    outgoing.extend(telling::passed_over(inner, &mut batch, config, scan));
    let again = telling::read_again(inner, &mut batch, config, before.failing_since);
    let recovered = again.is_some();
    if let Some((message, event)) = again {
        outgoing.push(message);
        events.push(event);
    }
    let mut state = before.read(scan, now);
    if let Some(digest) = digest::due(inner, config, state.digested.unwrap_or(now), &findings).await? {
        outgoing.push(digest);
        state.digested = Some(now);
    }
    events.push(looked(config, findings.len(), None, now));
    store(inner, config, &state, (batch, outgoing, events)).await?;
    if recovered {
        inner.conditions.closed(&condition(&config.id));
    }
    Ok(state)
}

/// Finds that are not recorded yet, each once: a renumbered folder shows old mails again, and one run may hold a mail
/// twice.
async fn unknown<'a>(
    inner: &Inner,
    config: &MailboxConfig,
    scan: &'a Scan,
) -> Result<Vec<&'a Find>, StoreError> {
    let mut fresh: Vec<&Find> = Vec::new();
    for find in &scan.finds {
        let numbers = (scan.position.uid_validity, find.uid);
        let here = fresh.iter().any(|other| other.identity == find.identity);
        if !here
            && !inner
                .parts
                .store
                .is_found(&config.id, numbers, &find.identity)
                .await?
        {
            fresh.push(find);
        }
    }
    Ok(fresh)
}

async fn failed(
    inner: &Inner,
    config: &MailboxConfig,
    before: MailboxState,
    blind: Blind,
) -> Result<MailboxState, StoreError> {
    let now = inner.wall();
    let state = before.failed(blind.clone(), now);
    let (mut batch, mut outgoing) = (Batch::default(), Vec::new());
    let mut events = vec![looked(config, 0, Some(blind.clone()), now)];
    let raised = telling::unread(inner, &mut batch, config, &state);
    let is_raised = raised.is_some();
    if let Some((message, event)) = raised {
        outgoing.push(message);
        events.push(event);
    }
    store(inner, config, &state, (batch, outgoing, events)).await?;
    if is_raised {
        inner
            .conditions
            .opened(&condition(&config.id), &blind.detail, (now, Severity::Warning));
    }
    Ok(state)
}

async fn store(
    inner: &Inner,
    config: &MailboxConfig,
    state: &MailboxState,
    (mut batch, outgoing, events): (Batch, Vec<Outgoing>, Vec<Event>),
) -> Result<(), StoreError> {
    batch.push(state.write(config));
    post(inner, &mut batch, &outgoing, inner.wall());
    inner.commit(Step::MailRead, batch, events).await?;
    if !outgoing.is_empty() {
        inner.wakes.deliver.notify_one();
    }
    Ok(())
}

fn looked(config: &MailboxConfig, found: usize, blind: Option<Blind>, at: Time) -> Event {
    Event::Mailbox {
        at,
        mailbox: config.id.clone(),
        found,
        blind,
    }
}

/// To the next look. Refused logins rest longer each time: nobody is locked out by our trying.
fn pause(state: &MailboxState, interval: Duration) -> Duration {
    match state.blind.as_ref().map(|blind| blind.reason) {
        None if state.waiting > 0 => limits::MAILBOX_MORE.min(interval),
        Some(Reason::Auth) => {
            let doublings = state.failures.saturating_sub(1).min(16);
            let rest = interval.max(tidegate_providers::mailbox::limits::LOGIN_REST);
            rest.saturating_mul(1 << doublings)
                .min(limits::MAILBOX_REST.max(interval))
        }
        _ => interval,
    }
}

/// Every configured mailbox with its state.
pub(crate) async fn views(inner: &Inner) -> Result<Vec<MailboxView>, EngineError> {
    let configured: Vec<MailboxConfig> = inner.roster().mailboxes.values().cloned().collect();
    let mut views = Vec::with_capacity(configured.len());
    for config in configured {
        let state = MailboxState::load(inner, &config).await?;
        views.push(MailboxView { config, state });
    }
    Ok(views)
}

/// Stored finds, newest first.
pub(crate) async fn findings(
    inner: &Inner,
    filter: FindingFilter,
) -> Result<Vec<(FindingRow, Finding)>, EngineError> {
    let rows = inner.parts.store.findings(filter).await?;
    rows.into_iter()
        .map(|row| Finding::stored(&row).map(|finding| (row, finding)))
        .collect()
}

/// Logs in, opens the folder and looks, and stores nothing.
pub(crate) async fn trial(inner: &Inner, config: &MailboxConfig, given: Fields) -> MailboxTrial {
    let begun = inner.now().mono;
    let mut trial = MailboxTrial::default();
    match scan(inner, config, given, Position::default()).await {
        Ok(scan) => {
            trial.looked_at = scan.looked_at;
            trial.waiting = scan.waiting;
            trial.findings = scan.finds.iter().map(Finding::of).collect();
        }
        Err(blind) => trial.blind = Some(blind),
    }
    trial.took = inner.now().mono.since(begun);
    trial
}

/// A mailbox of the configuration.
pub(crate) fn configured(inner: &Inner, id: &MailboxId) -> Option<MailboxConfig> {
    inner.roster().mailboxes.get(id).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(failures: u32) -> MailboxState {
        MailboxState {
            failures,
            blind: Some(Blind::new(Reason::Auth, "login refused")),
            ..MailboxState::default()
        }
    }

    #[test]
    fn refused_logins_rest_longer_each_time() {
        let minute = Duration::from_secs(60);
        assert_eq!(pause(&refused(1), minute), 5 * minute);
        assert_eq!(pause(&refused(2), minute), 10 * minute);
        assert_eq!(pause(&refused(40), minute), limits::MAILBOX_REST);
        assert_eq!(
            pause(&refused(40), 2 * limits::MAILBOX_REST),
            2 * limits::MAILBOX_REST
        );
    }

    #[test]
    fn a_full_box_is_looked_at_again_soon() {
        let state = MailboxState {
            waiting: 3,
            ..MailboxState::default()
        };
        assert_eq!(pause(&state, Duration::from_secs(900)), limits::MAILBOX_MORE);
        assert_eq!(
            pause(&MailboxState::default(), Duration::from_secs(900)),
            Duration::from_secs(900)
        );
    }
}
