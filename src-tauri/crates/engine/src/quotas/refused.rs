//! Why a change of the book is refused. Nothing is written then.

use tidegate_meter::{AccountId, Currency, Month, Quantity, QuantityError, TargetId};
use tidegate_providers::sub_accounts::Project;

/// A change of the book that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuotaRefused {
    /// The provider of this account has no sub-accounts.
    #[error("account {0} has no sub-accounts")]
    NoSubAccounts(AccountId),
    /// A value outside its range.
    #[error("{field} is out of range; allowed is {allowed}")]
    Range {
        /// Which.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The total would fall below nothing.
    #[error("amount: {granted} is granted, so no more than that can be taken back")]
    Underflow {
        /// Granted until now.
        granted: Quantity,
    },
    /// The total would fall below what is spent, and nobody confirmed that.
    #[error("amount: {spent} is spent already; confirm that the quota may fall below it")]
    BelowSpent {
        /// Spent until now.
        spent: Quantity,
    },
    /// What is spent is not known now, so nobody can say whether the total would fall below it.
    #[error("amount: what is spent is not known now ({0}); confirm that the quota may fall below it")]
    SpentUnknown(String),
    /// The ledger has other entries than the person saw.
    #[error("the ledger has moved on: its last entry is {last}; look at it again")]
    Moved {
        /// The number of its last entry.
        last: i64,
    },
    /// Another currency than the ledger's.
    #[error("amount: the ledger counts in {0}; use that currency")]
    OtherCurrency(Currency),
    /// No amount of money.
    #[error("amount: use an amount of money such as \"100 CNY\" or \"-12.50 CNY\", not nothing")]
    NoMoney,
    /// The numbers do not fit.
    #[error("amount: {0}")]
    Amount(#[from] QuantityError),
    /// The project is charged to it already.
    #[error("project {0} is charged to this sub-account already; end that first to change its share")]
    Charged(String),
    /// Others are charged for more of the project than would leave this share.
    #[error(
        "project {project} belongs to {others}: {free} of it is free; use shares that come to at most 100% together"
    )]
    Taken {
        /// Which project.
        project: String,
        /// To whom it is charged, by name and share.
        others: String,
        /// What is left of it.
        free: Quantity,
    },
    /// The project is not charged to it, and never was.
    #[error("project {0} is not charged to this sub-account")]
    NotCharged(String),
    /// What the project cost in the running month is not known now: ending its charge would lose what was spent.
    #[error("the bill of {month} is not known now; wait until it was read, so that nothing spent is lost")]
    Unread {
        /// Which month.
        month: Month,
    },
    /// A policy that may not be changed from here.
    #[error(
        "policy: {0:?} may not be attached or detached from here; use one that the list of policies names"
    )]
    Policy(String),
    /// The sub-account is the identity that Tidegate itself uses, or the main account.
    #[error("{0} is the identity that this account is watched with; it is not changed from here")]
    Ourselves(TargetId),
    /// No name of a project.
    #[error("project: {0:?} is no name of a project; use 1 to 128 characters")]
    Project(String),
}

impl QuotaRefused {
    /// A project's name that cannot be one.
    pub(crate) fn project(project: &Project) -> Self {
        Self::Project(project.0.chars().take(40).collect())
    }
}
