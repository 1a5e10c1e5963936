//! Sub-accounts and quotas as they are shown. Amounts are exact; what is not known is null and said, never nothing.

use serde::{Deserialize, Serialize};
use tidegate_engine::quotas::{ClosedView, QuotaStanding};
use tidegate_guard::Level;
use tidegate_meter::{AccountId, MeterId, Quantity, RowId, TargetId, Time};
use ts_rs::TS;

use super::ShownOnce;
use crate::request::WithoutQuota;

/// Every sub-account, the worst first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct QuotasView {
    /// Accounts whose provider has sub-accounts.
    pub accounts: Vec<QuotaAccountView>,
    /// The sub-accounts.
    pub users: Vec<QuotaView>,
}

/// An account with sub-accounts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaAccountView {
    /// Which.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The running month of its bill, `YYYY-MM`.
    pub month: String,
    /// When the bill was read last, whole.
    #[ts(type = "string | null")]
    pub billed_at: Option<Time>,
    /// Why it cannot be read now, in words; null when it can.
    pub blind: Option<String>,
    /// What the running month's rows cost that are charged to nobody, by currency.
    #[ts(type = "Array<{ value: string, unit: string }>")]
    pub unattributed: Vec<Quantity>,
    /// How far the bill runs behind use, in hours: money spent in that time is not seen yet.
    pub delay_hours: u32,
}

/// One sub-account.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// Its user name.
    pub name: String,
    /// Its name for people; empty: none.
    pub title: String,
    /// The meter that measures it.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// Granted in all; null when nothing ever was.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub granted: Option<Quantity>,
    /// Charged to it until now; null when that is not known.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub spent: Option<Quantity>,
    /// What is left; below zero when overspent.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub left: Option<Quantity>,
    /// Spent of granted, in percent, rounded down to 1e-4.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub share: Option<Quantity>,
    /// As of when the spending stands.
    #[ts(type = "string | null")]
    pub as_of: Option<Time>,
    /// Why the spending is not known now, in words.
    pub blind: Option<String>,
    /// How it stands at the provider.
    #[ts(
        type = "\"enabled\" | \"disabling\" | \"partly_disabled\" | \"disabled\" | \"restoring\" | \"missing\" | \"unknown\""
    )]
    pub standing: QuotaStanding,
    /// The level of its guards.
    #[ts(type = "\"calm\" | \"warning\" | \"critical\" | \"blind\"")]
    pub level: Level,
    /// One sentence: what is so, and what follows.
    pub sentence: String,
    /// Projects that are charged now.
    pub projects_on: usize,
    /// Projects linked.
    pub projects: usize,
    /// Its rules.
    pub rules: QuotaRulesView,
    /// The number of the last entry of its ledger; 0: there is none.
    #[ts(type = "number")]
    pub entries: i64,
    /// Never touched: on the protect list, or the identity that we use ourselves.
    pub protected: bool,
    /// Made up by the demonstration.
    #[serde(default)]
    pub simulated: bool,
}

/// The rules of a sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaRulesView {
    /// Its own steps; null: those of the guard.
    pub steps: Option<Vec<String>>,
    /// The steps in force.
    pub steps_in_force: Vec<String>,
    /// A guard may disable it.
    pub disable: bool,
    /// What holds while nothing was allocated.
    pub without_quota: WithoutQuota,
    /// Endpoints go with it.
    pub endpoints: bool,
    /// Servers go with it.
    pub instances: bool,
    /// What its owner noted.
    pub note: String,
}

/// One sub-account with everything that stands at it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaDetailView {
    /// As in the list.
    pub quota: QuotaView,
    /// Projects, also those that are not charged now.
    pub projects: Vec<QuotaProjectView>,
    /// Why keys, login and policies could not be read, in words; then they are empty.
    pub blind: Option<String>,
    /// E-mail, as far as the provider shows it.
    pub email: String,
    /// Telephone, as far as the provider shows it.
    pub phone: String,
    /// Its access keys.
    pub keys: Vec<AccessKeyView>,
    /// Whether it may log in; null: it has no login, or that could not be read.
    pub login: Option<bool>,
    /// Its policies.
    pub policies: Vec<AttachedPolicyView>,
    /// Groups whose rights it has too.
    pub groups: Vec<String>,
    /// The last disable or restore, piece by piece.
    pub closed: Option<ClosedDeedView>,
    /// What goes on although it is disabled, one sentence each.
    pub survives: Vec<String>,
    /// The last verified disable that a restore would undo.
    #[ts(type = "string | null")]
    pub restorable: Option<RowId>,
}

/// A project charged to a sub-account.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaProjectView {
    /// Its name.
    pub project: String,
    /// Charged now.
    pub on: bool,
    /// The part that is charged.
    pub share: String,
    /// Since when it is linked.
    #[ts(type = "string")]
    pub since: Time,
    /// The first month that counts.
    pub first_month: String,
    /// What it had cost in that month before it counted; null while that is not known.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub baseline: Option<Quantity>,
    /// Charged for the running month.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub this_month: Option<Quantity>,
    /// Charged in all.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub in_all: Option<Quantity>,
}

