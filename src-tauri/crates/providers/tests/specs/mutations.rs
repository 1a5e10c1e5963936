//! Every example with one thing broken: what comes out is known, absent or blind, never a panic, and never a number that
//! was made of nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tidegate_meter::{Outcome, Unit};
use tidegate_providers::specs::{Bodies, Example, Spec};

use crate::examples::{every_spec, told};
use crate::mutate::{places, with, without};

/// Every number that the meters show.
fn amounts(spec: &Spec, example: &Example, bodies: &Bodies) -> BTreeMap<String, BTreeSet<String>> {
    let params = spec.settle(&example.params).unwrap();
    let found = spec.evaluate(bodies, &params, example.at).unwrap_or_default();
    let numbers = |outcome: &Outcome| {
        let reading = outcome.reading();
        let all = reading.map(|reading| [reading.used(), reading.remaining(), reading.limit()]);
        all.into_iter()
            .flatten()
            .flatten()
            .filter(|amount| amount.unit() != Unit::Percent)
            .map(|amount| amount.to_string())
            .collect()
    };
    found
        .iter()
        .map(|meter| (meter.id.to_string(), numbers(&meter.outcome)))
        .collect()
}

fn changed(example: &Example, request: &str, body: &str) -> Example {
    let mut example = example.clone();
    example.bodies.insert(request.to_owned(), body.to_owned());
    example
}

/// Calls `look` with each example and each of its mutations of one kind.
fn each(mutate: impl Fn(&Value, &str) -> Value, look: impl Fn(&Spec, &Example, &Example, &str)) {
    for spec in every_spec() {
        for example in &spec.examples {
            for (request, text) in &example.bodies {
                let body: Value = serde_json::from_str(text).unwrap();
                let mut found = Vec::new();
                places(&body, "", &mut found);
                for place in found {
                    let broken = changed(example, request, &mutate(&body, &place).to_string());
                    look(&spec, example, &broken, &place);
                }
            }
        }
    }
}

/// A value that is gone must not leave a number behind that was not there before. A row of a list or the end of a sum
/// may go: what is left is then another, true sum.
fn leaves_nothing_new(spec: &Spec, example: &Example, broken: &Example, place: &str) {
    let before = amounts(spec, example, &Bodies::of_example(spec, example));
    let after = amounts(spec, broken, &Bodies::of_example(spec, broken));
    let is_row = place.rsplit('/').next().unwrap().parse::<usize>().is_ok();
    // Alibaba Cloud's cash stands in where the whole is not told, as its spec says.
    let stands_in = spec.id == "aliyun-balance" && place == "/Data/AvailableAmount";
    for (meter, numbers) in after {
        let known = before.get(&meter).cloned().unwrap_or_default();
        assert!(
            is_row || stands_in || numbers.is_subset(&known),
            "{} {meter}: without {place} it shows {numbers:?} instead of {known:?}",
            spec.id
        );
    }
}

#[test]
fn a_key_that_is_gone_never_becomes_a_number() {
    each(without, leaves_nothing_new);
}

#[test]
fn a_null_never_becomes_a_number() {
    each(
        |body, place| with(body, place, Value::Null),
        |spec, example, broken, place| {
            if place.rsplit('/').next().unwrap().parse::<usize>().is_err() {
                leaves_nothing_new(spec, example, broken, place);
            }
        },
    );
}

#[test]
fn another_type_never_becomes_a_number() {
    for value in [
        json!("n/a"),
        json!(""),
        json!({}),
        json!([]),
        json!("not a number"),
        json!("1e400"),
    ] {
        each(
            move |body, place| with(body, place, value.clone()),
            |spec, example, broken, place| {
                let list_emptied =
                    serde_json::from_str::<Value>(&example.bodies.values().cloned().collect::<Vec<_>>()[0])
                        .is_ok()
                        && place_holds_list(example, place);
                if !list_emptied {
                    leaves_nothing_new(spec, example, broken, place);
                }
            },
        );
    }
}

/// An empty list is a list: no row, and a sum of nothing where the spec says that this is zero.
fn place_holds_list(example: &Example, place: &str) -> bool {
    let bodies = example
        .bodies
        .values()
        .filter_map(|text| serde_json::from_str::<Value>(text).ok());
    bodies
        .into_iter()
        .any(|body| body.pointer(place).is_some_and(Value::is_array))
}

#[test]
fn huge_and_negative_numbers_are_told_as_they_are_or_not_at_all() {
    for value in [
        json!("9".repeat(40)),
        json!(-1),
        json!("-0.000001"),
        serde_json::from_str("1e300").unwrap(),
    ] {
        each(
            move |body, place| with(body, place, value.clone()),
            |spec, _, broken, _| {
                // Whatever it is: it is evaluated without a panic.
                told(spec, broken, &Bodies::of_example(spec, broken));
            },
        );
    }
}

#[test]
fn a_truncated_body_is_blind_for_every_meter_that_reads_it() {
    for spec in every_spec() {
        for example in &spec.examples {
            for (request, text) in &example.bodies {
                let half = text.chars().take(text.chars().count() / 2).collect::<String>();
                let broken = changed(example, request, &half);
                let before = amounts(&spec, example, &Bodies::of_example(&spec, example));
                let after = amounts(&spec, &broken, &Bodies::of_example(&spec, &broken));
                for (meter, numbers) in after {
                    let known = before.get(&meter).cloned().unwrap_or_default();
                    assert!(numbers.is_subset(&known), "{} {meter}: {numbers:?}", spec.id);
                }
            }
        }
    }
}
