//! Reading a balance out of an answer: every example of every provider that is told as data, its file and its body parsed
//! before.

use std::hint::black_box;

use anyhow::{anyhow, ensure};
use tidegate_providers::specs::{BUILT_IN, Bodies, Example, Spec};

use crate::budgets::{ROUNDS, SPEC_P99, SPEC_SAMPLES};
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stats;
use crate::stopwatch::Stopwatch;

/// Evaluates each example many times; the slowest example stands beside all of them.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let specs = BUILT_IN
        .iter()
        .map(|(id, text)| Spec::parse(text).map_err(|mistakes| anyhow!("{id}: {mistakes:?}")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (mut p99, mut slowest, mut examples) = (Rounds::default(), (0, String::new()), 0_usize);
    for _ in 0..ROUNDS.get() {
        let mut all = Vec::new();
        examples = 0;
        for spec in &specs {
            for example in &spec.examples {
                let samples = evaluated(spec, example)?;
                slowest = slowest.max((stats::median(&samples), spec.id.to_string()));
                all.extend(samples);
                examples += 1;
            }
        }
        p99.push(stats::percentile(&all, 99));
    }
    ensure!(examples >= BUILT_IN.len(), "{examples} examples");
    let tenths = |nanos: u64| format!("{}.{} µs", nanos / 1000, nanos % 1000 / 100);
    Ok(vec![Row {
        what: format!(
            "evaluation of a body by its spec, p99 of {examples} examples × {}",
            SPEC_SAMPLES.get()
        ),
        subject: format!(
            "{} (slowest, {}: {} at p50)",
            tenths(p99.median()),
            slowest.1,
            tenths(slowest.0)
        ),
        control: "—".to_owned(),
        measured: tenths(p99.median()),
        spread: p99.spread(tenths),
        budget: format!("≤ {} µs", SPEC_P99.as_micros()),
        counts: (p99.median(), u64::try_from(SPEC_P99.as_nanos())?),
    }])
}

/// Nanoseconds of each evaluation.
fn evaluated(spec: &Spec, example: &Example) -> anyhow::Result<Vec<u64>> {
    let bodies = Bodies::of_example(spec, example);
    let params = spec
        .settle(&example.params)
        .map_err(|faults| anyhow!("{}: {faults:?}", spec.id))?;
    let mut samples = Vec::with_capacity(SPEC_SAMPLES.get());
    for _ in 0..SPEC_SAMPLES.get() {
        let watch = Stopwatch::start();
        let found = spec.evaluate(black_box(&bodies), black_box(&params), example.at);
        samples.push(watch.nanos());
        black_box(found.is_ok());
    }
    Ok(samples)
}
