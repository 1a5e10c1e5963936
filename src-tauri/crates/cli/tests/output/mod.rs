//! What is printed: answers for people, failures for programs, and what the cause, the effect and the next step are.

mod history;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::kit::{Cloud, Home};

#[test]
fn every_failure_is_json_for_a_program_and_a_sentence_for_a_person() {
    let home = Home::empty();
    for (args, code, class) in [
        (vec!["explode", "--json"], 2, "bad_request"),
        (vec!["validate", "/nowhere/t.toml", "--json"], 2, "bad_request"),
        (vec!["sim", "--listen", "nowhere", "--json"], 2, "bad_request"),
        (vec!["meters", "no-such", "--json"], 1, "not_found"),
        (vec!["targets", "no-such", "--json"], 1, "not_found"),
    ] {
        let answer = home.run(&args);
        assert_eq!(answer.code, code, "{answer:?}");
        assert_eq!(answer.json()["error"]["code"], class, "{answer:?}");
        assert!(!answer.err.trim().is_empty(), "{answer:?}");
    }
}

#[test]
fn replayed_and_stored_history_are_tables_in_the_unit_of_the_console() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("delivered");
    assert_eq!(guard.end().0, 0);
    let replayed = home.run(&["replay", "hw-main-traffic", "--limit", "50 GB"]);
    assert!(replayed.out.contains("warned limit"), "{replayed:?}");
    assert!(!replayed.out.contains('{'), "{replayed:?}");
    let meters = home.run(&["meters", "--json"]).json();
    let meter = meters["meters"][0]["meter"].as_str().unwrap().to_owned();
    let history = home.run(&["history", "hw-main", &meter]);
    assert!(
        history.out.contains("GiB") && !history.out.contains("GB "),
        "{history:?}"
    );
}

#[test]
fn servers_of_a_removed_account_are_out_of_reach() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("reading");
    assert_eq!(guard.end().0, 0);
    let targets = |home: &Home| {
        home.run(&["targets", "--json"]).json()["targets"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_ne!(targets(&home), 0);
    let empty = home.write("empty.toml", "");
    assert_eq!(home.run(&["apply", &empty, "--prune"]).code, 0);
    assert_eq!(targets(&home), 0);
}

#[test]
fn a_stop_that_cannot_look_says_so_instead_of_denying_the_server() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud).with("HW_SK", "FAKE-wrong-secret");
    home.apply(&cloud.config("10 GB"));
    let answer = home.run(&["stop", "ecs-hk-01", "--name", "ecs-hk-01"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    assert!(answer.err.contains("hw-main cannot be read"), "{answer:?}");
}

#[test]
fn a_file_that_is_no_backup_leaves_the_database_as_it_is() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.apply(&cloud.config("10 GB"));
    let absent = home.run(&["restore-backup", "/nowhere/copy.db", "--yes"]);
    assert_eq!(absent.code, 2, "{absent:?}");
    let text = home.write("copy.db", "FAKE, no database");
    let wrong = home.run(&["restore-backup", &text, "--yes"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.err.contains("no backup of Tidegate"), "{wrong:?}");
    let guards = home.run(&["guards", "--json"]).json();
    assert_eq!(guards["guards"].as_array().unwrap().len(), 1);
}

#[test]
fn a_simulated_world_may_be_asked_for_by_its_name() {
    let cloud = Cloud::scenario("quota");
    let account = &cloud.first()["volcengine"][0];
    let names: Vec<&str> = account["users"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|user| user["name"].as_str())
        .collect();
    assert_eq!(names, ["tidegate-bot", "bob", "eve", "robot"]);
    assert!(account["ak"].as_str().unwrap().contains("FAKE"), "{account}");
}

#[test]
fn a_port_in_use_is_named_and_is_no_mistake_of_the_command() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let answer = Home::empty().run(&["sim", "--listen", &address]);
    assert_eq!(answer.code, 4, "{answer:?}");
    assert!(
        answer.err.contains(&address) && answer.err.contains("port 0"),
        "{answer:?}"
    );
}

#[test]
fn the_log_tells_what_happened_and_no_secret() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud).with("HW_SK", "FAKE-CANARY-secret");
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("unread");
    assert_eq!(guard.end().0, 0);
    let log = std::fs::read_dir(home.path().join("logs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let log = std::fs::read_to_string(log.path()).unwrap();
    let rows: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(rows.iter().any(|row| row["fields"]["event"] == "unread"), "{log}");
    assert!(!log.contains("CANARY"), "{log}");
}

#[test]
fn a_folder_that_others_use_is_never_closed_to_them() {
    let home = Home::empty();
    std::fs::create_dir(home.path()).unwrap();
    std::fs::write(home.path().join("theirs.txt"), "theirs").unwrap();
    std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let answer = home.run(&["status"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    assert!(answer.err.contains("choose an empty folder"), "{answer:?}");
    let mode = std::fs::metadata(home.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
}

#[test]
fn a_demonstration_that_is_broken_off_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_tidegated"))
        .args(["demo", "--json"])
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap());
    lines.read_line(&mut String::new()).unwrap();
    let told = Command::new("kill")
        .args(["-TERM", &demo.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    while lines.read_line(&mut String::new()).unwrap() > 0 {}
    assert_eq!(demo.wait().unwrap().code(), Some(1));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn a_seeded_world_is_played_by_its_seed_and_by_its_file() {
    let home = Home::empty();
    let run = ["sim", "run", "--seed", "1", "--days", "1"];
    let told = home.run(&[&run[..], &["--story", "--lang", "en"]].concat());
    assert_eq!(told.code, 0, "{told:?}");
    assert!(
        told.out.contains("seed 1, ") && told.out.contains("Every promise was kept."),
        "{told:?}"
    );
    let first = home.run(&[&run[..], &["--json"]].concat()).json();
    let second = home.run(&[&run[..], &["--json"]].concat()).json();
    assert_eq!(first, second, "the same seed plays the same run");
    assert_eq!(first["kept"], true, "{first}");
    let many = home
        .run(&[
            "sim", "run", "--seeds", "2", "--days", "1", "--jobs", "2", "--json",
        ])
        .json();
    assert_eq!(
        (&many["seeds"], &many["kept"]),
        (&2.into(), &true.into()),
        "{many}"
    );
    for wrong in [
        vec!["sim", "run", "--seed", "1", "--seeds", "2"],
        vec!["sim", "--listen", "127.0.0.1:0", "run"],
        vec!["sim", "run", "--plan", "/nowhere/plan.json"],
    ] {
        assert_eq!(home.run(&wrong).code, 2, "{wrong:?}");
    }
    let text = home.write("plan.json", "{ \"version\": 1 }");
    let refused = home.run(&["sim", "run", "--plan", &text]);
    assert!(
        refused.code == 2 && refused.err.contains("plan.json"),
        "{refused:?}"
    );
}
