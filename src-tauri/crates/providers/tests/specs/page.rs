//! The page about every provider is what the specs say now.

use tidegate_providers::specs::document;

use crate::examples::every_spec;

#[test]
fn the_page_of_providers_is_made_from_the_specs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/providers.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == document::page(&every_spec()),
        "docs/providers.md is out of date: cargo run -p tidegate-providers --example providers -- --write"
    );
}
