//! What is asked about mails.

use serde::{Deserialize, Serialize};
use tidegate_meter::{Lang, MailboxId, RowId};
use ts_rs::TS;

/// Findings of mails.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FindingsAsked {
    /// Only of this mailbox.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub mailbox: Option<MailboxId>,
    /// Only of this kind: `low_balance`.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub kind: Option<String>,
    /// Only `sure` or `possible` ones.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub certainty: Option<String>,
    /// Only those made before this one.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub before: Option<RowId>,
    /// At most so many.
    pub limit: u32,
    /// Of the texts.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}
