//! FlowCollect's files as items, flows and samples: what was wrong in them is left out and counted, addresses of
//! subscriptions go to the vault alone, and the same history is the same batches every time.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failed assumption must fail the test"
)]

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use secrecy::ExposeSecret;
use tidegate_api::import::Imported;
use tidegate_api::import::flowcollect::{EarlierHistory, FileKind, ReadError, mark_of, settings};
use tidegate_api::words::{Lang, Time};
use tidegate_meter::FlowKind;

const SERVER: &str = "\
ListenPort = :8686
ServerToken = FAKE-CANARY-server-token
DBPath = ./data.db
SubUrls = https://panel.example.com/api/v1/client/subscribe?token=FAKE-CANARY-a, 主力=https://two.example.net/link/FAKE-CANARY-b
SMTPHost = smtp.qq.com
SMTPPort = 587
EmailUser = me@qq.com
EmailPass = FAKE-CANARY-code
EmailTo = me@qq.com
HealthCheckURL = https://example.com
";

const AGENT: &str = "\
MihomoAPIAddr=127.0.0.1:9097
MihomoSecret=FAKE-CANARY-secret
RemoteServer=https://example.com/report
RemoteToken=FAKE-CANARY-token
DeviceID=NAS 客厅
LocalLogFile=flow.log
";

