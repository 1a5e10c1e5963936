//! Progress of actions: over means a request (L1), a crash is gone on from (L2), unknown ends (L3), failure is told (L4), a
//! restart is noticed (L5). Bounds stand in `bounds`. Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::limits::JUMP_STANDS;
use tidegate_guard::{ActionKind, IntentState, Limit, PowerState, RestartPolicy};
use tidegate_meter::{AccountId, Quantity, RowId, Time};
use tidegate_store::IntentFilter;

use super::cast::{Guarded, Known, Lines, Meters, is_stop, is_taken};
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, bounds, stored};
use crate::line::{Line, Seen, intent_of};
use crate::plan::{Deed, Plan, UserDeed, WorldDeed};

/// The span in which actions are counted.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// L1: when readings of an armed guard stay over its line while nothing is broken and no belt holds, the request leaves
/// within (agreeing + 1) × interval + countdown + 30 s: so many looks must agree, and the first may have just been. Exempt:
/// guards of packages that share a server with another package, those that name a package that was renewed under another id,
/// the others until the old one speaks against a stop no longer, whatever a person cancelled, restored, protected or paused,
/// a number that fell by a twentieth of the whole at once until it stood for 90 minutes, a server that runs again after our
/// stop with the default policy, and servers that were asked for since all was mended.
pub(super) fn l1_over_means_a_request() -> Box<dyn Check> {
    Box::new(Over::default())
}

#[derive(Default)]
struct Over {
    cast: Known,
    meters: Meters,
    machine: Machine,
    lines: Lines,
    /// Guards that a person had a hand in, or whose package has another id now.
    handled: BTreeSet<String>,
    /// Until when a package that was renewed may speak against a stop.
    covered_until: BTreeMap<String, Time>,
    paused_until: Option<Time>,
    sent: BTreeMap<RowId, (Time, String)>,
    asked: BTreeMap<String, Time>,
    over_since: BTreeMap<String, Time>,
    /// By guard: what was left at its last look, and when that fell at once.
    left: BTreeMap<String, i64>,
    jumped_at: BTreeMap<String, Time>,
    told: BTreeSet<String>,
}

struct Look {
    at: Time,
    used: Option<Quantity>,
    left: Option<Quantity>,
    whole: Option<Quantity>,
    window_start: Option<Time>,
}

fn is_over(limit: Limit, look: &Look) -> bool {
    match limit {
        Limit::Headroom(mark) | Limit::Predictive { reserve: mark } => {
            look.left.is_some_and(|left| left.raw() < mark.raw())
        }
        Limit::Share(percent) => {
            let reached = look
                .used
                .zip(look.whole)
                .and_then(|(used, whole)| used.share_reaches(whole, percent).ok());
            reached == Some(true)
        }
    }
}

impl Over {
    fn happens(&mut self, deed: &Deed, at: Time, view: &View<'_>) {
        let deed = match deed {
            Deed::User(deed) => deed,
            Deed::World(WorldDeed::Renew { package, overlap_s }) => {
                return self.renews(package, at.plus(Duration::from_secs(*overlap_s)), view);
            }
            _ => return,
        };
        match deed {
            UserDeed::Limit { guard, limit } => {
                self.lines.set(guard, *limit);
                self.handled.insert(guard.clone());
            }
            UserDeed::Cancel { guard }
            | UserDeed::Restore { guard }
            | UserDeed::Disarm { guard }
            | UserDeed::Snooze { guard, .. } => {
                self.handled.insert(guard.clone());
            }
            UserDeed::Protect { cloud, .. } => {
                let prefix = format!("{cloud}-");
                self.handled.insert(prefix);
            }
            _ => {}
        }
    }

    /// A guard that names one package does not follow it to another id; one of every package does, and the old one speaks
    /// against a stop for a while after its end.
    fn renews(&mut self, package: &str, end: Time, view: &View<'_>) {
        for cloud in &view.plan.clouds {
            if !cloud.packages.iter().any(|known| known.name == package) {
                continue;
            }
            let guard = Plan::guard_id(&cloud.name, package);
            if cloud.packages.len() > 1 {
                self.handled.insert(guard);
            } else {
                self.covered_until.insert(guard, end.plus(bounds::COVERS));
            }
        }
    }

    fn is_handled(&self, guard: &str) -> bool {
        self.handled
            .iter()
            .any(|by| guard == by || (by.ends_with('-') && guard.starts_with(by.as_str())))
    }

