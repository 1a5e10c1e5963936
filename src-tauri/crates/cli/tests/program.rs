//! The program as people and scripts meet it: real binary, real home, simulated cloud over HTTP. Exit codes, JSON
//! shapes, refusals, and commands beside a running guard.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod agents;
mod flows;
mod import;
mod kit;
mod output;
mod quota;
mod reload;
mod renewals;
mod subscriptions;

use kit::{Cloud, Home};
use serde_json::Value;

fn meter<'a>(view: &'a Value, name: &str) -> &'a Value {
    let named = |meter: &&Value| {
        meter
            .get("name")
            .and_then(Value::as_str)
            .is_some_and(|text| text.contains(name))
    };
    let meters = view.get("meters").and_then(Value::as_array).into_iter().flatten();
    { meters }.find(named).unwrap_or_else(|| panic!("{view}"))
}

#[test]
fn validating_and_previewing_change_nothing_and_applying_twice_changes_once() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    assert_eq!(home.run(&["validate", &config]).code, 0);
    assert!(
        !home.path().join("tidegate.db").exists(),
        "validating makes no home"
    );
    let dry = home.run(&["apply", &config, "--dry-run", "--json"]);
    assert_eq!(changes(&dry.json()), ["add", "add", "add"]);
    let guards = home.run(&["guards", "--json"]).json();
    assert_eq!(guards["guards"].as_array().unwrap().len(), 0);
    assert_eq!(
        changes(&home.run(&["apply", &config, "--json"]).json()),
        ["add", "add", "add"]
    );
    let again = home.run(&["apply", &config, "--json"]).json();
    assert_eq!(changes(&again), ["unchanged", "unchanged", "unchanged"]);
}

fn changes(plan: &Value) -> Vec<String> {
    let items = plan
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let change = |item: &Value| item.get("change").and_then(Value::as_str).map(str::to_owned);
    items.iter().filter_map(change).collect()
}

#[test]
fn check_prints_the_promised_shape_and_never_acts() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    let check = home.run(&["check", "--json"]);
    assert_eq!(check.code, 0, "{check:?}");
    let view = check.json();
    let dry = meter(&view, "ecs-hk-01");
    let fields = [
        "account",
        "meter",
        "name",
        "kind",
        "outcome",
        "reason",
        "used",
        "limit",
        "remaining",
        "window",
        "as_of",
        "fetched_at",
        "guards",
    ];
    for field in fields {
        assert!(dry.get(field).is_some(), "{field} in {dry}");
    }
    let whole = (200_i64 * 1024 * 1024 * 1024).to_string();
    assert_eq!(
        dry["limit"],
        serde_json::json!({ "value": whole, "unit": "bytes" })
    );
    assert_eq!(
        (&dry["account"], &dry["kind"], &dry["outcome"]),
        (&"hw-main".into(), &"traffic".into(), &"known".into())
    );
    assert!(dry["window"]["start"].is_string() && dry["reason"].is_null());
    let guard = &dry["guards"][0];
    assert_eq!(
        (&guard["id"], &guard["mode"]),
        (&"hw-main-traffic".into(), &"watch".into())
    );
    assert_eq!(cloud.stops().len(), 0);
}

#[test]
fn a_guard_is_armed_on_named_targets_and_disarmed() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    let armed = home.run(&["arm", "hw-main-traffic", "--for", "2d", "--json"]);
    assert_eq!(armed.code, 0, "{armed:?}");
    let targets = armed.json()["targets"].as_array().unwrap().clone();
    assert!(targets.iter().any(|target| target["name"] == "ecs-hk-01"));
    assert_eq!(
        home.run(&["guards", "--json"]).json()["guards"][0]["mode"],
        "armed"
    );
    assert_eq!(home.run(&["disarm", "hw-main-traffic"]).code, 0);
    assert_eq!(
        home.run(&["guards", "--json"]).json()["guards"][0]["mode"],
        "watch"
    );
    assert_eq!(home.run(&["audit", "verify"]).code, 0);
    assert_eq!(cloud.stops().len(), 0);
}

#[test]
fn export_and_apply_change_nothing() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    let exported = home.run(&["export"]);
    assert!(exported.out.contains("ak = \"env:HW_AK\""), "{}", exported.out);
    let plan = home
        .run(&["apply", &home.write("back.toml", &exported.out), "--json"])
        .json();
    assert!(
        plan["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["change"] == "unchanged"),
        "{plan}"
    );
}

#[test]
fn a_file_with_mistakes_is_usage_and_changes_nothing() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let text = cloud
        .config("10 GB")
        .replace("limit = ", "limt = ")
        .replace("env:HW_SK", "FAKE-CANARY-literal");
    let config = home.write("bad.toml", &text);
    for command in ["validate", "apply"] {
        let answer = home.run(&[command, &config, "--lang", "en"]);
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(
            answer.err.contains("did you mean `limit`?") && answer.err.contains("tidegated vault set"),
            "{}",
            answer.err
        );
        assert!(!format!("{answer:?}").contains("CANARY"));
    }
    assert!(home.run(&["export"]).out.trim().is_empty());
    let json = home.run(&["apply", &config, "--json"]);
    assert_eq!(json.json()["error"]["code"], "config_invalid");
}

