//! The cloud of the endurance run: a process of its own, so that its memory does not count, on the guard's time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tidegate_sim::{Fault, Lie, World};

use super::answering;
use super::clock::Told;
use crate::cloud::{Cloud, Kind};
use crate::role;

/// One account in so many is told something wrong in an hour.
const ONE_IN: usize = 50;
/// One hour in so many the whole cloud is away for a while.
const AWAY_ONE_IN: u64 = 60;

/// Serves the accounts; each line moves the lies on by an hour.
pub(super) async fn serve(folder: &Path, accounts: usize) -> anyhow::Result<()> {
    let world = World::many(accounts).build(Arc::new(Told::open(folder)?));
    let listening = tidegate_sim::listen("127.0.0.1:0", world.clone()).await?;
    let told = Cloud::of(&world, Kind::Packages, format!("http://{}", listening.addr))?;
    let serving = tokio::spawn(listening.run());
    role::say(&serde_json::to_value(told)?)?;
    let mut chance = fastrand::Rng::with_seed(7);
    answering(async |_| {
        world.heal_all();
        world.clear_requests();
        let faults = of_an_hour(accounts, &mut chance);
        let count = faults.len();
        for fault in faults {
            world.fault(fault);
        }
        Ok(json!({ "faults": count }))
    })
    .await?;
    serving.abort();
    Ok(())
}

fn of_an_hour(accounts: usize, chance: &mut fastrand::Rng) -> Vec<Fault> {
    let mut faults: Vec<Fault> = (0..accounts.div_ceil(ONE_IN))
        .map(|_| {
            let account = format!("acc-{:04}", chance.usize(0..accounts));
            let begun = Fault::new(lie(chance)).account(&account);
            begun
                .after(minutes(chance, 0, 20))
                .lasting(minutes(chance, 5, 40))
        })
        .collect();
    if chance.u64(0..AWAY_ONE_IN) == 0 {
        let away = Fault::new(Lie::Status { status: 503 });
        faults.push(away.after(minutes(chance, 0, 20)).lasting(minutes(chance, 5, 40)));
    }
    faults
}

fn minutes(chance: &mut fastrand::Rng, least: u64, most: u64) -> Duration {
    Duration::from_secs(chance.u64(least..=most) * 60)
}

/// Any but one that never answers: time would stand for ever.
fn lie(chance: &mut fastrand::Rng) -> Lie {
    match chance.u8(0..14) {
        0 => Lie::AmountNull,
        1 => Lie::AmountMissing,
        2 => Lie::AmountZero,
        3 => Lie::AmountGarbage,
        4 => Lie::AmountNegative,
        5 => Lie::Empty,
        6 => Lie::Missing,
        7 => Lie::Html,
        8 => Lie::Malformed,
        9 => Lie::Status { status: 500 },
        10 => Lie::Throttled { retry_after: Some(2) },
        11 => Lie::Truncated,
        12 => Lie::Frozen,
        _ => Lie::Broken,
    }
}
