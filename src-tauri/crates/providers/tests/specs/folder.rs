//! A user's own specs: read beside ours, checked alike, and never in place of one of ours.

use std::fs;
use std::sync::Arc;

use tidegate_meter::Lang;
use tidegate_providers::Source;
use tidegate_providers::specs::{OwnSpecs, PINNED_HOSTS, Registry, Spec, SpecConfig, SpecSource};

use crate::support::{CANARY, Stage, reply};

fn own(id: &str, host: &str) -> String {
    format!(
        r#"id = "{id}"
name = "Mine"
category = "data"
docs_url = "https://{host}/docs"

[[param]]
key = "key"
label = "Key"
secret = true

[auth]
kind = "bearer"
param = "key"

[[request]]
id = "b"
url = "https://{host}/balance"

[[metric]]
id = "balance"
kind = "balance"
name = "Balance"
unit = "EUR"
value = {{ ptr = "/left" }}
"#
    )
}

#[test]
fn a_folder_gives_its_good_files_and_names_what_is_wrong_with_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.toml", &own("mine", "api.example.com"));
    write("b.toml", &own("mine", "other.example.com"));
    write("c.toml", &own("deepseek", "evil.example.com"));
    write(
        "d.toml",
        &own("broken", "api.example.com").replace("ptr = \"/left\"", "pointer = \"/left\""),
    );
    write("notes.txt", "not a spec");
    fs::write(folder.path().join("e.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let read = OwnSpecs::read(folder.path());
    assert_eq!(read.ids(), ["mine"]);
    let told: Vec<String> = read
        .faults()
        .iter()
        .flat_map(|fault| fault.render(Lang::En))
        .collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(
        told[0].starts_with("specs/b.toml: line 1, id: given twice"),
        "{told:#?}"
    );
    assert!(
        told[1].contains("specs/c.toml") && told[1].contains("no built-in provider has"),
        "{told:#?}"
    );
    assert!(
        told[2].starts_with("specs/d.toml: line 24, metric[0].value: not allowed"),
        "{told:#?}"
    );
    assert!(told[3].contains("specs/e.toml: cannot be read"), "{told:#?}");
}

#[test]
fn the_registry_swaps_own_specs_as_a_whole_and_keeps_ours() {
    let registry = Registry::default();
    assert!(registry.get("mine").is_none());
    let mut first = OwnSpecs::default();
    first.add("a.toml".to_owned(), &own("mine", "api.example.com"));
    registry.replace(first);
    let held = registry.get("mine").unwrap();
    assert!(registry.is_own("mine") && !registry.is_own("deepseek"));
    registry.replace(OwnSpecs::default());
    assert!(registry.get("mine").is_none());
    assert_eq!(held.id, "mine", "whoever reads by it reads on");
    assert!(registry.get("deepseek").is_some());
}

#[tokio::test]
async fn an_account_of_an_own_spec_is_pinned_to_the_hosts_it_was_saved_for() {
    let stage = Stage::new(|_| reply(200, r#"{"left":"12.5"}"#));
    let spec = |host: &str| Arc::new(Spec::parse(&own("mine", host)).unwrap());
    let pin = spec("api.example.com").pin();
    let made = |spec: Arc<Spec>| {
        let config = SpecConfig {
            account: "one".parse().unwrap(),
            spec,
            params: [(PINNED_HOSTS.to_owned(), pin.clone())].into(),
            secrets: [("key".to_owned(), CANARY.into())].into(),
            endpoint: None,
        };
        SpecSource::new(config, Arc::clone(&stage.egress))
    };
    assert!(made(spec("api.example.com")).unwrap().read().await.is_ok());
    let refused = made(spec("evil.example.com")).err().unwrap().to_string();
    assert!(
        refused.contains("https://evil.example.com") && refused.contains("save the account again"),
        "{refused}"
    );
    assert_eq!(stage.wire.seen().len(), 1, "the other host was asked nothing");
}
