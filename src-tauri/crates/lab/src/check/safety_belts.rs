//! Safety of what is touched how often and in which manner: counts (S6), grace (S7), protection (S8), force (S9) and what
//! may be started again (S10). Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::{ActionKind, PowerState};
use tidegate_meter::{RowId, Time};
use tidegate_sim::LoggedRequest;

use super::cast::{Known, is_start, is_stop, is_taken};
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, UserDeed, WorldDeed};

/// The span in which actions are counted.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// A check that is older is not used: what happened at the provider since then, it could not know.
const PERMIT: Duration = Duration::from_secs(60);

/// S6: in any 24 hours of true time no guard stops more often than its belt says, all guards together not more often than
/// the widest belt of all says, and no server is stopped more often than the belt of the guard that stops it. All tries of
/// one intent are one action. Exempt: a wall clock set forward within the day, after which only six hours of waking count.
pub(super) fn s6_counts_in_any_day() -> Box<dyn Check> {
    Box::new(Counts::default())
}

#[derive(Default)]
struct Counts {
    cast: Known,
    set_forward_at: Option<Time>,
    /// Last request of each intent, with its guard and server.
    sent: BTreeMap<RowId, (Time, String, String)>,
}

impl Counts {
    fn asks(&mut self, server: &str, at: Time, view: &View<'_>) -> Option<String> {
        let intent = stored::newest_intent(view.store, server, ActionKind::Stop)?;
        let guard = intent.guard?.as_str().to_owned();
        self.sent.retain(|_, (last, ..)| at.since(*last) < DAY);
        self.sent
            .insert(intent.id, (at, guard.clone(), server.to_owned()));
        if self.set_forward_at.is_some_and(|set| at.since(set) < DAY) {
            return None;
        }
        let cast = self.cast.of(view);
        let most = usize::try_from(cast.guards.get(&guard)?.guard.belts.actions_guard).ok()?;
        let all = cast
            .guards
            .values()
            .map(|guarded| guarded.guard.belts.actions_all);
        let most_all = usize::try_from(all.max()?).ok()?;
        let of_guard = self.sent.values().filter(|(_, by, _)| *by == guard).count();
        let of_server = self.sent.values().filter(|(_, _, on)| on == server).count();
        let said =
            |count, whose: &str, most| format!("{count} actions {whose} within a day; {most} are allowed");
        if of_guard > most {
            return Some(said(of_guard, "of one guard", most));
        }
        if of_server > most {
            return Some(said(of_server, "on one server", most));
        }
        let of_all = self.sent.len();
        (of_all > most_all).then(|| said(of_all, "of all guards", most_all))
    }
}

impl Check for Counts {
    fn invariant(&self) -> Invariant {
        Invariant::S6
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::Machine(crate::plan::MachineDeed::JumpWall { ms }),
            } if *ms > 0 => self.set_forward_at = Some(seen.at),
            Line::Request { request, .. } if is_stop(request) => {
                let mut found = Vec::new();
                for server in &request.servers {
                    if let Some(said) = self.asks(server, seen.at, view) {
                        found.extend(Finding::one(self.cast.of(view).name(server), said));
                    }
                }
                return found;
            }
            _ => {}
        }
        Vec::new()
    }
}

/// S7: a guard asks for no stop of a server that began to run less than its grace ago. Exempt: a start within the minute
/// before the request, which the check before it could not see; a wall clock that runs ahead, by which grace is counted.
pub(super) fn s7_grace_after_a_start() -> Box<dyn Check> {
    Box::new(Grace::default())
}

#[derive(Default)]
struct Grace {
    cast: Known,
    machine: Machine,
}

impl Grace {
    fn asks(&self, server: &str, at: Time, view: &View<'_>) -> Option<String> {
        let intent = stored::newest_intent(view.store, server, ActionKind::Stop)?;
        let guarded = self.cast.of(view).guards.get(intent.guard?.as_str())?;
        let started = view.world.running_since(server).ok()??;
        let runs = at.since(started);
        let ahead = Duration::from_millis(u64::try_from(self.machine.ahead_ms).unwrap_or(0));
        let grace = guarded.guard.belts.start_grace.saturating_sub(ahead);
        let is_early = runs > PERMIT && runs < grace;
        is_early.then(|| {
            format!(
                "a stop {} s after the server started; it has {} s of grace",
                runs.as_secs(),
                grace.as_secs()
            )
        })
    }
}

impl Check for Grace {
    fn invariant(&self) -> Invariant {
        Invariant::S7
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        let Line::Request { request, .. } = &seen.line else {
            return Vec::new();
        };
        let servers = request.servers.iter().filter(|_| is_stop(request));
        let found = servers.filter_map(|server| {
            let said = self.asks(server, seen.at, view)?;
            let about = self.cast.of(view).name(server).to_owned();
            Some(Finding { said, about })
        });
        found.collect()
    }
}

/// S8: no stop names a server that is locked at the provider or protected in the configuration; a wish to protect counts
/// from the moment at which the engine has recorded it.
pub(super) fn s8_protected_never_asked() -> Box<dyn Check> {
    Box::new(Protected::default())
}

#[derive(Default)]
struct Protected {
    cast: Known,
    wished: BTreeSet<String>,
    protected: BTreeSet<String>,
}