const KERNEL: &str = "\
mixed-port: 7890
external-controller: 0.0.0.0:9090
secret: \"FAKE-CANARY-secret\"
proxies:
  - {name: \"🇭🇰 香港 01\", type: ss, server: 127.0.0.1, port: 8388, cipher: aes-128-gcm, password: FAKE}
x-flow-collect:
  remote-server: https://example.com/ws
  remote-token: FAKE-CANARY-token
  device-id: router
";

/// Noon of the day in which all of it happened.
const NOW: Time = Time::from_ms(1_763_640_000_000);

fn taken(kind: FileKind, text: &str) -> Imported {
    settings(kind, text).unwrap()
}

fn account(imported: &Imported, index: usize) -> &serde_json::Value {
    &imported.items.account[index].0
}

#[test]
fn a_server_becomes_subscriptions_and_a_mail_channel() {
    let imported = taken(FileKind::Ini, SERVER);
    assert_eq!(imported.items.account.len(), 2);
    assert_eq!(account(&imported, 1)["name"], "主力");
    assert_eq!(account(&imported, 1)["provider"], "subscription");
    let mail = &imported.items.channel[0].0;
    assert_eq!(
        (&mail["kind"], &mail["port"], &mail["tls"]),
        (&"smtp".into(), &587.into(), &"starttls".into())
    );
    assert_eq!(
        imported.secrets["mail"]["password"].0.expose_secret(),
        "FAKE-CANARY-code"
    );
    let left_out = imported
        .notes
        .iter()
        .filter(|note| note.left_out)
        .map(|note| note.place.as_str());
    assert_eq!(
        left_out.collect::<Vec<_>>(),
        ["ListenPort", "ServerToken", "DBPath", "HealthCheckURL"]
    );
}

#[test]
fn no_secret_of_a_file_stands_in_an_item_or_a_word() {
    for (kind, text) in [
        (FileKind::Ini, SERVER),
        (FileKind::Ini, AGENT),
        (FileKind::Yaml, KERNEL),
    ] {
        let imported = taken(kind, text);
        let words: Vec<String> = imported
            .notes
            .iter()
            .flat_map(|note| [note.text(Lang::Zh), note.text(Lang::En), note.place.clone()])
            .collect();
        let shown = format!("{:?}{words:?}{:?}", imported.items, imported.secrets);
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}

#[test]
fn an_agent_becomes_a_kernel_of_this_machine_from_either_form() {
    let ini = taken(FileKind::Ini, AGENT);
    let params = &account(&ini, 0)["params"];
    assert_eq!(params["controller"], "http://127.0.0.1:9097");
    assert!(params["device"].as_str().unwrap().starts_with("nas-"));
    let yaml = taken(FileKind::Yaml, KERNEL);
    let params = &account(&yaml, 0)["params"];
    assert_eq!(
        (&params["controller"], &params["device"]),
        (&"http://127.0.0.1:9090".into(), &"router".into())
    );
    assert_eq!(
        yaml.secrets["kernel-router"]["secret"].0.expose_secret(),
        "FAKE-CANARY-secret"
    );
}

#[test]
fn other_files_are_refused_without_showing_what_stands_in_them() {
    for (kind, text) in [
        (FileKind::Ini, "[section]\nkey = FAKE-CANARY\n"),
        (FileKind::Ini, "FAKE-CANARY without a sign\n= 3\n["),
        (FileKind::Yaml, "a: [FAKE-CANARY\nb: }"),
        (FileKind::Yaml, "name: FAKE-CANARY\n"),
    ] {
        let error = settings(kind, text).unwrap_err().to_string();
        assert!(!error.contains("CANARY"), "{error}");
    }
}

#[test]
fn a_file_is_known_by_its_first_bytes_before_its_name() {
    assert_eq!(FileKind::of("a.yaml", b"SQLite format 3\0"), FileKind::Database);
    assert_eq!(FileKind::of("a.YML", b"mixed"), FileKind::Yaml);
    assert_eq!(FileKind::of("config", b"Listen"), FileKind::Ini);
}

/// A database as the earlier server wrote it, with what was wrong in it.
fn database(folder: &Path) -> PathBuf {
    let file = folder.join("data.db");
    let conn = Connection::open(&file).unwrap();
    conn.execute_batch(
        "CREATE TABLE traffic_records (id INTEGER PRIMARY KEY, timestamp INTEGER, device_id TEXT, node_name TEXT,
            up_delta INTEGER, down_delta INTEGER, is_proxy NUMERIC, active_conns INTEGER);
        CREATE TABLE sub_snapshots (id INTEGER PRIMARY KEY, date DATETIME, sub_url TEXT, used INTEGER, total INTEGER,
            expire INTEGER);",
    )
    .unwrap();
    let minute = NOW.seconds() - 3600;
    for (at, device, node, up, down, is_proxy) in [
        (minute, "nas", "Proxy", 100, 1000, 1),
        (minute + 10, "nas", "Proxy", 1, 10, 1),
        (minute + 20, "nas", "DIRECT", 5, 50, 0),
        (minute + 30, "nas", "REJECT", 3, 0, 1),
        (minute + 40, "nas", "Proxy", -7, 10, 1),
        (minute + 60, "nas", "Proxy", 2, 20, 1),
        (NOW.seconds() + 86_400, "nas", "Proxy", 9, 9, 1),
        (minute, "phone", "Proxy", 4, 40, 1),
    ] {
        let sql =
            "INSERT INTO traffic_records (timestamp, device_id, node_name, up_delta, down_delta, is_proxy)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        conn.execute(sql, params![at, device, node, up, down, is_proxy])
            .unwrap();
    }
    for (date, used, total, expire) in [
        ("2025-11-18 15:55:00+00:00", 500, 1000, 1_800_000_000),
        ("2025-11-19 23:55:00.123456789+08:00", 700, 1000, 0),
        ("yesterday", 1, 1, 1),
    ] {
        let sql =
            "INSERT INTO sub_snapshots (date, sub_url, used, total, expire) VALUES (?1, ?2, ?3, ?4, ?5)";
        let url = "https://two.example.net/link/FAKE-CANARY-b";
        conn.execute(sql, params![date, url, used, total, expire])
            .unwrap();
    }
    file
}

/// A secret of digits alone is a number to YAML, and a text to the kernel.
#[test]
fn a_secret_of_digits_is_not_lost() {
    let text = "external-controller: 127.0.0.1:9090\nsecret: 20261120\nx-flow-collect: {device-id: 7}\n";
    let imported = taken(FileKind::Yaml, text);
    assert_eq!(
        imported.secrets["kernel-7"]["secret"].0.expose_secret(),
        "20261120"
    );
}

#[test]
fn a_secret_that_is_null_is_none_and_one_that_is_repeated_by_name_is_read() {
    let imported = taken(FileKind::Yaml, "external-controller: :9090\nsecret: ~\n");
    assert!(imported.secrets.is_empty());
    let text = "any: &key FAKE-CANARY-secret\nexternal-controller: :9090\nsecret: *key\n";
    let imported = taken(FileKind::Yaml, text);
    assert_eq!(
        imported.secrets["kernel-this-device"]["secret"].0.expose_secret(),
        "FAKE-CANARY-secret"
    );
}

#[test]
fn a_key_told_twice_is_refused_by_its_line() {
    let twice = "external-controller: :9090\nsecret: FAKE\nsecret: FAKE\n";
    assert!(matches!(settings(FileKind::Yaml, twice), Err(ReadError::Yaml(3))));
}

/// Lists within lists would each take a frame of the stack, and names of names all memory.
#[test]
fn nesting_without_end_and_names_of_names_cost_no_more_than_their_text() {
    let deep = format!(
        "external-controller: :9090\nproxies:\n  {}x\n",
        "- ".repeat(8_000)
    );
    assert_eq!(taken(FileKind::Yaml, &deep).items.account.len(), 1);
    let mut names = "external-controller: :9090\na0: &a0 [x, x]\n".to_owned();
    for n in 1..40 {
        let before = n - 1;
        names += &format!("a{n}: &a{n} [*a{before}, *a{before}]\n");
    }
    assert_eq!(taken(FileKind::Yaml, &names).items.account.len(), 1);
}

#[test]
fn reports_become_flows_by_minute_and_what_cannot_be_true_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let history = EarlierHistory::open(&database(folder.path())).unwrap();
    assert_eq!(
        history
            .devices
            .iter()
            .map(|one| one.name.as_str())
            .collect::<Vec<_>>(),
        ["nas", "phone"]
    );
    let nas = history.after(&history.devices[0], 0, NOW).unwrap().unwrap();
    assert_eq!(nas.left_out, 2, "one below zero, one of tomorrow");
    assert_eq!(nas.batch.sequence, 7);
    let flows: Vec<_> = nas
        .batch
        .flows
        .iter()
        .map(|flow| {
            (
                flow.key.kind,
                flow.key.group.as_str(),
                flow.bytes.up,
                flow.bytes.down,
            )
        })
        .collect();
    assert_eq!(
        flows,
        [
            (FlowKind::Proxy, "Proxy", 101, 1010),
            (FlowKind::Direct, "DIRECT", 5, 50),
            (FlowKind::Reject, "REJECT", 3, 0),
            (FlowKind::Proxy, "Proxy", 2, 20),
        ]
    );
    assert!(
        nas.batch.flows.iter().all(|flow| flow.key.node.is_empty()),
        "the node itself it never knew"
    );
    assert_eq!(nas.batch.watched.len(), 1, "two minutes that touch");
    assert!(history.after(&history.devices[0], 7, NOW).unwrap().is_none());
}

