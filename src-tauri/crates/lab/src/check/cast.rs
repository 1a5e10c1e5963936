//! Who is who: from the names of a plan to the ids of the world, and from a request to what it means. Owns both; knows
//! nothing of what is promised.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use tidegate_guard::Limit;
use tidegate_sim::LoggedRequest;

use super::View;
use crate::plan::{CloudPlan, GuardPlan, PackagePlan, Plan};

/// A guard with what it watches.
#[derive(Clone, Debug)]
pub(super) struct Guarded {
    pub(super) account: String,
    pub(super) interval_s: u64,
    pub(super) package: PackagePlan,
    pub(super) guard: GuardPlan,
    /// The ids of the servers that its package pays for.
    pub(super) servers: Vec<String>,
}

/// Which guard watches which meter: a package has the id of its meter, and a renewed one another.
#[derive(Default)]
pub(super) struct Meters {
    guards: BTreeMap<String, String>,
}

impl Meters {
    /// The guard of a meter of the plan.
    pub(super) fn guard(&mut self, meter: &str, cast: &Cast, view: &View<'_>) -> Option<&str> {
        if !self.guards.contains_key(meter) {
            for (id, guarded) in &cast.guards {
                if let Ok(package) = view.world.package_id(&guarded.package.name) {
                    self.guards.insert(package, id.clone());
                }
            }
        }
        self.guards.get(meter).map(String::as_str)
    }
}

/// A server of the plan.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) account: String,
    pub(super) name: String,
    /// Never to be touched, from the beginning.
    pub(super) is_off_limits: bool,
}

/// The cast of one run.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    /// By the guard's id.
    pub(super) guards: BTreeMap<String, Guarded>,
    /// By the world's id.
    pub(super) servers: BTreeMap<String, Standing>,
}

/// The cast, made at the first line: ids of servers never change.
#[derive(Default)]
pub(super) struct Known(OnceCell<Cast>);

impl Known {
    pub(super) fn of(&self, view: &View<'_>) -> &Cast {
        self.0.get_or_init(|| Cast::of(view))
    }
}

/// The line of each guard: as planned, or as its person set it since.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<String, Limit>);

impl Lines {
    /// Takes what a person set.
    pub(super) fn set(&mut self, guard: &str, limit: Limit) {
        self.0.insert(guard.to_owned(), limit);
    }

    /// The line of one guard; `None` where it has none.
    pub(super) fn of(&self, guard: &str, cast: &Cast) -> Option<Limit> {
        let planned = || cast.guards.get(guard)?.guard.limit;
        self.0.get(guard).copied().or_else(planned)
    }
}

impl Cast {
    fn of(view: &View<'_>) -> Self {
        let mut cast = Self::default();
        for cloud in &view.plan.clouds {
            for server in &cloud.servers {
                if let Ok(id) = view.world.server_id(&server.name) {
                    let standing = Standing {
                        account: cloud.name.clone(),
                        name: server.name.clone(),
                        is_off_limits: server.is_locked || server.is_protected,
                    };
                    cast.servers.insert(id, standing);
                }
            }
            for package in &cloud.packages {
                cast.take(view, cloud, package);
            }
        }
        cast
    }

    fn take(&mut self, view: &View<'_>, cloud: &CloudPlan, package: &PackagePlan) {
        let Some(guard) = &package.guard else {
            return;
        };
        let servers = package.servers.iter();
        let guarded = Guarded {
            account: cloud.name.clone(),
            interval_s: cloud.interval_s,
            servers: servers
                .filter_map(|name| view.world.server_id(name).ok())
                .collect(),
            guard: guard.clone(),
            package: package.clone(),
        };
        self.guards
            .insert(Plan::guard_id(&cloud.name, &package.name), guarded);
    }

    /// A server's name, or its id where it is not of the plan.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.servers.get(id).map_or(id, |server| server.name.as_str())
    }
}

/// Whether a request would change something at its provider, whatever came of it. Names in capitals are Volcengine's
/// actions, whose verbs tell; of all others only the power of servers can be changed.
#[must_use]
pub fn changes(request: &LoggedRequest) -> bool {
    const READS: [&str; 6] = ["Get", "List", "Describe", "Query", "Search", "Check"];
    match request.operation.as_str() {
        "ecs.stop" | "ecs.start" => true,
        other => {
            let action = other.rsplit('.').next().unwrap_or(other);
            let is_named = action
                .chars()
                .next()
                .is_some_and(|first| first.is_ascii_uppercase());
            is_named && !READS.iter().any(|verb| action.starts_with(verb))
        }
    }
}

/// A stop of servers.
pub(super) fn is_stop(request: &LoggedRequest) -> bool {
    matches!(request.operation.as_str(), "ecs.stop" | "ecs.StopInstances")
}

/// A start of servers.
pub(super) fn is_start(request: &LoggedRequest) -> bool {
    matches!(request.operation.as_str(), "ecs.start" | "ecs.StartInstances")
}

/// Whether the provider surely did nothing of it.
pub(super) fn is_refused(request: &LoggedRequest) -> bool {
    (400..500).contains(&request.status)
}

/// Whether the provider took it on.
pub(super) const fn is_taken(request: &LoggedRequest) -> bool {
    request.status >= 200 && request.status < 300 && request.code.is_none()
}

/// Whom a request is about, for the story.
pub(super) fn whom(request: &LoggedRequest) -> String {
    let server = request.servers.first().cloned();
    server
        .or_else(|| request.account.clone())
        .unwrap_or_else(|| request.operation.clone())
}