#[test]
fn exit_codes_tell_usage_absence_and_refusal_apart() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    assert_eq!(home.run(&["explode"]).code, 2);
    assert_eq!(home.run(&["arm", "hw-main-traffic", "--for", "soon"]).code, 2);
    assert_eq!(home.run(&["apply", "/nowhere/t.toml"]).code, 2);
    assert_eq!(home.run(&["arm", "no-such-guard"]).code, 1);
    assert_eq!(
        home.run(&["cancel", "01890000-0000-7000-8000-000000000000"]).code,
        1
    );
    assert_eq!(home.run(&["channels", "test", "ops"]).code, 0);
    assert!(!cloud.cards().is_empty());
    let wrong = home.run(&["stop", "ecs-hk-02", "--name", "ecs-hk-01"]);
    assert_eq!(wrong.code, 3, "{wrong:?}");
    assert_eq!(
        home.run(&["stop", "ecs-hk-02"]).code,
        2,
        "without a terminal the name must be given"
    );
    assert_eq!(cloud.stops().len(), 0);
}

#[test]
fn a_wrong_key_is_blind_and_a_no() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud).with("HW_SK", "FAKE-wrong-secret");
    home.apply(&cloud.config("10 GB"));
    let check = home.run(&["check", "--json"]);
    assert_eq!(check.code, 1, "{check:?}");
    assert!(check.out.contains("auth"), "{}", check.out);
    assert!(
        !check.out.contains("\"remaining\":{"),
        "absence is never an amount: {}",
        check.out
    );
}

#[test]
fn a_server_is_stopped_by_hand_with_proof_and_restored() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    home.run(&["check"]);
    let stopped = home.run(&["stop", "ecs-hk-02", "--name", "ecs-hk-02", "--json"]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
    let action = &stopped.json()["action"];
    assert_eq!(
        (
            action["state"].as_str(),
            action["proof"]["after"]["power"].as_str()
        ),
        (Some("verified"), Some("stopped"))
    );
    assert_eq!(cloud.stops().len(), 1);
    let id = action["id"].as_str().unwrap().to_owned();
    let restored = home.run(&["restore", &id, "--json"]);
    assert_eq!(restored.json()["action"]["state"], "verified", "{restored:?}");
    assert_eq!(
        home.run(&["actions", "--json"]).json()["actions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn commands_beside_a_running_guard_go_over_the_link() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("reading");
    assert_eq!(home.run(&["status", "--json"]).json()["running"], true);
    let check = home.run(&["check", "hw-main", "--json"]);
    assert_eq!(check.code, 0, "{check:?}");
    let armed = home.run(&["arm", "hw-main-traffic", "--for", "1d", "--json"]);
    assert_eq!(armed.code, 0, "{armed:?}");
    guard.wait_for("mode");
    assert_eq!(home.run(&["pause", "--for", "1h"]).code, 0);
    assert!(home.run(&["status", "--json"]).json()["paused_until"].is_string());
    assert_eq!(home.run(&["resume"]).code, 0);
    assert_eq!(home.run(&["protect", "ecs-hk-02"]).code, 0);
    assert_eq!(
        home.run(&["restore-backup", &config, "--yes"]).code,
        3,
        "not under a running guard"
    );
    let second = home.run(&["run"]);
    assert_eq!(second.code, 4, "{second:?}");
    let (code, lines) = guard.end();
    assert_eq!(code, 0);
    assert_eq!(lines.last().unwrap()["event"], "summary");
    assert!(
        lines
            .iter()
            .all(|line| line["event"].is_string() && line["at"].is_string())
    );
}

#[test]
fn a_snoozed_alert_is_quiet_and_keeps_the_reason_in_the_audit() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("delivered");
    let alerts = || home.run(&["alerts", "--open", "--json"]).json()["alerts"].clone();
    let id = alerts()[0]["id"].as_str().unwrap().to_owned();
    let why = "renewed tomorrow";
    let snoozed = home.run(&["snooze", &id, "--for", "1h", "--reason", why]);
    assert_eq!(snoozed.code, 0, "{snoozed:?}");
    let rows = alerts();
    let row = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == *id)
        .unwrap();
    assert!(row["snoozed_until"].is_string(), "{row}");
    assert_eq!(row["asks"], false);
    assert_eq!(guard.end().0, 0);
    let audit = home.run(&["audit", "list", "--json"]).json();
    let kept = audit["audit"].as_array().unwrap().iter();
    let kept: Vec<&Value> = kept.filter(|row| row["event"] == "alert.answered").collect();
    assert_eq!(kept.len(), 1, "{audit}");
    assert_eq!(
        (&kept[0]["facts"]["reason"], &kept[0]["facts"]["until"]),
        (&Value::from(why), &row["snoozed_until"])
    );
    let long = "x".repeat(201);
    assert_eq!(home.run(&["snooze", &id, "--reason", &long]).code, 2);
}

