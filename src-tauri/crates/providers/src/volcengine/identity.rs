//! Who a key belongs to. A user that is our own is never disabled, and the key of the whole account is warned of: it can do
//! everything, cannot be limited, and cannot take on a role.

use std::sync::Arc;

use tidegate_meter::{Mono, Reason, TargetId};

use super::client::Call;
use super::hosts::Service;
use super::{Volcengine, limits};
use crate::ProviderError;
use crate::json::{int, text};
use crate::key::Key;
use crate::refusal::shape;

/// What the key belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bearer {
    /// The account itself.
    Account,
    /// One of its users.
    User,
    /// A role, by a temporary key.
    Role,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Identity {
    /// The account's id.
    pub(super) owner: String,
    /// What the key belongs to.
    pub(super) bearer: Bearer,
    /// The user's or role's id.
    pub(super) id: String,
    read_at: Mono,
}

impl Identity {
    /// Whether it is this user.
    pub(super) fn is_user(&self, id: &TargetId) -> bool {
        self.bearer == Bearer::User && self.id == id.as_str()
    }
}

/// The identities behind both keys, each asked daily. Held while asking, so that two callers ask once.
#[derive(Default)]
pub(super) struct Identities {
    pub(super) watch: tokio::sync::Mutex<Option<Arc<Identity>>>,
    pub(super) act: tokio::sync::Mutex<Option<Arc<Identity>>>,
}

impl Volcengine {
    /// Who watches.
    pub(super) async fn watcher(&self) -> Result<Arc<Identity>, ProviderError> {
        self.identity(&self.watch, &self.identities.watch).await
    }

    /// Who acts: the same where there is one key.
    pub(super) async fn actor(&self) -> Result<Arc<Identity>, ProviderError> {
        match &self.act {
            Some(key) => self.identity(key, &self.identities.act).await,
            None => self.watcher().await,
        }
    }

    async fn identity(
        &self,
        key: &Key,
        kept: &tokio::sync::Mutex<Option<Arc<Identity>>>,
    ) -> Result<Arc<Identity>, ProviderError> {
        let mut kept = kept.lock().await;
        let now = self.client.now().mono;
        let young = |identity: &&Arc<Identity>| now.since(identity.read_at) < limits::IDENTITY_AGE;
        if let Some(identity) = kept.as_ref().filter(young) {
            return Ok(Arc::clone(identity));
        }
        match (self.ask_identity(key).await, kept.as_ref()) {
            (Ok(identity), _) => Ok(Arc::clone(kept.insert(Arc::new(identity)))),
            // A key stays whose it is; only a refused one is told at once.
            (Err(error), Some(old)) if error.blind().reason != Reason::Auth => Ok(Arc::clone(old)),
            (Err(error), _) => Err(error),
        }
    }

    async fn ask_identity(&self, key: &Key) -> Result<Identity, ProviderError> {
        let call = Call::get(Service::Sts, "GetCallerIdentity");
        let told = self.told(key, &call).await?;
        let unclear = || shape("sts:GetCallerIdentity: the answer does not say whose the key is");
        let bearer = match text(&told, "IdentityType") {
            Some("Account") => Bearer::Account,
            Some("User") => Bearer::User,
            // Under an assumed role the vendor's word varies.
            Some(word) if word.contains("Role") => Bearer::Role,
            _ => return Err(unclear()),
        };
        let owner = int(&told, "AccountId").filter(|id| *id > 0).ok_or_else(unclear)?;
        let number = int(&told, "IdentityId").map(|id| id.to_string());
        let id = text(&told, "IdentityId").map(str::to_owned).or(number);
        Ok(Identity {
            owner: owner.to_string(),
            bearer,
            id: id.ok_or_else(unclear)?,
            read_at: self.client.now().mono,
        })
    }
}
