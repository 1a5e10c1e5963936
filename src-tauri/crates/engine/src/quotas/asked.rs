//! What is asked of the book, and what a change gives back. Shapes only.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, Quantity, TargetId};
use tidegate_providers::sub_accounts::{NewKey, Project, SubAccount};

/// An entry of a ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// Whose sub-account.
    pub account: AccountId,
    /// Which.
    pub user: TargetId,
    /// How much more, or less below zero; money.
    pub amount: Quantity,
    /// What it is for, at most 500 characters.
    pub note: String,
    /// The total may fall below what is spent already.
    pub below_spent: bool,
    /// The number of the last entry as the person saw it, 0 for none; `None`: whatever it is.
    pub after: Option<i64>,
}

/// From when a linked project counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountFrom {
    /// What it has cost until now does not count.
    Now,
    /// All of the running month counts.
    Month,
}

/// A project to charge to a sub-account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkAsked {
    /// Whose sub-account.
    pub account: AccountId,
    /// Which.
    pub user: TargetId,
    /// The project.
    pub project: Project,
    /// The part of its cost that is charged, in percent, above 0 and at most 100.
    pub share: Quantity,
    /// From when.
    pub from: CountFrom,
}

/// What a new sub-account gets at once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct First {
    /// A project that is charged to it alone, from now.
    pub project: Option<Project>,
    /// Policies by name, of those that may be attached.
    pub policies: Vec<String>,
    /// An access key.
    pub key: bool,
}

/// A sub-account that was made.
#[derive(Debug)]
pub struct Made {
    /// What the provider told of it.
    pub user: SubAccount,
    /// Its key; the secret is here and nowhere else.
    pub key: Option<NewKey>,
    /// What could not be done although it was made.
    pub undone: Vec<Undone>,
}

/// A part of making a sub-account that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undone {
    /// Which part.
    pub part: MadePart,
    /// Why, in one short line.
    pub detail: String,
}

/// The parts of making a sub-account after it is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MadePart {
    /// This policy is not attached.
    Policy(String),
    /// It has no key.
    Key,
    /// This project is not charged to it.
    Project(Project),
    /// It is not in the list here yet; the next look finds it.
    Listed,
}
