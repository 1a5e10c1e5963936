//! Safety of what is counted of proxies (S16): never a byte more than truly passed, and, where nothing was lost, none less.
//! Shown to fail in `tests/planted.rs`.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_meter::{DeviceId, Quantity, Span, Time, Unit};
use tidegate_sim::Lie;
use tidegate_store::FlowSpanFilter;

use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, DevicePlan, KernelLie, MachineDeed, WorldDeed};
use crate::stage::kernel::Traffic;

/// What passed within it may not be counted yet: a kernel is asked, and an agent hands in, every few minutes.
const PENDING: Duration = Duration::from_secs(900);
/// Longer than any run.
const AGES: Duration = Duration::from_secs(400 * 86_400);

/// S16 of flows: the sum of what is stored of a device is at most what truly passed its kernel since the run began; and at
/// the end of a run that was whole for long, of a kernel that nobody restarted or lied of, at least what had passed a
/// quarter of an hour before. Exempt from the first: a kernel that told less than it had told before and then the truth
/// again. A fall is how a restart shows itself, so what it told before is counted once more.
pub(super) fn s16_flows_are_whole_and_once() -> Box<dyn Check> {
    Box::new(Counted::default())
}

#[derive(Default)]
struct Counted {
    machine: Machine,
    /// Devices of which bytes may be lost: their kernel restarted, or told something else than it counted.
    lossy: BTreeSet<String>,
    /// Devices of which bytes may be counted twice: their kernel told less than before without a restart.
    twice: BTreeSet<String>,
    is_forgotten: bool,
}

impl Counted {
    fn found(&self, device: &DevicePlan, at: Time, view: &View<'_>) -> Option<String> {
        let id = DeviceId::new(device.name.clone()).ok()?;
        let span = Span {
            start: view.plan.start.minus(AGES),
            end: view.plan.start.plus(AGES),
        };
        let filter = FlowSpanFilter {
            span,
            device: Some(id),
        };
        let sums = stored::now(view.store.flow_sums(filter))?;
        let counted = sums.iter().filter_map(|sum| sum.bytes.total());
        let counted = counted.fold(0_u64, u64::saturating_add);
        let truth = |until: Time| {
            let ms = u64::try_from(until.since(view.plan.start).as_millis()).unwrap_or(u64::MAX);
            let (up, down) = Traffic::of(device).until(ms);
            up.saturating_add(down)
        };
        let passed = truth(at);
        if counted > passed && !self.twice.contains(&device.name) {
            return Some(format!("{counted} bytes are counted, and {passed} passed"));
        }
        let is_whole = self.machine.is_whole_for(at, PENDING.saturating_mul(2));
        let least = truth(at.minus(PENDING));
        let is_lost = !self.lossy.contains(&device.name) && !self.is_forgotten && is_whole && counted < least;
        is_lost
            .then(|| format!("{counted} bytes are counted, and {least} had passed a quarter of an hour ago"))
    }
}

impl Check for Counted {
    fn invariant(&self) -> Invariant {
        Invariant::S16
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Deed {
                deed: Deed::World(WorldDeed::KernelRestart { device }),
            } => {
                self.lossy.insert(device.clone());
            }
            Line::Deed {
                deed: Deed::World(WorldDeed::KernelLie { device, lie, .. }),
            } => {
                self.lossy.insert(device.clone());
                if let KernelLie::Back | KernelLie::Zero | KernelLie::Half | KernelLie::OtherUnit = lie {
                    self.twice.insert(device.clone());
                }
            }
            Line::Deed {
                deed: Deed::Disk(_) | Deed::Machine(MachineDeed::JumpWall { .. }),
            } => self.is_forgotten = true,
            _ => {}
        }
        Vec::new()
    }

    fn end(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        let devices = view.plan.devices.iter();
        let found = devices.filter_map(|device| {
            Some(Finding {
                said: self.found(device, at, view)?,
                about: device.name.clone(),
            })
        });
        found.collect()
    }
}

/// S16 of money: a look at an account with money that nobody lies about tells, to the last digit, an amount that was truly
/// left there since the look before.
pub(super) fn s16_money_is_told_as_it_is() -> Box<dyn Check> {
    Box::new(Money::default())
}

#[derive(Default)]
struct Money {
    /// Purses with the amounts that were left there since the last look.
    left: std::collections::BTreeMap<String, Vec<String>>,
}

impl Money {
    fn is_lied_about(account: &str, view: &View<'_>) -> bool {
        let faults = view.world.faults();
        faults.iter().any(|(_, fault)| {
            let is_meant = fault.account.as_deref().is_none_or(|of| of == account);
            is_meant
                && matches!(
                    fault.lie,
                    Lie::AmountZero
                        | Lie::AmountNegative
                        | Lie::AmountHuge
                        | Lie::Currency { .. }
                        | Lie::Empty
                )
        })
    }
}

impl Check for Money {
    fn invariant(&self) -> Invariant {
        Invariant::S16
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        if self.left.is_empty() {
            let purses = view.plan.purses.iter();
            self.left
                .extend(purses.map(|purse| (purse.name.clone(), vec![purse.left.clone()])));
        }
        match &seen.line {
            Line::Deed {
                deed: Deed::World(WorldDeed::Money { purse, left }),
            } => {
                let known = self.left.get_mut(purse);
                known.into_iter().for_each(|known| known.push(left.clone()));
                Vec::new()
            }
            Line::Event {
                event:
                    Event::Reading {
                        account,
                        remaining: Some(remaining),
                        ..
                    },
            } => {
                let Some(known) = self.left.get_mut(account.as_str()) else {
                    return Vec::new();
                };
                // Some sellers tell besides whether the account may be used at all.
                if !matches!(remaining.unit(), Unit::Money(_)) {
                    return Vec::new();
                }
                let is_told = known
                    .iter()
                    .any(|left| Quantity::parse(left, remaining.unit()).is_ok_and(|left| left == *remaining));
                let said = format!("{} is told as left, of {known:?}", remaining.raw());
                known.drain(..known.len().saturating_sub(1));
                if is_told || Self::is_lied_about(account.as_str(), view) {
                    return Vec::new();
                }
                Finding::one(account.as_str(), said)
            }
            _ => Vec::new(),
        }
    }
}
