//! What a main account holds: sub-accounts with their keys, profiles and attachments, policies, groups, projects,
//! endpoints and servers; and which ways of spending are open. Plain data that is cloned before each change, so that a
//! write can show later than it was made.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;

use super::plan::By;
use super::policy::{self, Verdict};

/// The services that a key or the console could spend in.
const SPENDING: [&str; 4] = ["ark", "ecs", "tos", "vpc"];

/// A way in which a sub-account can spend.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// An active access key that is not denied, by its id.
    Key(String),
    /// A login at the console.
    Console,
    /// A session at the console that is open already.
    ConsoleSession,
    /// An active IAM API key, by its id.
    ApiKey(String),
    /// A role that it assumed before: nothing done to the sub-account ends it.
    Role,
    /// A running Ark endpoint that it deployed, by its id.
    Endpoint(String),
    /// A running server that it started, by its id.
    Instance(String),
}

/// A key of IAM. Every secret in the simulator is fake and says so.
#[derive(Clone)]
pub(crate) struct AccessKey {
    pub(crate) ak: String,
    pub(crate) sk: String,
    pub(crate) active: bool,
    pub(crate) created: Time,
    pub(crate) updated: Time,
}

/// A console login.
#[derive(Clone)]
pub(crate) struct Profile {
    pub(crate) allowed: bool,
    pub(crate) reset_required: bool,
    pub(crate) safe_auth: bool,
    pub(crate) safe_auth_type: String,
    pub(crate) exempt: [i64; 3],
    pub(crate) created: Time,
    pub(crate) updated: Time,
}

/// A policy attached to a sub-account, everywhere or in one project.
#[derive(Clone)]
pub(crate) struct Attachment {
    pub(crate) policy: String,
    pub(crate) project: Option<String>,
    pub(crate) at: Time,
}

#[derive(Clone)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) active: bool,
    pub(crate) created: Time,
    pub(crate) updated: Time,
}

/// A sub-account.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) created: Time,
    pub(crate) updated: Time,
    pub(crate) keys: Vec<AccessKey>,
    pub(crate) profile: Option<Profile>,
    pub(crate) session: bool,
    pub(crate) role_until: Option<Time>,
    pub(crate) attached: Vec<Attachment>,
    pub(crate) groups: Vec<String>,
    pub(crate) api_keys: Vec<ApiKey>,
}

#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) system: bool,
    pub(crate) document: String,
    pub(crate) description: String,
    pub(crate) created: Time,
    pub(crate) updated: Time,
}

#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) policies: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Project {
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) created: Time,
}

/// An Ark endpoint, or a server: what runs until it is stopped.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) owner: i64,
    pub(crate) owner_name: String,
    pub(crate) on: bool,
    /// A server that was stopped so that its processor and memory are not charged.
    pub(crate) free_when_off: bool,
    pub(crate) created: Time,
    pub(crate) updated: Time,
}

/// Everything.
#[derive(Clone, Default)]
pub(crate) struct Estate {
    pub(crate) account: i64,
    pub(crate) serial: i64,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) projects: Vec<Project>,
    pub(crate) endpoints: Vec<Running>,
    pub(crate) instances: Vec<Running>,
}

