//! Makes a plan that breaks a promise small, while it breaks the same promise. Owns the order of what is tried: fewer
//! events, fewer members, a shorter span, plainer ways, rounder times, over and over until nothing helps. Works on the
//! plan, never on the seed, and never plays anything by itself. Tested in `tests/shrink.rs` with made-up predicates.

mod less;
mod plain;

use crate::check::Invariant;
use crate::plan::Plan;

/// What is left.
#[derive(Clone, PartialEq, Debug)]
pub struct Shrunk {
    /// The smallest plan that was found.
    pub plan: Plan,
    /// What it breaks, as the first one did.
    pub invariant: Invariant,
    /// How many plans were tried.
    pub tries: u32,
}

/// Every simpler plan that one step leads to, the boldest first. A step never makes anything larger, so that steps come
/// to an end.
type Pass = fn(&Plan) -> Vec<Plan>;

const PASSES: [Pass; 9] = [
    less::events,
    less::span,
    less::members,
    less::parts,
    plain::whole,
    plain::members,
    plain::faults,
    plain::times,
    plain::healing,
];

/// The smallest plan found within so many tries, `None` when the plan breaks nothing. `fails` tells what a plan breaks, if
/// it does.
pub fn shrink(plan: &Plan, fails: impl Fn(&Plan) -> Option<Invariant>, tries: u32) -> Option<Shrunk> {
    let invariant = fails(plan)?;
    let mut search = Search {
        best: plan.clone(),
        left: tries,
        fails: |plan: &Plan| fails(plan) == Some(invariant),
    };
    while search.round() {}
    Some(Shrunk {
        plan: search.best,
        invariant,
        tries: tries.saturating_sub(search.left),
    })
}

struct Search<F> {
    best: Plan,
    left: u32,
    fails: F,
}

impl<F: Fn(&Plan) -> bool> Search<F> {
    /// Every pass once, whatever the one before did. Whether one helped.
    fn round(&mut self) -> bool {
        let mut helped = false;
        for pass in PASSES {
            helped |= self.runs(pass);
        }
        helped
    }

    /// Takes every step of a pass that keeps the promise broken. Whether one helped.
    fn runs(&mut self, pass: Pass) -> bool {
        let mut helped = false;
        while self.step(pass) {
            helped = true;
        }
        helped
    }

    fn step(&mut self, pass: Pass) -> bool {
        for mut simpler in pass(&self.best) {
            simpler.forget_strangers();
            if simpler == self.best || !simpler.mistakes().is_empty() {
                continue;
            }
            if self.left == 0 {
                return false;
            }
            self.left = self.left.saturating_sub(1);
            if (self.fails)(&simpler) {
                self.best = simpler;
                return true;
            }
        }
        false
    }
}

impl Plan {
    /// Drops events that nobody is left for, and packages whose servers are gone.
    fn forget_strangers(&mut self) {
        for cloud in &mut self.clouds {
            let servers = &cloud.servers;
            for package in &mut cloud.packages {
                package
                    .servers
                    .retain(|name| servers.iter().any(|server| server.name == *name));
            }
            cloud.packages.retain(|package| !package.servers.is_empty());
        }
        let cast = self.cast();
        let span_s = self.span_s;
        let is_known = |name: &String| cast.contains(name);
        self.events
            .retain(|timed| timed.at_s <= span_s && timed.deed.names().iter().all(is_known));
    }

    /// How much there is of it: members and events.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.cast().len().saturating_add(self.events.len())
    }
}