    /// Whether a server of the guard waits to be stopped, and nothing but time is between.
    fn waits(&self, guard: &str, guarded: &Guarded, look: &Look, view: &View<'_>) -> bool {
        let at = look.at;
        let wall = self.machine.wall(at);
        let settled = look
            .window_start
            .is_none_or(|start| start.plus(guarded.guard.belts.window_settle) <= wall);
        // What the provider does not name for the package was never frozen, whoever pays for it in truth.
        let Some((until, targets)) = stored::armed(view.store, guard) else {
            return false;
        };
        let armed = until > wall;
        let paused = self.paused_until.is_some_and(|until| until > wall);
        let of_guard = self.sent.values().filter(|(_, by)| by == guard).count();
        let belts = &guarded.guard.belts;
        let room = u32::try_from(of_guard).is_ok_and(|count| count < belts.actions_guard)
            && u32::try_from(self.sent.len()).is_ok_and(|count| count < belts.actions_all);
        let covered = self.covered_until.get(guard).is_some_and(|until| at < *until);
        settled
            && !covered
            && armed
            && !paused
            && room
            && targets
                .iter()
                .any(|target| self.may_be_asked(target.id.as_str(), guarded, at, view))
    }

    fn may_be_asked(&self, id: &str, guarded: &Guarded, at: Time, view: &View<'_>) -> bool {
        let cast = self.cast.of(view);
        let off_limits = cast.servers.get(id).is_none_or(|server| server.is_off_limits);
        // Another package that still pays for the server speaks against a stop, guarded or not.
        let packages = view.plan.clouds.iter().flat_map(|cloud| &cloud.packages);
        let pays = |name: &String| view.world.server_id(name).is_ok_and(|server| server == id);
        let shared = packages
            .filter(|package| package.servers.iter().any(pays))
            .count()
            > 1;
        let since = view.world.running_since(id).ok().flatten();
        let past_grace = since.is_some_and(|since| at.since(since) >= guarded.guard.belts.start_grace);
        let again = guarded.guard.restart == RestartPolicy::SuspendUntilReset && self.asked.contains_key(id);
        let mended = self.machine.whole_since(at);
        let asked = self
            .asked
            .get(id)
            .is_some_and(|asked| mended.is_none_or(|mended| *asked >= mended));
        !off_limits && !shared && past_grace && !again && !asked
    }

    /// Whether what is left fell by a twentieth of the whole at once, and has not stood since as long as it must.
    fn jumped(&mut self, guard: &str, look: &Look) -> bool {
        let left = look.left.map_or(0, Quantity::raw);
        let before = self.left.insert(guard.to_owned(), left).unwrap_or(left);
        let much = look.whole.map_or(0, Quantity::raw) / 20;
        if before.saturating_sub(left) > much {
            self.jumped_at.insert(guard.to_owned(), look.at);
        }
        let at = self.jumped_at.get(guard);
        at.is_some_and(|at| look.at.since(*at) <= JUMP_STANDS)
    }

    fn looks(&mut self, meter: &str, look: &Look, view: &View<'_>) -> Vec<Finding> {
        let cast = self.cast.of(view);
        let Some(guard) = self.meters.guard(meter, cast, view).map(str::to_owned) else {
            return Vec::new();
        };
        let Some(guarded) = cast.guards.get(&guard).cloned() else {
            return Vec::new();
        };
        let limit = self.lines.of(&guard, cast);
        let jumped = self.jumped(&guard, look);
        self.sent.retain(|_, (at, _)| look.at.since(*at) < DAY);
        let rested = self.machine.is_mended() && self.machine.is_whole_for(look.at, bounds::REST);
        let over = limit.is_some_and(|limit| is_over(limit, look));
        if !rested || !over || jumped || self.is_handled(&guard) || !self.waits(&guard, &guarded, look, view)
        {
            self.over_since.remove(&guard);
            return Vec::new();
        }
        let since = *self.over_since.entry(guard.clone()).or_insert(look.at);
        let bound = bound(&guarded);
        if look.at.since(since) <= bound || !self.told.insert(guard.clone()) {
            return Vec::new();
        }
        let waited = look.at.since(since).as_secs();
        Finding::one(
            guard,
            format!(
                "over its line for {waited} s and nothing was asked for; {} s are allowed",
                bound.as_secs()
            ),
        )
    }
}

fn bound(guarded: &Guarded) -> Duration {
    let looks = u32::from(guarded.guard.belts.agreeing.max(1)).saturating_add(1);
    bounds::look_within(guarded.interval_s)
        .saturating_mul(looks)
        .saturating_add(Duration::from_secs(guarded.guard.countdown_s))
        .saturating_add(bounds::SPARE)
}

