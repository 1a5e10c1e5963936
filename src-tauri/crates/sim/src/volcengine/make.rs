//! New policies, projects, sub-accounts with what they have, and what runs; all of it named and numbered by the estate,
//! so that the same description gives the same ids and keys. Every secret made here says that it is fake.

use tidegate_meter::Time;

use super::estate::{ApiKey, Attachment, Estate, Group, Policy, Profile, Project, Running, User};
use super::plan::{MainAccount, UserPlan};
use super::policy;
use crate::SimError;

/// The user that the client's own key belongs to.
pub(super) const BOT: &str = "tidegate-bot";
/// What it may do, when nothing else is said.
const BOT_POLICIES: [&str; 4] = [
    "IAMFullAccess",
    "BillingCenterReadOnlyAccess",
    "ArkFullAccess",
    "ECSFullAccess",
];

/// Policies, projects, groups and the client's own user.
pub(super) fn found(estate: &mut Estate, plan: &MainAccount, born: Time) -> Result<(), SimError> {
    for (name, actions) in policy::SYSTEM {
        estate.policies.push(Policy {
            name: name.to_owned(),
            system: true,
            document: policy::allowing(actions),
            description: String::new(),
            created: born,
            updated: born,
        });
    }
    for (name, document) in &plan.policy {
        estate.policies.push(own_policy(name, document, born)?);
    }
    for name in std::iter::once("default").chain(plan.project.iter().map(String::as_str)) {
        estate.projects.push(new_project(name, "", "", born));
    }
    let groups = plan.user.iter().flat_map(|user| &user.groups);
    for name in groups {
        if !estate.groups.iter().any(|group| group.name == *name) {
            let id = estate.next();
            let policies = vec!["ArkFullAccess".to_owned()];
            estate.groups.push(Group {
                id,
                name: name.clone(),
                policies,
            });
        }
    }
    let mut bot = new_user(estate, BOT, born);
    bot.keys.push(estate.new_key(born));
    bot.attached = match &plan.rights {
        None => attached(BOT_POLICIES.into_iter(), born),
        Some(document) => {
            let name = "TidegateRights";
            estate.policies.push(own_policy(name, document, born)?);
            attached([name].into_iter(), born)
        }
    };
    estate.users.push(bot);
    Ok(())
}

/// A policy of the account's own, if its document is one.
fn own_policy(name: &str, document: &str, born: Time) -> Result<Policy, SimError> {
    let read = policy::read(document);
    let read = read.ok_or_else(|| SimError::Scenario(format!("policy {name:?}: not a policy document")))?;
    Ok(new_policy(name, policy::reformatted(&read), "", born))
}

fn attached<'a>(names: impl Iterator<Item = &'a str>, at: Time) -> Vec<Attachment> {
    let each = |name: &str| Attachment {
        policy: name.to_owned(),
        project: None,
        at,
    };
    names.map(each).collect()
}

pub(crate) fn new_policy(name: &str, document: String, description: &str, now: Time) -> Policy {
    Policy {
        name: name.to_owned(),
        system: false,
        document,
        description: description.to_owned(),
        created: now,
        updated: now,
    }
}

pub(crate) fn new_project(name: &str, display_name: &str, description: &str, now: Time) -> Project {
    Project {
        name: name.to_owned(),
        display_name: if display_name.is_empty() {
            name
        } else {
            display_name
        }
        .to_owned(),
        description: description.to_owned(),
        created: now,
    }
}

/// A sub-account with nothing.
pub(crate) fn new_user(estate: &mut Estate, name: &str, now: Time) -> User {
    User {
        id: 60_000_000_i64.saturating_add(estate.next()),
        name: name.to_owned(),
        display_name: name.to_owned(),
        description: String::new(),
        email: format!("{name}@example.com"),
        phone: "+8613800000000".to_owned(),
        created: now,
        updated: now,
        keys: Vec::new(),
        profile: None,
        session: false,
        role_until: None,
        attached: Vec::new(),
        groups: Vec::new(),
        api_keys: Vec::new(),
    }
}

pub(crate) fn new_profile(allowed: bool, now: Time) -> Profile {
    Profile {
        allowed,
        reset_required: false,
        safe_auth: true,
        safe_auth_type: "phone".to_owned(),
        exempt: [0, 0, 15],
        created: now,
        updated: now,
    }
}

pub(super) fn join(estate: &mut Estate, plan: &UserPlan, name: &str, (born, start): (Time, Time)) {
    let mut user = new_user(estate, name, born);
    if let Some(display_name) = &plan.display_name {
        user.display_name.clone_from(display_name);
    }
    let active = plan.keys.unwrap_or(1);
    for number in 0..active.saturating_add(plan.inactive_keys) {
        let mut key = estate.new_key(born);
        key.active = number < active;
        user.keys.push(key);
    }
    let default = vec!["ArkFullAccess".to_owned()];
    let policies = plan.policies.as_ref().unwrap_or(&default);
    user.attached = attached(policies.iter().map(String::as_str), born);
    let granted = plan.granted.iter().map(|(policy, project)| Attachment {
        policy: policy.clone(),
        project: Some(project.clone()),
        at: born,
    });
    user.attached.extend(granted);
    user.groups.clone_from(&plan.groups);
    user.profile = plan.login.then(|| new_profile(true, born));
    user.session = plan.console_open;
    user.role_until = plan.role.map(|span| start.plus(span.0));
    for _ in 0..plan.api_keys {
        let id = format!("apikey-{:06}", estate.next());
        let name = id.clone();
        user.api_keys.push(ApiKey {
            id,
            name,
            active: true,
            created: born,
            updated: born,
        });
    }
    for project in &plan.endpoints {
        let running = new_running(estate, "ep", &user, project, born);
        estate.endpoints.push(running);
    }
    for project in &plan.instances {
        let running = new_running(estate, "i", &user, project, born);
        estate.instances.push(running);
    }
    estate.users.push(user);
}

fn new_running(estate: &mut Estate, prefix: &str, owner: &User, project: &str, born: Time) -> Running {
    let (account, serial) = (estate.account, estate.next());
    Running {
        id: format!("{prefix}-fake{account}{serial:06}"),
        project: project.to_owned(),
        owner: owner.id,
        owner_name: owner.name.clone(),
        on: true,
        free_when_off: false,
        created: born,
        updated: born,
    }
}