impl Estate {
    /// A number that nothing else here has.
    pub(crate) const fn next(&mut self) -> i64 {
        self.serial = self.serial.saturating_add(1);
        self.serial
    }

    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.name == name)
    }

    pub(crate) fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    pub(crate) fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.name == name)
    }

    pub(crate) fn trn(&self, user: &str) -> String {
        format!("trn:iam::{}:user/{user}", self.account)
    }

    /// A new active key.
    pub(crate) fn new_key(&mut self, now: Time) -> AccessKey {
        let (account, serial) = (self.account, self.next());
        AccessKey {
            ak: format!("AKLTFAKE{account}{serial:06}"),
            sk: format!("FAKEvolcengineSecret{account}{serial:06}=="),
            active: true,
            created: now,
            updated: now,
        }
    }

    /// What the policies of a sub-account say of an action on a resource; in a project, what is granted there counts too.
    pub(crate) fn verdict(
        &self,
        user: &User,
        action: &str,
        resource: &str,
        project: Option<&str>,
    ) -> Verdict {
        let here = |scope: &Option<String>| scope.is_none() || scope.as_deref() == project;
        let own = user.attached.iter().filter(|of| here(&of.project));
        let own = own.map(|of| of.policy.as_str());
        let groups = self
            .groups
            .iter()
            .filter(|group| user.groups.contains(&group.name));
        let inherited = groups.flat_map(|group| group.policies.iter().map(String::as_str));
        let documents = own.chain(inherited).filter_map(|name| self.policy(name));
        policy::verdict(documents.map(|policy| policy.document.as_str()), action, resource)
    }

    /// Whether it may spend in this service, in this project or in any.
    fn may(&self, user: &User, service: &str, project: Option<&str>) -> bool {
        let action = format!("{service}:Use");
        let allowed = |project| self.verdict(user, &action, "*", project) == Verdict::Allowed;
        match project {
            Some(_) => allowed(project),
            None => {
                let granted = user.attached.iter().filter_map(|of| of.project.as_deref());
                allowed(None) || granted.map(Some).any(allowed)
            }
        }
    }

    /// Every way that is open to a sub-account.
    pub(crate) fn paths(&self, user: &User, now: Time) -> Vec<Path> {
        let able = SPENDING.iter().any(|service| self.may(user, service, None));
        let keys = user.keys.iter().filter(|key| able && key.active);
        let mut paths: Vec<Path> = keys.map(|key| Path::Key(key.ak.clone())).collect();
        if able && logs_in(user) {
            paths.push(Path::Console);
        }
        if able && user.session {
            paths.push(Path::ConsoleSession);
        }
        let active = user.api_keys.iter().filter(|key| key.active);
        paths.extend(active.map(|key| Path::ApiKey(key.id.clone())));
        if user.role_until.is_some_and(|until| now < until) {
            paths.push(Path::Role);
        }
        let runs = |all: &[Running]| -> Vec<String> {
            let theirs = all.iter().filter(|of| of.on && of.owner == user.id);
            theirs.map(|of| of.id.clone()).collect()
        };
        paths.extend(runs(&self.endpoints).into_iter().map(Path::Endpoint));
        paths.extend(runs(&self.instances).into_iter().map(Path::Instance));
        paths
    }

    /// Whether spending of this kind flows: of this sub-account, in this service and project. What nobody owns always
    /// does; what a deleted sub-account left running still does.
    pub(crate) fn flows(&self, owner: Option<i64>, by: By, service: &str, project: &str) -> bool {
        let Some(owner) = owner.filter(|_| by != By::Always) else {
            return true;
        };
        let runs = |all: &[Running]| {
            let mut theirs = all.iter().filter(|of| of.owner == owner && of.project == project);
            theirs.any(|of| of.on)
        };
        let user = self.users.iter().find(|user| user.id == owner);
        match by {
            By::Endpoint => runs(&self.endpoints),
            By::Instance => runs(&self.instances),
            By::Role | By::Always => true,
            By::ApiKey => user.is_some_and(|user| user.api_keys.iter().any(|key| key.active)),
            By::Key | By::Console => user.is_some_and(|user| {
                let keyed = by == By::Key && user.keys.iter().any(|key| key.active);
                let seated = by == By::Console && (logs_in(user) || user.session);
                (keyed || seated) && self.may(user, service, Some(project))
            }),
        }
    }
}

fn logs_in(user: &User) -> bool {
    user.profile.as_ref().is_some_and(|profile| profile.allowed)
}

/// A value whose changes show only later.
#[derive(Clone)]
pub(crate) struct Lagged<T> {
    newest: T,
    /// What it was, and until when; oldest first.
    older: VecDeque<(Time, T)>,
    lag: Duration,
}

impl<T: Clone> Lagged<T> {
    pub(crate) const fn new(newest: T, lag: Duration) -> Self {
        Self {
            newest,
            older: VecDeque::new(),
            lag,
        }
    }

    pub(crate) const fn lag(&self) -> Duration {
        self.lag
    }

    /// As a read sees it.
    pub(crate) fn seen(&self, now: Time) -> &T {
        let at = now.minus(self.lag);
        let then = self.older.iter().find(|(until, _)| *until > at);
        then.map_or(&self.newest, |(_, value)| value)
    }

    pub(crate) const fn newest(&self) -> &T {
        &self.newest
    }

    /// For a change that shows after the lag.
    pub(crate) fn change(&mut self, now: Time) -> &mut T {
        if !self.lag.is_zero() {
            let at = now.minus(self.lag);
            while self.older.front().is_some_and(|(until, _)| *until <= at) {
                self.older.pop_front();
            }
            self.older.push_back((now, self.newest.clone()));
        }
        &mut self.newest
    }

    /// For more of a change that has begun with [`Self::change`].
    pub(crate) const fn latest_mut(&mut self) -> &mut T {
        &mut self.newest
    }

    /// For a change that everybody sees at once, and saw before.
    pub(crate) fn everywhere(&mut self, mut change: impl FnMut(&mut T)) {
        change(&mut self.newest);
        for (_, value) in &mut self.older {
            change(value);
        }
    }
}