impl Check for Over {
    fn invariant(&self) -> Invariant {
        Invariant::L1
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Deed { deed } => self.happens(deed, seen.at, view),
            Line::Event {
                event: Event::Paused { until, .. },
            } => self.paused_until = *until,
            Line::Event {
                event:
                    Event::Reading {
                        meter,
                        used,
                        limit,
                        remaining,
                        window,
                        ..
                    },
            } => {
                let look = Look {
                    at: seen.at,
                    used: *used,
                    left: *remaining,
                    whole: *limit,
                    window_start: window.map(|window| window.start),
                };
                return self.looks(meter.as_str(), &look, view);
            }
            Line::Request { request, .. } if is_stop(request) => {
                for server in &request.servers {
                    self.asked.insert(server.clone(), seen.at);
                    if let Some(intent) = stored::newest_intent(view.store, server, ActionKind::Stop)
                        && let Some(guard) = intent.guard
                    {
                        self.sent.insert(intent.id, (seen.at, guard.as_str().to_owned()));
                    }
                }
            }
            _ => {}
        }
        Vec::new()
    }
}

/// L2: of every intent that a life finds open and due, something is heard within ten seconds: an event of it, or a request
/// to its account. Exempt: a start into trouble, where nothing can be asked or written.
pub(super) fn l2_resumed_within_ten_seconds() -> Box<dyn Check> {
    Box::new(Resumed::default())
}

#[derive(Default)]
struct Resumed {
    machine: Machine,
    waiting: BTreeMap<RowId, (Time, AccountId)>,
}

impl Resumed {
    fn begins(&mut self, at: Time, view: &View<'_>) {
        self.waiting.clear();
        let wall = self.machine.wall(at);
        let rows = stored::now(view.store.intents(IntentFilter::Open)).unwrap_or_default();
        let due = rows
            .into_iter()
            .filter(|row| row.next_at <= wall && row.state != IntentState::Planned);
        self.waiting.extend(due.map(|row| (row.id, (at, row.account))));
    }
}

impl Check for Resumed {
    fn invariant(&self) -> Invariant {
        Invariant::L2
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Began { .. } => self.begins(seen.at, view),
            Line::Ended { .. } => self.waiting.clear(),
            Line::Request { request, .. } => {
                let account = request.account.as_deref();
                self.waiting.retain(|_, (_, of)| Some(of.as_str()) != account);
            }
            Line::Event { event } => {
                if let Some(intent) = intent_of(event) {
                    self.waiting.remove(&intent);
                }
            }
            _ => {}
        }
        if self.machine.whole_since(seen.at).is_none() {
            self.waiting.clear();
        }
        let late: Vec<RowId> = self
            .waiting
            .iter()
            .filter(|(_, (since, _))| seen.at.since(*since) > bounds::RESUME)
            .map(|(id, _)| *id)
            .collect();
        let late = late.into_iter().filter_map(|id| self.waiting.remove(&id));
        late.map(|(_, account)| Finding {
            about: account.as_str().to_owned(),
            said: "an open action was not gone on with for ten seconds after the start".to_owned(),
        })
        .collect()
    }
}

/// L3: what is unknown is known, given up or failed within three verify periods of thirty seconds, once its state can be
/// read. Never asked for again in between: that is [`Invariant::S19`].
pub(super) fn l3_unknown_ends() -> Box<dyn Check> {
    Box::new(Unknown::default())
}

#[derive(Default)]
struct Unknown {
    machine: Machine,
    open: BTreeMap<RowId, (Time, String)>,
}

impl Check for Unknown {
    fn invariant(&self) -> Invariant {
        Invariant::L3
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        if let Line::Event { event } = &seen.line {
            match event {
                Event::Unknown { intent, target, .. } => {
                    self.open.insert(*intent, (seen.at, target.name.clone()));
                }
                other => {
                    if let Some(intent) = intent_of(other) {
                        self.open.remove(&intent);
                    }
                }
            }
        }
        // Whoever's clock is far off is refused, and reads nothing.
        let readable = self.machine.is_clock_right();
        let Some(whole) = self.machine.whole_since(seen.at).filter(|_| readable) else {
            return Vec::new();
        };
        let is_late = |since: Time| seen.at.since(since.max(whole)) > bounds::UNKNOWN;
        let late: Vec<RowId> = self
            .open
            .iter()
            .filter(|(_, (since, _))| is_late(*since))
            .map(|(id, _)| *id)
            .collect();
        let late = late.into_iter().filter_map(|id| self.open.remove(&id));
        late.map(|(_, about)| Finding {
            about,
            said: "what became of a request is still unknown after three verify periods".to_owned(),
        })
        .collect()
    }
}

/// L4: a failure is told on some channel within two minutes; and a stop that was taken on and did nothing counts as failed
/// within five minutes and those two. Exempt: no channel, or something broken within that time.
pub(super) fn l4_failed_is_told() -> Box<dyn Check> {
    Box::new(Failures::default())
}

