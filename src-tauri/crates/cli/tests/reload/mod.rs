//! A followed configuration: what changes takes effect, what does not is left alone, what is bad is told and kept out.
use std::path::Path;

use serde_json::{Value, json};

use crate::kit::{Cloud, Guard, Home};

fn standing(home: &Home) -> Value {
    home.run(&["status", "--json"]).json()["config_file"].clone()
}

fn limit(home: &Home) -> Value {
    home.run(&["guards", "--json"]).json()["guards"][0]["limit"].clone()
}

fn followed(home: &Home, config: &str) -> Guard {
    let mut guard = home.guard(&["--config", config]);
    guard.wait_for("reading");
    guard
}

/// Until the file was read so often; the runner's own time limit ends a wait that is in vain.
fn read_times(home: &Home, times: u64) -> Value {
    loop {
        let told = standing(home);
        let read = ["applied", "refused"].map(|count| told[count].as_u64().unwrap_or(0));
        if read.iter().sum::<u64>() >= times {
            return told;
        }
    }
}

#[test]
fn a_bad_file_is_told_with_its_line_and_field_and_stays_bad_until_it_is_good() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = followed(&home, &config);
    assert_eq!(standing(&home)["state"], "good");
    home.write("t.toml", &cloud.config("FAKE-CANARY"));
    let told = guard.wait_for("program");
    assert_eq!(told["condition"], "config_refused");
    let detail = told["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("t.toml: line ") && detail.contains("guard[0].limit"),
        "{told}"
    );
    let view = read_times(&home, 2);
    assert_eq!(
        (&view["state"], &view["field"]),
        (&"refused".into(), &"guard[0].limit".into())
    );
    assert!(
        view["line"].as_u64().unwrap() > 1 && view["read_at"].is_string(),
        "{view}"
    );
    // The same mistake written again is no correction.
    home.write("t.toml", &cloud.config("FAKE-CANARY"));
    home.write("t.toml", &cloud.config("CANARY-FAKE"));
    assert_eq!(read_times(&home, 3)["state"], "refused");
    home.write("t.toml", &cloud.config("12 GB"));
    let view = read_times(&home, 4);
    assert_eq!((&view["state"], &view["error"]), (&"good".into(), &Value::Null));
    assert_eq!((&view["applied"], &view["refused"]), (&2.into(), &2.into()));
    assert_eq!(limit(&home), "12 GB");
    let open = home.run(&["alerts", "--open", "--json"]);
    assert!(!open.out.contains("config_refused"), "{open:?}");
    let (code, events) = guard.end();
    assert_eq!(code, 0);
    assert!(!serde_json::to_string(&events).unwrap().contains("CANARY"));
}

#[test]
fn a_file_that_is_gone_keeps_the_last_good_configuration() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = followed(&home, &config);
    std::fs::remove_file(&config).unwrap();
    assert_eq!(guard.wait_for("program")["condition"], "config_refused");
    assert_eq!(limit(&home), "10 GB");
    // The same text as before, and yet good again.
    home.write("t.toml", &cloud.config("10 GB"));
    assert_eq!(read_times(&home, 3)["state"], "good");
    assert_eq!(guard.end().0, 0);
}

#[cfg(unix)]
fn turn(folder: &Path, set: &str, text: &str) {
    std::fs::create_dir(folder.join(set)).unwrap();
    std::fs::write(folder.join(set).join("t.toml"), text).unwrap();
    std::os::unix::fs::symlink(set, folder.join("..data_tmp")).unwrap();
    std::fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
}

#[cfg(unix)]
#[test]
fn a_mounted_configuration_whose_link_is_turned_takes_effect() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let folder = tempfile::tempdir().unwrap();
    turn(folder.path(), "..2026_01_01", &cloud.config("10 GB"));
    let config = folder.path().join("t.toml");
    std::os::unix::fs::symlink("..data/t.toml", &config).unwrap();
    let guard = followed(&home, config.to_str().unwrap());
    for (n, set, wanted) in [(2, "..2026_01_02", "11 GB"), (3, "..2026_01_03", "12 GB")] {
        turn(folder.path(), set, &cloud.config(wanted));
        read_times(&home, n);
        assert_eq!(limit(&home), wanted);
    }
    assert_eq!(guard.end().0, 0);
}

#[cfg(unix)]
#[test]
fn a_hangup_reads_the_file_at_once() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let guard = followed(&home, &config);
    guard.signal("HUP");
    let view = read_times(&home, 2);
    assert_eq!((&view["applied"], &view["state"]), (&2.into(), &"good".into()));
    assert_eq!(guard.end().0, 0);
}

