//! The TypeScript types that are checked in are those of the Rust types, and those written by hand are what is told.
#![expect(clippy::unwrap_used, reason = "a test may fall over; that is its answer")]

use std::collections::{BTreeMap, BTreeSet};

use tidegate_api::config::Fault;

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

/// The fields of each event as the TypeScript has them.
fn typed_events() -> BTreeMap<String, BTreeSet<String>> {
    let text = tidegate_api::bindings::text();
    let mut events = BTreeMap::new();
    for line in text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("| { event: \""))
    {
        let (name, rest) = line.split_once('"').unwrap();
        let mut depth = 0_i32;
        let mut field = String::new();
        let mut fields = BTreeSet::new();
        for c in rest.chars() {
            match c {
                '{' | '<' | '[' => depth += 1,
                '}' | '>' | ']' => depth -= 1,
                ',' if depth == 0 => field.clear(),
                ':' if depth == 0 => {
                    fields.insert(field.trim().to_owned());
                }
                _ if depth == 0 => field.push(c),
                _ => {}
            }
        }
        events.insert(name.to_owned(), fields);
    }
    events
}

/// The fields of each event as the engine's own source has them: a new event or field is met here at once.
fn told_events() -> BTreeMap<String, BTreeSet<String>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src/event.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let (_, body) = source.split_once("pub enum Event {").unwrap();
    let mut events = BTreeMap::new();
    let mut open: Option<(String, BTreeSet<String>)> = None;
    for line in body.lines().map(str::trim) {
        if line.starts_with("///") {
            continue;
        }
        if let Some((name, rest)) = line.split_once(" {") {
            let fields: BTreeSet<String> = rest
                .split([',', '}'])
                .filter_map(|part| part.split_once(':'))
                .map(|(field, _)| field.trim().to_owned())
                .collect();
            if line.ends_with("},") {
                events.insert(snake(name), fields);
            } else {
                open = Some((snake(name), fields));
            }
        } else if line.starts_with('}') {
            events.extend(open.take());
        } else if let (Some((_, fields)), Some((field, _))) = (open.as_mut(), line.split_once(':')) {
            fields.insert(field.to_owned());
        }
    }
    events
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[test]
fn every_event_has_its_fields_in_the_types() {
    let mut typed = typed_events();
    // What the host itself tells.
    for own in ["reopened", "demo"] {
        assert!(typed.remove(own).is_some(), "{own}");
    }
    let mut told = told_events();
    assert!(told.len() > 20, "{told:?}");
    for (name, fields) in &mut told {
        assert!(fields.remove("at"), "{name}: every event says when");
    }
    assert_eq!(typed, told);
}

/// The first words of the lines of a declared type, down one level.
fn item_fields(name: &str) -> BTreeSet<String> {
    let text = tidegate_api::bindings::text();
    let (_, after) = text.split_once(&format!("export type {name} = {{\n")).unwrap();
    let (body, _) = after.split_once("\n};").unwrap();
    body.lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.contains("/**"))
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(field, _)| field.trim_end_matches('?').to_owned())
        .collect()
}

#[test]
fn the_types_of_items_have_the_fields_that_the_format_knows() {
    let unknown = r#"{ "account": [{ "x": 1 }], "channel": [{ "x": 1 }], "guard": [{ "x": 1 }] }"#;
    let items = serde_json::from_str(unknown).unwrap();
    let findings = tidegate_api::config::parse_items(&items, &tidegate_api::config::nothing()).unwrap_err();
    for (path, name) in [
        ("account[0].x", "AccountItem"),
        ("channel[0].x", "ChannelItem"),
        ("guard[0].x", "GuardItem"),
    ] {
        let finding = findings.0.iter().find(|finding| finding.path == path).unwrap();
        let Fault::UnknownKey { known, .. } = &finding.fault else {
            panic!("{finding:?}");
        };
        let known: BTreeSet<String> = known.iter().cloned().collect();
        assert_eq!(item_fields(name), known, "{name}");
    }
}
