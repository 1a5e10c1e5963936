//! The pages about balances: the one about every provider is what the specs say now, and the example of the one about a
//! provider of one's own works as it stands there.

use std::path::Path;

use tidegate_meter::Lang;
use tidegate_providers::specs::{Bodies, Spec, document};

use crate::examples::{every_spec, told};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs");
    std::fs::read_to_string(docs.join(name)).unwrap_or_default()
}

#[test]
fn the_page_of_providers_is_made_from_the_specs() {
    assert!(
        page("providers.md") == document::page(&every_spec()),
        "docs/providers.md is out of date: cargo run -p tidegate-providers --example providers -- --write"
    );
}

#[test]
fn the_worked_example_of_the_page_about_balances_works() {
    let page = page("behaviour/balances.md");
    let (_, behind) = page.split_once("```toml spec\n").unwrap();
    let (text, _) = behind.split_once("```").unwrap();
    let spec = Spec::parse(text).unwrap_or_else(|mistakes| {
        let lines: Vec<String> = mistakes
            .0
            .iter()
            .map(|mistake| mistake.render(Lang::En))
            .collect();
        panic!("{}", lines.join("\n"))
    });
    let example = &spec.examples[0];
    assert_eq!(
        told(&spec, example, &Bodies::of_example(&spec, example)),
        example.expect
    );
    assert_eq!(spec.hosts(), ["https://api.mycloud.example"]);
}
