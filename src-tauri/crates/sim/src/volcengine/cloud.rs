//! What is true of a main account, for a test that judges a client, and what somebody else does there.

use serde_json::Value;
use tidegate_meter::{Currency, Quantity, Time, Unit};

use super::account::Account;
use super::deed::{Deed, Meanwhile, Waiting};
use super::estate::{Path, User};
use super::spend::{Group, Period, payable};
use crate::SimError;
use crate::world::{Credential, World};

/// One main account of a world. See [`World::volcengine`].
#[derive(Clone)]
pub struct Cloud {
    world: World,
    index: usize,
}

/// A key of a sub-account as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyTruth {
    /// Its id.
    pub ak: String,
    /// Whether it is active.
    pub active: bool,
}

/// A sub-account as it is, whatever reads show of it yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserTruth {
    /// Its id, which a rename does not change.
    pub id: i64,
    /// Its keys.
    pub keys: Vec<KeyTruth>,
    /// Whether it may log in; `None` without a login.
    pub login: Option<bool>,
    /// The policies attached to it, with the project of those that hold in one only.
    pub policies: Vec<(String, Option<String>)>,
}

impl World {
    /// The main account of that name.
    pub fn volcengine(&self, name: &str) -> Result<Cloud, SimError> {
        let index = self.with(|state, _| state.volcengine.named(name));
        let index = index.ok_or_else(|| SimError::Unknown(name.to_owned()))?;
        let world = self.clone();
        Ok(Cloud { world, index })
    }
}

impl Cloud {
    fn with<T>(&self, f: impl FnOnce(&mut Account, Time) -> Result<T, SimError>) -> Result<T, SimError> {
        self.world
            .with(|state, now| match state.volcengine.get_mut(self.index) {
                Some(account) => f(account, now),
                None => Err(SimError::Unknown("main account".to_owned())),
            })
    }

    fn with_user<T>(&self, name: &str, f: impl FnOnce(&Account, &User, Time) -> T) -> Result<T, SimError> {
        self.with(|account, now| {
            let user = account.estate.newest().user(name);
            let user = user.ok_or_else(|| SimError::Unknown(name.to_owned()))?;
            Ok(f(account, user, now))
        })
    }

    /// The key that the client signs with.
    pub fn key(&self) -> Result<Credential, SimError> {
        self.with(|account, _| {
            let key = account.own_key();
            Ok(Credential {
                ak: key.ak.clone(),
                sk: key.sk.clone(),
                token: None,
            })
        })
    }

    /// A sub-account's own keys, in order.
    pub fn keys_of(&self, user: &str) -> Result<Vec<Credential>, SimError> {
        self.with_user(user, |_, user, _| {
            let each = user.keys.iter();
            each.map(|key| Credential {
                ak: key.ak.clone(),
                sk: key.sk.clone(),
                token: None,
            })
            .collect()
        })
    }

    /// The account's id.
    pub fn id(&self) -> Result<i64, SimError> {
        self.with(|account, _| Ok(account.id))
    }

    /// A sub-account as it is.
    pub fn user(&self, user: &str) -> Result<UserTruth, SimError> {
        self.with_user(user, |_, user, _| UserTruth {
            id: user.id,
            keys: user
                .keys
                .iter()
                .map(|key| KeyTruth {
                    ak: key.ak.clone(),
                    active: key.active,
                })
                .collect(),
            login: user.profile.as_ref().map(|profile| profile.allowed),
            policies: user
                .attached
                .iter()
                .map(|of| (of.policy.clone(), of.project.clone()))
                .collect(),
        })
    }

    /// The names of the sub-accounts, the client's own among them.
    pub fn users(&self) -> Result<Vec<String>, SimError> {
        self.with(|account, _| {
            let users = account.estate.newest().users.iter();
            Ok(users.map(|user| user.name.clone()).collect())
        })
    }

    /// Every way in which a sub-account can still spend, once everything written so far has taken hold. A role that it
    /// assumed before is among them until it ends.
    pub fn paths(&self, user: &str) -> Result<Vec<Path>, SimError> {
        self.with_user(user, |account, user, now| {
            account.estate.newest().paths(user, now)
        })
    }

    /// The same as it holds at this moment: a write that has not taken hold yet closes nothing.
    pub fn paths_now(&self, user: &str) -> Result<Vec<Path>, SimError> {
        self.with(|account, now| {
            let estate = account.estate.seen(now);
            let user = estate
                .user(user)
                .ok_or_else(|| SimError::Unknown(user.to_owned()))?;
            Ok(estate.paths(user, now))
        })
    }

    /// Whether any way is open that an administrator could close: all but a role assumed before.
    pub fn can_spend(&self, user: &str) -> Result<bool, SimError> {
        Ok(self.paths(user)?.iter().any(|path| *path != Path::Role))
    }

    /// What is really payable for a project in a period (`2026-11`) until now, whether the bill tells it yet or not.
    pub fn charged(&self, project: &str, period: &str) -> Result<Quantity, SimError> {
        self.with(|account, now| Ok(yuan(account.ledger.truth(project, &read(period)?, now))))
    }

    /// What the bill tells by now of a project in a period.
    pub fn billed(&self, project: &str, period: &str) -> Result<Quantity, SimError> {
        self.with(|account, now| {
            let rows = account.ledger.rows(&read(period)?, None, Group::Detail, now);
            Ok(yuan(payable(&rows, project)))
        })
    }

    /// Somebody else does this now.
    pub fn happen(&self, deed: &Deed) -> Result<(), SimError> {
        self.with(|account, now| account.happen(deed, now))
    }

    /// Somebody else does this right after the client's next `calls` calls of an action (`iam.ListAccessKeys`).
    pub fn meanwhile(&self, after: &str, calls: u32, deed: Deed) {
        let after = after.to_owned();
        let meanwhile = Meanwhile { after, calls, deed };
        self.world.with(|state, _| {
            if let Some(account) = state.volcengine.get_mut(self.index) {
                account.wait(Waiting::from(meanwhile));
            }
        });
    }

    /// Keys, names and ids, as JSON. The secrets in it are fake.
    pub fn details(&self) -> Result<Value, SimError> {
        self.with(|account, _| Ok(account.details()))
    }
}

fn read(period: &str) -> Result<Period, SimError> {
    Period::read(period).ok_or_else(|| SimError::Scenario(format!("period {period:?}: write it as 2026-11")))
}

const fn yuan(millionths: i64) -> Quantity {
    Quantity::from_raw(millionths, Unit::Money(Currency::CNY))
}
