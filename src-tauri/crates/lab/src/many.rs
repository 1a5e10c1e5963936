//! Many seeds, over as many threads as are given. Owns the count of what was kept and broken, the sum of the figures, and
//! that every fiftieth seed is played twice with the same trace. Keeps no lines: a seed that broke something is played
//! again to tell its story. Tested in `tests/many.rs`.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use serde::Serialize;

use crate::check::{Breach, CheckSet, Invariant};
use crate::limits;
use crate::line::Seen;
use crate::plan::{Plan, Shape};
use crate::run::{Figures, Run, RunOptions, run};
use crate::shrink::{Shrunk, shrink};

/// What came of many seeds.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Summary {
    /// Seeds that were played.
    pub seeds: u64,
    /// Of them so many twice.
    pub twice: u64,
    /// Seeds that broke something, in the order of seeds.
    pub broken: Vec<Broken>,
    /// Seeds whose two runs were not alike, in the order of seeds.
    pub unlike: Vec<u64>,
    /// The sum over all runs, each seed once.
    pub figures: Figures,
}

/// A seed that broke something.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// What, in the order of time.
    pub breaches: Vec<Breach>,
}

impl Summary {
    /// Whether every promise was kept and every second run was like the first.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.broken.is_empty() && self.unlike.is_empty()
    }

    fn add(&mut self, result: Outcome) {
        self.seeds = self.seeds.saturating_add(1);
        self.twice = self.twice.saturating_add(u64::from(result.is_alike.is_some()));
        self.figures.add(&result.figures);
        if result.is_alike == Some(false) {
            self.unlike.push(result.seed);
        }
        if !result.breaches.is_empty() {
            self.broken.push(Broken {
                seed: result.seed,
                breaches: result.breaches,
            });
        }
    }
}

/// What came of one seed.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What it broke.
    pub breaches: Vec<Breach>,
    /// Whether its second run was like the first; `None`: it was played once.
    pub is_alike: Option<bool>,
    /// The first run in numbers.
    pub figures: Figures,
}

/// Plays a plan, watched for everything that is promised in its mode; the newest of its lines are kept, so many.
#[must_use]
pub fn judged(plan: &Plan, keep_lines: usize) -> Run {
    let checks = CheckSet::of(plan.mode).into_checks();
    run(plan, RunOptions { checks, keep_lines })
}

/// The smallest plan that breaks what this one breaks first, within so many runs; `None`: it breaks nothing.
#[must_use]
pub fn smallest(plan: &Plan, tries: u32) -> Option<Shrunk> {
    let goal: Invariant = judged(plan, 0).breaches.first()?.invariant;
    let fails = |plan: &Plan| {
        let breaches = judged(plan, 0).breaches;
        breaches
            .iter()
            .any(|breach| breach.invariant == goal)
            .then_some(goal)
    };
    shrink(plan, fails, tries)
}

/// Plays the plans of all these seeds by `play`, and tells `each` outcome on the caller's thread as it comes.
pub fn many(
    seeds: Range<u64>,
    shape: &Shape,
    jobs: NonZeroUsize,
    play: impl Fn(&Plan) -> Run + Sync,
    mut each: impl FnMut(&Outcome),
) -> Summary {
    let next = AtomicU64::new(seeds.start);
    let (told, outcomes) = mpsc::channel();
    let mut summary = Summary::default();
    std::thread::scope(|scope| {
        for _ in 0..jobs.get() {
            let (told, next, play) = (told.clone(), &next, &play);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || told.send(one(seed, shape, play)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(told);
        for outcome in outcomes {
            each(&outcome);
            summary.add(outcome);
        }
    });
    summary.broken.sort_by_key(|broken| broken.seed);
    summary.unlike.sort_unstable();
    summary
}

fn one(seed: u64, shape: &Shape, play: impl Fn(&Plan) -> Run) -> Outcome {
    let plan = Plan::draw(seed, shape);
    let run = play(&plan);
    let is_twice = seed.is_multiple_of(limits::PLAYED_TWICE);
    Outcome {
        seed,
        is_alike: is_twice.then(|| play(&plan).trace == run.trace),
        breaches: run.breaches,
        figures: run.figures,
    }
}

/// Where two runs of one plan part: the number of the first line that is not the same, and both as JSON; an end is empty.
/// `None`: they are alike.
#[must_use]
pub fn parting(first: &[Seen], second: &[Seen]) -> Option<(usize, String, String)> {
    let text = |lines: &[Seen], at: usize| {
        let line = lines.get(at).and_then(|seen| serde_json::to_string(seen).ok());
        line.unwrap_or_default()
    };
    (0..first.len().max(second.len()))
        .map(|at| (at, text(first, at), text(second, at)))
        .find(|(_, one, other)| one != other)
}
