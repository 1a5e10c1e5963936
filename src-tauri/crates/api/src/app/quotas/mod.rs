//! Sub-accounts and their quotas: read, allocated, linked, made. Owns the translation of every request about them, no
//! decision: what a person typed is read by `typed`, what is refused says the engine.

mod deed;
mod ledger;
mod said;
mod shown;

use tidegate_engine::EngineError;
use tidegate_engine::quotas::{self as book, QuotaAccount, QuotaUser};
use tidegate_meter::{AccountId, Lang, TargetId};
use tidegate_store::LedgerFilter;

use self::deed::Deeds;
use super::App;
use super::query::page;
use crate::request::{
    AccountAsked, Allocate, BillAsked, ChangePolicy, CountFrom, CreateSubAccount, LinkProject, QuotaAsked,
    QuotaRules, QuotasAsked, SubAccountRef, ToggleProjects, UnlinkProject, WithoutQuota,
};
use crate::response::{AllocatedView, QuotaDetailView, QuotasView};
use crate::{ApiError, ErrorCode, Request, Response, typed};

type Answer = Result<Response, ApiError>;

impl App {
    /// Every request about quotas.
    pub(super) async fn quota(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::Quotas(asked) => self.quotas(asked).await,
            Request::Quota(asked) => self.quota_detail(asked).await,
            Request::Ledger(asked) => self.ledger(asked).await,
            Request::LedgerCsv(asked) => self.ledger_csv(asked).await,
            Request::Bill(asked) => self.bill(asked).await,
            Request::CloudProjects(AccountAsked { account }) => {
                let projects = self.engine.cloud_projects(&account).await?;
                Ok(Response::CloudProjects(
                    projects.into_iter().map(shown::cloud_project).collect(),
                ))
            }
            Request::CloudPolicies(AccountAsked { account }) => {
                let policies = self.engine.cloud_policies(&account).await?;
                Ok(Response::CloudPolicies(
                    policies.into_iter().map(shown::cloud_policy).collect(),
                ))
            }
            Request::SyncQuotas(asked) => self.sync_quotas(asked).await,
            Request::Allocate(asked) => self.allocate(asked, by).await,
            other => self.change_quota(other, by).await,
        }
    }

    async fn change_quota(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::LinkProject(asked) => self.link_project(asked, by).await,
            Request::UnlinkProject(asked) => self.unlink_project(asked, by).await,
            Request::ToggleProjects(asked) => self.toggle_projects(asked, by).await,
            Request::QuotaRules(asked) => self.set_rules(asked, by).await,
            Request::CreateSubAccount(asked) => self.create_sub_account(asked, by).await,
            Request::CreateSubAccountKey(asked) => self.create_key(asked, by).await,
            Request::ChangePolicy(asked) => self.change_policy(asked, by).await,
            _ => Err(ApiError::new(ErrorCode::BadRequest, "no request about quotas")),
        }
    }

    async fn quotas(&self, asked: QuotasAsked) -> Answer {
        let accounts = self.engine.quotas(asked.account.as_ref()).await?;
        self.told_quotas(accounts, asked.lang).await
    }

    async fn told_quotas(&self, accounts: Vec<QuotaAccount>, lang: Lang) -> Answer {
        let deeds = self.deeds().await?;
        Ok(Response::Quotas(self.quotas_view(&accounts, &deeds, lang)))
    }

    fn quotas_view(&self, accounts: &[QuotaAccount], deeds: &Deeds, lang: Lang) -> QuotasView {
        let telling = self.telling(lang);
        let mut users: Vec<(&QuotaUser, std::time::Duration)> = accounts
            .iter()
            .flat_map(|account| account.users.iter().map(|user| (user, account.delay)))
            .collect();
        users.sort_by_cached_key(|(user, _)| said::rank(user));
        QuotasView {
            users: users
                .into_iter()
                .map(|(user, delay)| telling.quota(user, delay, deeds.of(&user.account, &user.user.id)))
                .collect(),
            accounts: accounts
                .iter()
                .map(|account| telling.quota_account(account))
                .collect(),
        }
    }

    /// Reads one account, or each that has sub-accounts; one that cannot be read says so in the answer.
    async fn sync_quotas(&self, asked: QuotasAsked) -> Answer {
        let accounts = match asked.account {
            Some(account) => vec![account],
            None => self.engine.accounts_with_sub_accounts().await,
        };
        let mut read = Vec::new();
        for account in accounts {
            read.push(self.engine.sync_quotas(&account).await?);
        }
        self.told_quotas(read, asked.lang).await
    }

    /// What the provider cannot be asked now stays out, with the reason in its place.
    async fn quota_detail(&self, asked: QuotaAsked) -> Answer {
        let (account, user) = (&asked.account, &asked.user);
        let known = self.engine.quota(account, user).await?;
        let deeds = self.deeds_of(account, user).await?;
        let detail = match self.engine.sub_account(account, user).await {
            Ok(detail) => Ok(detail),
            Err(error @ (EngineError::Outside(_) | EngineError::Blind(_))) => Err(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        let offered = match &detail {
            Ok(_) => self.engine.cloud_policies(account).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let delay = self.delay(account).await?;
        let telling = self.telling(asked.lang);
        let own = deeds.of(account, user);
        let stands = shown::stands(detail.as_ref().ok(), &offered);
        Ok(Response::Quota(Box::new(QuotaDetailView {
            survives: telling.survives(),
            quota: telling.quota(&known, delay, own),
            projects: known.projects.iter().map(shown::project).collect(),
            blind: detail.err(),
            email: stands.email,
            phone: stands.phone,
            keys: stands.keys,
            login: stands.login,
            policies: stands.policies,
            groups: stands.groups,
            closed: own.and_then(|own| telling.closed(own)),
            restorable: own.and_then(deed::Own::restorable),
        })))
    }

    /// How far the bill of an account runs behind use.
    async fn delay(&self, account: &AccountId) -> Result<std::time::Duration, ApiError> {
        let accounts = self.engine.quotas(Some(account)).await?;
        Ok(accounts.first().map(|account| account.delay).unwrap_or_default())
    }

    async fn bill(&self, asked: BillAsked) -> Answer {
        let month = asked.month.as_deref().map(typed::month).transpose()?;
        let bill = self.engine.bill(&asked.account, month).await?;
        Ok(Response::Bill(shown::bill(bill)))
    }

    async fn allocate(&self, asked: Allocate, by: &str) -> Answer {
        let allocation = book::Allocation {
            amount: typed::amount(&asked.amount)?,
            note: typed::note(&asked.note)?,
            below_spent: asked.below_spent,
            after: asked.after,
            account: asked.account,
            user: asked.user,
        };
        let (account, user) = (allocation.account.clone(), allocation.user.clone());
        let entry = self.engine.allocate(allocation, by).await?;
        let known = self.engine.quota(&account, &user).await?;
        let deeds = self.deeds_of(&account, &user).await?;
        let own = deeds.of(&account, &user);
        let delay = self.delay(&account).await?;
        Ok(Response::Allocated(Box::new(AllocatedView {
            entry: shown::entry(entry),
            quota: self.telling(asked.lang).quota(&known, delay, own),
            restorable: own.and_then(deed::Own::restorable),
        })))
    }

    async fn link_project(&self, asked: LinkProject, by: &str) -> Answer {
        let link = book::LinkAsked {
            project: typed::project(&asked.project)?,
            share: typed::share(&asked.share)?,
            from: match asked.from {
                CountFrom::Now => book::CountFrom::Now,
                CountFrom::Month => book::CountFrom::Month,
            },
            account: asked.account,
            user: asked.user,
        };
        self.engine.link_project(link, by).await?;
        Ok(Response::Done)
    }

    async fn unlink_project(&self, asked: UnlinkProject, by: &str) -> Answer {
        let project = typed::project(&asked.project)?;
        let (account, user) = (&asked.account, &asked.user);
        self.engine.unlink_project(account, user, &project, by).await?;
        Ok(Response::Done)
    }

    async fn toggle_projects(&self, asked: ToggleProjects, by: &str) -> Answer {
        let project = asked.project.as_deref().map(typed::project).transpose()?;
        let (account, user) = (&asked.account, &asked.user);
        self.engine
            .toggle_projects(account, user, project.as_ref(), asked.on, by)
            .await?;
        Ok(Response::Done)
    }

    async fn set_rules(&self, asked: QuotaRules, by: &str) -> Answer {
        let rules = book::Rules {
            steps: asked.steps.as_deref().map(typed::steps).transpose()?,
            disable: asked.disable,
            without_quota: match asked.without_quota {
                WithoutQuota::Watch => book::WithoutQuota::Watch,
                WithoutQuota::Block => book::WithoutQuota::Block,
            },
            endpoints: asked.endpoints,
            instances: asked.instances,
            note: typed::note(&asked.note)?,
        };
        self.engine
            .set_rules(&asked.account, &asked.user, rules, by)
            .await?;
        Ok(Response::Done)
    }

    async fn create_sub_account(&self, asked: CreateSubAccount, by: &str) -> Answer {
        let new = typed::sub_account(&asked)?;
        let first = book::First {
            project: asked.project.as_deref().map(typed::project).transpose()?,
            policies: typed::policies(&asked.policies)?,
            key: asked.key,
        };
        let made = self
            .engine
            .create_sub_account(&asked.account, &new, &first, by)
            .await?;
        Ok(Response::MadeSubAccount(self.telling(asked.lang).made(made)))
    }

    async fn create_key(&self, asked: SubAccountRef, by: &str) -> Answer {
        let (account, user) = (&asked.account, &asked.user);
        let known = self.engine.quota(account, user).await?;
        let key = self.engine.create_sub_account_key(account, user, by).await?;
        Ok(Response::MadeSubAccount(shown::made_key(known.user, key)))
    }

    async fn change_policy(&self, asked: ChangePolicy, by: &str) -> Answer {
        let policy = typed::policy(&asked.policy)?;
        let project = asked.project.as_deref().map(typed::project).transpose()?;
        let (account, user) = (&asked.account, &asked.user);
        self.engine
            .change_policy(account, user, &policy, project.as_ref(), asked.attach, by)
            .await?;
        Ok(Response::Done)
    }

    /// So many entries before one, newest first; there is such a sub-account, or the error says that there is none.
    async fn entries(
        &self,
        account: &AccountId,
        user: &TargetId,
        (before, limit): (Option<i64>, u32),
    ) -> Result<Vec<tidegate_store::AllocationRow>, ApiError> {
        let filter = LedgerFilter {
            account: account.clone(),
            user: user.clone(),
            before,
            limit: page(limit),
        };
        Ok(self.engine.ledger(filter).await?)
    }
}
