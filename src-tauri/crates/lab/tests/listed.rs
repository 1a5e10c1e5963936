//! The page of the promises is true: it has one row for each, under the name of its check, and whatever test or folder it
//! names is there.

use std::path::{Path, PathBuf};

use tidegate_lab::check::ALL;

const PAGE: &str = include_str!("../../../../docs/invariants.md");

fn rows() -> Vec<Vec<&'static str>> {
    let rows = PAGE
        .lines()
        .filter(|line| line.starts_with("| S") || line.starts_with("| L"));
    rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

#[test]
fn each_promise_has_one_row_under_the_name_of_its_check() {
    let listed: Vec<String> = rows().iter().map(|row| row[0].to_owned()).collect();
    let promised: Vec<String> = ALL.iter().map(|invariant| format!("{invariant:?}")).collect();
    assert_eq!(listed, promised);
    for (row, invariant) in rows().iter().zip(ALL) {
        assert_eq!(row.len(), 5, "{row:?}");
        let name = format!("`{}`", invariant.name());
        assert!(row[2].starts_with(&name), "{} names {}", row[0], row[2]);
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

/// Where a test that the page names lies: below the crates, or below the root.
fn place(root: &Path, named: &str) -> Option<PathBuf> {
    [root.join("src-tauri/crates").join(named), root.join(named)]
        .into_iter()
        .find(|path| path.exists())
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let mut wrong = Vec::new();
    let named = PAGE.split('`').skip(1).step_by(2);
    let paths = named.filter(|text| text.contains('/') && !text.contains(' '));
    let mut count = 0;
    for text in paths {
        count += 1;
        let (path, test) = text
            .split_once("::")
            .map_or((text, None), |(path, test)| (path, Some(test)));
        match (place(&root, path), test) {
            (None, _) => wrong.push(format!("{text}: no such file")),
            (Some(path), Some(test)) => {
                let source = std::fs::read_to_string(path).unwrap();
                if !source.contains(&format!("fn {test}(")) {
                    wrong.push(format!("{text}: no such test"));
                }
            }
            (Some(_), None) => {}
        }
    }
    assert!(count > 30, "only {count} were found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
