//! What is asked about sub-accounts and their quotas. Amounts and shares are texts as a person writes them (`100 CNY`,
//! `-12.50 CNY`, `40%`), read where they are understood, so that each error names its field.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, Lang, TargetId};
use ts_rs::TS;

/// One account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct AccountAsked {
    /// Which.
    #[ts(type = "string")]
    pub account: AccountId,
}

/// The sub-accounts of one account or of all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct QuotasAsked {
    /// Only of this account.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub account: Option<AccountId>,
    /// Of the sentences.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// One sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaAsked {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// Of the sentences.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// A page of a ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LedgerAsked {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// Only entries before this number.
    #[serde(default)]
    #[ts(optional, type = "number | null")]
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// The bill of a month by project.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BillAsked {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// `YYYY-MM` in the provider's billing zone; null: the running month.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub month: Option<String>,
}

/// An entry of the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Allocate {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// How much more, or less below zero: `100 CNY`, `-12.50 CNY`.
    pub amount: String,
    /// What it is for, at most 500 characters.
    pub note: String,
    /// The total may fall below what is spent already.
    #[serde(default)]
    pub below_spent: bool,
    /// The number of the last entry as the person saw it; another one refuses. Null: whatever it is.
    #[serde(default)]
    #[ts(optional, type = "number | null")]
    pub after: Option<i64>,
    /// Of the sentences in the answer.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// From when a linked project counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CountFrom {
    /// What it has cost until now does not count.
    Now,
    /// All of the running month counts.
    Month,
}

/// A project to charge to a sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LinkProject {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// The project's name.
    pub project: String,
    /// The part of its cost that is charged: `100%` where it belongs to one sub-account alone.
    pub share: String,
    /// From when.
    pub from: CountFrom,
}

/// A project to stop charging; what it was charged until now stays.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct UnlinkProject {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// The project's name.
    pub project: String,
}

/// Projects that are charged, or not for now. What they were charged until then stays; switched on again, they count from
/// then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ToggleProjects {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// The project's name; null: all of the sub-account.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub project: Option<String>,
    /// On or off.
    pub on: bool,
}

/// What holds for a sub-account to which nothing was allocated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WithoutQuota {
    /// Its spending is shown, and never judged.
    #[default]
    Watch,
    /// Its quota is nothing: whatever it spends is over it.
    Block,
}

/// The rules of one sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct QuotaRules {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// Steps in percent, any decimals: `["50%", "99.5%"]`; null: those of the guard.
    #[ts(type = "Array<string> | null")]
    pub steps: Option<Vec<String>>,
    /// A guard may disable it.
    pub disable: bool,
    /// What holds while nothing was allocated.
    pub without_quota: WithoutQuota,
    /// Disabling it also stops model endpoints that it deployed.
    pub endpoints: bool,
    /// Disabling it also stops servers, paid by use, in projects that are charged to it alone.
    pub instances: bool,
    /// What its owner noted.
    pub note: String,
}

/// A sub-account to make.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct CreateSubAccount {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its user name: 1 to 64 of letters, digits, `_`, `.`, `-`, `@`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// E-mail; empty: none.
    pub email: String,
    /// Telephone; empty: none.
    pub phone: String,
    /// A first project to charge to it, from now; null: none.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub project: Option<String>,
    /// Policies to attach, of those that `cloud_policies` lists.
    #[serde(default)]
    pub policies: Vec<String>,
    /// Make an access key too; its secret is in the answer, once.
    pub key: bool,
    /// Of the sentences in the answer.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// A policy to attach or detach.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ChangePolicy {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// The sub-account's id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
    /// The policy's name.
    pub policy: String,
    /// Only in this project; null: everywhere.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub project: Option<String>,
    /// Attach, else detach.
    pub attach: bool,
}

/// One sub-account, for what needs no words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SubAccountRef {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its id at the provider.
    #[ts(type = "string")]
    pub user: TargetId,
}
