//! Mailboxes and what their mails said, as they are shown.

use serde::{Deserialize, Serialize};
use tidegate_guard::Severity;
use tidegate_meter::{MailKind, MailboxId, Quantity, Reason, RowId, Time};
use tidegate_providers::mailbox::{MailRule, MailSender};
use ts_rs::TS;

/// One mailbox. Reading it changes nothing there: mails stay unread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MailboxView {
    /// Which.
    #[ts(type = "string")]
    pub mailbox: MailboxId,
    /// Its name.
    pub name: String,
    /// Whether it is read.
    pub enabled: bool,
    /// Its server.
    pub host: String,
    /// The folder.
    pub folder: String,
    /// Between two looks, in seconds.
    #[ts(type = "number")]
    pub interval: u64,
    /// Tried last.
    #[ts(type = "string | null")]
    pub tried_at: Option<Time>,
    /// Read last.
    #[ts(type = "string | null")]
    pub read_at: Option<Time>,
    /// Mails looked at then.
    pub looked_at: u32,
    /// Mails that waited for the next look.
    pub waiting: u32,
    /// Why it cannot be read, if it cannot.
    #[ts(type = "string | null")]
    pub reason: Option<Reason>,
    /// The detail of the reason.
    pub detail: Option<String>,
    /// Since when it cannot be read.
    #[ts(type = "string | null")]
    pub failing_since: Option<Time>,
    /// Looks in a row that failed.
    pub failures: u32,
    /// How it stands, in one sentence.
    pub text: String,
}

/// What one mail said. Its words are data: they are never markup, and nothing in them is a link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MailFindingView {
    /// Its id; `null` for one of a try, which is not stored.
    #[ts(type = "string | null")]
    pub id: Option<RowId>,
    /// In which mailbox.
    #[ts(type = "string")]
    pub mailbox: MailboxId,
    /// When it was found; `null` for one of a try.
    #[ts(type = "string | null")]
    pub at: Option<Time>,
    /// When the server took it in.
    #[ts(type = "string")]
    pub received: Time,
    /// What it is about.
    #[ts(
        type = "\"low_balance\" | \"overdue\" | \"expiring\" | \"suspended\" | \"payment_failed\" | \"receipt\" | \"notice\""
    )]
    pub kind: MailKind,
    /// That in words.
    pub kind_text: String,
    /// `sure`: told at once. `possible`: told once a day.
    #[ts(type = "\"sure\" | \"possible\"")]
    pub certainty: String,
    /// How loud it is.
    #[ts(type = "\"info\" | \"warning\" | \"critical\"")]
    pub severity: Severity,
    /// The rule that took it.
    pub rule: String,
    /// The service, where it is known.
    pub service: Option<String>,
    /// The amount beside a word such as "balance"; `null` where none is named, or it could be read in two ways.
    #[ts(type = "Amount | null")]
    pub amount: Option<Quantity>,
    /// The words it was read from.
    pub amount_words: Option<String>,
    /// The day beside a word such as "due": `2026-12-01`.
    pub due: Option<String>,
    /// The words it was read from.
    pub due_words: Option<String>,
    /// The sender's address; empty where there is none, or more than one.
    pub sender: String,
    /// The mailbox's own server vouches for the sender's domain.
    pub verified: bool,
    /// The subject.
    pub subject: String,
}

/// What trying a mailbox gave. Nothing of it is stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct TriedMailboxView {
    /// It could be read.
    pub ok: bool,
    /// Mails that the first look would look at.
    pub looked_at: usize,
    /// Mails beyond those.
    pub waiting: usize,
    /// What would be found.
    pub findings: Vec<MailFindingView>,
    /// Why it cannot be read, if it cannot.
    #[ts(type = "string | null")]
    pub reason: Option<Reason>,
    /// The detail of the reason.
    pub detail: Option<String>,
    /// What a person can do.
    pub next: Option<String>,
    /// How long it took, in milliseconds.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// The built-in rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MailRulesView {
    /// Rules, the first that fires decides.
    #[ts(type = "Array<MailRuleItem>")]
    pub rules: Vec<MailRule>,
    /// Senders known for such mails.
    #[ts(type = "Array<{ domain: string, service: string, currency?: string }>")]
    pub senders: Vec<MailSender>,
    /// Each kind with its words.
    pub kinds: Vec<(String, String)>,
}
