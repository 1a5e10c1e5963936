//! Safety of what is kept: nothing is done or marked that cannot be written (S20), damage disarms (S21), the audit chain is
//! whole (S24). Shown to fail in `tests/planted.rs`.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::Time;
use tidegate_store::{AuditHead, AuditVerdict, Opened};

use super::cast::{changes, is_stop, whom};
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, DiskDeed};

/// A record that was written right before the disk filled may be acted on right after.
const TURN: Duration = Duration::from_secs(1);

/// S20: while every commit fails nothing that changes something is asked for, and no step and no decision is told: both
/// become real with their record. Exempt: the second in which the disk fills.
pub(super) fn s20_unwritable_acts_not() -> Box<dyn Check> {
    Box::new(Unwritable::default())
}

#[derive(Default)]
struct Unwritable {
    from: Option<Time>,
    until: Option<Time>,
}

impl Check for Unwritable {
    fn invariant(&self) -> Invariant {
        Invariant::S20
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        if let Line::Deed {
            deed: Deed::Disk(DiskDeed::Full { for_s }),
        } = &seen.line
        {
            self.from = Some(seen.at.plus(TURN));
            self.until = Some(seen.at.plus(Duration::from_secs(*for_s)));
        }
        if matches!(seen.line, Line::Healed) {
            self.until = None;
        }
        let full =
            self.from.is_some_and(|from| seen.at > from) && self.until.is_some_and(|until| seen.at < until);
        match &seen.line {
            Line::Request { request, .. } if full && changes(request) => Finding::one(
                whom(request),
                format!("{} while nothing can be written", request.operation),
            ),
            Line::Event {
                event:
                    Event::Step { guard, .. }
                    | Event::Planned {
                        guard: Some(guard), ..
                    },
            } if full => Finding::one(guard.as_str(), "told as decided while nothing can be written"),
            _ => Vec::new(),
        }
    }
}

/// S21: after a start that found its database unreadable and took a backup or a new one, no guard asks for a stop before a
/// person armed it again.
pub(super) fn s21_damage_disarms() -> Box<dyn Check> {
    Box::new(Damage::default())
}

#[derive(Default)]
struct Damage {
    recovered: bool,
    armed_since: BTreeSet<String>,
}

impl Check for Damage {
    fn invariant(&self) -> Invariant {
        Invariant::S21
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Began { .. } if matches!(view.store.opened_as(), Opened::Recovered { .. }) => {
                self.recovered = true;
                self.armed_since.clear();
            }
            Line::Event {
                event: Event::Mode {
                    guard, armed_until, ..
                },
            } => {
                if armed_until.is_some() {
                    self.armed_since.insert(guard.as_str().to_owned());
                } else {
                    self.armed_since.remove(guard.as_str());
                }
            }
            Line::Request { request, .. } if self.recovered && is_stop(request) => {
                let unarmed = |server: &String| {
                    let intent = stored::newest_intent(view.store, server, ActionKind::Stop);
                    let guard = intent.and_then(|intent| intent.guard);
                    guard.filter(|guard| !self.armed_since.contains(guard.as_str()))
                };
                let guards = request.servers.iter().filter_map(unarmed);
                let found = guards.map(|guard| Finding {
                    about: guard.as_str().to_owned(),
                    said: "it acts after its database was lost, and nobody armed it again".to_owned(),
                });
                return found.collect();
            }
            _ => {}
        }
        Vec::new()
    }
}

/// S24: after each end of a life and at the end of the run the audit chain is whole and still holds the head that was
/// remembered outside before. Exempt: bits that the plan flips, after which a chain begins anew or names its bad row.
pub(super) fn s24_the_chain_is_whole() -> Box<dyn Check> {
    Box::new(Chain::default())
}

#[derive(Default)]
struct Chain {
    head: Option<AuditHead>,
    flipped: bool,
}

impl Chain {
    fn look(&mut self, view: &View<'_>) -> Vec<Finding> {
        if self.flipped || matches!(view.store.opened_as(), Opened::Recovered { .. }) {
            self.head = None;
            return Vec::new();
        }
        match stored::now(view.store.audit_verify(self.head.clone())) {
            None => Vec::new(),
            Some(AuditVerdict::Intact { head }) => {
                self.head = Some(head);
                Vec::new()
            }
            Some(AuditVerdict::Broken { seq, fault }) => {
                Finding::one("audit", format!("row {seq} of the chain: {fault:?}"))
            }
        }
    }
}

impl Check for Chain {
    fn invariant(&self) -> Invariant {
        Invariant::S24
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::Disk(DiskDeed::Flip { .. }),
            } => self.flipped = true,
            Line::Began { .. } | Line::Ended { .. } => return self.look(view),
            _ => {}
        }
        Vec::new()
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        self.look(view)
    }
}
