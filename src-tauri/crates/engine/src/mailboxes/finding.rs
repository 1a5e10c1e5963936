//! A found mail as it is stored and told. Owns the shape; the words of the mail are kept as they are, and cut.

use serde::{Deserialize, Serialize};
use tidegate_channels::MailNote;
use tidegate_guard::Severity;
use tidegate_meter::{MailKind, Quantity, Time};
use tidegate_providers::mailbox::{Certainty, Find};
use tidegate_store::FindingRow;

use crate::EngineError;
use crate::inner::unjson;

/// What one mail said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// What the mail is, also under other numbers: its Message-ID, or a hash.
    pub identity: String,
    /// The rule that took it.
    pub rule: String,
    /// What it is about.
    pub kind: MailKind,
    /// How loud that is.
    pub severity: Severity,
    /// `sure`: it was told at once. `possible`: it waits for the day's digest.
    pub certainty: String,
    /// The sender's address.
    pub sender: String,
    /// The mailbox's own server vouches for the sender's domain.
    pub verified: bool,
    /// The subject.
    pub subject: String,
    /// The service, where it is known.
    pub service: Option<String>,
    /// The amount beside a word such as "balance".
    pub amount: Option<Quantity>,
    /// The words it was read from.
    pub amount_words: Option<String>,
    /// The day beside a word such as "due".
    pub due: Option<String>,
    /// The words it was read from.
    pub due_words: Option<String>,
    /// When the server took the mail in.
    pub received: Time,
}

/// The certainty that waits for the digest.
pub(super) const POSSIBLE: &str = "possible";

impl Finding {
    pub(super) fn of(find: &Find) -> Self {
        let verdict = &find.verdict;
        Self {
            identity: find.identity.clone(),
            rule: verdict.rule.clone(),
            kind: verdict.kind,
            severity: verdict.severity,
            certainty: certainty(verdict.certainty).to_owned(),
            sender: verdict.sender.clone(),
            verified: verdict.verified,
            subject: verdict.subject.clone(),
            service: verdict.service.clone(),
            amount: verdict.amount.as_ref().map(|amount| amount.quantity),
            amount_words: verdict.amount.as_ref().map(|amount| amount.raw.clone()),
            due: verdict.due.as_ref().map(|due| due.day.to_string()),
            due_words: verdict.due.as_ref().map(|due| due.raw.clone()),
            received: find.received,
        }
    }

    /// A stored one.
    pub(crate) fn stored(row: &FindingRow) -> Result<Self, EngineError> {
        unjson(row.body.clone(), "finding")
    }

    /// It is told at once. A receipt is kept for the record and wakes nobody.
    pub(super) fn is_told(&self) -> bool {
        self.certainty != POSSIBLE && self.kind != MailKind::Receipt
    }

    /// What a message tells of it.
    pub(super) fn note(&self) -> MailNote {
        MailNote {
            kind: self.kind,
            service: self.service.clone(),
            amount: self.amount,
            due: self.due.clone(),
            sender: self.sender.clone(),
            verified: self.verified,
            subject: self.subject.clone(),
            received: self.received,
        }
    }
}

const fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Sure => "sure",
        Certainty::Possible => POSSIBLE,
    }
}
