//! Progress of what is told and shown: the outbox empties (L6), blindness is told once each way (L8), corrections are shown
//! (L11). Bounds stand in `bounds`. Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::Severity;
use tidegate_meter::{GuardId, MeterId, Quantity, Reason, Time};
use tidegate_sim::Truth;
use tidegate_store::{DeliveryRow, DeliveryState};

use super::cast::{Known, Meters};
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, bounds, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, WorldDeed};

/// Numbers are told in units of the provider: a thousandth of the whole covers their rounding.
const ROUNDING: i64 = 1000;

/// L6: when nothing is broken, no message waits longer than a quarter of an hour, and what a channel refused or let expire
/// went to another one, where there is another. That this holds within 24 hours while a channel is down is shown by
/// `tests/engine/faults.rs`.
pub(super) fn l6_the_outbox_empties() -> Box<dyn Check> {
    Box::new(Outbox::default())
}

#[derive(Default)]
struct Outbox {
    machine: Machine,
}

fn holds(row: &DeliveryRow, message: &serde_json::Value) -> bool {
    let parts = row.message.get("messages").and_then(serde_json::Value::as_array);
    row.message == *message || parts.is_some_and(|parts| parts.contains(message))
}

impl Check for Outbox {
    fn invariant(&self) -> Invariant {
        Invariant::L6
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        Vec::new()
    }

    fn end(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        if !self.machine.is_whole_for(at, bounds::OUTBOX.saturating_mul(2)) {
            return Vec::new();
        }
        let rows = stored::deliveries(view.store);
        let wall = self.machine.wall(at);
        let mut found = Vec::new();
        for row in &rows {
            let waits = matches!(row.state, DeliveryState::Pending | DeliveryState::Sending);
            if waits && wall.since(row.created_at) > bounds::OUTBOX {
                found.extend(Finding::one(
                    row.channel.as_str(),
                    "a message waits though nothing is broken",
                ));
            }
            let lost = matches!(row.state, DeliveryState::Expired | DeliveryState::Refused);
            let elsewhere = rows
                .iter()
                .any(|other| other.channel != row.channel && holds(other, &row.message));
            if lost && row.severity == Severity::Critical && view.plan.sinks.len() > 1 && !elsewhere {
                found.extend(Finding::one(
                    row.channel.as_str(),
                    "an undelivered message was shown nowhere else",
                ));
            }
        }
        found
    }
}

/// L8: a blindness is raised once and cleared once: never twice for one reason without an end between; told at the latest
/// when an account gave nothing for three intervals and the longest rest; and ended within an interval of it once nothing is
/// broken. Exempt from the end: a meter that the provider no longer lists.
pub(super) fn l8_blind_once() -> Box<dyn Check> {
    Box::new(Blindness::default())
}

#[derive(Default)]
struct Blindness {
    cast: Known,
    machine: Machine,
    open: BTreeMap<(GuardId, MeterId), Reason>,
    told: BTreeSet<String>,
    blind_since: BTreeMap<String, Time>,
}

impl Blindness {
    fn looks(&mut self, account: &str, blind: bool, at: Time, view: &View<'_>) -> Vec<Finding> {
        let awake = self.machine.awake_since(at);
        if !blind || awake.is_none() {
            self.blind_since.remove(account);
            self.told.remove(account);
            return Vec::new();
        }
        let since = *self.blind_since.entry(account.to_owned()).or_insert(at);
        let since = since.max(awake.unwrap_or(at));
        let Some(cloud) = view.plan.clouds.iter().find(|cloud| cloud.name == account) else {
            return Vec::new();
        };
        let looks = bounds::BLIND_INTERVALS.saturating_add(1);
        let bound = bounds::look_within(cloud.interval_s)
            .saturating_mul(looks)
            .saturating_add(bounds::REST);
        let guarded = self
            .cast
            .of(view)
            .guards
            .values()
            .any(|guarded| guarded.account == account);
        // One that was told and has not ended says so already.
        let open = self.open.keys().any(|(guard, _)| {
            let of = self.cast.of(view).guards.get(guard.as_str());
            of.is_some_and(|guarded| guarded.account == account)
        });
        if !guarded || open || at.since(since) <= bound || !self.told.insert(account.to_owned()) {
            return Vec::new();
        }
        let said = format!(
            "nothing could be read for {} s and nobody was told",
            at.since(since).as_secs()
        );
        Finding::one(account, said)
    }
}

