//! What a look tells: hits, a box that cannot be read, a box that can be read again. Owns the rows of it; they belong
//! into the transaction of the look. A mail's alert is closed as it is raised: nothing watches whether it still holds.

use tidegate_channels::{MailboxRef, Message};
use tidegate_guard::Severity;
use tidegate_meter::{Reason, RowId, Time};
use tidegate_providers::mailbox::Scan;
use tidegate_store::{AlertRow, Batch, FindingRow, Write};

use super::condition;
use super::finding::Finding;
use super::state::MailboxState;
use crate::config::MailboxConfig;
use crate::event::Event;
use crate::inner::{Inner, json};
use crate::limits;
use crate::outbox::Outgoing;

/// The mailbox as a message names it.
pub(super) fn mailbox(config: &MailboxConfig) -> MailboxRef {
    MailboxRef {
        id: config.id.clone(),
        name: config.name.clone(),
    }
}

/// The rows of one found mail, and its message where it is told at once.
pub(super) fn found(
    inner: &Inner,
    batch: &mut Batch,
    config: &MailboxConfig,
    finding: &Finding,
    numbers: (u32, u32),
) -> Option<Outgoing> {
    let now = inner.wall();
    let (uid_validity, uid) = numbers;
    batch.push(Write::Finding(FindingRow {
        id: inner.row_id(),
        mailbox: config.id.clone(),
        uid_validity,
        uid,
        at: now,
        body: json(finding),
    }));
    if !finding.is_told() {
        return None;
    }
    let message = Message::Mail {
        mailbox: mailbox(config),
        mail: Box::new(finding.note()),
    };
    let key = format!("mail:{}:{uid_validity}:{uid}", config.id);
    let alert = alert(inner, batch, (key, Some(now)), finding.severity, &message);
    Some(outgoing(config, message, finding.severity, Some(alert)))
}

/// A box that cannot be read, once it has failed often enough; at once where only a person can end it.
pub(super) fn unread(
    inner: &Inner,
    batch: &mut Batch,
    config: &MailboxConfig,
    state: &MailboxState,
) -> Option<(Outgoing, Event)> {
    let blind = state.blind.as_ref()?;
    let lasting = matches!(blind.reason, Reason::Auth | Reason::Scope);
    let name = condition(&config.id);
    if inner.conditions.since(&name).is_some() || !(lasting || state.failures >= limits::MAILBOX_FAILURES) {
        return None;
    }
    let message = Message::MailboxUnread {
        mailbox: mailbox(config),
        reason: blind.reason,
        detail: blind.detail.clone(),
        since: state.read_at,
    };
    let alert = alert(inner, batch, (name.clone(), None), Severity::Warning, &message);
    let event = Event::Program {
        at: inner.wall(),
        condition: name,
        detail: blind.detail.clone(),
    };
    Some((outgoing(config, message, Severity::Warning, Some(alert)), event))
}

/// Mails that were passed over. The next look goes on behind them, so that they are told this once.
pub(super) fn passed_over(
    inner: &Inner,
    batch: &mut Batch,
    config: &MailboxConfig,
    scan: &Scan,
) -> Option<Outgoing> {
    let count = u32::try_from(scan.unreadable).unwrap_or(u32::MAX);
    if count == 0 {
        return None;
    }
    let message = Message::MailsUnreadable {
        mailbox: mailbox(config),
        count,
    };
    let now = inner.wall();
    let key = format!(
        "mails:{}:{}:{}",
        config.id, scan.position.uid_validity, scan.position.last_uid
    );
    let alert = alert(inner, batch, (key, Some(now)), Severity::Warning, &message);
    Some(outgoing(config, message, Severity::Warning, Some(alert)))
}

/// A box that can be read again, where it was told that it cannot.
pub(super) fn read_again(
    inner: &Inner,
    batch: &mut Batch,
    config: &MailboxConfig,
    failing_since: Option<Time>,
) -> Option<(Outgoing, Event)> {
    let (name, now) = (condition(&config.id), inner.wall());
    let raised = inner.conditions.since(&name)?;
    batch.push(Write::ResolveAlert {
        guard: None,
        meter: None,
        key: name.clone(),
        window_start: raised,
        at: now,
    });
    let message = Message::MailboxRead {
        mailbox: mailbox(config),
        since: failing_since.unwrap_or(raised),
    };
    let event = Event::ProgramResolved {
        at: now,
        condition: name,
    };
    let told = Outgoing {
        routed: Severity::Warning,
        ..outgoing(config, message, Severity::Info, None)
    };
    Some((told, event))
}

fn alert(
    inner: &Inner,
    batch: &mut Batch,
    (key, resolved_at): (String, Option<Time>),
    severity: Severity,
    message: &Message,
) -> RowId {
    let (id, now) = (inner.row_id(), inner.wall());
    batch.push(Write::RaiseAlert(AlertRow {
        id,
        guard: None,
        account: None,
        meter: None,
        key,
        window_start: now,
        severity,
        raised_at: now,
        resolved_at,
        acknowledged: None,
        snoozed_until: None,
        body: json(message),
    }));
    id
}

fn outgoing(config: &MailboxConfig, message: Message, severity: Severity, alert: Option<RowId>) -> Outgoing {
    Outgoing {
        message,
        severity,
        routed: severity,
        alert,
        intent: None,
        channels: config.channels.clone(),
    }
}
