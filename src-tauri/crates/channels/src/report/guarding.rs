//! Alerts, actions, what is low, lapses and the audit chain in a report.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, IntentState, Level, Proof, Severity};
use tidegate_meter::{ByteBase, MeterKind, Quantity, Reason, RowId, Target, Time};

use crate::Message;

/// An alert.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReportAlert {
    /// When it was raised.
    pub at: Time,
    /// How loud.
    pub severity: Severity,
    /// When it ended.
    pub resolved_at: Option<Time>,
    /// What it said; `None` when a later version wrote it.
    pub said: Option<Box<Message>>,
}

/// An action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportAction {
    /// Its intent.
    pub intent: RowId,
    /// When it was decided.
    pub at: Time,
    /// What.
    pub action: ActionKind,
    /// On what.
    pub target: Target,
    /// A person asked for it.
    pub by_person: bool,
    /// Where it stood when the report was made.
    pub state: IntentState,
    /// The proof, where there is one.
    pub proof: Option<Proof>,
}

/// A balance, package or quota whose guard has warned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LowFacts {
    /// The account's name.
    pub account: String,
    /// The meter's name.
    pub meter: String,
    /// What is measured.
    pub kind: MeterKind,
    /// How bad.
    pub level: Level,
    /// What is left, as last known.
    pub left: Option<Quantity>,
    /// Of how much.
    pub whole: Option<Quantity>,
    /// How its bytes are shown.
    pub byte_base: ByteBase,
    /// When that was true.
    pub as_of: Option<Time>,
    /// Why the newest look gave nothing.
    pub blind: Option<Reason>,
}

/// A span in which nothing was guarding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LapseFacts {
    /// From.
    pub start: Time,
    /// To.
    pub end: Time,
    /// `asleep`, `stopped`, `offline`, `clock`.
    pub cause: String,
}

/// The end of the audit chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditMark {
    /// The newest number.
    pub seq: i64,
    /// Its hash, hexadecimal.
    pub hash: String,
}
