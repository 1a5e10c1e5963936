//! What is shown of sub-accounts, their quotas and the bill. Shapes only; what is not known is `None` and has its reason
//! beside it, never zero.

use std::time::Duration;

use serde::{Deserialize, Serialize};
pub use tidegate_guard::PieceState as ClosedView;
use tidegate_guard::{Level, Why};
use tidegate_meter::{AccountId, Blind, GuardId, MeterId, Month, Quantity, TargetId, Time};
use tidegate_providers::sub_accounts::{Project, ProjectInfo, SubAccount};

use super::Rules;

/// An account whose provider has sub-accounts.
#[derive(Clone, PartialEq, Debug)]
pub struct QuotaAccount {
    /// Which.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The running month of its bill, in the provider's billing zone.
    pub month: Month,
    /// When the running month was read last, whole.
    pub billed_at: Option<Time>,
    /// Why the running month cannot be read now; or why nothing of the account can.
    pub blind: Option<Blind>,
    /// What the running month cost that is charged to nobody, by currency.
    pub unattributed: Vec<Quantity>,
    /// How far the bill runs behind use.
    pub delay: Duration,
    /// Its sub-accounts, by name.
    pub users: Vec<QuotaUser>,
}

/// One sub-account with its quota.
#[derive(Clone, PartialEq, Debug)]
pub struct QuotaUser {
    /// Whose.
    pub account: AccountId,
    /// As the provider told it last.
    pub user: SubAccount,
    /// The meter that measures it.
    pub meter: MeterId,
    /// Granted in all; `None` when nothing ever was.
    pub granted: Option<Quantity>,
    /// The number of the last entry of its ledger; 0: there is none.
    pub entries: i64,
    /// Charged to it until now.
    pub spent: Option<Quantity>,
    /// What is left; below zero when overspent.
    pub left: Option<Quantity>,
    /// Spent of granted, in percent, rounded down to 1e-4; `None` also for a quota of nothing.
    pub share: Option<Quantity>,
    /// As of when the spending stands.
    pub as_of: Option<Time>,
    /// Why the spending is not known now. Then `spent`, `left`, `share` and `as_of` are what was known last, if anything.
    pub blind: Option<Blind>,
    /// How it stands at the provider.
    pub standing: QuotaStanding,
    /// The level of its guards; `Calm` when none judges it.
    pub level: Level,
    /// The sentence of the guard with that level.
    pub why: Option<(GuardId, Why)>,
    /// A guard judges it, and whether one of them may act now.
    pub guarded: Guarded,
    /// Its rules.
    pub rules: Rules,
    /// The steps in force, in percent, rising.
    pub steps: Vec<Quantity>,
    /// Projects, also those that are not charged now, by name.
    pub projects: Vec<QuotaProject>,
    /// Never touched: on a protect list.
    pub protected: bool,
    /// Since when the provider no longer lists it.
    pub missing_since: Option<Time>,
}

/// Who looks after a sub-account's meter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarded {
    /// No guard judges it.
    Not,
    /// A guard warns.
    Warned,
    /// A guard would disable it, were it armed.
    Watched,
    /// A guard is armed to disable it.
    Armed,
}

/// A project of a sub-account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuotaProject {
    /// Its name.
    pub project: Project,
    /// Charged now.
    pub on: bool,
    /// The part that is, or was last, charged, in percent.
    pub share: Quantity,
    /// Since when this charge, or the last one, counts.
    pub since: Time,
    /// The first month that counts for it.
    pub first_month: Month,
    /// What the project had cost in that month before it counted; `None` while that is not known.
    pub baseline: Option<Quantity>,
    /// Charged for the running month.
    pub this_month: Option<Quantity>,
    /// Charged in all, also before it was switched off and on again.
    pub in_all: Option<Quantity>,
}

/// The bill of a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillMonth {
    /// Whose.
    pub account: AccountId,
    /// Which month.
    pub month: Month,
    /// Months that were read, newest first.
    pub months: Vec<Month>,
    /// When it was read whole last; `None`: never.
    pub at: Option<Time>,
    /// It is the running month.
    pub running: bool,
    /// What all of it cost, by currency.
    pub totals: Vec<Quantity>,
    /// Who is charged for it, by name; the last row, without a user, is what nobody is charged for.
    pub rows: Vec<BillRow>,
}

/// What one sub-account, or nobody, is charged in a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillRow {
    /// The sub-account; `None`: nobody.
    pub user: Option<TargetId>,
    /// Its name; empty for nobody.
    pub name: String,
    /// Charged in this month, by currency.
    pub amounts: Vec<Quantity>,
    /// By project.
    pub projects: Vec<BillProject>,
}

/// One project of a bill's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillProject {
    /// Its name as the bill tells it.
    pub project: Project,
    /// What it cost in all in this month.
    pub cost: Quantity,
    /// What of it this row is charged.
    pub charged: Quantity,
    /// By which share; `None` for what nobody is charged.
    pub share: Option<Quantity>,
}

/// A project at the provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CloudProject {
    /// As the provider lists it.
    pub info: ProjectInfo,
    /// Sub-accounts it is charged to now, with their names and shares.
    pub users: Vec<(TargetId, String, Quantity)>,
    /// The part of it that is charged to nobody, in percent.
    pub free: Quantity,
}

/// How a sub-account stands, by what was last seen of it and by our own open action on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaStanding {
    /// It can spend.
    Enabled,
    /// A disable of ours is under way.
    Disabling,
    /// A disable of ours ended, or is being tried again, with pieces still open.
    PartlyDisabled,
    /// No piece is open.
    Disabled,
    /// A restore of ours is under way.
    Restoring,
    /// The provider no longer lists it.
    Missing,
    /// It was never read.
    Unknown,
}
