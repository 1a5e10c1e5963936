//! Which rights a key lacks, found out before anything is saved: each reading call is made once. What changes something is
//! not tried, so a missing right to act shows in use.

use serde_json::json;
use tidegate_meter::{Month, Reason, Time, Zone};

use super::bill::bill_call;
use super::client::Call;
use super::hosts::Service;
use super::identity::Bearer;
use super::{BillBasis, Volcengine};
use crate::{ProviderError, ProviderErrorKind};

impl Volcengine {
    /// What is refused for want of a right, each in words; and that a key can do too much. Other failures say nothing of
    /// rights and are left out.
    pub(super) async fn lacking(&self) -> Vec<String> {
        let mut lacking = self
            .refused(general(self.config.basis, self.client.now().wall))
            .await;
        let users = self.ask_users().await.unwrap_or_default();
        if let Some(user) = users.first() {
            lacking.extend(self.refused(about(&user.told.name)).await);
        }
        let watcher = self.watcher().await;
        if watcher.is_ok_and(|identity| identity.bearer == Bearer::Account) {
            lacking.push(TOO_MUCH.to_owned());
        }
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }

    async fn refused(&self, calls: Vec<Call>) -> Vec<String> {
        let mut refused = Vec::new();
        for call in calls {
            let answer = self
                .client
                .send(&self.watch, &call)
                .await
                .map_err(ProviderError::from);
            if let Err(error) = answer
                && error.kind == ProviderErrorKind::Blind(Reason::Scope)
            {
                refused.push(error.detail);
            }
        }
        refused
    }
}

/// What no policy can take away from it.
const TOO_MUCH: &str = "this is the key of the main account itself: it may do everything and cannot be limited; \
    make a user for Tidegate and use its key";

/// What every account is asked.
fn general(basis: BillBasis, now: Time) -> Vec<Call> {
    let month = Month::of(now, &Zone::beijing()).to_string();
    vec![
        bill_call(&month, 0, 1, basis),
        Call::post(Service::Billing, "QueryBalanceAcct", json!({})),
        Call::get(Service::Iam, "ListUsers")
            .with("Limit", &1)
            .with("Offset", &0),
        Call::get(Service::Projects, "ListProjects")
            .with("Limit", &1)
            .with("Offset", &0),
    ]
}

/// What is asked about a user.
fn about(user: &str) -> Vec<Call> {
    let of_user = |action| Call::get(Service::Iam, action).with("UserName", &user);
    vec![
        of_user("ListAccessKeys"),
        of_user("GetLoginProfile"),
        of_user("ListAttachedUserPolicies"),
        of_user("ListGroupsForUser"),
        of_user("GetUser"),
    ]
}
