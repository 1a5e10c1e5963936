//! What is asked of the provider by a person: a sub-account as it stands, projects, policies, keys. Owns the bound on each
//! call and that nothing of our own identity is changed.

use std::future::Future;
use std::sync::Arc;

use tidegate_meter::{AccountId, Blind, Reason, Target, TargetId, TargetKind};
use tidegate_providers::ProviderError;
use tidegate_providers::sub_accounts::{
    NewKey, Policy, PolicyChange, Project, Reach, SubAccountDetail, SubAccounts,
};
use tidegate_store::Batch;

use super::{CloudProject, QuotaRefused};
use crate::command::writer;
use crate::crash::Step;
use crate::inner::{Inner, audit};
use crate::watch::Watch;
use crate::{EngineError, limits, measures};

/// Makes this process the writer. What follows asks the provider, and is no place in the queue of commands: one that hangs
/// must not hold up the others.
pub(crate) async fn as_holder(inner: &Inner) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await
}

/// The account, and its provider's side of sub-accounts.
pub(super) async fn accounts_of(
    inner: &Inner,
    account: &AccountId,
) -> Result<(Arc<Watch>, Arc<dyn SubAccounts>), EngineError> {
    let watch = inner
        .watch(account)
        .ok_or_else(|| EngineError::NoAccount(account.clone()))?;
    if !watch.config().enabled {
        return Err(crate::Refused::Disabled(account.clone()).into());
    }
    let links = watch.links(inner).await;
    let links = links.map_err(|blind| EngineError::Blind(blind.detail))?;
    match links.sub_accounts {
        Some(accounts) => Ok((watch, accounts)),
        None => Err(QuotaRefused::NoSubAccounts(account.clone()).into()),
    }
}

/// Why nothing of an account could be read, where nothing of it ever was: then nobody knows its sub-accounts.
pub(crate) async fn never_read(watch: &Watch) -> Option<Blind> {
    let memory = watch.memory.lock().await;
    memory.blind.clone().filter(|_| memory.book.is_none())
}

/// The accounts with sub-accounts: by their book, or by what their provider offers.
pub(crate) async fn with_sub_accounts(inner: &Inner) -> Vec<AccountId> {
    let mut found = Vec::new();
    for (id, watch) in inner.watches() {
        let is_known = watch.memory.lock().await.book.is_some();
        if is_known || inner.outside.has_sub_accounts(&watch.config()) {
            found.push(id);
        }
    }
    found
}

/// Asks the provider on behalf of an account, for a bounded time.
pub(super) async fn asked<T>(
    inner: &Inner,
    account: &AccountId,
    call: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, EngineError> {
    tokio::select! {
        biased;
        answer = measures::asking(account.clone(), call) => Ok(answer?),
        () = inner.parts.timer.sleep(limits::LOOK_MAX) => {
            let late = Blind::new(Reason::Transient, "the provider did not answer in time");
            Err(EngineError::Blind(late.detail))
        }
    }
}

/// What stands at one sub-account now.
pub(crate) async fn detail(
    inner: &Inner,
    account: &AccountId,
    user: &TargetId,
) -> Result<SubAccountDetail, EngineError> {
    let (_, accounts) = accounts_of(inner, account).await?;
    asked(inner, account, accounts.detail(user)).await
}

/// The projects at the provider, with whom each is charged to.
pub(crate) async fn cloud_projects(
    inner: &Inner,
    account: &AccountId,
) -> Result<Vec<CloudProject>, EngineError> {
    let (watch, accounts) = accounts_of(inner, account).await?;
    let projects = asked(inner, account, accounts.projects()).await?;
    let memory = watch.memory.lock().await;
    let none = super::Book::default();
    let book = memory.book.as_deref().unwrap_or(&none);
    let with_users = |info: tidegate_providers::sub_accounts::ProjectInfo| CloudProject {
        users: book
            .charged_for(&info.name.0)
            .map(|row| (row.user.clone(), book.name(&row.user).to_owned(), row.share))
            .collect(),
        free: book.free_share(&info.name.0),
        info,
    };
    Ok(projects.into_iter().map(with_users).collect())
}

/// The policies that may be attached.
pub(crate) async fn cloud_policies(inner: &Inner, account: &AccountId) -> Result<Vec<Policy>, EngineError> {
    let (_, accounts) = accounts_of(inner, account).await?;
    asked(inner, account, accounts.policies()).await
}

/// A policy of the list of those that may be changed.
pub(super) fn allowed<'a>(policies: &'a [Policy], name: &str) -> Result<&'a Policy, QuotaRefused> {
    let found = policies.iter().find(|policy| policy.name == name);
    found.ok_or_else(|| QuotaRefused::Policy(name.chars().take(80).collect()))
}

/// Attaches or detaches a policy.
pub(crate) async fn change_policy(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    change: (&str, Option<&Project>),
    attach: bool,
    by: &str,
) -> Result<(), EngineError> {
    as_holder(inner).await?;
    let (watch, accounts) = accounts_of(inner, account).await?;
    let policies = asked(inner, account, accounts.policies()).await?;
    let policy = allowed(&policies, change.0)?;
    not_ourselves(inner, &watch, &*accounts, user).await?;
    let change = PolicyChange {
        name: policy.name.clone(),
        kind: policy.kind,
        project: change.1.cloned(),
    };
    let facts = serde_json::json!({
        "account": account, "user": user, "policy": change.name, "project": change.project,
    });
    let event = if attach {
        asked(inner, account, accounts.attach(user, &change)).await?;
        "sub_account.policy_attached"
    } else {
        asked(inner, account, accounts.detach(user, &change)).await?;
        "sub_account.policy_detached"
    };
    note(inner, by, event, facts).await
}

/// Makes an access key.
pub(crate) async fn create_key(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    by: &str,
) -> Result<NewKey, EngineError> {
    as_holder(inner).await?;
    let (watch, accounts) = accounts_of(inner, account).await?;
    not_ourselves(inner, &watch, &*accounts, user).await?;
    let key = asked(inner, account, accounts.create_key(user)).await?;
    let facts = serde_json::json!({ "account": account, "user": user, "key": key.id });
    // The key is there whether or not this can be written; its secret is lost if it is not handed out now.
    if let Err(error) = note(inner, by, "sub_account.key_created", facts).await {
        tracing::error!(%account, %user, key = key.id, %error, "a key was made, and the audit could not be written");
    }
    Ok(key)
}

/// Refuses the identity that the account is watched with: locked out of itself, nothing could ever be restored.
async fn not_ourselves(
    inner: &Inner,
    watch: &Watch,
    accounts: &dyn SubAccounts,
    user: &TargetId,
) -> Result<(), EngineError> {
    let target = {
        let memory = watch.memory.lock().await;
        memory.target(user)
    };
    let target = target.unwrap_or_else(|| Target {
        kind: TargetKind::SubAccount,
        id: user.clone(),
        name: user.to_string(),
        region: String::new(),
    });
    let account = watch.config().id.clone();
    let survey = asked(inner, &account, accounts.survey(&target, &Reach::default())).await?;
    if survey.ourselves {
        return Err(QuotaRefused::Ourselves(user.clone()).into());
    }
    Ok(())
}

/// An audit entry of something that was done at the provider.
pub(super) async fn note(
    inner: &Inner,
    by: &str,
    event: &str,
    facts: serde_json::Value,
) -> Result<(), EngineError> {
    let mut batch = Batch::default();
    batch.push(audit(inner.wall(), by, event, facts));
    Ok(inner.commit(Step::QuotaNoted, batch, Vec::new()).await?)
}
