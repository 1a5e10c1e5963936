//! What is asked of the book of quotas, and what changes it: the way in. Each question and change stands in a file of its
//! own under `quotas`.

use tidegate_meter::{AccountId, Month, TargetId};
use tidegate_providers::sub_accounts::{NewKey, NewSubAccount, Policy, Project, Reach, SubAccountDetail};
use tidegate_store::{AllocationRow, ChargeRow, LedgerFilter};

use crate::quotas::{
    Allocation, BillMonth, CloudProject, First, LinkAsked, Made, QuotaAccount, QuotaUser, Rules,
};
use crate::{Engine, EngineError, look, quotas, standing};

impl Engine {
    /// Every account with sub-accounts, or that one, with all of them.
    pub async fn quotas(&self, account: Option<&AccountId>) -> Result<Vec<QuotaAccount>, EngineError> {
        match account {
            Some(account) => Ok(vec![quotas::account(&self.inner, account).await?]),
            None => Ok(quotas::accounts(&self.inner).await),
        }
    }

    /// One sub-account.
    pub async fn quota(&self, account: &AccountId, user: &TargetId) -> Result<QuotaUser, EngineError> {
        quotas::one(&self.inner, account, user).await
    }

    /// What stands at one sub-account, asked of the provider now.
    pub async fn sub_account(
        &self,
        account: &AccountId,
        user: &TargetId,
    ) -> Result<SubAccountDetail, EngineError> {
        quotas::detail(&self.inner, account, user).await
    }

    /// A page of a ledger, newest first.
    pub async fn ledger(&self, filter: LedgerFilter) -> Result<Vec<AllocationRow>, EngineError> {
        Ok(self.inner.parts.store.ledger(filter).await?)
    }

    /// The bill of a month by who is charged; the running month where none is named.
    pub async fn bill(&self, account: &AccountId, month: Option<Month>) -> Result<BillMonth, EngineError> {
        quotas::bill(&self.inner, account, month).await
    }

    /// The projects at the provider, asked now, with whom each is charged to.
    pub async fn cloud_projects(&self, account: &AccountId) -> Result<Vec<CloudProject>, EngineError> {
        quotas::cloud_projects(&self.inner, account).await
    }

    /// The policies that may be attached from here, asked of the provider now.
    pub async fn cloud_policies(&self, account: &AccountId) -> Result<Vec<Policy>, EngineError> {
        quotas::cloud_policies(&self.inner, account).await
    }

    /// Every account whose provider has sub-accounts, also one that was never read.
    pub async fn accounts_with_sub_accounts(&self) -> Vec<AccountId> {
        quotas::with_sub_accounts(&self.inner).await
    }

    /// Looks at the account now: its sub-accounts, its bill, and what follows for every quota.
    pub async fn sync_quotas(&self, account: &AccountId) -> Result<QuotaAccount, EngineError> {
        quotas::as_holder(&self.inner).await?;
        let watch = self.inner.watch(account);
        let watch = watch.ok_or_else(|| EngineError::NoAccount(account.clone()))?;
        look::look(&self.inner, &watch, None).await?;
        if let Some(blind) = quotas::never_read(&watch).await {
            return Err(EngineError::Blind(blind.detail));
        }
        quotas::account(&self.inner, account).await
    }

    /// Grants more, or takes back. The meter is judged at once: a planned disable that has lost its reason is called off.
    /// Errors: [`QuotaRefused`](crate::quotas::QuotaRefused), with nothing written.
    pub async fn allocate(&self, asked: Allocation, by: &str) -> Result<AllocationRow, EngineError> {
        quotas::allocate(&self.inner, &asked, by).await
    }

    /// Charges a project to a sub-account.
    pub async fn link_project(&self, asked: LinkAsked, by: &str) -> Result<ChargeRow, EngineError> {
        quotas::link(&self.inner, &asked, by).await
    }

    /// Ends the charge of a project; what it was charged until now stays, and the project is no longer shown.
    pub async fn unlink_project(
        &self,
        account: &AccountId,
        user: &TargetId,
        project: &Project,
        by: &str,
    ) -> Result<(), EngineError> {
        quotas::unlink(&self.inner, account, user, project, by).await
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
        quotas::toggle(&self.inner, account, user, project, on, by).await
    }

    /// Sets the rules of a sub-account.
    pub async fn set_rules(
        &self,
        account: &AccountId,
        user: &TargetId,
        rules: Rules,
        by: &str,
    ) -> Result<QuotaUser, EngineError> {
        quotas::set_rules(&self.inner, account, user, rules, by).await?;
        self.quota(account, user).await
    }

    /// Makes a sub-account and what it gets at once. An error means that none is known to be there: one whose answer
    /// was lost is found by the next look. What failed afterwards is in the answer. The secret of its key is in the answer and nowhere else.
    pub async fn create_sub_account(
        &self,
        account: &AccountId,
        new: &NewSubAccount,
        first: &First,
        by: &str,
    ) -> Result<Made, EngineError> {
        quotas::create(&self.inner, account, new, first, by).await
    }

    /// Makes an access key for a sub-account. Its secret is in the answer and nowhere else.
    pub async fn create_sub_account_key(
        &self,
        account: &AccountId,
        user: &TargetId,
        by: &str,
    ) -> Result<NewKey, EngineError> {
        quotas::create_key(&self.inner, account, user, by).await
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
        quotas::change_policy(&self.inner, account, user, (policy, project), attach, by).await
    }

    /// Which pieces beyond rights, keys and login a disable of this sub-account closes, by its rules and projects.
    pub async fn reach(&self, account: &AccountId, user: &TargetId) -> Result<Reach, EngineError> {
        standing::reach(&self.inner, account, user).await
    }
}
