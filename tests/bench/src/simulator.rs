//! How fast the simulator is: three days of the standard house on one core, every promise checked on the way. Counted is the
//! processor time of the process, not the time on the wall: a run that waits for a core is not slower for it.

use std::time::Duration;

use anyhow::ensure;
use tidegate_lab::check::CheckSet;
use tidegate_lab::plan::{Plan, Shape};
use tidegate_lab::run::{self, RunOptions};

use crate::budgets::{LAB_DAYS, LAB_SPEED, ROUNDS};
use crate::process::own_cpu;
use crate::report::Row;
use crate::rounds::Rounds;

/// Plays one seed a round.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let shape = Shape::standard().days(LAB_DAYS.get());
    let (mut speeds, mut costs) = (Rounds::default(), Rounds::default());
    for seed in 0..u64::try_from(ROUNDS.get())? {
        let plan = Plan::draw(seed, &shape);
        let (seconds, took) = played(&plan)?;
        speeds.push(seconds * 1000 / took);
        costs.push(took);
    }
    let shown = |times| format!("{times} ×");
    Ok(vec![Row {
        what: format!(
            "simulator: {} days of 3 accounts with 2 packages each, looked at every 5 min, in memory",
            LAB_DAYS.get()
        ),
        subject: format!("{} ms of one core", costs.median()),
        control: "real time".to_owned(),
        measured: shown(speeds.median()),
        spread: speeds.spread(|times| times.to_string()),
        budget: format!("≥ {}", shown(LAB_SPEED)),
        counts: (LAB_SPEED, speeds.median()),
    }])
}

/// The virtual seconds that passed, and milliseconds of processor time, the system's included.
fn played(plan: &Plan) -> anyhow::Result<(u64, u64)> {
    let options = RunOptions {
        checks: CheckSet::of(plan.mode).into_checks(),
        ..RunOptions::default()
    };
    let before = own_cpu();
    let run = run::run(plan, options);
    let took = own_cpu().saturating_sub(before).max(Duration::from_millis(1));
    let figures = run.figures;
    ensure!(
        figures.seconds >= plan.span_s && figures.requests > 0,
        "it came to an end early: {figures:?}"
    );
    Ok((figures.seconds, u64::try_from(took.as_millis())?))
}
