//! A run that missed a bar, in words.

use super::billing::Billing;
use super::ours::Run;
use super::score::Row;
use super::worlds::World;

/// What happened in a world: enough to play it again.
#[must_use]
pub(crate) fn story(world: &World, row: &Row, billing: &Billing, run: &Run, failed: &str) -> String {
    let day = |at: Option<i64>| at.map_or_else(|| "never".to_owned(), day);
    let most = run
        .told
        .and_then(|told| told.overshoot)
        .map_or(0, tidegate_meter::Quantity::raw);
    format!(
        "{failed}: world {} ({:?}, package {} %), {} behind, {} Mbit/s, {} fast signal: {} GB whole, line {} GB, \
         contract {} GB; dry {}, warned {}, stopped {} with {} MB left, {} MB beyond",
        world.seed,
        world.curve,
        world.whole_percent,
        row.lag.name,
        row.mbit,
        if row.fast { "with" } else { "without" },
        billing.whole(0) / 1_000_000_000,
        run.line / 1_000_000_000,
        most / 1_000_000_000,
        day(billing.dry()),
        day(run.warned),
        day(run.stopped),
        run.stopped.map_or(0, |at| billing.left(at) / 1_000_000),
        run.stopped.map_or(0, |at| billing.unpaid(at) / 1_000_000),
    )
}

fn day(at: i64) -> String {
    let minute = at / 60;
    format!("day {} {:02}:{:02}", minute / 1440, minute / 60 % 24, minute % 60)
}
