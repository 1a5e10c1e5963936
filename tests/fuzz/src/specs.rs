//! Balances as data: a file of the language, and the answers that its files are evaluated over.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use tidegate_meter::Lang;
use tidegate_providers::specs::{BUILT_IN, Bodies, Found, Spec};

/// A file is refused with words in both languages, or its examples can be evaluated.
pub(crate) fn spec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Spec::parse(text) {
        Ok(spec) => {
            for example in &spec.examples {
                evaluate(&spec, example, &Bodies::of_example(&spec, example));
            }
        }
        Err(mistakes) => {
            assert!(!mistakes.0.is_empty(), "refused without a mistake");
            for mistake in &mistakes.0 {
                assert!(!mistake.render(Lang::En).is_empty() && !mistake.render(Lang::Zh).is_empty());
            }
        }
    }
}

fn evaluate(spec: &Spec, example: &tidegate_providers::specs::Example, bodies: &Bodies) -> Vec<Found> {
    let Ok(params) = spec.settle(&example.params) else {
        return Vec::new();
    };
    let found = spec.evaluate(bodies, &params, example.at).unwrap_or_default();
    let ids: BTreeSet<String> = found.iter().map(|meter| meter.id.to_string()).collect();
    assert_eq!(ids.len(), found.len(), "{}: two meters of one id", spec.id);
    found
}

static SPECS: LazyLock<Vec<Spec>> = LazyLock::new(|| {
    BUILT_IN
        .iter()
        .map(|(_, text)| Spec::parse(text).unwrap())
        .collect()
});

/// The body as the answer to every request of every spec of ours: nothing of it is a number that nobody told.
pub(crate) fn spec_body(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    for spec in SPECS.iter() {
        for example in spec.examples.iter().take(1) {
            let mut example = example.clone();
            for body in example.bodies.values_mut() {
                *body = text.clone().into_owned();
            }
            let found = evaluate(spec, &example, &Bodies::of_example(spec, &example));
            let numbers = found.iter().filter_map(|meter| meter.outcome.reading());
            for reading in numbers.filter(|_| !has_digits) {
                let left = reading.remaining().unwrap_or_else(|| reading.used().unwrap());
                // A sum of no rows is nothing, and a flag is all or nothing.
                let is_told = left.is_zero() || left.unit() == tidegate_meter::Unit::Percent;
                assert!(is_told, "{}: {left} of {text:?}", spec.id);
            }
        }
    }
}
