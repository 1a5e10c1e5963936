//! Making a sub-account: the account, its policies, its key, its first project, in this order. Owns that nothing is undone
//! and nothing is lost when a later part fails: what is there stays, and what is missing is told.

use std::sync::Arc;

use tidegate_meter::{AccountId, Quantity, Unit};
use tidegate_providers::ProviderErrorKind;
use tidegate_providers::sub_accounts::{
    NewKey, NewSubAccount, Policy, PolicyChange, Project, SubAccount, SubAccounts,
};
use tidegate_store::{Batch, QuotaWrite, Write};

use super::book::{Book, Kept};
use super::cloud::{accounts_of, allowed, as_holder, asked, note};
use super::settle::budget_row;
use super::{
    Budget, CountFrom, First, LinkAsked, Made, MadePart, QuotaRefused, Rules, Undone, limits, linking,
};
use crate::EngineError;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit};
use crate::watch::Watch;

/// Makes a sub-account. An error means that none is known to be there: one whose answer was lost is found by the next look.
pub(crate) async fn create(
    inner: &Arc<Inner>,
    account: &AccountId,
    new: &NewSubAccount,
    first: &First,
    by: &str,
) -> Result<Made, EngineError> {
    as_holder(inner).await?;
    let (watch, accounts) = accounts_of(inner, account).await?;
    let policies = chosen(inner, account, &*accounts, &first.policies).await?;
    free(&watch, first).await?;
    let user = asked(inner, account, accounts.create(new)).await?;
    let mut maker = Maker {
        inner,
        account,
        accounts: &*accounts,
        by,
        user,
        undone: Vec::new(),
    };
    maker.list(&watch).await;
    if first.key || !policies.is_empty() {
        maker.shown().await;
    }
    maker.attach(&policies).await;
    let key = if first.key { maker.key().await } else { None };
    if let Some(project) = &first.project {
        maker.link(project).await;
    }
    Ok(Made {
        user: maker.user,
        key,
        undone: maker.undone,
    })
}

/// The wanted policies, before anything is made: one that may not be attached refuses all.
async fn chosen(
    inner: &Inner,
    account: &AccountId,
    accounts: &dyn SubAccounts,
    names: &[String],
) -> Result<Vec<Policy>, EngineError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let policies = asked(inner, account, accounts.policies()).await?;
    let chosen: Result<Vec<Policy>, QuotaRefused> = names
        .iter()
        .map(|name| allowed(&policies, name).cloned())
        .collect();
    Ok(chosen?)
}

/// Refuses a first project that belongs to somebody, before anything is made.
async fn free(watch: &Watch, first: &First) -> Result<(), EngineError> {
    let Some(project) = &first.project else {
        return Ok(());
    };
    let memory = watch.memory.lock().await;
    let Some(book) = memory.book.as_deref() else {
        return Ok(());
    };
    let others: Vec<&str> = book
        .charged_for(&project.0)
        .map(|row| book.name(&row.user))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(QuotaRefused::Taken {
        project: project.0.clone(),
        others: others.join(", "),
        free: book.free_share(&project.0),
    }
    .into())
}

/// Does the parts, one after the other.
struct Maker<'a> {
    inner: &'a Arc<Inner>,
    account: &'a AccountId,
    accounts: &'a dyn SubAccounts,
    by: &'a str,
    user: SubAccount,
    undone: Vec<Undone>,
}

impl Maker<'_> {
    /// Puts it into the book at once, so that a project can be charged to it before the next look finds it.
    async fn list(&mut self, watch: &Watch) {
        let mut memory = watch.memory.lock().await;
        let now = self.inner.wall();
        let facts =
            serde_json::json!({ "account": self.account, "user": self.user.id, "name": self.user.name });
        let mut batch = Batch::default();
        batch.push(audit(now, self.by, "sub_account.created", facts));
        let known = memory
            .book
            .as_ref()
            .is_some_and(|book| book.users.contains_key(&self.user.id));
        let budget = Budget {
            user: self.user.clone(),
            rules: Rules::default(),
            removed: std::collections::BTreeSet::new(),
            missing_since: None,
        };
        if !known {
            let row = budget_row(self.account, &self.user.id, 1, &budget);
            batch.push(Write::Quota(QuotaWrite::Budget(row)));
        }
        let told = Event::Quota {
            at: now,
            account: self.account.clone(),
            user: Some(self.user.id.clone()),
        };
        match self.inner.commit(Step::QuotaListed, batch, vec![told]).await {
            Ok(()) if known => {}
            Ok(()) => {
                let book = memory.book.get_or_insert_with(|| Box::new(Book::default()));
                let kept = Kept { version: 1, budget };
                book.users.insert(self.user.id.clone(), kept);
            }
            Err(error) => self.failed(MadePart::Listed, error.to_string()),
        }
    }

    /// The cloud shows to the next call what was just made only a moment later. One that does not come to sight is told by
    /// what fails on it.
    async fn shown(&self) {
        for _ in 0..limits::MADE_LOOKS {
            let seen = self.accounts.detail(&self.user.id);
            let seen = asked(self.inner, self.account, seen).await;
            let is_gone =
                matches!(&seen, Err(EngineError::Outside(error)) if error.kind == ProviderErrorKind::Gone);
            if !is_gone {
                return;
            }
            self.inner.parts.timer.sleep(limits::MADE_WAIT).await;
        }
    }

    async fn attach(&mut self, policies: &[Policy]) {
        for policy in policies {
            let change = PolicyChange {
                name: policy.name.clone(),
                kind: policy.kind,
                project: None,
            };
            let attached = asked(
                self.inner,
                self.account,
                self.accounts.attach(&self.user.id, &change),
            );
            match attached.await {
                Ok(()) => {
                    let facts = serde_json::json!({
                        "account": self.account, "user": self.user.id, "policy": change.name,
                    });
                    self.noted("sub_account.policy_attached", facts).await;
                }
                Err(error) => self.failed(MadePart::Policy(change.name), error.to_string()),
            }
        }
    }

    async fn key(&mut self) -> Option<NewKey> {
        let made = asked(self.inner, self.account, self.accounts.create_key(&self.user.id)).await;
        match made {
            Ok(key) => {
                let facts =
                    serde_json::json!({ "account": self.account, "user": self.user.id, "key": key.id });
                self.noted("sub_account.key_created", facts).await;
                Some(key)
            }
            Err(error) => {
                self.failed(MadePart::Key, error.to_string());
                None
            }
        }
    }

    /// Charges the first project, all of it, from now.
    async fn link(&mut self, project: &Project) {
        let asked = LinkAsked {
            account: self.account.clone(),
            user: self.user.id.clone(),
            project: project.clone(),
            share: Quantity::from_raw(1_000_000, Unit::Percent),
            from: CountFrom::Now,
        };
        if let Err(error) = linking::link(self.inner, &asked, self.by).await {
            self.failed(MadePart::Project(project.clone()), error.to_string());
        }
    }

    /// What was done was done, whether or not the audit could be written.
    async fn noted(&self, event: &str, facts: serde_json::Value) {
        if let Err(error) = note(self.inner, self.by, event, facts).await {
            tracing::error!(account = %self.account, event, %error, "the audit could not be written");
        }
    }

    fn failed(&mut self, part: MadePart, detail: String) {
        self.undone.push(Undone { part, detail });
    }
}
