//! What a mail can be about. A rule names it, a message says it.

use serde::{Deserialize, Serialize};

/// What a mail is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The balance is low.
    LowBalance,
    /// Money is owed.
    Overdue,
    /// Something ends soon, or has ended.
    Expiring,
    /// A service is or will be cut off.
    Suspended,
    /// A payment did not go through.
    PaymentFailed,
    /// A payment went through.
    Receipt,
    /// Words of the person's own.
    Notice,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::LowBalance,
        Self::Overdue,
        Self::Expiring,
        Self::Suspended,
        Self::PaymentFailed,
        Self::Receipt,
        Self::Notice,
    ];

    /// The name it is stored under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LowBalance => "low_balance",
            Self::Overdue => "overdue",
            Self::Expiring => "expiring",
            Self::Suspended => "suspended",
            Self::PaymentFailed => "payment_failed",
            Self::Receipt => "receipt",
            Self::Notice => "notice",
        }
    }
}
