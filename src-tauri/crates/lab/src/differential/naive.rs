//! The rule of the systems before ours: each look that can be read is held against the line, strictly, and stops at
//! once. It warns when less than a fifth above the line is left.

use super::STOP_S;
use super::billing::Billing;
use super::ours::{Look, Run, looks};
use super::worlds::{ARMED_AT, World};

/// Plays it to its stop, or to the end of the cycle.
pub(crate) fn naive(world: &World, billing: &Billing, line: i64, lie: &dyn Fn(i64) -> Option<i64>) -> Run {
    let mut run = Run::default();
    for Look { at, silent } in looks(world) {
        if silent {
            continue;
        }
        let told = lie(at).unwrap_or_else(|| billing.told(at));
        let nears = line.saturating_add(line / 5);
        if at >= 0 && told < nears && run.warned.is_none() {
            run.warned = Some(at);
        }
        if at >= ARMED_AT && told < line {
            run.stopped = Some(at + STOP_S);
            break;
        }
    }
    run
}
