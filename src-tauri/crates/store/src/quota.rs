//! The rows of quotas: budgets, the ledger of allocations, charged projects, what projects cost. Shapes and their writes;
//! the SQL stands in `apply/quota.rs` and `query/quota.rs`. Adds nothing up.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, Month, Quantity, RowId, TargetId, Time, Unit};

/// One sub-account under a quota.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BudgetRow {
    /// Whose sub-account.
    pub account: AccountId,
    /// Which.
    pub user: TargetId,
    /// Counts up by one with each write; a write names the version that it makes, and is refused when another did.
    pub version: i64,
    /// Its rules, and what the provider told of it, as JSON of the engine.
    pub body: serde_json::Value,
}

/// One entry of a ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AllocationRow {
    /// Whose sub-account.
    pub account: AccountId,
    /// Which.
    pub user: TargetId,
    /// From 1, without a gap; a write with another number than the next is refused.
    pub seq: i64,
    /// Granted, or taken back below zero.
    pub amount: Quantity,
    /// The total after it; a write with another total than the last plus `amount` is refused.
    pub total: Quantity,
    /// What it is for.
    pub note: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Time,
}

/// The span in which a project is charged to a sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChargeRow {
    /// Its id.
    pub id: RowId,
    /// Whose sub-account.
    pub account: AccountId,
    /// Which.
    pub user: TargetId,
    /// The project as the bill names it.
    pub project: String,
    /// The part of its cost that is charged, in percent.
    pub share: Quantity,
    /// The first month that counts.
    pub first_month: Month,
    /// What the project had cost in the first month before it counts; `None` until the bill told it.
    pub baseline: Option<Quantity>,
    /// Which currency is charged; what the project costs in another one makes the budget blind.
    pub unit: Unit,
    /// Since when it is charged.
    pub since: Time,
    /// Who linked it.
    pub by: String,
    /// Its end; `None` while it is charged.
    pub end: Option<ChargeEnd>,
}

/// Until when a project was charged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChargeEnd {
    /// The last month that counts.
    pub month: Month,
    /// What the project had cost in that month when it ended.
    pub amount: Quantity,
    /// When.
    pub at: Time,
}

/// What a project cost in a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SpendingRow {
    /// Whose project.
    pub account: AccountId,
    /// The project as the bill names it.
    pub project: String,
    /// The month in the provider's billing zone.
    pub month: Month,
    /// Corrections included; one row for each currency.
    pub amount: Quantity,
    /// When it was first seen.
    pub first_at: Time,
    /// When it was first read with this amount. When the month was read last is told by the month.
    pub at: Time,
}

/// A page of a ledger, newest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerFilter {
    /// Whose sub-account.
    pub account: AccountId,
    /// Which.
    pub user: TargetId,
    /// Only entries before this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// One change of what belongs to quotas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QuotaWrite {
    /// Inserts a budget with version 1, or replaces the one of the version before; refused when another was faster.
    Budget(BudgetRow),
    /// Appends to a ledger; refused when it is not the next entry, or its total is not the sum.
    Allocate(AllocationRow),
    /// Inserts a charge, or replaces the one of its id; one that has ended is not changed any more.
    Charge(ChargeRow),
    /// Inserts or replaces what a project cost in a month; `first_at` of the first row stays.
    Spent(SpendingRow),
    /// A month was read whole.
    MonthRead {
        /// Whose bill.
        account: AccountId,
        /// Which month.
        month: Month,
        /// When.
        at: Time,
    },
}
