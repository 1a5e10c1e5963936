//! What the packages have paid for: a pure function of the world's history and an instant, so that it never matters
//! who looked when. Exact integers. A server's own packages pay first (the one that expires first before the others),
//! then the shared ones of its region and line; what is left is billed.

use tidegate_meter::{Time, Window};

use super::cycle;
use super::{Account, Cover, Package, PackageEvent, Server};
use crate::limits;

/// How a package stands at an instant, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    pub(crate) used: i64,
    pub(crate) quota: i64,
}

/// What is really true of a package now, in bytes: what the provider will tell once its lag has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truth {
    /// Used in the current window.
    pub used: i64,
    /// The whole of the window.
    pub quota: i64,
    /// Left.
    pub remaining: i64,
    /// The window.
    pub window: Window,
}

/// Standing of each package of an account at `at`, and the bytes that no package paid for.
pub(crate) fn settle(account: &Account, start: Time, at: Time) -> (Vec<Standing>, i64) {
    let mut standings: Vec<Standing> = account
        .packages
        .iter()
        .map(|package| Standing {
            used: if package.bought <= start { package.used } else { 0 },
            quota: package.quota,
        })
        .collect();
    for (package, standing) in account.packages.iter().zip(&mut standings) {
        happen(package, standing, start);
    }
    let order = payers(account);
    let mut excess = 0_i64;
    let mut from = start;
    for to in turning_points(account, start, at) {
        for server in &account.servers {
            excess = excess.saturating_add(pay(account, server, &order, &mut standings, from, to));
        }
        for (package, standing) in account.packages.iter().zip(&mut standings) {
            turn(package, standing, to);
        }
        from = to;
    }
    (standings, excess)
}

/// Package indices: own before shared, earlier expiry first.
fn payers(account: &Account) -> Vec<usize> {
    let mut order: Vec<usize> = (0..account.packages.len()).collect();
    order.sort_by_key(|&index| {
        account.packages.get(index).map(|package| {
            let shared = matches!(package.cover, Cover::Shared(_));
            (shared, package.expires, index)
        })
    });
    order
}

/// Instants after `start` at which the rules change, and `at` itself.
fn turning_points(account: &Account, start: Time, at: Time) -> Vec<Time> {
    let mut points = vec![at];
    for package in &account.packages {
        points.extend([package.bought, package.expires]);
        points.extend(package.unsubscribed);
        points.extend(package.events.iter().map(|(when, _)| *when));
        if package.monthly {
            points.extend(closes(package, start, at));
        }
    }
    points.retain(|point| start < *point && *point <= at);
    points.sort_unstable();
    points.dedup();
    points
}

fn closes(package: &Package, start: Time, at: Time) -> impl Iterator<Item = Time> + '_ {
    (1..limits::CYCLES)
        .map_while(|month| cycle::close(package.bought, month))
        .skip_while(move |close| *close <= start)
        .take_while(move |close| *close <= at)
}

/// Lets the packages pay for what a server sent; gives what none paid for.
fn pay(
    account: &Account,
    server: &Server,
    order: &[usize],
    standings: &mut [Standing],
    from: Time,
    to: Time,
) -> i64 {
    let mut left = server.sent(from, to);
    for &index in order {
        let (Some(package), Some(standing)) = (account.packages.get(index), standings.get_mut(index)) else {
            continue;
        };
        if left > 0 && package.active(from) && covers(package, server) {
            let paid = left.min(standing.quota.saturating_sub(standing.used).max(0));
            standing.used = standing.used.saturating_add(paid);
            left -= paid;
        }
    }
    if server.eip.charge_mode == "traffic" {
        left
    } else {
        0
    }
}

/// Whether the package pays for the server's traffic.
pub(crate) fn covers(package: &Package, server: &Server) -> bool {
    match &package.cover {
        Cover::Servers(ids) => ids.contains(&server.id),
        Cover::Shared(line) => {
            package.region == server.region && *line == server.eip.line && server.eip.charge_mode == "traffic"
        }
    }
}

/// What changes for a package exactly at `at`.
fn turn(package: &Package, standing: &mut Standing, at: Time) {
    if package.monthly && at > package.bought && package.window(at).start == at {
        *standing = Standing {
            used: 0,
            quota: package.quota,
        };
    }
    happen(package, standing, at);
}

fn happen(package: &Package, standing: &mut Standing, at: Time) {
    for (when, event) in &package.events {
        match event {
            PackageEvent::TopUp(bytes) if *when == at => {
                standing.quota = standing.quota.saturating_add(*bytes);
            }
            PackageEvent::Correct(bytes) if *when == at => {
                standing.used = standing.used.saturating_add(*bytes).max(0);
            }
            _ => {}
        }
    }
}

/// What the bill says of one package at `now`: the standing of a lag ago, moved in steps. A cycle that began since is
/// still unused there. `frozen` holds the bill at an instant.
pub(crate) fn reported(
    account: &Account,
    index: usize,
    start: Time,
    now: Time,
    frozen: Option<Time>,
) -> Option<Standing> {
    let package = account.packages.get(index)?;
    let step = i64::try_from(package.step.as_millis()).unwrap_or(0).max(1);
    let behind = now.minus(package.lag);
    let as_of = Time::from_ms(behind.ms().div_euclid(step).saturating_mul(step)).max(start);
    let as_of = frozen.map_or(as_of, |frozen| as_of.min(frozen));
    if package.window(as_of).start != package.window(now).start || as_of < package.bought {
        return Some(Standing {
            used: 0,
            quota: package.quota,
        });
    }
    settle(account, start, as_of).0.get(index).copied()
}

/// What is really true at `now`.
pub(crate) fn truth(account: &Account, index: usize, start: Time, now: Time) -> Option<Truth> {
    let package = account.packages.get(index)?;
    let standing = settle(account, start, now).0.get(index).copied()?;
    Some(Truth {
        used: standing.used,
        quota: standing.quota,
        remaining: standing.quota.saturating_sub(standing.used).max(0),
        window: package.window(now),
    })
}
