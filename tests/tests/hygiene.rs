//! Nothing unfinished, untraceable or dead stands in the project's text, and each rule is seen to fail.

use tidegate_tests::hygiene::breaches;
use tidegate_tests::{Breach, TextFile, root, text_files, told};

fn rules(path: &str, text: &str) -> Vec<&'static str> {
    let nothing_exists = |_: &str| false;
    breaches(&TextFile::new(path, text), &nothing_exists)
        .iter()
        .map(|breach| breach.rule)
        .collect()
}

#[test]
fn the_texts_of_this_project_are_clean() {
    let root = root();
    let files = text_files(&root).unwrap();
    assert!(files.len() > 50, "only {} files were found", files.len());
    let exists = |path: &str| root.join(path).exists();
    let found: Vec<Breach> = files.iter().flat_map(|file| breaches(file, &exists)).collect();
    assert!(found.is_empty(), "\n{}", told(&found));
}

#[test]
fn a_mark_of_unfinished_work_is_named_with_its_line() {
    let text = format!("//! Fine.\n// {}: later\n", concat!("TO", "DO"));
    let found = breaches(&TextFile::new("a.rs", &text), &|_| true);
    assert_eq!(
        told(&found),
        format!("unfinished: a.rs:2: says {}\n", concat!("TO", "DO"))
    );
}

#[test]
fn a_word_that_only_contains_a_mark_is_none() {
    assert_eq!(rules("a.rs", concat!("//! WHA", "CKY")), [""; 0]);
}

#[test]
fn a_trace_of_the_workplace_is_found_in_any_file() {
    assert_eq!(rules("run.sh", concat!("cd /wo", "rk/main")), ["trace"]);
    assert_eq!(
        rules(
            "setup.sh",
            concat!("pip install -i https://pypi", ".org/simple x")
        ),
        ["trace"]
    );
}

#[test]
fn a_skipped_test_names_what_is_missing() {
    assert_eq!(rules("a.rs", "#[ignore]\nfn a() {}"), ["skipped test"]);
    assert_eq!(
        rules("a.rs", "#[ignore = \"needs gnome-keyring\"]\nfn a() {}"),
        [""; 0]
    );
}

#[test]
fn the_product_makes_no_exception_from_the_lints_that_keep_it_standing() {
    let exception = "#[expect(clippy::unwrap_used, reason = \"it never fails\")]\nfn a() {}";
    assert_eq!(rules("src-tauri/crates/store/src/a.rs", exception), ["exception"]);
    assert_eq!(rules("src-tauri/crates/store/tests/a.rs", exception), [""; 0]);
    let in_tests = format!("fn a() {{}}\n#[cfg(test)]\n{exception}");
    assert_eq!(rules("src-tauri/crates/store/src/a.rs", &in_tests), [""; 0]);
}

#[test]
fn what_the_simulator_plays_chooses_in_a_fixed_order() {
    let by_chance = "async fn a() {\n    tokio::select! {\n        () = b() => {}\n    }\n}\n";
    let in_order = by_chance.replace("select! {\n", "select! {\n        biased;\n");
    assert_eq!(rules("src-tauri/crates/engine/src/a.rs", by_chance), ["chance"]);
    assert_eq!(rules("src-tauri/crates/engine/src/a.rs", &in_order), [""; 0]);
    assert_eq!(rules("src-tauri/crates/engine/tests/a.rs", by_chance), [""; 0]);
    assert_eq!(rules("src-tauri/crates/server/src/a.rs", by_chance), [""; 0]);
}

#[test]
fn a_limit_stands_with_its_reason() {
    assert_eq!(
        rules("a/limits.rs", "//! Limits.\npub const ROWS: usize = 5;\n"),
        ["limit"]
    );
    assert_eq!(
        rules(
            "a/limits.rs",
            "//! Limits.\n/// Because.\npub const ROWS: usize = 5;\n"
        ),
        [""; 0]
    );
}

#[test]
fn a_link_to_a_file_that_is_not_there_is_dead() {
    let text = "See [the stop](behaviour/stop.md#proof), [a site](https://example.com/) and [below](#below).";
    assert_eq!(rules("docs/a.md", text), ["dead link"]);
    let only_that = |path: &str| path == "docs/behaviour/stop.md";
    assert_eq!(breaches(&TextFile::new("docs/a.md", text), &only_that), []);
    let up = TextFile::new("docs/behaviour/a.md", "[up](../behaviour/./stop.md)");
    assert_eq!(breaches(&up, &only_that), []);
}

#[test]
fn what_cargo_writes_is_left_alone() {
    assert_eq!(rules("Cargo.lock", concat!("static.", "crates.io")), [""; 0]);
}
