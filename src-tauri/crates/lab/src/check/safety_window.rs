//! Safety of what is told when: nothing by a number that is told twice (S12), nothing by a closed window's number (S15),
//! nothing by a draft (S25). Shown to fail in `tests/planted.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::{ActionKind, Limit};
use tidegate_meter::{GuardId, MeterId, Quantity, Time, Window};

use super::cast::{Known, Lines};
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, UserDeed, WorldDeed};

/// Both clocks may differ by this much where a window ends: gateways allow it, and so do we.
const SKEW: Duration = Duration::from_secs(15 * 60);
/// Right after a window began the closed one's number would look like a dry package.
const PART: i64 = 10;

/// S12: a look that repeats the number of the look before, as of the same instant, raises no step. Exempt: the rules were
/// changed between the two.
pub(super) fn s12_a_replay_is_idle() -> Box<dyn Check> {
    Box::new(Replays::default())
}

#[derive(Default)]
struct Replays {
    seen: BTreeMap<MeterId, (Time, Option<Quantity>, bool)>,
}

impl Check for Replays {
    fn invariant(&self) -> Invariant {
        Invariant::S12
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Event {
                event:
                    Event::Reading {
                        meter,
                        as_of,
                        remaining,
                        ..
                    },
            } => {
                let before = self.seen.get(meter);
                let again = before.is_some_and(|(at, left, _)| at == as_of && left == remaining);
                self.seen.insert(meter.clone(), (*as_of, *remaining, again));
            }
            Line::Event {
                event: Event::Configured { .. } | Event::Mode { .. },
            }
            | Line::Deed { deed: Deed::User(_) } => {
                self.seen.clear();
            }
            Line::Event {
                event: Event::Step {
                    guard, meter, step, ..
                },
            } if self.seen.get(meter).is_some_and(|(.., again)| *again) => {
                let said = format!("step {step} was told by a number that was judged before");
                return Finding::one(guard.as_str(), said);
            }
            _ => {}
        }
        Vec::new()
    }
}

/// S15: no step is told and no action decided by a number whose window is over by the machine's clock; and while the
/// provider still catches up with the turn, none by a number that is a tenth of the whole below what is truly left. Exempt
/// from the second half: packages that somebody changed, and lies.
pub(super) fn s15_closed_numbers_are_silent() -> Box<dyn Check> {
    Box::new(Windows::default())
}

#[derive(Default)]
struct Windows {
    cast: Known,
    machine: Machine,
    seen: BTreeMap<MeterId, (Option<Window>, Option<Quantity>)>,
    changed: BTreeMap<String, ()>,
}

impl Windows {
    fn tells(&self, at: Time, guard: &GuardId, meter: &MeterId, view: &View<'_>) -> Option<String> {
        let (window, left) = self.seen.get(meter)?;
        let wall = self.machine.wall(at);
        let is_over = |window: &Window| window.end.is_some_and(|end| end.plus(SKEW) <= wall);
        if window.as_ref().is_some_and(is_over) {
            return Some("told by the number of a window that is over".to_owned());
        }
        let guarded = self.cast.of(view).guards.get(guard.as_str())?;
        let package = &guarded.package;
        if self.changed.contains_key(&package.name) || self.machine.whole_since(at).is_none() {
            return None;
        }
        let truth = view.world.truth(&package.name).ok()?;
        let catching_up =
            Duration::from_secs(package.lag_s.saturating_add(package.step_s)).saturating_add(SKEW);
        if at.since(truth.window.start) > catching_up || truth.window.start <= view.plan.start {
            return None;
        }
        let part = truth.quota.div_euclid(PART);
        let below = left.as_ref()?.raw().saturating_add(part) < truth.remaining;
        below.then(|| {
            let left = left.as_ref().map_or(0, |left| left.raw());
            format!(
                "told {left} bytes left right after the turn, when {} were",
                truth.remaining
            )
        })
    }
}

impl Check for Windows {
    fn invariant(&self) -> Invariant {
        Invariant::S15
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        let (guard, meter) = match &seen.line {
            Line::Event {
                event:
                    Event::Reading {
                        meter,
                        window,
                        remaining,
                        ..
                    },
            } => {
                self.seen.insert(meter.clone(), (*window, *remaining));
                return Vec::new();
            }
            Line::Deed {
                deed:
                    Deed::World(
                        WorldDeed::Renew { package, .. }
                        | WorldDeed::TopUp { package, .. }
                        | WorldDeed::Correct { package, .. }
                        | WorldDeed::Unsubscribe { package },
                    ),
            } => {
                self.changed.insert(package.clone(), ());
                return Vec::new();
            }
            Line::Event {
                event: Event::Step { guard, meter, .. },
            } => (guard, meter),
            Line::Event {
                event:
                    Event::Planned {
                        guard: Some(guard),
                        meter: Some(meter),
                        action: ActionKind::Stop,
                        ..
                    },
            } => (guard, meter),
            _ => return Vec::new(),
        };
        let said = self.tells(seen.at, guard, meter, view);
        said.map_or_else(Vec::new, |said| Finding::one(guard.as_str(), said))
    }
}

/// S25: after a what-if the stored guard has the line that it had; nothing of the draft becomes real. That drafts reach
/// neither wire nor outbox is a law of the sources (`tests/tests/architecture.rs`).
pub(super) fn s25_drafts_are_silent() -> Box<dyn Check> {
    Box::new(Drafts::default())
}

#[derive(Default)]
struct Drafts {
    cast: Known,
    real: Lines,
    drafted: BTreeMap<String, Limit>,
}

impl Drafts {
    fn look(&mut self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for (guard, draft) in std::mem::take(&mut self.drafted) {
            let real = self.real.of(&guard, self.cast.of(view));
            if real != Some(draft) && stored_limit(view, &guard) == Some(draft) {
                found.extend(Finding::one(guard, "the line of a draft became the guard's own"));
            }
        }
        found
    }
}

fn stored_limit(view: &View<'_>, guard: &str) -> Option<Limit> {
    let rows = stored::now(view.store.guards())?;
    let row = rows.into_iter().find(|row| row.id.as_str() == guard)?;
    serde_json::from_value(row.config.get("limit")?.clone()).ok()
}

impl Check for Drafts {
    fn invariant(&self) -> Invariant {
        Invariant::S25
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::User(UserDeed::WhatIf { guard, limit }),
            } => {
                self.drafted.insert(guard.clone(), *limit);
            }
            Line::Deed {
                deed: Deed::User(UserDeed::Limit { guard, limit }),
            } => self.real.set(guard, *limit),
            // The first look after it: the draft was judged, and whatever it wrote is there.
            Line::Event {
                event: Event::Looked { .. },
            } if !self.drafted.is_empty() => return self.look(view),
            _ => {}
        }
        Vec::new()
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        self.look(view)
    }
}
