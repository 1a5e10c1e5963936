//! What is known of a mailbox beside its configuration. Owns that numbers of one place are never used in another: a
//! changed server, user or folder starts over by date.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Blind, Time};
use tidegate_providers::mailbox::{Position, Scan};
use tidegate_store::{StoreError, StoredKind, Write};

use crate::config::MailboxConfig;
use crate::inner::{Inner, json};

/// The state of one mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxState {
    /// The server, user and folder it is about.
    pub place: String,
    /// The server's mark under which its numbers hold.
    pub uid_validity: u32,
    /// The last number that was looked at.
    pub last_uid: u32,
    /// When it was last tried.
    pub tried_at: Option<Time>,
    /// When it was last read.
    pub read_at: Option<Time>,
    /// Mails looked at in the last look that could.
    pub looked_at: u32,
    /// Mails that wait for the next one.
    pub waiting: u32,
    /// Looks in a row that failed.
    pub failures: u32,
    /// Since when it cannot be read.
    pub failing_since: Option<Time>,
    /// Why.
    pub blind: Option<Blind>,
    /// Up to when "possible" mails were told together.
    pub digested: Option<Time>,
}

impl MailboxState {
    /// What the store knows of a mailbox, as far as it is still the same place.
    pub(super) async fn load(inner: &Inner, config: &MailboxConfig) -> Result<Self, StoreError> {
        let rows = inner.parts.store.items(StoredKind::Mailbox).await?;
        let row = rows.into_iter().find(|row| row.id == config.id.as_str());
        let stored: Self = row
            .and_then(|row| row.state)
            .and_then(|state| serde_json::from_value(state).ok())
            .unwrap_or_default();
        Ok(stored.at(config))
    }

    /// The same state at the place that is configured now.
    pub(super) fn at(self, config: &MailboxConfig) -> Self {
        let place = format!(
            "{}@{}:{}/{}",
            config.username, config.host, config.port, config.folder
        );
        if self.place == place {
            return self;
        }
        Self {
            place,
            digested: self.digested,
            ..Self::default()
        }
    }

    pub(super) const fn position(&self) -> Position {
        Position {
            uid_validity: self.uid_validity,
            last_uid: self.last_uid,
        }
    }

    /// After a look that could read.
    pub(super) fn read(self, scan: &Scan, now: Time) -> Self {
        Self {
            uid_validity: scan.position.uid_validity,
            last_uid: scan.position.last_uid,
            tried_at: Some(now),
            read_at: Some(now),
            looked_at: count(scan.looked_at),
            waiting: count(scan.waiting),
            failures: 0,
            failing_since: None,
            blind: None,
            // What this very look found was not told yet.
            digested: self.digested.or(Some(now.minus(Duration::from_millis(1)))),
            place: self.place,
        }
    }

    /// After one that could not.
    pub(super) fn failed(self, blind: Blind, now: Time) -> Self {
        Self {
            tried_at: Some(now),
            failures: self.failures.saturating_add(1),
            failing_since: self.failing_since.or(Some(now)),
            blind: Some(blind),
            ..self
        }
    }

    pub(super) fn write(&self, config: &MailboxConfig) -> Write {
        Write::ItemState {
            kind: StoredKind::Mailbox,
            id: config.id.to_string(),
            state: Some(json(self)),
        }
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