impl Check for Protected {
    fn invariant(&self) -> Invariant {
        Invariant::S8
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::User(UserDeed::Protect { server, .. }),
            } => {
                self.wished.insert(server.clone());
            }
            Line::Event {
                event: Event::Configured { .. },
            } => {
                self.protected.append(&mut self.wished);
            }
            Line::Event {
                event: Event::Protected {
                    target, protected, ..
                },
            } => {
                let name = self.cast.of(view).name(target.as_str()).to_owned();
                if *protected {
                    self.protected.insert(name);
                } else {
                    self.protected.remove(&name);
                }
            }
            Line::Request { request, .. } if is_stop(request) => {
                let cast = self.cast.of(view);
                let off_limits = |id: &&String| {
                    let server = cast.servers.get(*id);
                    server.is_some_and(|server| server.is_off_limits || self.protected.contains(&server.name))
                };
                let touched = request.servers.iter().filter(off_limits);
                let found = touched.map(|id| Finding {
                    about: cast.name(id).to_owned(),
                    said: "a stop of a protected server was asked for".to_owned(),
                });
                return found.collect();
            }
            _ => {}
        }
        Vec::new()
    }
}

/// S9: power is cut only by a guard with that consent, and only after a soft stop of the same server within a day; no access
/// key is ever deleted by an action. What a person asks for in words of their own is no deed of a plan.
pub(super) fn s9_forced_only_with_consent() -> Box<dyn Check> {
    Box::new(Force::default())
}

#[derive(Default)]
struct Force {
    cast: Known,
    soft: BTreeMap<String, Time>,
}

impl Force {
    fn forces(&self, server: &str, at: Time, view: &View<'_>) -> Option<&'static str> {
        let soft = self.soft.get(server);
        if soft.is_none_or(|soft| at.since(*soft) > DAY) {
            return Some("power is cut and no soft stop went before");
        }
        let guards = self.cast.of(view).guards.values();
        let mut of_server = guards.filter(|guarded| guarded.servers.iter().any(|id| id == server));
        let consents = of_server.any(|guarded| guarded.guard.is_forced);
        (!consents).then_some("power is cut and nobody consented to it")
    }
}

impl Check for Force {
    fn invariant(&self) -> Invariant {
        Invariant::S9
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        let Line::Request { request, .. } = &seen.line else {
            return Vec::new();
        };
        if request.operation == "iam.DeleteAccessKey" {
            return Finding::one(super::cast::whom(request), "an access key was deleted");
        }
        let mut found = Vec::new();
        for server in request.servers.iter().filter(|_| is_stop(request)) {
            if !request.forced {
                self.soft.insert(server.clone(), seen.at);
            } else if let Some(said) = self.forces(server, seen.at, view) {
                found.extend(Finding::one(self.cast.of(view).name(server), said));
            }
        }
        found
    }
}

/// S10: a start is asked for only where an accepted stop of ours went before and nobody was seen to start it since; an
/// access key is switched on only where we switched it off. A start by hand that no look has seen yet cannot be known.
pub(super) fn s10_restore_only_what_is_ours() -> Box<dyn Check> {
    Box::new(Ours::default())
}

#[derive(Default)]
struct Ours {
    cast: Known,
    /// By server or key: ours to undo.
    ours: BTreeSet<String>,
    /// Started by somebody, and not yet seen to be.
    started: BTreeSet<String>,
}

impl Ours {
    fn asks(&mut self, request: &LoggedRequest, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for server in &request.servers {
            if is_stop(request) && is_taken(request) {
                self.ours.insert(server.clone());
                self.started.remove(server);
            }
            if is_start(request) {
                if !self.ours.contains(server) {
                    let name = self.cast.of(view).name(server);
                    found.extend(Finding::one(name, "a start of a server that we did not stop"));
                }
                if is_taken(request) {
                    self.ours.remove(server);
                }
            }
        }
        found.extend(self.switches(request));
        found
    }

    fn switches(&mut self, request: &LoggedRequest) -> Vec<Finding> {
        if request.operation != "iam.UpdateAccessKey" {
            return Vec::new();
        }
        let value = |name: &str| {
            let mut pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find_map(|(key, value)| (key == name).then(|| value.to_owned()))
        };
        let (Some(key), Some(status)) = (value("AccessKeyId"), value("Status")) else {
            return Vec::new();
        };
        if status == "inactive" {
            self.ours.insert(key);
            return Vec::new();
        }
        if self.ours.contains(&key) {
            return Vec::new();
        }
        Finding::one(
            super::cast::whom(request),
            "a key was switched on that we did not switch off",
        )
    }

    fn is_seen_running(&mut self, id: &str) {
        if self.started.remove(id) {
            self.ours.remove(id);
        }
    }
}

impl Check for Ours {
    fn invariant(&self) -> Invariant {
        Invariant::S10
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::World(WorldDeed::Power { server, on: true }),
            } => {
                self.started.extend(view.world.server_id(server));
            }
            Line::Event {
                event:
                    Event::Power {
                        target,
                        power: PowerState::Running,
                        ..
                    },
            } => self.is_seen_running(target.id.as_str()),
            Line::Request { request, .. } => return self.asks(request, view),
            _ => {}
        }
        Vec::new()
    }
}
