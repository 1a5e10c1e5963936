//! Every bug that was found stays mended: each kept plan is played as its mode asks, and nothing is broken any more. And
//! the files themselves: named by number and promise, read strictly.

use std::path::{Path, PathBuf};

use tidegate_lab::bugbase::{Bug, bugs};
use tidegate_lab::check::Invariant;
use tidegate_lab::many::judged;
use tidegate_lab::plan::{Plan, Shape};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/bugbase")
}

#[test]
fn every_kept_bug_stays_mended() {
    for (path, bug) in bugs(&folder()).expect("every file is a bug") {
        let breaches = judged(&bug.plan, 0).breaches;
        assert!(breaches.is_empty(), "{}: {breaches:?}", path.display());
    }
}

#[test]
fn every_kept_bug_says_what_was_wrong_and_what_mended_it() {
    for (path, bug) in bugs(&folder()).expect("every file is a bug") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mark = format!("-{}-", format!("{:?}", bug.invariant).to_lowercase());
        assert!(
            name[4..].starts_with(&mark),
            "{name} begins with its number and promise"
        );
        let told = [&bug.found, &bug.why, &bug.fixed_by];
        assert!(
            told.iter().all(|text| !text.is_empty()),
            "{name}: found, why, fixed_by"
        );
        assert!(bug.story.len() >= 3, "{name}: its story");
    }
}

fn bug() -> Bug {
    Bug {
        invariant: Invariant::S4,
        found: "2026-11-21".to_owned(),
        seed: 17,
        why: "two zeros agreed".to_owned(),
        fixed_by: "Wait for a second source".to_owned(),
        plan: Plan::draw(17, &Shape::small()),
        story: vec!["seed 17".to_owned()],
    }
}

#[test]
fn bugs_are_numbered_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("bugbase");
    let first = bug().keep(&inner, "Zero twice").unwrap();
    let second = bug().keep(&inner, "again").unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(
        [name(&first), name(&second)],
        ["0001-s4-zero-twice.json", "0002-s4-again.json"]
    );
    assert_eq!(bugs(&inner).unwrap(), [(first, bug()), (second, bug())]);
}

#[test]
fn a_file_that_is_no_bug_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = bug().keep(folder.path(), "words").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for (old, new, told) in [
        ("\"seed\": 17,", "\"seed\": 17, \"colour\": 1,", "colour"),
        ("\"S4\"", "\"S99\"", "S99"),
        ("\"version\": 1", "\"version\": 9", "version 9"),
    ] {
        std::fs::write(&path, text.replacen(old, new, 1)).unwrap();
        let error = bugs(folder.path()).expect_err("it is broken").to_string();
        assert!(
            error.contains(told) && error.contains("0001-s4-words.json"),
            "{error}"
        );
    }
}
