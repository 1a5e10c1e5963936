//! Plays a plan. Owns the order of its lives: each opens the database that the last one left, runs the real engine until
//! the plan or a kill ends it, and is dropped whole. One thread, no socket, no clock but the tide's. Tested in
//! `tests/run.rs`.

mod figures;
mod happen;
mod lives;
mod living;
mod moments;
pub(crate) mod record;
mod second;
mod timeline;

pub use figures::Figures;

use crate::check::{Breach, Check};
use crate::limits;
use crate::line::Seen;
use crate::plan::Plan;
use crate::run::lives::Lives;
use crate::run::record::Told;

/// How a plan is played.
pub struct RunOptions {
    /// Who watches.
    pub checks: Vec<Box<dyn Check>>,
    /// So many lines are kept, the newest.
    pub keep_lines: usize,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            checks: Vec::new(),
            keep_lines: limits::LINES_KEPT,
        }
    }
}

/// What came of it.
pub struct Run {
    /// Every promise that was broken, in the order of time.
    pub breaches: Vec<Breach>,
    /// SHA-256 over all lines: two runs of one plan have the same.
    pub trace: [u8; 32],
    /// What was seen.
    pub lines: Vec<Seen>,
    /// The same in numbers.
    pub figures: Figures,
}

/// Plays a plan to its end, on the caller's thread. A plan that cannot be played is a breach of
/// [`crate::check::Invariant::Stuck`], as is one that comes to a stand.
#[must_use]
pub fn run(plan: &Plan, options: RunOptions) -> Run {
    // What is drawn from the thread's own generator, such as masks and nonces, follows the plan as well.
    fastrand::seed(plan.seed);
    let Told {
        breaches,
        trace,
        lines,
        figures,
    } = Lives::play(plan, options);
    Run {
        breaches,
        trace,
        lines,
        figures,
    }
}
