//! A mailbox that says what a test wants.

use tidegate_engine::config::MailboxConfig;
use tidegate_meter::{MailKind, MailboxId};
use tidegate_providers::mailbox::{Certainty, Find, MailSource, Position, Scan, Tls, Verdict};

use super::*;

/// A box that answers from a list, and with nothing new once that is empty.
#[derive(Default)]
pub struct FakeBox {
    pub answers: Mutex<VecDeque<Result<Vec<Find>, ProviderError>>>,
    pub asked: Mutex<Vec<Position>>,
    /// Mails that the next look passes over.
    pub unreadable: Mutex<usize>,
    pub validity: Mutex<u32>,
}

#[async_trait]
impl MailSource for FakeBox {
    async fn scan(&self, from: Position, _now: Time) -> Result<Scan, ProviderError> {
        self.asked.lock().unwrap().push(from);
        let finds = self
            .answers
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Ok(Vec::new()))?;
        let last = finds.last().map_or(from.last_uid, |find| find.uid);
        Ok(Scan {
            position: Position {
                uid_validity: 7 + *self.validity.lock().unwrap(),
                last_uid: last,
            },
            renumbered: false,
            looked_at: finds.len(),
            waiting: 0,
            unreadable: std::mem::take(&mut *self.unreadable.lock().unwrap()),
            finds,
        })
    }
}

/// A box that is looked at every quarter of an hour, with nothing of its own.
pub fn mailbox_config() -> MailboxConfig {
    MailboxConfig {
        id: MailboxId::new("work").unwrap(),
        name: "Work".to_owned(),
        enabled: true,
        host: "imap.example.net".to_owned(),
        port: 993,
        tls: Tls::Implicit,
        username: "anna".to_owned(),
        secrets: SecretRefs::new(),
        folder: "INBOX".to_owned(),
        interval: Duration::from_secs(900),
        days: 3,
        authserv: None,
        rules: Vec::new(),
        extra: Vec::new(),
        replace: Vec::new(),
        channels: Vec::new(),
    }
}

/// One mail that a rule hit.
pub fn find(uid: u32, certainty: Certainty, kind: MailKind) -> Find {
    Find {
        uid,
        identity: format!("<{uid}@example.net>"),
        received: start(),
        verdict: Verdict {
            rule: "low_balance".to_owned(),
            kind,
            severity: Severity::Warning,
            certainty,
            sender: "notice@aliyun.com".to_owned(),
            verified: false,
            subject: format!("mail {uid}"),
            service: None,
            amount: None,
            due: None,
        },
    }
}
