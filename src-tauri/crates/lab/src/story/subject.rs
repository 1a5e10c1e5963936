//! Whom a story is about. Owns what belongs to a subject: a guard to its package, a package to its servers, all of them to
//! their account.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::line::{Line, Seen};
use crate::plan::{CloudPlan, Deed, MainPlan, Plan, WorldDeed};

/// The names that a story follows; none: it follows everything.
pub(super) struct Subject {
    names: BTreeSet<String>,
}

impl Subject {
    /// Everything that belongs to that name of the plan.
    pub(super) fn of(plan: &Plan, about: &str) -> Self {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for cloud in &plan.clouds {
            names.extend(of_cloud(cloud, about));
        }
        for main in &plan.mains {
            names.extend(of_main(main, about));
        }
        if names.is_empty() && plan.cast().iter().any(|name| name == about) {
            names.insert(about.to_owned());
        }
        Self { names }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.contains(name)
    }

    /// A deed is told when it touches the subject, or everybody.
    pub(super) fn is_touched(&self, deed: &Deed) -> bool {
        let mut names = deed.names();
        if let Deed::World(WorldDeed::Foreign { cloud, .. }) = deed {
            names = vec![cloud.clone()];
        }
        names.is_empty() || names.iter().all(|name| self.has(name))
    }

    /// A line is told when it names the subject, or nobody at all.
    pub(super) fn is_named(&self, seen: &Seen) -> bool {
        match &seen.line {
            Line::Deed { deed } => self.is_touched(deed),
            Line::Request { request, .. } => request.account.as_deref().is_none_or(|name| self.has(name)),
            Line::Event { event } => self.is_about(&serde_json::to_value(event).unwrap_or(Value::Null)),
            Line::Card { text, .. } => {
                self.names.is_empty() || self.names.iter().any(|name| text.contains(name.as_str()))
            }
            Line::Began { .. } | Line::Ended { .. } | Line::Healed => true,
        }
    }

    fn is_about(&self, event: &Value) -> bool {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
        let told = [
            text("/target/name"),
            text("/guard"),
            text("/account"),
            text("/channel"),
        ];
        let first = told.into_iter().flatten().next();
        first.is_none_or(|name| self.has(name))
    }
}

fn of_cloud(cloud: &CloudPlan, about: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for package in &cloud.packages {
        let guard = Plan::guard_id(&cloud.name, &package.name);
        let is_meant = [&cloud.name, &package.name, &guard]
            .into_iter()
            .any(|name| name == about)
            || package.servers.iter().any(|name| name == about);
        if is_meant {
            names.extend([cloud.name.clone(), package.name.clone(), guard]);
            names.extend(package.servers.iter().cloned());
        }
    }
    if cloud.name == about || cloud.servers.iter().any(|server| server.name == about) {
        names.insert(cloud.name.clone());
        names.insert(about.to_owned());
    }
    if cloud.name == about {
        names.extend(cloud.servers.iter().map(|server| server.name.clone()));
    }
    names
}

fn of_main(main: &MainPlan, about: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for user in &main.users {
        let guard = Plan::guard_id(&main.name, &user.name);
        let path = format!("{}/{}", main.name, user.name);
        if [&main.name, &user.name, &guard, &path]
            .into_iter()
            .any(|name| name == about)
        {
            names.extend([main.name.clone(), user.name.clone(), guard, path]);
        }
    }
    names
}
