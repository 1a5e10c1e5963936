//! Every spec file against its own example bodies.

use std::collections::BTreeMap;

use tidegate_meter::Lang;
use tidegate_providers::specs::{BUILT_IN, Bodies, Example, Spec, shown};

pub(crate) fn every_spec() -> Vec<Spec> {
    let spec = |(id, text): &(&str, &str)| {
        Spec::parse(text).unwrap_or_else(|mistakes| {
            let lines: Vec<String> = mistakes
                .0
                .iter()
                .map(|mistake| mistake.render(Lang::En))
                .collect();
            panic!("specs/{id}.toml:\n{}", lines.join("\n"))
        })
    };
    BUILT_IN.iter().map(spec).collect()
}

pub(crate) fn told(spec: &Spec, example: &Example, bodies: &Bodies) -> BTreeMap<String, String> {
    let params = spec.settle(&example.params).unwrap();
    match spec.evaluate(bodies, &params, example.at) {
        Ok(found) => found
            .iter()
            .map(|meter| (meter.id.to_string(), shown(&meter.outcome)))
            .collect(),
        Err(blind) => BTreeMap::from([("*".to_owned(), format!("blind {}", blind.reason.name()))]),
    }
}

#[test]
fn every_example_gives_what_its_file_says() {
    for spec in every_spec() {
        assert!(!spec.examples.is_empty(), "{} has no example", spec.id);
        for example in &spec.examples {
            let bodies = Bodies::of_example(&spec, example);
            assert_eq!(told(&spec, example, &bodies), example.expect, "{}", spec.id);
        }
    }
}

#[test]
fn every_file_of_the_folder_is_in_the_list_under_its_own_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    files.sort_unstable();
    let listed: Vec<&str> = BUILT_IN.iter().map(|(id, _)| *id).collect();
    assert_eq!(listed, files);
    let ids: Vec<String> = every_spec().into_iter().map(|spec| spec.id).collect();
    assert_eq!(ids, files);
}
