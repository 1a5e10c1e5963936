//! What somebody else does: a person at the console, the sub-account itself, the billing department. At once, or when
//! the client has made its n-th call of some action.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;

use super::account::Account;
use super::estate::{AccessKey, Attachment, Estate, Running, User};
use super::make;
use super::plan::Spend;
use super::policy;
use super::spend::{Charge, Entry, day_of, number_of};
use crate::SimError;
use crate::balances::millionths;

/// One thing that somebody else does. Sub-accounts go by their names, everything else by its id or name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case", deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the fields are what their names say, and the variants tell them"
)]
pub enum Deed {
    /// A sub-account appears, with a key and without rights.
    CreateUser { user: String },
    /// It vanishes with its keys; what it left running runs on.
    DeleteUser { user: String },
    /// It is called differently from now on, under the same id.
    RenameUser { user: String, to: String },
    /// It gets one more active key, also beyond the quota.
    CreateKey { user: String },
    /// A key, or each of its keys, is switched.
    SetKey {
        user: String,
        key: Option<String>,
        active: bool,
    },
    /// A key, or each of its keys, vanishes.
    DeleteKey { user: String, key: Option<String> },
    /// Its login is switched; one that it does not have is made.
    SetLogin { user: String, allowed: bool },
    /// Its login vanishes.
    DeleteLogin { user: String },
    /// It logs in at the console, or out.
    Console { user: String, open: bool },
    /// A policy is attached to it, everywhere or in a project.
    Attach {
        user: String,
        policy: String,
        project: Option<String>,
    },
    /// A policy is detached from it, wherever it is.
    Detach { user: String, policy: String },
    /// A policy of the account says something else from now on, or appears.
    WritePolicy { policy: String, document: String },
    /// A policy vanishes, and with it its attachments.
    DeletePolicy { policy: String },
    /// An endpoint or a server is started or stopped.
    Switch { id: String, on: bool },
    /// An IAM API key is switched.
    SetApiKey { id: String, active: bool },
    /// A project appears.
    CreateProject { project: String },
    /// The cash balance is this from now on.
    Balance { cash: String },
    /// Steady spending begins, of a sub-account or of nobody.
    Spend { user: Option<String>, spend: Spend },
    /// One row of the bill: a purchase, a correction, or, below zero, a refund. It is of today unless a day
    /// (`2026-10-31`, in Beijing) is said, and is there at once unless it takes seconds to appear.
    Charge {
        project: String,
        amount: String,
        product: Option<String>,
        category: Option<String>,
        day: Option<jiff::civil::Date>,
        #[serde(default)]
        after_s: u64,
    },
}

/// A deed that waits for calls of the client.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Meanwhile {
    /// The action that it waits for: `iam.ListAccessKeys`.
    pub after: String,
    /// How many of them, refused ones too; 1 when it is not said.
    #[serde(default = "once")]
    pub calls: u32,
    /// What is done right after the last of them was answered.
    #[serde(flatten)]
    pub deed: Deed,
}

const fn once() -> u32 {
    1
}

/// A [`Meanwhile`] that counts.
pub(crate) struct Waiting {
    meanwhile: Meanwhile,
    left: u32,
}

impl From<Meanwhile> for Waiting {
    fn from(meanwhile: Meanwhile) -> Self {
        let left = meanwhile.calls.max(1);
        Self { meanwhile, left }
    }
}

impl Waiting {
    /// Counts a call; the deed when it was the last one.
    pub(crate) fn passed(&mut self, operation: &str) -> Option<Deed> {
        if self.left == 0 || self.meanwhile.after != operation {
            return None;
        }
        self.left = self.left.saturating_sub(1);
        (self.left == 0).then(|| self.meanwhile.deed.clone())
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.left == 0
    }
}

fn unknown(what: &str) -> SimError {
    SimError::Unknown(what.to_owned())
}

/// Does it.
pub(crate) fn apply(account: &mut Account, deed: &Deed, now: Time) -> Result<(), SimError> {
    match deed {
        Deed::Balance { cash } => account.cash = millionths(cash)?,
        Deed::Spend { user, spend } => {
            let owner = match user {
                None => None,
                Some(name) => {
                    let of = account.estate.newest().user(name).ok_or_else(|| unknown(name))?;
                    Some((of.id, of.role_until))
                }
            };
            account.spends(owner, spend, now)?;
        }
        Deed::Charge { .. } => charge(account, deed, now)?,
        _ => {
            let estate = account.estate.change(now);
            if !of_account(estate, deed, now)? {
                of_user(estate, deed, now)?;
            }
        }
    }
    Ok(())
}

