//! The TypeScript types that are checked in are those of the Rust types.

#[test]
fn export_bindings() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings/api.ts");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    // Not assert_eq: two copies of the whole text would bury the advice.
    let same = written == tidegate_api::bindings::text();
    assert!(
        same,
        "renew them: cargo run -p tidegate-api --example bindings -- --write"
    );
}

#[test]
fn every_type_that_is_named_is_declared() {
    let text = tidegate_api::bindings::text();
    let declared = |name: &str| {
        text.contains(&format!("export type {name} ")) || text.contains(&format!("export interface {name} "))
    };
    for name in [
        "Request",
        "Response",
        "ApiError",
        "MetersView",
        "MeterView",
        "GuardView",
        "ActionView",
        "Plan",
        "ChangeBatch",
    ] {
        assert!(declared(name), "{name}");
    }
    // A name that begins with a capital is a type of ours, or one of TypeScript's own.
    let own = ["Array", "Record"];
    let names = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.ends_with("View") || word.ends_with("Batch"));
    for name in names {
        assert!(
            own.contains(&name) || declared(name),
            "{name} is used, not declared"
        );
    }
}
