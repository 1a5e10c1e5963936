//! What stands at a user, and changing it: made, given keys and policies by a person's word, closed and opened piece by
//! piece with a permit. A user is asked for by its id each time, because a rename changes what the calls go by.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tidegate_guard::{ActionKind, Permit};
use tidegate_meter::{Month, Target, TargetId};

use super::Volcengine;
use super::bill::Spent;
use super::client::Call;
use super::hosts::Service;
use super::limits;
use super::list::List;
use super::policies::denial;
use super::users::User;
use crate::json::text;
use crate::refusal::{error, shape};
use crate::sub_accounts::{
    Hatch, NewKey, NewSubAccount, Piece, Policy, PolicyChange, ProjectInfo, Reach, SubAccount,
    SubAccountDetail, SubAccounts, Survey,
};
use crate::{ProviderError, ProviderErrorKind};

#[async_trait]
impl SubAccounts for Volcengine {
    async fn detail(&self, user: &TargetId) -> Result<SubAccountDetail, ProviderError> {
        let user = self.ask_user(user).await?.told;
        let keys = self.ask_keys(&user.name).await?;
        let login = self.ask_login(&user.name).await?;
        let policies = self.ask_attached(&user.name).await?;
        Ok(SubAccountDetail {
            keys: keys.into_iter().map(|seen| seen.key).collect(),
            login: login.map(|login| login.allowed),
            policies: policies.into_iter().map(|attached| attached.policy).collect(),
            groups: self.ask_groups(&user.name).await?,
            user,
        })
    }

    async fn month(&self, month: Month) -> Result<Spent, ProviderError> {
        self.spent_once(month).await
    }

    async fn projects(&self) -> Result<Vec<ProjectInfo>, ProviderError> {
        self.ask_projects().await
    }

    async fn policies(&self) -> Result<Vec<Policy>, ProviderError> {
        Ok(self.config.offered(self.ask_policies().await?))
    }

    async fn create(&self, new: &NewSubAccount) -> Result<SubAccount, ProviderError> {
        self.make_user(new).await
    }

    async fn create_key(&self, user: &TargetId) -> Result<NewKey, ProviderError> {
        let user = self.changeable(user).await?;
        self.make_key(&user.told.name).await
    }

    async fn attach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError> {
        self.config.may_attach(change)?;
        let user = self.changeable(user).await?;
        self.switch_policy(&user.told.name, change, true).await
    }

    async fn detach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError> {
        self.config.may_detach(change)?;
        let user = self.changeable(user).await?;
        self.switch_policy(&user.told.name, change, false).await
    }

    async fn survey(&self, target: &Target, reach: &Reach) -> Result<Survey, ProviderError> {
        let user = self.user_of(target).await?;
        self.surveyed(&user, reach).await
    }

    async fn set(&self, permit: &Permit, piece: &Piece, to: Hatch) -> Result<(), ProviderError> {
        let open = match (to, permit.action()) {
            (Hatch::Closed, ActionKind::Stop) => false,
            (Hatch::Open, ActionKind::Start) => true,
            _ => return Err(shape("this is not what was permitted")),
        };
        let user = self.user_of(permit.target()).await?;
        if !open {
            self.may_close(&user).await?;
        }
        self.switch(permit, &user, piece, open).await
    }
}

impl Volcengine {
    async fn ask_groups(&self, user: &str) -> Result<Vec<String>, ProviderError> {
        let groups = self.listed(List {
            call: Call::get(Service::Iam, "ListGroupsForUser").with("UserName", &user),
            rows: "UserGroups",
            page: limits::LIST_ROWS,
        });
        let name = |row| text(row, "UserGroupName").map(str::to_owned);
        groups
            .await?
            .iter()
            .map(|row| name(row).ok_or_else(|| shape("iam:ListGroupsForUser: a group has no name")))
            .collect()
    }

    /// A user that a person may change: not the one that we act as.
    async fn changeable(&self, user: &TargetId) -> Result<User, ProviderError> {
        let user = self.ask_user(user).await?;
        if self.is_ourselves(&user).await? {
            return Err(untouchable("this is the user that Tidegate itself acts as"));
        }
        Ok(user)
    }

    /// Refuses to close what is never touched, whatever the permit says.
    async fn may_close(&self, user: &User) -> Result<(), ProviderError> {
        if self.is_ourselves(user).await? {
            return Err(untouchable("this is the user that Tidegate itself acts as"));
        }
        if self.is_protected(user) != Some(false) {
            return Err(untouchable(
                "the user is protected by its tag or by the account's protect list",
            ));
        }
        Ok(())
    }

    /// By the account's list or by its owner's tag; `None` when the tags cannot be read.
    pub(super) fn is_protected(&self, user: &User) -> Option<bool> {
        if self.config.protects(&user.told.id, &user.told.name) {
            return Some(true);
        }
        user.tagged
    }

    async fn switch(
        &self,
        permit: &Permit,
        user: &User,
        piece: &Piece,
        open: bool,
    ) -> Result<(), ProviderError> {
        let name = &user.told.name;
        match piece {
            Piece::Rights => self.switch_rights(name, open).await,
            Piece::Key { id } => self.switch_key(name, id, open).await,
            Piece::Login => self.switch_login(name, open).await,
            Piece::Endpoint { id, .. } => self.switch_endpoint(id, open).await,
            Piece::Instance { id, region, .. } => {
                let token = same_request(permit, id, open);
                self.switch_server(region, id, open, &token).await
            }
        }
    }

    async fn switch_rights(&self, user: &str, open: bool) -> Result<(), ProviderError> {
        if open {
            return self.switch_policy(user, &denial(), false).await;
        }
        if !self.denies.load(Ordering::Relaxed) {
            self.ensure_deny_all().await?;
            self.denies.store(true, Ordering::Relaxed);
        }
        let attached = self.switch_policy(user, &denial(), true).await;
        // Somebody may have deleted the policy since.
        if attached
            .as_ref()
            .is_err_and(|error| error.kind == ProviderErrorKind::Gone)
        {
            self.denies.store(false, Ordering::Relaxed);
        }
        attached
    }
}

fn untouchable(words: &str) -> ProviderError {
    error(ProviderErrorKind::Conflict, words)
}

/// The name of a request: a repeat under the same permit has the same one.
fn same_request(permit: &Permit, id: &str, open: bool) -> String {
    let text = format!("{}/{id}/{open}", permit.at().ms());
    hex::encode(Sha256::digest(text.as_bytes()))
        .chars()
        .take(32)
        .collect()
}
