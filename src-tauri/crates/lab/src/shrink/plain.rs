//! Plainer ways of the same: steady curves, no lag, no zone, usual belts, round times, lies without conditions.

use tidegate_guard::Belts;
use tidegate_sim::Curve;

use super::less::with;
use crate::plan::{Deed, GuardPlan, PackagePlan, Plan, ServerPlan, Storage, WorldDeed};

/// What holds for the whole plan.
pub(super) fn whole(plan: &Plan) -> Vec<Plan> {
    let round_start = tidegate_meter::Time::from_ms(plan.start.ms() / 3_600_000 * 3_600_000);
    vec![
        with(plan, |plan| plan.storage = Storage::Memory),
        with(plan, |plan| "UTC".clone_into(&mut plan.zone)),
        with(plan, |plan| plan.start = round_start),
    ]
}

/// What holds for one member.
pub(super) fn members(plan: &Plan) -> Vec<Plan> {
    let mut all = Vec::new();
    for (index, cloud) in plan.clouds.iter().enumerate() {
        all.push(with(plan, |plan| {
            if let Some(cloud) = plan.clouds.get_mut(index) {
                (cloud.interval_s, cloud.interval_near_s) = (300, 120);
            }
        }));
        for at in 0..cloud.servers.len() {
            let plainer = SERVER.iter().map(|change| {
                with(plan, |plan| {
                    let cloud = plan.clouds.get_mut(index);
                    let server = cloud.and_then(|cloud| cloud.servers.get_mut(at));
                    server.into_iter().for_each(change);
                })
            });
            all.extend(plainer);
        }
        for at in 0..cloud.packages.len() {
            let plainer = PACKAGE.iter().map(|change| {
                with(plan, |plan| {
                    let cloud = plan.clouds.get_mut(index);
                    let package = cloud.and_then(|cloud| cloud.packages.get_mut(at));
                    package.into_iter().for_each(change);
                })
            });
            all.extend(plainer);
        }
    }
    all
}

const SERVER: [fn(&mut ServerPlan); 4] = [
    |server| server.traffic = steady(&server.traffic),
    |server| server.is_off = false,
    |server| server.is_locked = false,
    |server| server.is_protected = false,
];

/// The fastest of its rates; a curve that is steady already, or idle, stays.
fn steady(curve: &Curve) -> Curve {
    match curve {
        Curve::Idle | Curve::Steady(_) => curve.clone(),
        Curve::Burst { .. } | Curve::Pieces(_) | Curve::Round(_) => Curve::Steady(curve.fastest()),
    }
}

const PACKAGE: [fn(&mut PackagePlan); 7] = [
    |package| package.lag_s = 0,
    |package| package.step_s = package.step_s.min(1),
    |package| package.bought = None,
    |package| package.is_once = false,
    |package| guard(package, |guard| guard.belts = Belts::default()),
    |package| guard(package, |guard| guard.steps.clear()),
    |package| {
        guard(package, |guard| {
            (guard.countdown_s, guard.is_forced, guard.starts_after_reset) = (0, false, false);
        });
    },
];

fn guard(package: &mut PackagePlan, change: impl FnOnce(&mut GuardPlan)) {
    if let Some(guard) = &mut package.guard {
        change(guard);
    }
}

/// Lies without an operation, without a count, or half as long.
pub(super) fn faults(plan: &Plan) -> Vec<Plan> {
    let mut all = Vec::new();
    for index in 0..plan.events.len() {
        for change in FAULT {
            all.push(with(plan, |plan| {
                if let Some(Deed::World(WorldDeed::Lie { fault })) =
                    plan.events.get_mut(index).map(|timed| &mut timed.deed)
                {
                    change(fault);
                }
            }));
        }
    }
    all
}

const FAULT: [fn(&mut tidegate_sim::Fault); 3] = [
    |fault| fault.on = None,
    |fault| fault.times = None,
    |fault| fault.for_s = fault.for_s.map(|span| (span / 2).max(1)),
];

/// Everything at a whole hour, or one event at a whole hour or minute; spans likewise. Only ever earlier or shorter.
pub(super) fn times(plan: &Plan) -> Vec<Plan> {
    let mut all = vec![with(plan, |plan| {
        for timed in &mut plan.events {
            timed.at_s = rounded(timed.at_s, 3600);
        }
    })];
    for unit in [3600, 60] {
        all.push(with(plan, |plan| plan.span_s = rounded(plan.span_s, unit)));
        for index in 0..plan.events.len() {
            all.push(with(plan, |plan| {
                if let Some(timed) = plan.events.get_mut(index) {
                    timed.at_s = rounded(timed.at_s, unit);
                }
                plan.events.sort_by_key(|timed| timed.at_s);
            }));
            all.push(with(plan, |plan| {
                let upon = plan.events.get_mut(index).and_then(|timed| timed.upon.as_mut());
                upon.into_iter().for_each(|upon| upon.after_ms = 0);
            }));
            all.push(with(plan, |plan| {
                let deed = plan.events.get_mut(index).map(|timed| &mut timed.deed);
                let span = deed.and_then(span_of);
                span.into_iter().for_each(|span| *span = rounded(*span, unit));
            }));
        }
    }
    all
}

/// Down to a whole unit; what is less than one stays.
const fn rounded(seconds: u64, unit: u64) -> u64 {
    if seconds < unit {
        seconds
    } else {
        seconds / unit * unit
    }
}

/// How long something lasts.
const fn span_of(deed: &mut Deed) -> Option<&mut u64> {
    match deed {
        Deed::World(WorldDeed::Lie { fault }) => fault.for_s.as_mut(),
        deed => deed.span(),
    }
}

/// Everything is mended half as late, or right after the last event.
pub(super) fn healing(plan: &Plan) -> Vec<Plan> {
    let Some(at) = plan.heal_at_s else {
        return Vec::new();
    };
    let last = plan.events.last().map_or(0, |timed| timed.at_s);
    [last, at / 2]
        .into_iter()
        .filter(|earlier| *earlier < at && *earlier >= last)
        .map(|earlier| with(plan, |plan| plan.heal_at_s = Some(earlier)))
        .collect()
}
