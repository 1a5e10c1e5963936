//! Leaving out: events, time, members and their parts.

use crate::plan::{CloudPlan, Plan};

/// The same plan with something changed.
pub(super) fn with(plan: &Plan, change: impl FnOnce(&mut Plan)) -> Plan {
    let mut simpler = plan.clone();
    change(&mut simpler);
    simpler
}

/// Without halves, quarters, … single ones of so many: the first index and the one after the last.
fn gaps(len: usize) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut size = len;
    while size > 0 {
        let starts = (0..len).step_by(size);
        gaps.extend(starts.map(|from| (from, from.saturating_add(size).min(len))));
        size /= 2;
    }
    gaps
}

/// Without each gap of a list.
fn without<T>(plan: &Plan, list: impl Fn(&mut Plan) -> &mut Vec<T>, len: usize) -> Vec<Plan> {
    let gaps = gaps(len).into_iter();
    gaps.map(|(from, to)| with(plan, |plan| drop(list(plan).drain(from..to))))
        .collect()
}

/// Fewer events.
pub(super) fn events(plan: &Plan) -> Vec<Plan> {
    without(plan, |plan| &mut plan.events, plan.events.len())
}

/// A shorter run: an eighth of it, a quarter, … seven eighths, as long as all was mended before its end.
pub(super) fn span(plan: &Plan) -> Vec<Plan> {
    let parts = [1, 2, 4, 6, 7];
    let spans = parts.map(|eighths| plan.span_s / 8 * eighths);
    let enough = |span_s: &u64| plan.heal_at_s.is_none_or(|at| at < *span_s);
    spans
        .into_iter()
        .filter(enough)
        .map(|span_s| with(plan, |plan| plan.span_s = span_s))
        .collect()
}

/// Fewer accounts, devices, dates and platforms.
pub(super) fn members(plan: &Plan) -> Vec<Plan> {
    let mut all = without(plan, |plan| &mut plan.clouds, plan.clouds.len());
    all.extend(without(plan, |plan| &mut plan.mains, plan.mains.len()));
    all.extend(without(plan, |plan| &mut plan.purses, plan.purses.len()));
    all.extend(without(plan, |plan| &mut plan.devices, plan.devices.len()));
    all.extend(without(
        plan,
        |plan| &mut plan.subscriptions,
        plan.subscriptions.len(),
    ));
    all.extend(without(plan, |plan| &mut plan.renewals, plan.renewals.len()));
    all.extend(without(plan, |plan| &mut plan.sinks, plan.sinks.len()));
    all
}

/// Fewer servers, packages, guards and sub-accounts.
pub(super) fn parts(plan: &Plan) -> Vec<Plan> {
    let mut all = Vec::new();
    for (index, cloud) in plan.clouds.iter().enumerate() {
        let mut of = |change: &dyn Fn(&mut CloudPlan)| {
            all.push(with(plan, |plan| {
                if let Some(cloud) = plan.clouds.get_mut(index) {
                    change(cloud);
                }
            }));
        };
        for server in &cloud.servers {
            of(&|cloud| cloud.servers.retain(|of| of.name != server.name));
        }
        for package in &cloud.packages {
            of(&|cloud| cloud.packages.retain(|of| of.name != package.name));
        }
        for package in cloud.packages.iter().filter(|package| package.guard.is_some()) {
            of(&|cloud| {
                let own = cloud.packages.iter_mut().find(|of| of.name == package.name);
                own.into_iter().for_each(|own| own.guard = None);
            });
        }
    }
    for (index, main) in plan.mains.iter().enumerate() {
        for user in &main.users {
            all.push(with(plan, |plan| {
                let own = plan.mains.get_mut(index);
                own.into_iter()
                    .for_each(|own| own.users.retain(|of| of.name != user.name));
            }));
        }
    }
    all
}
