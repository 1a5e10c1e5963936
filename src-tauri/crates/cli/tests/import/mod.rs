//! Taking over the earlier system's configuration from a shell: shown first, taken over whole, twice the same.

use serde_json::Value;

use crate::kit::Home;

const FILE: &str = include_str!("../../../api/tests/fixtures/balance-alert.json");

fn sealed() -> Home {
    Home::empty()
        .with("TIDEGATE_VAULT", "file")
        .with("TIDEGATE_VAULT_PASSPHRASE", "FAKE-passphrase")
}

fn changes(answer: &Value) -> Vec<String> {
    let items = answer["plan"]["items"].as_array().unwrap().iter();
    items
        .map(|item| item["change"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_preview_changes_nothing_an_import_everything_and_a_second_one_nothing() {
    let home = sealed();
    let file = home.write("config.json", FILE);
    let import = |more: &[&str]| {
        let mut args = vec!["import", "balance-alert", &file, "--json"];
        args.extend(more);
        home.run(&args)
    };
    let preview = import(&["--dry-run"]);
    assert_eq!(preview.code, 0, "{preview:?}");
    assert_eq!(changes(&preview.json()).len(), 19, "{preview:?}");
    assert_eq!(
        home.run(&["accounts", "--json"]).json()["accounts"],
        serde_json::json!([])
    );
    assert_eq!(
        home.run(&["vault", "list", "--json"]).json()["items"],
        serde_json::json!([])
    );
    let unasked = import(&[]);
    assert_eq!(unasked.code, 2, "nobody can be asked: {unasked:?}");
    let done = import(&["--yes"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(changes(&done.json()).iter().all(|change| change == "add"));
    let items = home.run(&["vault", "list", "--json"]).json()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 4, "{items}");
    let rows = || {
        home.run(&["audit", "list", "--json"]).json()["audit"]
            .as_array()
            .unwrap()
            .len()
    };
    let before = rows();
    let again = import(&["--yes"]);
    assert!(
        changes(&again.json()).iter().all(|change| change == "unchanged"),
        "{again:?}"
    );
    assert_eq!(again.json()["secrets"], serde_json::json!([]));
    assert_eq!(rows(), before);
    let export = home.run(&["export"]);
    assert!(!format!("{preview:?}{done:?}{again:?}{export:?}").contains("CANARY"));
}

#[test]
fn a_file_for_later_is_sound_and_names_what_the_vault_needs() {
    let home = sealed();
    let file = home.write("config.json", FILE);
    let out = file.replace("config.json", "tidegate.toml");
    let done = home.run(&["import", "balance-alert", &file, "--out", &out]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.out.contains("tidegated vault set openrouter-main key"),
        "{done:?}"
    );
    assert!(done.out.contains("✗ projects[6]"), "{done:?}");
    assert_eq!(home.run(&["validate", &out]).code, 0);
    assert!(!std::fs::read_to_string(&out).unwrap().contains("CANARY"));
    let twice = home.run(&["import", "balance-alert", &file, "--out", &out]);
    assert_eq!(twice.code, 4, "an existing file is not overwritten: {twice:?}");
    let wrong = home.write("wrong.json", "{}");
    assert_eq!(home.run(&["import", "balance-alert", &wrong]).code, 2);
}