impl Check for Blindness {
    fn invariant(&self) -> Invariant {
        Invariant::L8
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        let Line::Event { event } = &seen.line else {
            return Vec::new();
        };
        match event {
            Event::Blind {
                account,
                guard,
                meter,
                blind,
                ..
            } => {
                self.told.insert(account.as_str().to_owned());
                let before = self.open.insert((guard.clone(), meter.clone()), blind.reason);
                if before == Some(blind.reason) {
                    let said = format!("{} was told twice without an end between", blind.reason.name());
                    return Finding::one(guard.as_str(), said);
                }
            }
            Event::BlindResolved { guard, meter, .. } => {
                self.open.remove(&(guard.clone(), meter.clone()));
            }
            Event::Looked { account, blind, .. } => {
                return self.looks(account.as_str(), blind.is_some(), seen.at, view);
            }
            _ => {}
        }
        Vec::new()
    }

    fn end(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        let cast = self.cast.of(view);
        let stays = |guard: &GuardId| {
            let interval = cast
                .guards
                .get(guard.as_str())
                .map_or(0, |guarded| guarded.interval_s);
            let span = bounds::look_within(interval)
                .saturating_mul(2)
                .saturating_add(bounds::REST);
            self.machine.is_mended() && self.machine.is_whole_for(at, span)
        };
        let open = self
            .open
            .iter()
            .filter(|((guard, _), reason)| **reason != Reason::Missing && stays(guard));
        open.map(|((guard, _), reason)| Finding {
            about: guard.as_str().to_owned(),
            said: format!("{} is still told though nothing is broken", reason.name()),
        })
        .collect()
    }
}

/// L11: what the provider corrected is in the number that is shown one cycle of it and a look later. Exempt: another change
/// of the same package since, a new window, and trouble in between.
pub(super) fn l11_corrections_are_shown() -> Box<dyn Check> {
    Box::new(Corrections::default())
}

#[derive(Default)]
struct Corrections {
    cast: Known,
    meters: Meters,
    machine: Machine,
    /// By package: when it was corrected by how much, and what was true then.
    open: BTreeMap<String, (Time, i64, Truth)>,
}

impl Corrections {
    fn happens(&mut self, at: Time, deed: &WorldDeed, view: &View<'_>) {
        match deed {
            WorldDeed::Correct { package, bytes } => {
                if let Ok(truth) = view.world.truth(package) {
                    self.open.insert(package.clone(), (at, *bytes, truth));
                }
            }
            WorldDeed::TopUp { package, .. }
            | WorldDeed::Renew { package, .. }
            | WorldDeed::Unsubscribe { package } => {
                self.open.remove(package);
            }
            _ => {}
        }
    }

    fn shows(&mut self, at: Time, meter: &str, used: Quantity, view: &View<'_>) -> Vec<Finding> {
        let cast = self.cast.of(view);
        let Some(guarded) = self
            .meters
            .guard(meter, cast, view)
            .and_then(|guard| cast.guards.get(guard))
        else {
            return Vec::new();
        };
        let package = &guarded.package;
        let cycle = Duration::from_secs(package.lag_s.saturating_add(package.step_s));
        let cycle = cycle.saturating_add(bounds::look_within(guarded.interval_s));
        let Some((since, bytes, then)) = self.open.get(&package.name) else {
            return Vec::new();
        };
        if at < since.plus(cycle) {
            return Vec::new();
        }
        let whole = self.machine.is_whole_for(at, cycle);
        let (bytes, then) = (*bytes, *then);
        self.open.remove(&package.name);
        let now = view
            .world
            .truth(&package.name)
            .ok()
            .filter(|now| whole && now.window == then.window);
        let Some(now) = now else {
            return Vec::new();
        };
        let rounding = now.quota.div_euclid(ROUNDING);
        let misses = if bytes > 0 {
            used.raw().saturating_add(rounding) < then.used
        } else {
            used.raw() > now.used.saturating_add(rounding)
        };
        if !misses {
            return Vec::new();
        }
        let said = format!(
            "{} shown as used a cycle after a correction of {bytes}; {} were then",
            used.raw(),
            then.used
        );
        Finding::one(package.name.as_str(), said)
    }
}

impl Check for Corrections {
    fn invariant(&self) -> Invariant {
        Invariant::L11
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Deed {
                deed: Deed::World(deed),
            } => self.happens(seen.at, deed, view),
            Line::Event {
                event:
                    Event::Reading {
                        meter,
                        used: Some(used),
                        ..
                    },
            } if !self.open.is_empty() => {
                return self.shows(seen.at, meter.as_str(), *used, view);
            }
            _ => {}
        }
        Vec::new()
    }
}
