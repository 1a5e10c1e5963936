//! Every example with one thing broken, about two hundred times each body: what comes out is known, absent or blind,
//! never a panic, never a zero or another number that was made of nothing, and nothing stops by it.

use std::collections::BTreeSet;

use tidegate_meter::Outcome;
use tidegate_providers::specs::{Bodies, Example, Found, Spec};

use crate::examples::every_spec;
use crate::mutate::json::mutants;
use crate::mutate::judge::{Told, Trial, Truth};
use crate::mutate::mutant::Kind;
use crate::mutate::stop::NearLine;

/// Another number, unit or name is told as it is; a list without a count may be shorter or longer. Two have a reason of
/// their own: Alibaba Cloud's cash stands in where the whole is not told, and Azure's columns stand apart from their rows.
const TRUTHS: &[Truth] = &[
    ("…/*", &[Kind::Dropped, Kind::Repeated]),
    (
        "/Data/AvailableAmount",
        &[Kind::Dropped, Kind::Null, Kind::Repeated, Kind::OtherType],
    ),
    ("/properties/columns", &[Kind::Reordered]),
    ("/properties/rows/*", &[Kind::Reordered]),
    (
        "…",
        &[Kind::Negative, Kind::Huge, Kind::OtherCurrency, Kind::OtherUnit],
    ),
];

/// Where nothing is told: a sum of no rows that its spec calls zero, what an exchange rate rounds to nothing, and what is
/// left of as much as was used.
const NOTHING: &[Truth] = &[
    ("…/*", &[Kind::Dropped]),
    ("/data/quota_per_unit", &[Kind::Huge]),
    ("/data/total_used", &[Kind::Negative]),
    ("/data/total_usage", &[Kind::Huge]),
];

fn look(spec: &Spec, example: &Example) -> Result<Vec<Found>, String> {
    let params = spec.settle(&example.params).unwrap();
    let bodies = Bodies::of_example(spec, example);
    spec.evaluate(&bodies, &params, example.at)
        .map_err(|blind| format!("{blind:?}"))
}

fn told(found: &Result<Vec<Found>, String>) -> Told {
    let mut told = Told::default();
    let found = match found {
        Ok(found) => found,
        Err(said) => return Told::nothing(said.as_str()),
    };
    for meter in found {
        match &meter.outcome {
            Outcome::Known(reading) => {
                let parts = [
                    ("used", reading.used()),
                    ("limit", reading.limit()),
                    ("remaining", reading.remaining()),
                ];
                for (part, amount) in parts {
                    let Some(amount) = amount else { continue };
                    told.know(format!("{} {part} {amount}", meter.id));
                    told.know_zero(format!("{} {part}", meter.id), amount.is_zero());
                }
            }
            Outcome::Blind(blind) => told.said.push_str(&blind.detail),
        }
    }
    told
}

/// The guards close to their lines, by their meters.
fn guards(found: &[Found]) -> Vec<(String, NearLine)> {
    let near = |meter: &Found| Some((meter.id.to_string(), NearLine::over(meter.outcome.reading()?)?));
    found.iter().filter_map(near).collect()
}

fn with(example: &Example, request: &str, body: &str) -> Example {
    let mut example = example.clone();
    example.bodies.insert(request.to_owned(), body.to_owned());
    example
}

/// Breaks one body; false where the whole is an answer that tells nothing.
fn broken(spec: &Spec, example: &Example, request: &str, text: &str, needed: &mut BTreeSet<&str>) -> bool {
    let name = format!("{} {request}", spec.id);
    let whole = look(spec, example);
    let near = guards(whole.as_deref().unwrap_or_default());
    let whole = told(&whole);
    if told(&look(spec, &with(example, request, ""))).facts == whole.facts {
        return false;
    }
    let mut trial = Trial::new(&name, whole, TRUTHS, NOTHING);
    for mutant in mutants(&name, text) {
        let body = String::from_utf8_lossy(&mutant.bytes);
        let found = look(spec, &with(example, request, &body));
        for (id, near) in &near {
            let meters = found.as_deref().unwrap_or_default();
            let same = meters.iter().find(|meter| meter.id.as_str() == id);
            near.judge(&mut trial, &mutant, same.map(|meter| &meter.outcome));
        }
        trial.judge(&mutant, &told(&found));
    }
    let unneeded = trial.end();
    let all = TRUTHS.iter().map(|(place, _)| *place);
    needed.extend(all.filter(|place| !unneeded.contains(place)));
    true
}

#[test]
fn every_body_of_every_example_may_be_broken() {
    let mut needed = BTreeSet::new();
    let mut tried = 0;
    for spec in every_spec() {
        for example in &spec.examples {
            for (request, text) in &example.bodies {
                tried += usize::from(broken(&spec, example, request, text, &mut needed));
            }
        }
    }
    assert_eq!(needed.len(), TRUTHS.len(), "{needed:?}");
    assert!(tried >= 50, "{tried} bodies");
}
