//! What a reader asks for and small answers. Shapes only.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tidegate_meter::{MailboxId, RowId, Time};

/// Which alerts, newest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlertFilter {
    /// Only those that are not resolved.
    pub open: bool,
    /// Only those made before this one.
    pub before: Option<RowId>,
    /// At most so many; cut to `limits::PAGE_ROWS`.
    pub limit: usize,
}

impl AlertFilter {
    /// All open ones, as many as a page holds.
    #[must_use]
    pub const fn open() -> Self {
        Self {
            open: true,
            before: None,
            limit: crate::limits::PAGE_ROWS,
        }
    }

    /// The newest `limit`, open or not.
    #[must_use]
    pub const fn recent(limit: usize) -> Self {
        Self {
            open: false,
            before: None,
            limit,
        }
    }
}

/// Which findings, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FindingFilter {
    /// Only of this mailbox.
    pub mailbox: Option<MailboxId>,
    /// Only of this kind: `low_balance`.
    pub kind: Option<String>,
    /// Only of this certainty: `sure` or `possible`.
    pub certainty: Option<String>,
    /// Only those found later than this.
    pub after: Option<Time>,
    /// Only those made before this one.
    pub before: Option<RowId>,
    /// At most so many; cut to `limits::PAGE_ROWS`.
    pub limit: usize,
}

/// Which intents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntentFilter {
    /// All that have not ended, the next one due first.
    Open,
    /// The newest, newest first.
    Recent {
        /// Only those made before this one.
        before: Option<RowId>,
        /// At most so many.
        limit: usize,
    },
    /// One.
    One(RowId),
}

/// Which deliveries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeliveryFilter {
    /// Pending ones whose time has come, the longest waiting first.
    Due(Time),
    /// Pending ones, whatever their time.
    Pending,
    /// Handed to the wire without a recorded answer: after a crash these are repeated once.
    Sending,
    /// The newest, newest first.
    Recent {
        /// Only those made before this one.
        before: Option<RowId>,
        /// At most so many.
        limit: usize,
    },
    /// One.
    One(RowId),
}

/// When something stored asks for attention next; `None`: nothing waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NextDue {
    /// The earliest `next_at` of an intent that has not ended.
    pub intent: Option<Time>,
    /// The earliest `next_at` of a pending delivery.
    pub delivery: Option<Time>,
}

/// Who may write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LeaseState {
    /// This store.
    Held {
        /// The fencing number: each new holder has a higher one.
        fence: i64,
    },
    /// Another one.
    Other {
        /// Its id.
        holder: String,
        /// Until when, unless it renews.
        until: Time,
    },
}

/// What the writer did since the store was opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StoreStats {
    /// Transactions committed for batches: one sync each.
    pub commits: u64,
    /// Batches written in them.
    pub batches: u64,
}

/// The end of the audit chain: number and hash of its newest row; number 0 and zeros when it is empty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditHead {
    /// The newest number.
    pub seq: i64,
    /// Its hash, hexadecimal.
    pub hash: String,
}

/// What is wrong with the first bad row of the audit chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditFault {
    /// The row with this number is not there, but later ones are.
    Missing,
    /// The row's content or hash does not follow from the row before it.
    Changed,
    /// The chain ends before the expected head.
    Truncated,
    /// The chain has the expected length but another hash there: it was rewritten.
    Rewritten,
}

/// The answer of an audit verification.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum AuditVerdict {
    /// Every row follows from the one before it.
    Intact {
        /// The head: compare it with one published outside, such as in a daily report.
        head: AuditHead,
    },
    /// It was tampered with or damaged.
    Broken {
        /// The first bad row.
        seq: i64,
        /// What is wrong with it.
        fault: AuditFault,
    },
}

/// What a maintenance run did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Maintained {
    /// Raw readings deleted, each counted in an hour before.
    pub readings_deleted: u64,
    /// Hours deleted, each counted in a day before.
    pub hours_deleted: u64,
    /// Rows of flows by minute and hour deleted, each counted in its day from the beginning.
    pub flows_deleted: u64,
    /// Old deliveries deleted.
    pub deliveries_deleted: u64,
    /// The backup made by this run, if one was due.
    pub backup: Option<PathBuf>,
}

/// What a restore did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// Where the database that stood there before is kept.
    pub kept: Option<PathBuf>,
}
