//! Measures the count of proxy traffic against real kernels and writes the table of `docs/proxy-accounting.md`:
//! `make accuracy`. Four kernels at a time, a minute each. Ends with an error when a bar is missed.

use anyhow::{Context, ensure};
use tidegate_tests::proxy::{Core, Plan, Score, Workload, measure, missing, write};
use tidegate_tests::root;

/// How long each measurement takes.
const SECONDS: u64 = 60;
/// How many run at once: each is a handful of processes that mostly wait.
const AT_ONCE: usize = 4;

fn main() -> anyhow::Result<()> {
    if let Some(package) = [Core::Mihomo, Core::SingBox].into_iter().find_map(missing) {
        anyhow::bail!("the package {package} is missing: run tests/proxy/setup.sh");
    }
    let mut scores = Vec::new();
    for plans in plans().chunks(AT_ONCE) {
        scores.extend(side_by_side(plans)?);
    }
    write(&root().join("docs/proxy-accounting.md"), &scores)?;
    for score in &scores {
        score.held_to_its_bars()?;
    }
    Ok(())
}

/// Every workload of both kernels with the log, and the two that need it most without.
fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for core in [Core::Mihomo, Core::SingBox] {
        let plan = |workload, logs| Plan {
            core,
            workload,
            seconds: SECONDS,
            logs,
            seed: 11,
        };
        plans.extend(Workload::of(core).iter().map(|workload| plan(*workload, true)));
        plans.extend([Workload::Bursts, Workload::Mixed].map(|workload| plan(workload, false)));
    }
    plans
}

fn side_by_side(plans: &[Plan]) -> anyhow::Result<Vec<Score>> {
    std::thread::scope(|scope| {
        let running: Vec<_> = plans
            .iter()
            .map(|plan| scope.spawn(move || measure(*plan)))
            .collect();
        let ended = running
            .into_iter()
            .map(|one| one.join().ok().context("a measurement ended by itself")?);
        let scores: Vec<Score> = ended.collect::<anyhow::Result<_>>()?;
        ensure!(scores.len() == plans.len(), "one score of each plan");
        Ok(scores)
    })
}
