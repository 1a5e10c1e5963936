//! What a message says of a mail. Words of a mail are data: they are told as they are, and a channel makes them inert.

use serde::{Deserialize, Serialize};
use tidegate_meter::{MailKind, MailboxId, Quantity, Time};

/// Which mailbox a message is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailboxRef {
    /// Its id.
    pub id: MailboxId,
    /// Its name for people.
    pub name: String,
}

/// What one mail says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailNote {
    /// What it is about.
    pub kind: MailKind,
    /// The service, where it is known.
    pub service: Option<String>,
    /// The amount it names beside a word such as "balance".
    pub amount: Option<Quantity>,
    /// The day it names beside a word such as "due": `2026-12-01`.
    pub due: Option<String>,
    /// The sender's address.
    pub sender: String,
    /// The mailbox's own server vouches for the sender's domain.
    pub verified: bool,
    /// The subject.
    pub subject: String,
    /// When it came in.
    pub received: Time,
}