fn charge(account: &mut Account, deed: &Deed, now: Time) -> Result<(), SimError> {
    let Deed::Charge {
        project,
        amount,
        product,
        category,
        day,
        after_s,
    } = deed
    else {
        return Ok(());
    };
    let amount = millionths(amount)?;
    let serial = 1_000_000_i64.saturating_add(i64::try_from(account.ledger.charges.len()).unwrap_or(0));
    let usual = if amount < 0 {
        "refund-terminate"
    } else {
        "consume-use"
    };
    let product = product.as_deref().unwrap_or("ark_bd");
    account.ledger.charges.push(Charge {
        entry: Entry {
            serial,
            project: project.clone(),
            product: product.to_owned(),
            category: category.as_deref().unwrap_or(usual).to_owned(),
            item: format!("{product}-{serial}"),
            discount_percent: 0,
            coupon: false,
        },
        day: day.map_or_else(|| day_of(now), number_of),
        amount,
        appears: now.plus(Duration::from_secs(*after_s)),
    });
    Ok(())
}

/// Deeds that are about no single sub-account; false when it is about one.
fn of_account(estate: &mut Estate, deed: &Deed, now: Time) -> Result<bool, SimError> {
    match deed {
        Deed::CreateUser { user } => {
            let mut made = make::new_user(estate, user, now);
            made.keys.push(estate.new_key(now));
            estate.users.push(made);
        }
        Deed::DeleteUser { user } => estate.users.retain(|of| of.name != *user),
        Deed::CreateKey { user } => {
            let key = estate.new_key(now);
            estate.user_mut(user).ok_or_else(|| unknown(user))?.keys.push(key);
        }
        Deed::CreateProject { project } => {
            estate.projects.push(make::new_project(project, "", "", now));
        }
        Deed::WritePolicy {
            policy: name,
            document,
        } => {
            let read =
                policy::read(document).ok_or_else(|| SimError::Scenario("no policy document".to_owned()))?;
            let text = policy::reformatted(&read);
            match estate.policies.iter_mut().find(|policy| policy.name == *name) {
                Some(policy) => policy.document = text,
                None => estate.policies.push(make::new_policy(name, text, "", now)),
            }
        }
        Deed::DeletePolicy { policy } => {
            estate.policies.retain(|of| of.name != *policy);
            for user in &mut estate.users {
                user.attached.retain(|of| of.policy != *policy);
            }
        }
        Deed::Switch { id, on } => running(estate, id)?.on = *on,
        Deed::SetApiKey { id, active } => {
            let mut keys = estate.users.iter_mut().flat_map(|user| &mut user.api_keys);
            keys.find(|key| key.id == *id).ok_or_else(|| unknown(id))?.active = *active;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn running<'a>(estate: &'a mut Estate, id: &str) -> Result<&'a mut Running, SimError> {
    let mut all = estate.endpoints.iter_mut().chain(&mut estate.instances);
    all.find(|of| of.id == id).ok_or_else(|| unknown(id))
}

fn of_user(estate: &mut Estate, deed: &Deed, now: Time) -> Result<(), SimError> {
    let (Deed::RenameUser { user: name, .. }
    | Deed::SetKey { user: name, .. }
    | Deed::DeleteKey { user: name, .. }
    | Deed::SetLogin { user: name, .. }
    | Deed::DeleteLogin { user: name }
    | Deed::Console { user: name, .. }
    | Deed::Attach { user: name, .. }
    | Deed::Detach { user: name, .. }) = deed
    else {
        return Ok(());
    };
    let user = estate.user_mut(name).ok_or_else(|| unknown(name))?;
    match deed {
        Deed::RenameUser { to, .. } => user.name.clone_from(to),
        Deed::SetKey { key, active, .. } => {
            for of in keys(user, key.as_deref()) {
                (of.active, of.updated) = (*active, now);
            }
        }
        Deed::DeleteKey { key, .. } => user
            .keys
            .retain(|of| key.as_ref().is_some_and(|key| of.ak != *key)),
        Deed::SetLogin { allowed, .. } => {
            let profile = user
                .profile
                .get_or_insert_with(|| make::new_profile(*allowed, now));
            (profile.allowed, profile.updated) = (*allowed, now);
        }
        Deed::DeleteLogin { .. } => user.profile = None,
        Deed::Console { open, .. } => user.session = *open,
        Deed::Attach { policy, project, .. } => user.attached.push(Attachment {
            policy: policy.clone(),
            project: project.clone(),
            at: now,
        }),
        Deed::Detach { policy, .. } => user.attached.retain(|of| of.policy != *policy),
        _ => {}
    }
    Ok(())
}

fn keys<'a>(user: &'a mut User, only: Option<&str>) -> impl Iterator<Item = &'a mut AccessKey> {
    let only = only.map(str::to_owned);
    let meant = move |key: &&mut AccessKey| only.as_ref().is_none_or(|only| key.ak == *only);
    user.keys.iter_mut().filter(meant)
}