/// An access key without its secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct AccessKeyView {
    /// Its id.
    pub id: String,
    /// In force.
    pub active: bool,
    /// When it was made.
    #[ts(type = "string | null")]
    pub created_at: Option<Time>,
}

/// A policy of a sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct AttachedPolicyView {
    /// Its name.
    pub name: String,
    /// The provider's, else somebody's own.
    pub system: bool,
    /// It holds everywhere.
    pub everywhere: bool,
    /// Projects it holds in.
    pub projects: Vec<String>,
    /// It may be attached and detached here.
    pub ours_to_change: bool,
}

/// A disable or restore, piece by piece.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ClosedDeedView {
    /// Which action.
    #[ts(type = "string")]
    pub action: RowId,
    /// Disable, else restore.
    pub disable: bool,
    /// Its state.
    pub state: String,
    /// Each piece, in the order in which it was done.
    pub pieces: Vec<PieceView>,
}

/// One piece of a disable or restore.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct PieceView {
    /// What it is, in words.
    pub what: String,
    /// How far it is.
    #[ts(type = "\"waiting\" | \"asked\" | \"done\" | \"was_so\" | \"failed\" | \"skipped\"")]
    pub state: ClosedView,
    /// Why it failed or was skipped, in words.
    pub why: Option<String>,
    /// When it was seen to be so.
    #[ts(type = "string | null")]
    pub at: Option<Time>,
}

/// A page of a ledger, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LedgerView {
    /// The entries.
    pub entries: Vec<AllocationView>,
    /// There are older ones.
    pub more: bool,
}

/// An entry of a ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct AllocationView {
    /// Its number, from 1.
    #[ts(type = "number")]
    pub seq: i64,
    /// Granted, or taken back below zero.
    #[ts(type = "{ value: string, unit: string }")]
    pub amount: Quantity,
    /// The total after it.
    #[ts(type = "{ value: string, unit: string }")]
    pub total: Quantity,
    /// What it is for.
    pub note: String,
    /// Who did it.
    pub by: String,
    /// When.
    #[ts(type = "string")]
    pub at: Time,
}

/// What an allocation came to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct AllocatedView {
    /// The entry.
    pub entry: AllocationView,
    /// The sub-account after it.
    pub quota: QuotaView,
    /// A verified disable that can be undone now.
    #[ts(type = "string | null")]
    pub restorable: Option<RowId>,
}

/// The bill of a month by project.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct BillView {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// `YYYY-MM`.
    pub month: String,
    /// Months that there are, newest first.
    pub months: Vec<String>,
    /// When it was read whole last; null: never.
    #[ts(type = "string | null")]
    pub at: Option<Time>,
    /// It may still change.
    pub running: bool,
    /// What all of it costs, by currency.
    #[ts(type = "Array<{ value: string, unit: string }>")]
    pub totals: Vec<Quantity>,
    /// Who spent it; those rows unfold to projects. The last one, without a user, is what nobody is charged for.
    pub rows: Vec<BillRowView>,
}

/// What one sub-account, or nobody, is charged in a month.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct BillRowView {
    /// The sub-account's id; null: nobody.
    #[ts(type = "string | null")]
    pub user: Option<TargetId>,
    /// Its name; empty for nobody.
    pub name: String,
    /// Charged in this month, by currency.
    #[ts(type = "Array<{ value: string, unit: string }>")]
    pub amounts: Vec<Quantity>,
    /// By project.
    pub projects: Vec<BillProjectView>,
}

/// One project of a bill's row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct BillProjectView {
    /// Its name as the bill tells it.
    pub project: String,
    /// What it cost in all in this month.
    #[ts(type = "{ value: string, unit: string }")]
    pub cost: Quantity,
    /// What of it this row is charged.
    #[ts(type = "{ value: string, unit: string }")]
    pub charged: Quantity,
    /// By which share; null for what nobody is charged.
    pub share: Option<String>,
}

/// A project at the provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct CloudProjectView {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Sub-accounts it is charged to now.
    pub users: Vec<String>,
    /// The part of it that is charged to nobody: `60%`.
    pub free: String,
}

/// A policy that may be attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct CloudPolicyView {
    /// Its name.
    pub name: String,
    /// The provider's, else somebody's own.
    pub system: bool,
    /// What it allows, in the provider's words.
    pub about: String,
}

/// A sub-account or key that was made. The secret is in this answer and nowhere else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MadeSubAccount {
    /// The sub-account's id.
    #[ts(type = "string")]
    pub user: TargetId,
    /// Its user name.
    pub name: String,
    /// The key's id; null: none was asked for, or it could not be made.
    pub key: Option<String>,
    /// The key's secret: shown here and never again.
    #[ts(type = "string | null")]
    pub secret: Option<ShownOnce>,
    /// What could not be done although the sub-account was made, one sentence each.
    pub undone: Vec<String>,
}
