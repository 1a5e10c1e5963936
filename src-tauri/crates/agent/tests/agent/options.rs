//! The program's options: each mistake names the option and what is allowed, and no secret is ever told again.

use std::path::Path;
use std::process::{Command, Output};

use tidegate_agent::{AgentError, Place};

fn agent(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tidegate-agent"))
        .args(args)
        .arg("--home")
        .arg(home)
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .env("TIDEGATE_CONTROLLER_SECRET", "FAKE-secret")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[test]
fn a_place_is_https_or_near() {
    for (text, plain, is_allowed) in [
        ("https://tidegate.example", false, true),
        ("https://tidegate.example:8443/behind/a/proxy", false, true),
        ("http://127.0.0.1:8686", false, true),
        ("http://localhost:8686", false, true),
        ("http://[::1]:8686", false, true),
        ("http://192.168.1.2:8686", false, false),
        ("http://192.168.1.2:8686", true, true),
        ("http://[fd00::2]:8686", true, true),
        ("http://203.0.113.9", true, false),
        ("http://tidegate.example", true, false),
        ("https://user:FAKE@tidegate.example", false, false),
        ("https://tidegate.example/?token=FAKE", false, false),
        ("ftp://127.0.0.1", false, false),
        ("tidegate.example", false, false),
        ("", false, false),
    ] {
        let place = Place::new(text, plain);
        assert_eq!(place.is_ok(), is_allowed, "{text}");
        if let Err(error) = place {
            let said = format!("{error} {error:?}");
            assert!(
                said.contains("--report-to") || said.contains("PlainHttp"),
                "{said}"
            );
            assert!(!said.contains("FAKE"), "{said}");
        }
    }
}

#[test]
fn plain_http_is_explained_where_it_may_be_allowed() {
    let error = Place::new("http://192.168.1.2:8686", false).unwrap_err();
    assert!(matches!(
        &error,
        AgentError::PlainHttp {
            may_be_allowed: true,
            ..
        }
    ));
    assert!(error.to_string().contains("--allow-plain-http"), "{error}");
    let error = Place::new("http://tidegate.example", false).unwrap_err();
    assert!(!error.to_string().contains("--allow-plain-http"), "{error}");
}

#[test]
fn each_mistake_names_its_option_and_what_is_allowed() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("two lines");
    std::fs::write(&file, "FAKE-a\nFAKE-b\n").unwrap();
    let file = file.to_str().unwrap();
    let base = ["--report-to", "https://127.0.0.1:1", "--code", "FAKE-code"];
    for (args, option, allowed) in [
        (
            vec!["--controller", "http://kernel.example:9090"],
            "--controller",
            "unix:",
        ),
        (vec!["--controller", "127.0.0.1"], "--controller", "auto"),
        (vec!["--controller-pin", "zz"], "--controller-pin", ""),
        (vec!["--secret-file", file], "--secret-file", "nothing else"),
        (vec!["--code-file", file], "--code", "cannot be used with"),
        (vec!["--ca", file], "--ca", "PEM"),
        (vec!["--seal-every", "0s"], "--seal-every", "10m"),
        (vec!["--seal-every", "soon"], "--seal-every", "10s"),
        (vec!["--spool-size", "0"], "--spool-size", "at least 1"),
        (
            vec!["--report-to", "http://192.168.7.7"],
            "--report-to",
            "--allow-plain-http",
        ),
    ] {
        let mut all: Vec<&str> = base.to_vec();
        if args[0] == "--report-to" {
            all.drain(..2);
        }
        all.extend(&args);
        let output = agent(home.path(), &all);
        let said = told(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(
            said.contains(option) && said.contains(allowed),
            "{args:?}: {said}"
        );
        assert!(!said.contains("FAKE"), "{said}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let home = tempfile::tempdir().unwrap();
    let output = agent(
        home.path(),
        &["--ca", "/nowhere/ca.pem", "--report-to", "https://127.0.0.1:1"],
    );
    assert_eq!(output.status.code(), Some(4));
    assert!(told(&output).contains("/nowhere/ca.pem"));
}

#[test]
fn the_controllers_secret_cannot_be_given_on_the_command_line() {
    let home = tempfile::tempdir().unwrap();
    let output = agent(home.path(), &["--secret", "FAKE-secret"]);
    assert_eq!(output.status.code(), Some(2));
    let help = agent(home.path(), &["--help"]);
    assert!(told(&help).contains("TIDEGATE_CONTROLLER_SECRET") && !told(&help).contains("FAKE"));
}

#[test]
fn the_status_of_a_folder_without_an_agent_is_a_no() {
    let home = tempfile::tempdir().unwrap();
    let output = agent(home.path(), &["--status"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("not enrolled"), "{}", told(&output));
    let output = agent(home.path(), &["--status", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["well"], &told["running"]), (&false.into(), &false.into()));
}
