//! The account check: whose key it is, and whether it may read what money there is. The least that tells a usable key.

use serde_json::json;

use super::Volcengine;
use super::client::Call;
use super::hosts::Service;
use super::identity::Bearer;
use crate::json::amount;
use crate::refusal::shape;
use crate::{AccountCheck, ProviderError};

impl Volcengine {
    pub(super) async fn examine(&self) -> Result<AccountCheck, ProviderError> {
        let identity = self.watcher().await?;
        self.actor().await?;
        let call = Call::post(Service::Billing, "QueryBalanceAcct", json!({}));
        let told = self.told(&self.watch, &call).await?;
        if told.get("AvailableBalance").and_then(amount).is_none() {
            return Err(shape("billing:QueryBalanceAcct: the answer has no balance"));
        }
        if identity.bearer == Bearer::Account {
            tracing::warn!(account = %self.config.account, "this is the key of the whole account, which cannot be limited; give Tidegate a user of its own");
        }
        Ok(AccountCheck {
            owner: identity.owner.clone(),
            regions: self.config.regions(),
            site: None,
        })
    }
}
