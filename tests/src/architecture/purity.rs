//! What the pure crates may contain, and what only the edges may do. Sources are searched as text, comments and test
//! modules left out.

use crate::{Breach, TextFile};

use super::{Kind, Package};

/// `meter` and `guard`: no async, no I/O, no clock of their own.
const PURE: [&str; 2] = ["meter", "guard"];
/// What the pure crates may use: data and arithmetic. A list of what is allowed, because the list of what does I/O is
/// never complete.
const PURE_DEPENDENCIES: [&str; 7] = [
    "tidegate-meter",
    "jiff",
    "rust_decimal",
    "serde",
    "serde_json",
    "thiserror",
    "uuid",
];
/// Signs of async, I/O or a clock in a pure crate.
const IMPURE: [&str; 13] = [
    "std::fs",
    "std::net",
    "std::io",
    "std::thread",
    "std::process",
    "std::env",
    "async fn",
    "async move",
    ".await",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
];
/// The edges of the program, and the packages that drive it.
const EDGES: [&str; 4] = ["cli", "tidegate", "tests", "bench"];
/// Programs that stand in the crate of their library: the file is an edge, the library beside it is none.
const EDGE_FILES: [&str; 1] = ["src-tauri/crates/agent/src/main.rs"];
/// Reading the environment, or leaving the process.
const EDGE_ONLY: [&str; 6] = [
    "env::var",
    "env::vars",
    "env::home_dir",
    "env::set_var",
    "process::exit",
    "process::abort",
];

/// Breaches of purity in one package.
pub(super) fn breaches(package: &Package) -> Vec<Breach> {
    let mut found = Vec::new();
    if PURE.contains(&package.short()) {
        found.extend(dependencies(package));
        found.extend(package.product().flat_map(|file| signs(file, "purity", &IMPURE)));
    }
    if !EDGES.contains(&package.short()) {
        found.extend(
            package
                .product()
                .filter(|file| !EDGE_FILES.contains(&file.path.as_str()))
                .flat_map(|file| signs(file, "edges only", &EDGE_ONLY)),
        );
    }
    found
}

fn dependencies(package: &Package) -> impl Iterator<Item = Breach> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == Kind::Product)
        .filter(|dependency| !PURE_DEPENDENCIES.contains(&dependency.name.as_str()))
        .map(|dependency| {
            Breach::new(
                "purity",
                &package.name,
                format!(
                    "depends on {}; a pure crate uses only {}",
                    dependency.name,
                    PURE_DEPENDENCIES.join(", ")
                ),
            )
        })
}

/// Lines of the product of a file that hold one of the signs.
pub(super) fn signs(file: &TextFile, rule: &'static str, signs: &[&str]) -> Vec<Breach> {
    code_lines(file)
        .flat_map(|(number, line)| {
            signs
                .iter()
                .filter(move |sign| line.contains(**sign))
                .map(move |sign| Breach::new(rule, format!("{}:{number}", file.path), format!("uses {sign}")))
        })
        .collect()
}

/// Lines of the product in a file: not its comments, and nothing from `#[cfg(test)] mod` on, which stands last.
fn code_lines(file: &TextFile) -> impl Iterator<Item = (usize, &str)> {
    let test_file = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    file.lines()
        .take_while(move |(_, line)| !test_file && *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}