#[derive(Default)]
struct Failures {
    machine: Machine,
    /// By the target's name: a failure nobody was told of yet.
    untold: BTreeMap<String, Time>,
    /// By the target's id: a stop that was taken on.
    taken: BTreeMap<String, Time>,
}

impl Failures {
    fn overdue(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        let Some(whole) = self.machine.whole_since(at) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let late = |since: Time, bound: Duration| at.since(since.max(whole)) > bound;
        self.untold.retain(|name, since| {
            let is_late = late(*since, bounds::TELL);
            if is_late {
                found.extend(Finding::one(
                    name.as_str(),
                    "a failure was told nobody for two minutes",
                ));
            }
            !is_late
        });
        self.taken.retain(|id, since| {
            let is_late = late(*since, bounds::EFFECT.saturating_add(bounds::TELL));
            if is_late
                && view
                    .world
                    .running_since(id)
                    .ok()
                    .flatten()
                    .is_some_and(|run| run <= *since)
            {
                found.extend(Finding::one(
                    id.as_str(),
                    "a stop that did nothing did not count as failed within seven minutes",
                ));
            }
            !is_late
        });
        found
    }
}

impl Check for Failures {
    fn invariant(&self) -> Invariant {
        Invariant::L4
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Event {
                event: Event::Failed { target, .. },
            } => {
                self.taken.remove(target.id.as_str());
                if !view.plan.sinks.is_empty() {
                    self.untold.insert(target.name.clone(), seen.at);
                }
            }
            Line::Event {
                event:
                    Event::Verified { target, .. }
                    | Event::Unknown { target, .. }
                    | Event::Abandoned { target, .. },
            } => {
                self.taken.remove(target.id.as_str());
            }
            Line::Card { text, .. } => self.untold.retain(|name, _| !text.contains(name.as_str())),
            Line::Request { request, .. } if is_stop(request) && is_taken(request) => {
                let servers = request.servers.iter().cloned();
                self.taken.extend(servers.map(|server| (server, seen.at)));
            }
            _ => {}
        }
        self.overdue(seen.at, view)
    }
}

/// L5: a server that we stopped and that somebody starts is seen to run within one interval. Exempt: it stands again before,
/// or something is broken.
pub(super) fn l5_a_restart_is_noticed() -> Box<dyn Check> {
    Box::new(Restarts::default())
}

#[derive(Default)]
struct Restarts {
    cast: Known,
    machine: Machine,
    ours: BTreeSet<String>,
    started: BTreeMap<String, Time>,
}

impl Restarts {
    fn bound(&self, id: &str, view: &View<'_>) -> Duration {
        let cast = self.cast.of(view);
        let account = cast.servers.get(id).map(|server| server.account.as_str());
        let cloud = view
            .plan
            .clouds
            .iter()
            .find(|cloud| Some(cloud.name.as_str()) == account);
        bounds::look_within(cloud.map_or(0, |cloud| cloud.interval_s))
    }

    fn overdue(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        let Some(whole) = self.machine.whole_since(at) else {
            return Vec::new();
        };
        let from = |since: Time| since.max(whole.plus(bounds::REST));
        let late: Vec<String> = self
            .started
            .iter()
            .filter(|(id, since)| at > from(**since).plus(self.bound(id, view)))
            .map(|(id, _)| id.clone())
            .collect();
        let mut found = Vec::new();
        for id in late {
            self.started.remove(&id);
            if matches!(view.world.runs(&id), Ok(true)) {
                let name = self.cast.of(view).name(&id).to_owned();
                found.extend(Finding::one(
                    name,
                    "it was started again and nobody noticed for an interval",
                ));
            }
        }
        found
    }
}

impl Check for Restarts {
    fn invariant(&self) -> Invariant {
        Invariant::L5
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Event {
                event: Event::Verified { target, proof, .. },
            } if proof.receipt.is_some() => {
                if proof.after == PowerState::Stopped {
                    self.ours.insert(target.id.as_str().to_owned());
                } else {
                    self.ours.remove(target.id.as_str());
                }
            }
            Line::Event {
                event:
                    Event::Power {
                        target,
                        power: PowerState::Running,
                        ..
                    },
            } => {
                self.started.remove(target.id.as_str());
                self.ours.remove(target.id.as_str());
            }
            Line::Deed {
                deed: Deed::World(WorldDeed::Power { server, on }),
            } => {
                let id = view.world.server_id(server).unwrap_or_default();
                if !*on {
                    self.started.remove(&id);
                } else if self.ours.contains(&id) {
                    self.started.entry(id).or_insert(seen.at);
                }
            }
            _ => {}
        }
        self.overdue(seen.at, view)
    }
}
