//! Safety against clocks and copies: a countdown keeps its length (S18), and one holder acts (S19). Shown to fail in
//! `tests/planted.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::{RowId, Time};

use super::cast::{Known, is_refused, is_stop};
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, MachineDeed};

/// Between two requests to one server after an answer that was lost: the state is read twice, so far apart.
const SETTLE: Duration = Duration::from_secs(30);

/// S18: from the decision of a guard to its first request the monotonic clock of the machine walks at least the countdown,
/// whatever was done to its wall clock. Exempt: a person who said "now", and a process that was killed in between while the
/// wall clock was set forward or the machine slept: what is left of a countdown is known by the wall clock only then.
pub(super) fn s18_countdowns_keep_their_length() -> Box<dyn Check> {
    Box::new(Countdowns::default())
}

#[derive(Default)]
struct Countdowns {
    cast: Known,
    planned: BTreeMap<RowId, Planned>,
    disturbed: bool,
    killed: bool,
}

struct Planned {
    mono_ms: u64,
    countdown_ms: u64,
    hurried: bool,
}

impl Countdowns {
    fn asks(&mut self, server: &str, mono_ms: u64, view: &View<'_>) -> Option<String> {
        let intent = stored::newest_intent(view.store, server, ActionKind::Stop)?;
        let planned = self.planned.remove(&intent.id)?;
        let waited = mono_ms.saturating_sub(planned.mono_ms);
        if planned.hurried || (self.killed && self.disturbed) || waited >= planned.countdown_ms {
            return None;
        }
        Some(format!(
            "asked for {waited} ms after the decision; {} ms were promised",
            planned.countdown_ms
        ))
    }

    fn happens(&mut self, seen: &Seen, event: &Event, view: &View<'_>) {
        match event {
            Event::Planned {
                intent,
                guard: Some(guard),
                action: ActionKind::Stop,
                ..
            } => {
                let guarded = self.cast.of(view).guards.get(guard.as_str());
                let Some(guarded) = guarded else {
                    return;
                };
                let planned = Planned {
                    mono_ms: seen.mono_ms,
                    countdown_ms: guarded.guard.countdown_s.saturating_mul(1000),
                    hurried: false,
                };
                if self.planned.is_empty() {
                    (self.killed, self.disturbed) = (false, false);
                }
                self.planned.insert(*intent, planned);
            }
            Event::Due { at, intent, due } if due <= at => {
                if let Some(planned) = self.planned.get_mut(intent) {
                    planned.hurried = true;
                }
            }
            Event::Cancelled { intent, .. } | Event::Verified { intent, .. } => {
                self.planned.remove(intent);
            }
            _ => {}
        }
    }
}

impl Check for Countdowns {
    fn invariant(&self) -> Invariant {
        Invariant::S18
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Event { event } => self.happens(seen, event, view),
            Line::Ended { killed: true } => self.killed = true,
            Line::Deed {
                deed: Deed::Machine(MachineDeed::Sleep { .. } | MachineDeed::JumpWall { .. }),
            } => {
                self.disturbed = true;
            }
            Line::Request { request, .. } if is_stop(request) => {
                let mut found = Vec::new();
                for server in &request.servers {
                    if let Some(said) = self.asks(server, seen.mono_ms, view) {
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

/// S19: nobody asks for anything between the end of a life and the beginning of the next; no second stop of one server
/// leaves within the settling time of the first, whoever sends it, unless the first was refused; and the lease is not
/// gained by a life that has it.
pub(super) fn s19_one_holder_acts() -> Box<dyn Check> {
    Box::new(Holders::default())
}

#[derive(Default)]
struct Holders {
    cast: Known,
    machine: Machine,
    has_ended: bool,
    second_until: Option<Time>,
    holds: bool,
    stopped: BTreeMap<String, Time>,
}

impl Check for Holders {
    fn invariant(&self) -> Invariant {
        Invariant::S19
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Ended { .. } => (self.has_ended, self.holds) = (true, false),
            Line::Deed {
                deed: Deed::Machine(MachineDeed::SecondCopy { for_s }),
            } => {
                self.second_until = Some(seen.at.plus(Duration::from_secs(*for_s)));
            }
            Line::Event {
                event: Event::Lease { holder, .. },
            } => {
                let twice = *holder && self.holds && self.second_until.is_none();
                self.holds = *holder;
                if twice {
                    return Finding::one("lease", "gained twice by one life");
                }
            }
            Line::Request { request, .. } => {
                let second = self.second_until.is_some_and(|until| seen.at <= until);
                if self.has_ended && !self.machine.lives() && !second {
                    return Finding::one(super::cast::whom(request), "asked for while nothing ran");
                }
                let mut found = Vec::new();
                let asks = is_stop(request) && !is_refused(request);
                for server in request.servers.iter().filter(|_| asks) {
                    let before = self.stopped.insert(server.clone(), seen.at);
                    if before.is_some_and(|before| seen.at.since(before) < SETTLE) {
                        let name = self.cast.of(view).name(server);
                        found.extend(Finding::one(name, "two stops within the settling time"));
                    }
                }
                return found;
            }
            _ => {}
        }
        Vec::new()
    }
}
