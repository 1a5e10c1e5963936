//! Safety of each request that changes something: recorded first (S1), on frozen targets only (S2), by an armed guard only
//! (S5). Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::{GuardId, MeterId, RowId, TargetKind, Time};
use tidegate_sim::LoggedRequest;
use tidegate_store::{IntentFilter, IntentRow};

use super::cast::{Known, changes, is_refused, is_start, is_stop, whom};
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, UserDeed};

/// S1: when a request that changes something arrives, an intent that names its target - of pieces of a sub-account, one in
/// its account - stands in the database as sent.
pub(super) fn s1_recorded_before_sent() -> Box<dyn Check> {
    Box::new(Recorded)
}

struct Recorded;

fn is_recorded(request: &LoggedRequest, view: &View<'_>) -> bool {
    let rows = stored::now(view.store.intents(IntentFilter::Open)).unwrap_or_default();
    let account = request.account.as_deref();
    let on_the_wire = rows.iter().filter(|row| stored::is_on_the_wire(row));
    let named: Vec<&IntentRow> = on_the_wire
        .filter(|row| Some(row.account.as_str()) == account)
        .collect();
    let has = |server: &String| named.iter().any(|row| row.target.id.as_str() == server);
    // Every server of a sub-account is one of its pieces.
    let pieces = named.iter().any(|row| row.target.kind == TargetKind::SubAccount);
    if request.servers.is_empty() {
        // Whom it names nobody read that refused it at the gate, for its date or its signature.
        return pieces || (is_refused(request) && !named.is_empty());
    }
    pieces || request.servers.iter().all(has)
}

impl Check for Recorded {
    fn invariant(&self) -> Invariant {
        Invariant::S1
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        let Line::Request { request, recorded } = &seen.line else {
            return Vec::new();
        };
        if !changes(request) || (*recorded != Some(false) && is_recorded(request, view)) {
            return Vec::new();
        }
        let said = format!(
            "{} arrived while no intent that names its target stood in the database as sent",
            request.operation
        );
        Finding::one(whom(request), said)
    }
}

/// S2: a request names servers of its own durable intent only, and those were frozen when the guard decided. A person's
/// action is frozen by its typed name.
pub(super) fn s2_only_frozen_targets() -> Box<dyn Check> {
    Box::new(Frozen::default())
}

#[derive(Default)]
struct Frozen {
    cast: Known,
    decided: BTreeMap<RowId, BTreeSet<String>>,
}

impl Frozen {
    fn decides(&mut self, intent: RowId, guard: &GuardId, view: &View<'_>) {
        let frozen = stored::armed(view.store, guard.as_str()).map(|(_, targets)| targets);
        let ids = frozen
            .into_iter()
            .flatten()
            .map(|target| target.id.as_str().to_owned());
        self.decided.insert(intent, ids.collect());
    }

    fn asks(&self, request: &LoggedRequest, server: &str, view: &View<'_>) -> Option<String> {
        let cast = self.cast.of(view);
        if !cast.servers.contains_key(server) {
            return Some("a server that nobody armed a guard for was asked for".to_owned());
        }
        let action = if is_stop(request) {
            ActionKind::Stop
        } else {
            ActionKind::Start
        };
        let Some(intent) = stored::newest_intent(view.store, server, action) else {
            return Some("no intent names this server".to_owned());
        };
        let guard = intent.guard.as_ref()?;
        let frozen = self.decided.get(&intent.id);
        if frozen.is_some_and(|frozen| !frozen.contains(server)) {
            return Some(format!("it was not frozen when {guard} decided"));
        }
        let of_guard = cast.guards.get(guard.as_str());
        let is_foreign = of_guard.is_some_and(|guarded| !guarded.servers.iter().any(|id| id == server));
        is_foreign.then(|| format!("{guard} does not guard it"))
    }
}

impl Check for Frozen {
    fn invariant(&self) -> Invariant {
        Invariant::S2
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Event {
                event:
                    Event::Planned {
                        intent,
                        guard: Some(guard),
                        action: ActionKind::Stop,
                        ..
                    },
            } => {
                self.decides(*intent, guard, view);
                Vec::new()
            }
            Line::Request { request, .. } if is_stop(request) || is_start(request) => {
                let servers = request.servers.iter();
                let found = servers.filter_map(|server| {
                    let said = self.asks(request, server, view)?;
                    let about = self.cast.of(view).name(server).to_owned();
                    Some(Finding { said, about })
                });
                found.collect()
            }
            _ => Vec::new(),
        }
    }
}

/// S5: a request of a guard leaves only while the database says that it is armed, no pause runs, and nobody cancelled an
/// action of it on that meter within a day. A person's request needs no armed guard. A snooze quiets messages; it is no
/// belt.
pub(super) fn s5_armed_when_sent() -> Box<dyn Check> {
    Box::new(Armed::default())
}

#[derive(Default)]
struct Armed {
    cast: Known,
    machine: Machine,
    paused_until: Option<Time>,
    /// What the person of the plan asked to be called off, until the engine says that it was.
    cancelling: BTreeSet<String>,
    held_until: BTreeMap<GuardId, Time>,
    of: BTreeMap<RowId, (GuardId, MeterId)>,
}

/// A cancelled action holds its guard for a day.
const CANCEL_HOLD_MS: i64 = 24 * 3600 * 1000;

impl Armed {
    fn happens(&mut self, seen: &Seen, event: &Event) {
        match event {
            Event::Paused { until, .. } => self.paused_until = *until,
            Event::Planned {
                intent,
                guard: Some(guard),
                meter: Some(meter),
                ..
            } => {
                self.of.insert(*intent, (guard.clone(), meter.clone()));
            }
            Event::Cancelled { intent, .. } => {
                let Some((guard, _)) = self.of.get(intent) else {
                    return;
                };
                if self.cancelling.remove(guard.as_str()) {
                    let until = self.machine.wall(seen.at).ms().saturating_add(CANCEL_HOLD_MS);
                    self.held_until.insert(guard.clone(), Time::from_ms(until));
                }
            }
            _ => {}
        }
    }

    fn asks(&self, request: &LoggedRequest, server: &str, at: Time, view: &View<'_>) -> Option<String> {
        let action = if is_stop(request) {
            ActionKind::Stop
        } else {
            ActionKind::Start
        };
        let intent = stored::newest_intent(view.store, server, action)?;
        let guard = intent.guard?;
        let wall = self.machine.wall(at);
        stored::may_not_act(view.store, &guard, self.paused_until, wall).or_else(|| {
            let held = self.held_until.get(&guard).is_some_and(|until| *until > wall);
            held.then(|| format!("a person called off an action of {guard} within a day"))
        })
    }
}

impl Check for Armed {
    fn invariant(&self) -> Invariant {
        Invariant::S5
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Event { event } => self.happens(seen, event),
            Line::Deed {
                deed: Deed::User(UserDeed::Cancel { guard }),
            } => {
                self.cancelling.insert(guard.clone());
            }
            Line::Request { request, .. } if is_stop(request) || is_start(request) => {
                let servers = request.servers.iter();
                let found = servers.filter_map(|server| {
                    let said = self.asks(request, server, seen.at, view)?;
                    let about = self.cast.of(view).name(server).to_owned();
                    Some(Finding { said, about })
                });
                return found.collect();
            }
            _ => {}
        }
        Vec::new()
    }
}
