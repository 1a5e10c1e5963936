//! What becomes of servers that nothing is wrong with when a provider tells a false number for some looks.

use fastrand::Rng;

use super::billing::{Billing, LAGS, Lie};
use super::naive::naive;
use super::ours::{Rule, play};
use super::worlds::{ARMED_AT, CYCLE, World};
use super::{INTERVAL_S, TEN_GB};

/// The link of these worlds, in Mbit/s.
const MBIT: u32 = 30;
/// Lies in one cycle.
const TIMES: u32 = 4;

/// One lie, told for a number of looks, in worlds whose package lasts.
#[derive(Clone, Copy, Debug)]
pub struct LieRow {
    /// What is told.
    pub lie: Lie,
    /// For so many looks.
    pub looks: i64,
    /// Worlds.
    pub worlds: u32,
    /// Of them, those in which the earlier systems stop the server.
    pub naive: u32,
    /// Those in which ours does, without prediction.
    pub headroom: u32,
    /// Those in which ours does.
    pub ours: u32,
}

/// The lies that are told, and for how many looks.
const TOLD: [(Lie, i64); 6] = [
    (Lie::Zero, 1),
    (Lie::Zero, 2),
    (Lie::Zero, 12),
    (Lie::Frozen, 12),
    (Lie::Frozen, 72),
    (Lie::Unit, 2),
];

/// Every lie over those of `worlds` whose package lasts with room to spare, an hour late.
#[must_use]
pub fn lie_rows(worlds: &[World]) -> Vec<LieRow> {
    TOLD.iter()
        .map(|(lie, looks)| row(worlds, *lie, *looks))
        .collect()
}

fn row(worlds: &[World], lie: Lie, looks: i64) -> LieRow {
    let mut row = LieRow {
        lie,
        looks,
        worlds: 0,
        naive: 0,
        headroom: 0,
        ours: 0,
    };
    let [_, hour, _] = LAGS;
    for world in worlds.iter().filter(|world| world.whole_percent >= 130) {
        let billing = Billing::new(world, MBIT, hour);
        let told = teller(&billing, world.seed, lie, looks);
        let stopped = |rule| {
            let run = play(world, &billing, MBIT, rule, &told);
            u32::from(run.is_some_and(|run| run.stopped.is_some()))
        };
        row.worlds += 1;
        row.naive += u32::from(naive(world, &billing, TEN_GB, &told).stopped.is_some());
        row.headroom += stopped(Rule::Headroom(TEN_GB));
        row.ours += stopped(Rule::Predictive {
            fast: true,
            reserve: None,
        });
    }
    row
}

/// What is told at an instant instead of the truth, in bytes left. A look between two others, just before a request is
/// sent, is told what they are told.
fn teller(billing: &Billing, seed: u64, lie: Lie, looks: i64) -> impl Fn(i64) -> Option<i64> + '_ {
    let mut rng = Rng::with_seed(seed ^ 0x11e5);
    let begins: Vec<i64> = (0..TIMES)
        .map(|_| rng.i64(ARMED_AT + 3600..CYCLE - 86_400))
        .collect();
    move |at| {
        let lasting = looks * INTERVAL_S;
        let begin = begins
            .iter()
            .find(|begin| (**begin..**begin + lasting).contains(&at))?;
        Some(match lie {
            Lie::Zero => 0,
            Lie::Frozen => billing.told(*begin),
            Lie::Unit => billing.told(at) / 1024,
        })
    }
}