#[test]
fn the_same_history_is_the_same_epoch_however_often_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    let (one, two) = (
        EarlierHistory::open(&file).unwrap(),
        EarlierHistory::open(&file).unwrap(),
    );
    assert_eq!(one.devices, two.devices);
    assert_ne!(one.devices[0].epoch, one.devices[1].epoch);
}

#[test]
fn snapshots_find_their_subscription_by_its_address_which_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let history = EarlierHistory::open(&database(folder.path())).unwrap();
    let told = &history.subscriptions[0];
    let named = taken(FileKind::Ini, SERVER);
    let secret = named.secrets.values().filter_map(|fields| fields.get("url"));
    assert_eq!(secret.filter(|url| mark_of(url) == told.mark).count(), 1);
    assert_eq!((told.samples.len(), told.left_out), (2, 1));
    assert_eq!(told.samples[0].expires_at, Some(Time::from_ms(1_800_000_000_000)));
    assert_eq!(
        told.samples[1].expires_at, None,
        "0 was how it wrote that none was told"
    );
    assert!(!format!("{told:?}").contains("CANARY"));
    let alone = history.settings(&|_| false);
    assert_eq!(alone.items.account.len(), 1);
    assert!(history.settings(&|_| true).items.account.is_empty());
}

#[test]
fn another_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.db");
    Connection::open(&file)
        .unwrap()
        .execute_batch("CREATE TABLE notes (id INTEGER)")
        .unwrap();
    assert!(matches!(EarlierHistory::open(&file), Err(ReadError::Other)));
}

#[test]
fn a_time_that_no_clock_tells_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    let conn = Connection::open(&file).unwrap();
    let sql = "INSERT INTO traffic_records (timestamp, device_id, node_name, up_delta, down_delta, is_proxy)
        VALUES (?1, 'tv', 'Proxy', 1, 1, 1)";
    for at in [i64::MIN, i64::MAX, 1 - i64::MAX] {
        conn.execute(sql, params![at]).unwrap();
    }
    let history = EarlierHistory::open(&file).unwrap();
    let tv = history.devices.iter().find(|device| device.name == "tv").unwrap();
    let batch = history.after(tv, 0, NOW).unwrap().unwrap();
    assert_eq!((batch.left_out, batch.batch.flows.len()), (3, 0));
}
