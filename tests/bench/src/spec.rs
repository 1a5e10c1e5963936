//! Reading a balance out of an answer: every example of every provider that is told as data, its file and its body parsed
//! before.

use std::hint::black_box;

use anyhow::{anyhow, ensure};
use tidegate_providers::specs::{BUILT_IN, Bodies, Example, Spec};

use crate::budgets::{SPEC_P99, SPEC_SAMPLES};
use crate::report::Row;
use crate::stats;
use crate::stopwatch::Stopwatch;

/// Evaluates each example many times; the slowest example stands beside all of them.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let (mut all, mut slowest, mut examples) = (Vec::new(), (0, ""), 0_usize);
    for (id, text) in BUILT_IN {
        let spec = Spec::parse(text).map_err(|mistakes| anyhow!("{id}: {mistakes:?}"))?;
        for example in &spec.examples {
            let samples = evaluated(&spec, example)?;
            slowest = slowest.max((stats::median(&samples), id));
            all.extend(samples);
            examples += 1;
        }
    }
    ensure!(examples >= BUILT_IN.len(), "{examples} examples");
    let tenths = |nanos: u64| format!("{}.{} µs", nanos / 1000, nanos % 1000 / 100);
    let p99 = stats::percentile(&all, 99);
    Ok(vec![Row {
        what: format!("evaluation of a body by its spec, p99 of {examples} examples × {SPEC_SAMPLES}"),
        subject: format!(
            "{} (slowest, {}: {} at p50)",
            tenths(p99),
            slowest.1,
            tenths(slowest.0)
        ),
        control: "—".to_owned(),
        measured: format!("{} (p50: {})", tenths(p99), tenths(stats::median(&all))),
        budget: format!("≤ {} µs", SPEC_P99.as_micros()),
        counts: (p99, u64::try_from(SPEC_P99.as_nanos())?),
    }])
}

/// Nanoseconds of each evaluation.
fn evaluated(spec: &Spec, example: &Example) -> anyhow::Result<Vec<u64>> {
    let bodies = Bodies::of_example(spec, example);
    let params = spec
        .settle(&example.params)
        .map_err(|faults| anyhow!("{}: {faults:?}", spec.id))?;
    let mut samples = Vec::with_capacity(SPEC_SAMPLES);
    for _ in 0..SPEC_SAMPLES {
        let watch = Stopwatch::start();
        let found = spec.evaluate(black_box(&bodies), black_box(&params), example.at);
        samples.push(watch.nanos());
        black_box(found.is_ok());
    }
    Ok(samples)
}
