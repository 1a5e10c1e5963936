//! The provider's side: what a package has truly paid for, and the number that is told of it, late, in steps, and now
//! and then a lie. What was sent beyond the package is kept apart: it is the overshoot.

use super::traffic::Traffic;
use super::worlds::{CYCLE, World};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// How the number runs behind, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lag {
    /// Its name in the table.
    pub name: &'static str,
    /// It tells the standing of so long ago.
    pub behind: i64,
    /// It moves once in so long; worlds of odd seeds have the other step.
    pub steps: [i64; 2],
}

/// The lags that are tried.
pub const LAGS: [Lag; 3] = [
    Lag {
        name: "15 min",
        behind: 15 * MINUTE,
        steps: [5 * MINUTE, 15 * MINUTE],
    },
    Lag {
        name: "1 h",
        behind: HOUR,
        steps: [HOUR, HOUR],
    },
    Lag {
        name: "12 h",
        behind: 12 * HOUR,
        steps: [HOUR, 12 * HOUR],
    },
];

impl Lag {
    /// The step in a world of that seed.
    #[must_use]
    pub const fn step(self, seed: u64) -> i64 {
        let [even, odd] = self.steps;
        if seed.is_multiple_of(2) { even } else { odd }
    }
}

/// A false number told for a number of looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lie {
    /// Nothing is left.
    Zero,
    /// The number of when it began, for as long as it lasts.
    Frozen,
    /// The number in units of 1024.
    Unit,
}

/// One world at one speed, with its provider.
#[derive(Clone, Debug)]
pub(crate) struct Billing {
    traffic: Traffic,
    behind: i64,
    step: i64,
    whole: i64,
    /// When, and how much more.
    top_up: Option<(i64, i64)>,
    /// What the cycle had sent before it began.
    origin: i64,
}

impl Billing {
    pub(crate) fn new(world: &World, mbit: u32, lag: Lag) -> Self {
        let traffic = world.traffic(mbit);
        let origin = traffic.until(0);
        let month = traffic.until(CYCLE) - origin;
        let whole = (month / 100 * world.whole_percent).max(1);
        let top_up = world.top_up.map(|(at, percent)| (at, whole / 100 * percent));
        Self {
            behind: lag.behind,
            step: lag.step(world.seed),
            whole,
            top_up,
            origin,
            traffic,
        }
    }

    /// Bytes sent between two instants.
    pub(crate) fn sent(&self, from: i64, to: i64) -> i64 {
        self.traffic.until(to) - self.traffic.until(from)
    }

    /// The package at `at`.
    pub(crate) fn whole(&self, at: i64) -> i64 {
        let more = self.top_up.filter(|(when, _)| *when <= at);
        self.whole + more.map_or(0, |(_, more)| more)
    }

    /// Bytes of the cycle that nothing had paid for at `at`.
    pub(crate) fn unpaid(&self, at: i64) -> i64 {
        let used = |at: i64| self.traffic.until(at) - self.origin;
        match self.top_up.filter(|(when, _)| *when < at) {
            None => (used(at) - self.whole(at)).max(0),
            Some((when, _)) => {
                let lost = (used(when) - self.whole).max(0);
                lost + (used(at) - lost - self.whole(at)).max(0)
            }
        }
    }

    /// What is truly left at `at`; of the cycle before, when that is where it lies.
    pub(crate) fn left(&self, at: i64) -> i64 {
        if at < 0 {
            return (self.whole - self.traffic.until(at)).max(0);
        }
        let used = self.traffic.until(at) - self.origin - self.unpaid(at);
        self.whole(at) - used
    }

    /// When the package is used up, with nobody stopping.
    pub(crate) fn dry(&self) -> Option<i64> {
        let first = |from: i64, to: i64| {
            let (mut fine, mut dry) = (from, to);
            while dry - fine > 1 {
                let middle = fine.midpoint(dry);
                if self.left(middle) > 0 {
                    fine = middle;
                } else {
                    dry = middle;
                }
            }
            dry
        };
        let turn = self.top_up.map_or(CYCLE, |(when, _)| when);
        [(0, turn - 1), (turn, CYCLE - 1)]
            .into_iter()
            .find_map(|(from, to)| (to > from && self.left(to) <= 0).then(|| first(from, to)))
    }

    /// What is told at `now` to be left: the standing of a lag ago, moved in steps. A cycle that began since is unused.
    pub(crate) fn told(&self, now: i64) -> i64 {
        let of = (now - self.behind).div_euclid(self.step) * self.step;
        if now >= 0 && of < 0 {
            return self.whole(now);
        }
        (self.whole(now) - (self.whole(of) - self.left(of))).max(0)
    }
}
