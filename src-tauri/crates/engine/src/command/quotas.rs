//! What is asked of the book of quotas, and what changes it: the way in. Each question and change stands in a file of its
//! own under `quotas`.

use tidegate_meter::{AccountId, Month, TargetId};
use tidegate_providers::sub_accounts::{NewKey, NewSubAccount, Policy, Project, Reach, SubAccountDetail};
use tidegate_store::{AllocationRow, ChargeRow, LedgerFilter};

use crate::quotas::{
    Allocation, BillMonth, CloudProject, First, LinkAsked, Made, QuotaAccount, QuotaUser, Rules,
};
use crate::{Engine, EngineError};

impl Engine {
    /// Every account with sub-accounts, or that one, with all of them.
    pub async fn quotas(&self, account: Option<&AccountId>) -> Result<Vec<QuotaAccount>, EngineError> {
        let _ = account;
        Err(unbuilt())
    }

    /// One sub-account.
    pub async fn quota(&self, account: &AccountId, user: &TargetId) -> Result<QuotaUser, EngineError> {
        let _ = (account, user);
        Err(unbuilt())
    }

    /// What stands at one sub-account, asked of the provider now.
    pub async fn sub_account(
        &self,
        account: &AccountId,
        user: &TargetId,
    ) -> Result<SubAccountDetail, EngineError> {
        let _ = (account, user);
        Err(unbuilt())
    }

    /// A page of a ledger, newest first.
    pub async fn ledger(&self, filter: LedgerFilter) -> Result<Vec<AllocationRow>, EngineError> {
        let _ = filter;
        Err(unbuilt())
    }

    /// The bill of a month by who is charged; the running month where none is named.
    pub async fn bill(&self, account: &AccountId, month: Option<Month>) -> Result<BillMonth, EngineError> {
        let _ = (account, month);
        Err(unbuilt())
    }

    /// The projects at the provider, asked now, with whom each is charged to.
    pub async fn cloud_projects(&self, account: &AccountId) -> Result<Vec<CloudProject>, EngineError> {
        let _ = account;
        Err(unbuilt())
    }

    /// The policies that may be attached from here, asked of the provider now.
    pub async fn cloud_policies(&self, account: &AccountId) -> Result<Vec<Policy>, EngineError> {
        let _ = account;
        Err(unbuilt())
    }

    /// Looks at the account now: its sub-accounts, its bill, and what follows for every quota.
    pub async fn sync_quotas(&self, account: &AccountId) -> Result<QuotaAccount, EngineError> {
        let _ = account;
        Err(unbuilt())
    }

    /// Grants more, or takes back. The meter is judged at once: a planned disable that has lost its reason is called off.
    /// Errors: [`QuotaRefused`](crate::quotas::QuotaRefused), with nothing written.
    pub async fn allocate(&self, asked: Allocation, by: &str) -> Result<AllocationRow, EngineError> {
        let _ = (asked, by);
        Err(unbuilt())
    }

    /// Charges a project to a sub-account.
    pub async fn link_project(&self, asked: LinkAsked, by: &str) -> Result<ChargeRow, EngineError> {
        let _ = (asked, by);
        Err(unbuilt())
    }

    /// Ends the charge of a project; what it was charged until now stays, and the project is no longer shown.
    pub async fn unlink_project(
        &self,
        account: &AccountId,
        user: &TargetId,
        project: &Project,
        by: &str,
    ) -> Result<(), EngineError> {
        let _ = (account, user, project, by);
        Err(unbuilt())
    }

    /// Switches a project, or all of the sub-account's, on or off. Switched on again, it counts from then, by the share it
    /// had. Returns how many changed.
    pub async fn toggle_projects(
        &self,
        account: &AccountId,
        user: &TargetId,
        project: Option<&Project>,
        on: bool,
        by: &str,
    ) -> Result<usize, EngineError> {
        let _ = (account, user, project, on, by);
        Err(unbuilt())
    }

    /// Sets the rules of a sub-account.
    pub async fn set_rules(
        &self,
        account: &AccountId,
        user: &TargetId,
        rules: Rules,
        by: &str,
    ) -> Result<QuotaUser, EngineError> {
        let _ = (account, user, rules, by);
        Err(unbuilt())
    }

    /// Makes a sub-account and what it gets at once. An error means that none was made; what failed afterwards is in the
    /// answer. The secret of its key is in the answer and nowhere else.
    pub async fn create_sub_account(
        &self,
        account: &AccountId,
        new: &NewSubAccount,
        first: &First,
        by: &str,
    ) -> Result<Made, EngineError> {
        let _ = (account, new, first, by);
        Err(unbuilt())
    }

    /// Makes an access key for a sub-account. Its secret is in the answer and nowhere else.
    pub async fn create_sub_account_key(
        &self,
        account: &AccountId,
        user: &TargetId,
        by: &str,
    ) -> Result<NewKey, EngineError> {
        let _ = (account, user, by);
        Err(unbuilt())
    }

    /// Attaches or detaches a policy that [`Self::cloud_policies`] lists; everywhere, or in one project.
    pub async fn change_policy(
        &self,
        account: &AccountId,
        user: &TargetId,
        policy: &str,
        project: Option<&Project>,
        attach: bool,
        by: &str,
    ) -> Result<(), EngineError> {
        let _ = (account, user, policy, project, attach, by);
        Err(unbuilt())
    }

    /// Which pieces beyond rights, keys and login a disable of this sub-account closes, by its rules and projects.
    pub async fn reach(&self, account: &AccountId, user: &TargetId) -> Result<Reach, EngineError> {
        let _ = (account, user);
        Err(unbuilt())
    }
}

fn unbuilt() -> EngineError {
    EngineError::Blind("the book is being built".to_owned())
}