#[test]
fn what_changes_while_the_program_starts_takes_effect() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("configured");
    home.write("t.toml", &cloud.config("11 GB"));
    read_times(&home, 2);
    assert_eq!(limit(&home), "11 GB");
    assert_eq!(guard.end().0, 0);
}

#[cfg(unix)]
#[test]
fn hangups_while_the_program_starts_do_not_end_it() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("configured");
    for _ in 0..20 {
        guard.signal("HUP");
    }
    assert_eq!(read_times(&home, 2)["state"], "good");
    assert_eq!(guard.end().0, 0);
}

#[test]
fn an_emptied_file_takes_nothing_away_even_where_what_it_does_not_mention_goes() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config, "--prune"]);
    guard.wait_for("reading");
    home.write("t.toml", "\n");
    assert_eq!(guard.wait_for("program")["condition"], "config_refused");
    assert_eq!(limit(&home), "10 GB");
    assert_eq!(guard.end().0, 0);
}

#[test]
fn one_edited_threshold_leaves_every_other_guard_armed_and_every_account_alone() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let two = |step: &str| {
        let other = cloud.config("10 GB").replace("hw-main", "hw-other");
        let (other, _) = other.split_once("[[channel]]").unwrap();
        format!(
            "{}{other}\n[[guard]]\nid = \"other\"\naccount = \"hw-other\"\nsteps = [\"{step}\"]\n",
            cloud.config("10 GB")
        )
    };
    let config = home.write("t.toml", &two("80%"));
    let mut guard = followed(&home, &config);
    assert_eq!(home.run(&["arm", "hw-main-traffic", "--for", "1d"]).code, 0);
    guard.wait_for("mode");
    home.write("t.toml", &two("90%"));
    guard.wait_for("configured");
    let guards = home.run(&["guards", "--json"]).json()["guards"].clone();
    let row = |id: &str| {
        guards
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["id"] == id)
            .cloned()
            .unwrap()
    };
    assert_eq!(row("hw-main-traffic")["mode"], "armed");
    assert!(row("other")["steps"].to_string().contains("90%"));
    let audit = home.run(&["audit", "list", "--json"]).json()["audit"].clone();
    let applied = audit
        .as_array()
        .unwrap()
        .iter()
        .rfind(|row| row["event"] == "config.applied");
    let facts = &applied.unwrap()["facts"];
    assert_eq!(facts["accounts"]["changed"], json!([]));
    assert_eq!(facts["accounts"]["kept"], json!(["hw-main", "hw-other"]));
    assert_eq!(facts["guards"]["changed"], json!(["other"]));
    let (code, events) = guard.end();
    assert_eq!(code, 0);
    assert!(
        events.iter().filter(|event| event["event"] == "mode").count() == 1,
        "never disarmed"
    );
}

#[test]
fn variables_alone_configure_a_guard_and_their_secrets_stay_theirs() {
    let cloud = Cloud::start();
    let base = cloud.config("10 GB");
    let endpoint = base
        .lines()
        .find_map(|line| line.strip_prefix("endpoint = "))
        .unwrap();
    let home = Home::new(&cloud);
    let key = home.variable("HW_SK").to_owned();
    let mounted = home.write("sk", &format!("{key}\n"));
    let home = home
        .with("TIDEGATE_ACCOUNT_1_PROVIDER", "huawei")
        .with("TIDEGATE_ACCOUNT_1_ENDPOINT", endpoint.trim_matches('"'))
        .with("TIDEGATE_ACCOUNT_1_SECRET_SK_FILE", &mounted)
        .with("TIDEGATE_ACCOUNT_1_THRESHOLD", "20 GB");
    let ak = home.variable("HW_AK").to_owned();
    let home = home.with("TIDEGATE_ACCOUNT_1_SECRET_AK", &ak);
    assert_eq!(home.run(&["validate", "--env"]).code, 0);
    let mut guard = home.guard(&[]);
    guard.wait_for("reading");
    assert_eq!(standing(&home)["name"], "environment");
    let export = home.run(&["export"]).out;
    assert!(export.contains("env:TIDEGATE_ACCOUNT_1_SECRET_SK"), "{export}");
    assert!(!export.contains(&key) && !export.contains(&ak), "{export}");
    assert_eq!(guard.end().0, 0);
    let wrong = Home::again(&home).with("TIDEGATE_ACCOUNT_1_INTERVALL", "5m");
    let told = wrong.run(&["validate", "--env"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("TIDEGATE_ACCOUNT_1_INTERVAL`"), "{told:?}");
}