#[test]
fn a_changed_file_takes_effect_and_a_bad_one_keeps_the_last_good() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("reading");
    home.write("t.toml", &cloud.config("11 GB"));
    guard.wait_for("configured");
    assert_eq!(
        home.run(&["guards", "--json"]).json()["guards"][0]["limit"],
        "11 GB"
    );
    home.write("t.toml", &cloud.config("twelve"));
    let told = guard.wait_for("program");
    assert_eq!(told["condition"], "config_refused");
    assert_eq!(
        home.run(&["guards", "--json"]).json()["guards"][0]["limit"],
        "11 GB"
    );
    assert_eq!(guard.end().0, 0);
}

#[test]
fn secrets_come_by_stdin_and_never_back() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud)
        .with("TIDEGATE_VAULT", "file")
        .with("TIDEGATE_VAULT_PASSPHRASE", "FAKE-passphrase");
    let set = home.feed(&["vault", "set", "hw-main", "sk"], "FAKE-CANARY-secret\n");
    assert_eq!(set.code, 0, "{set:?}");
    let list = home.run(&["vault", "list", "--json"]);
    assert_eq!(list.json()["items"], serde_json::json!(["hw-main"]));
    assert!(!format!("{set:?}{list:?}").contains("CANARY"));
    for entry in std::fs::read_dir(home.path())
        .unwrap()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file())
    {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(
            !String::from_utf8_lossy(&bytes).contains("CANARY"),
            "{:?}",
            entry.path()
        );
    }
    assert_eq!(home.run(&["vault", "delete", "hw-main"]).code, 0);
    assert_eq!(home.run(&["vault", "delete", "hw-main"]).code, 1);
}

#[test]
fn a_backup_is_written_once_and_can_be_put_back() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    let file = home.path().join("copy.db").display().to_string();
    assert_eq!(home.run(&["backup", &file]).code, 0);
    assert_eq!(
        home.run(&["backup", &file]).code,
        2,
        "an existing file is not overwritten"
    );
    home.apply(&cloud.config("20 GB"));
    let restored = home.run(&["restore-backup", &file, "--yes", "--json"]);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert_eq!(
        home.run(&["guards", "--json"]).json()["guards"][0]["limit"],
        "10 GB"
    );
}

#[test]
fn the_doctor_names_what_does_not_hold() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    let sound = home.run(&["doctor", "--outside", "--json"]);
    assert_eq!(sound.code, 0, "{sound:?}");
    let blind = Home::again(&home).with("HW_SK", "FAKE-wrong");
    let answer = blind.run(&["doctor", "--outside", "--json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let rows = answer.json();
    let account = rows["doctor"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["what"] == "account:hw-main")
        .cloned()
        .unwrap();
    assert!(account["ok"] == false && account["next"].is_string());
}

/// Plays a demonstration to its end, which proves everything, and gives what it told.
fn demonstrated(args: &[&str]) -> Vec<Value> {
    let home = Home::empty();
    let demo = home.run(&[&["demo", "--json"], args].concat());
    assert_eq!(demo.code, 0, "{demo:?}");
    let lines: Vec<Value> = demo
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for event in [
        "reading",
        "step",
        "planned",
        "sent",
        "accepted",
        "verifying",
        "verified",
        "delivered",
        "check",
        "summary",
    ] {
        assert!(lines.iter().any(|line| line["event"] == event), "{event}");
    }
    let summary = lines.last().unwrap();
    assert_eq!(
        (summary["event"].as_str(), summary["ok"].as_bool()),
        (Some("summary"), Some(true))
    );
    assert!(summary["checks"].as_array().unwrap().len() >= 10);
    lines
}

#[test]
fn the_demonstration_shows_everything_and_proves_it() {
    demonstrated(&[]);
}

#[test]
fn the_demonstration_of_a_quota_tells_each_step_the_disable_the_top_up_and_the_restore() {
    let lines = demonstrated(&["--scenario", "quota"]);
    let of = |event: &str| -> Vec<&Value> { lines.iter().filter(|line| line["event"] == event).collect() };
    let steps: Vec<&str> = of("step")
        .iter()
        .filter_map(|line| line["key"].as_str())
        .collect();
    assert_eq!(steps, ["share:50", "share:80", "share:90", "limit"]);
    let totals: Vec<&Value> = of("allocated")
        .iter()
        .map(|line| &line["total"]["value"])
        .collect();
    assert_eq!(totals, ["100", "100", "200"]);
    let verified: Vec<&str> = of("verified")
        .iter()
        .filter_map(|line| line["target"]["name"].as_str())
        .collect();
    assert_eq!(verified, ["bob", "bob"], "disabled, then restored");
    let checks: Vec<&Value> = of("check");
    for proven in ["cannot_spend", "as_before", "healthy_untouched", "ledger"] {
        let check = checks.iter().find(|check| check["check"] == proven).unwrap();
        assert_eq!(check["ok"], true, "{check}");
    }
}
