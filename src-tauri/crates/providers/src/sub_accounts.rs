//! What a provider with sub-accounts offers beyond a [`crate::Source`]: the bill by project and month, the sub-accounts
//! themselves, and the pieces by which one of them can spend. Owns the trait [`SubAccounts`] and its shapes; adds nothing
//! up over months, knows no quota. A piece is changed only with a [`Permit`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tidegate_guard::Permit;
pub use tidegate_guard::{Hatch, Piece};
use tidegate_meter::{Blind, Currency, Month, Quantity, Reason, Target, TargetId, Time};

use crate::{ProviderError, ProviderErrorKind};

/// What the bills say, each month by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// The running month, and the one before while it may still change; oldest first.
    pub months: Vec<MonthBill>,
    /// The sub-accounts as they were listed in the same look, or why they could not be.
    pub users: Result<Vec<SubAccount>, Blind>,
}

/// One month of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MonthBill {
    /// Which month, in the provider's billing zone.
    pub month: Month,
    /// What each project cost, by currency, corrections and refunds included; rounded up once, to 1e-6. Blind when it
    /// could not be read, or changed while it was read. A project without rows is not in it.
    pub spent: Result<BTreeMap<(Project, Currency), Quantity>, Blind>,
    /// When it was read.
    pub at: Time,
}

/// A project's name as the bill tells it; `-` and the empty name are projects of their own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Project(pub String);

/// A project as the provider lists it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProjectInfo {
    /// Its name, as in the bill.
    pub name: Project,
    /// Its name for people.
    pub title: String,
    /// In use.
    pub active: bool,
}

/// One sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubAccount {
    /// The provider's id, which a rename leaves.
    pub id: TargetId,
    /// Its user name.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// E-mail, as far as the provider shows it.
    pub email: String,
    /// Telephone, as far as the provider shows it.
    pub phone: String,
    /// When it was made.
    pub created_at: Option<Time>,
}

/// What stands at one sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubAccountDetail {
    /// Which.
    pub user: SubAccount,
    /// Its access keys.
    pub keys: Vec<AccessKey>,
    /// Whether it may log in to the console; `None`: it has no login.
    pub login: Option<bool>,
    /// Its policies.
    pub policies: Vec<AttachedPolicy>,
    /// Groups it belongs to: their rights are its rights.
    pub groups: Vec<String>,
}

/// An access key without its secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// In force.
    pub active: bool,
    /// When it was made.
    pub created_at: Option<Time>,
}

/// A new access key. The secret is shown once and kept nowhere.
#[derive(Debug)]
pub struct NewKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

/// Whose policy it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// The provider's.
    System,
    /// Somebody's own.
    Custom,
}

/// A policy that can be attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub kind: PolicyKind,
    /// What it allows, in the provider's words.
    pub about: String,
}

/// A policy of a sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AttachedPolicy {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub kind: PolicyKind,
    /// It holds everywhere.
    pub everywhere: bool,
    /// Projects it holds in.
    pub projects: Vec<Project>,
}

/// A policy to attach or detach.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyChange {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub kind: PolicyKind,
    /// Only in this project; `None`: everywhere.
    pub project: Option<Project>,
}

/// A sub-account to make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSubAccount {
    /// Its user name.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// E-mail; empty: none.
    pub email: String,
    /// Telephone; empty: none.
    pub phone: String,
}

/// A piece as it was seen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PieceSeen {
    /// Which.
    pub piece: Piece,
    /// How it stands.
    pub hatch: Hatch,
    /// The provider's mark of its last change (a time of update, an id of attachment): another mark means that somebody
    /// changed it. `None` where the provider tells none.
    pub mark: Option<String>,
}

/// Every piece of a sub-account at one instant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// In the order in which they are closed.
    pub pieces: Vec<PieceSeen>,
    /// It is the identity that we act with ourselves, or the main account: never touched.
    pub ourselves: bool,
    /// When it was read.
    pub at: Time,
}

/// Which pieces beyond rights, keys and login belong to a survey; chosen per sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Model endpoints that it deployed.
    pub endpoints: bool,
    /// Servers in these projects, paid by use; empty: none.
    pub instances_of: Vec<Project>,
}

/// The sub-accounts of an account.
#[async_trait]
pub trait SubAccounts: Send + Sync {
    /// What stands at one sub-account.
    async fn detail(&self, user: &TargetId) -> Result<SubAccountDetail, ProviderError>;
    /// What each project cost in one month, asked now: a month that ended while nobody was watching is in no look.
    async fn month(&self, month: Month) -> Result<BTreeMap<(Project, Currency), Quantity>, ProviderError> {
        Err(ProviderError {
            kind: ProviderErrorKind::Blind(Reason::Missing),
            detail: format!("the bill of {month} is not told any more"),
            retry_after: None,
        })
    }
    /// Every project.
    async fn projects(&self) -> Result<Vec<ProjectInfo>, ProviderError>;
    /// Every policy that may be attached from here: those that make an administrator are not among them.
    async fn policies(&self) -> Result<Vec<Policy>, ProviderError>;
    /// Makes a sub-account. After a lost answer it is looked for by its name before anything is tried again.
    async fn create(&self, new: &NewSubAccount) -> Result<SubAccount, ProviderError>;
    /// Makes an access key. After a lost answer the key that nobody has the secret of is switched off and deleted, and
    /// the error says so.
    async fn create_key(&self, user: &TargetId) -> Result<NewKey, ProviderError>;
    /// Attaches a policy that [`Self::policies`] lists; one that is attached already counts as done.
    async fn attach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError>;
    /// Detaches a policy; one that is not attached counts as done.
    async fn detach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError>;
    /// Reads every piece, live.
    async fn survey(&self, target: &Target, reach: &Reach) -> Result<Survey, ProviderError>;
    /// Asks for one piece of the permit's target to be closed or opened. Doing it twice is the same as once. Returns
    /// when the provider took it on; a survey says whether it happened.
    async fn set(&self, permit: &Permit, piece: &Piece, to: Hatch) -> Result<(), ProviderError>;
}
