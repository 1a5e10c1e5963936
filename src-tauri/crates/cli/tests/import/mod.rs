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

const SETTINGS: &str = "\
SubUrls = 主力=https://two.example.net/link/FAKE-CANARY-b
MihomoAPIAddr = 127.0.0.1:9097
MihomoSecret = FAKE-CANARY-secret
DeviceID = nas
";

/// The earlier system's database: two devices, and a subscription that was looked at twice.
fn history(home: &Home) -> String {
    let file = home.write("data.db", "");
    let conn = rusqlite::Connection::open(&file).unwrap();
    conn.execute_batch(
        "CREATE TABLE traffic_records (id INTEGER PRIMARY KEY, timestamp INTEGER, device_id TEXT, node_name TEXT,
            up_delta INTEGER, down_delta INTEGER, is_proxy NUMERIC, active_conns INTEGER);
        CREATE TABLE sub_snapshots (id INTEGER PRIMARY KEY, date DATETIME, sub_url TEXT, used INTEGER, total INTEGER,
            expire INTEGER);
        INSERT INTO traffic_records (timestamp, device_id, node_name, up_delta, down_delta, is_proxy) VALUES
            (1763640000, 'nas', 'Proxy', 100, 1000, 1), (1763640010, 'phone', 'DIRECT', 5, 50, 0);
        INSERT INTO sub_snapshots (date, sub_url, used, total, expire) VALUES
            ('2025-11-18 15:55:00+00:00', 'https://two.example.net/link/FAKE-CANARY-b', 500, 1000, 0),
            ('2025-11-19 15:55:00+00:00', 'https://two.example.net/link/FAKE-CANARY-b', 700, 1000, 0);",
    )
    .unwrap();
    file
}

/// What the flows of that time come to.
fn passed(home: &Home) -> String {
    let args = [
        "flows",
        "--from",
        "2025-11-01",
        "--through",
        "2025-11-30",
        "--by",
        "device",
        "--json",
    ];
    let answer = home.run(&args);
    assert_eq!(answer.code, 0, "{answer:?}");
    answer.out
}

#[test]
fn an_earlier_history_counts_once_however_often_it_is_taken_over() {
    let home = sealed();
    let (settings, database) = (home.write("config.ini", SETTINGS), history(&home));
    let import = |more: &[&str]| {
        let mut args = vec!["import", "flowcollect", &settings, &database, "--json"];
        args.extend(more);
        home.run(&args)
    };
    let preview = import(&["--dry-run"]);
    assert_eq!(preview.code, 0, "{preview:?}");
    assert!(!passed(&home).contains("1100"), "a preview takes nothing over");
    let done = import(&["--yes"]);
    assert_eq!(done.code, 0, "{done:?}");
    let told = done.json();
    assert_eq!(
        (&told["flows"], &told["samples"], &told["left_out"]),
        (&2.into(), &2.into(), &0.into())
    );
    let once = passed(&home);
    assert!(once.contains("1100") && once.contains("55"), "{once}");
    let again = import(&["--yes"]);
    assert_eq!(again.json()["flows"], 0, "{again:?}");
    assert_eq!(passed(&home), once);
    let export = home.run(&["export"]);
    let audit = home.run(&["audit", "list", "--json"]);
    assert!(!format!("{preview:?}{done:?}{again:?}{export:?}{audit:?}").contains("CANARY"));
}
