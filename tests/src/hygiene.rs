//! Rules of text: no unfinished marks, no traces of where it was written, documented limits, living links.
//!
//! Functions over files as text. Never changes a file. Tested in `tests/hygiene.rs`, each rule with a text that breaks it.

use crate::{Breach, TextFile};

/// Marks of unfinished work. Put together here, so that this file does not break its own rule.
const UNFINISHED: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("HA", "CK"),
    concat!("XX", "X:"),
];
/// Traces of a workplace, and hosts of package registries, which a mirror may replace.
const TRACES: [&str; 8] = [
    concat!("/wo", "rk/"),
    concat!("/tmp", "/t/"),
    concat!(".lib", "rary"),
    concat!("../sha", "red"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
    concat!("registry.", "npmjs"),
    concat!("static.", "crates.io"),
];
/// Written by cargo, which names its registry.
const GENERATED: [&str; 1] = ["Cargo.lock"];
/// Lints that the product never makes an exception of, because each would be a way to fall over or to lose an amount.
const NO_EXCEPTION: [&str; 6] = [
    "clippy::unwrap_used",
    "clippy::panic",
    "clippy::indexing_slicing",
    "clippy::float_arithmetic",
    "clippy::await_holding_lock",
    "clippy::todo",
];

/// Crates that the simulator plays: what they choose may not depend on chance, or a seed would not repeat its run.
const PLAYED: [&str; 7] = [
    "engine",
    "providers",
    "egress",
    "channels",
    "store",
    "vault",
    "lab",
];

/// Every breach of every rule in one file; links are checked against `exists`, which gets paths below the root.
#[must_use]
pub fn breaches(file: &TextFile, exists: &dyn Fn(&str) -> bool) -> Vec<Breach> {
    if GENERATED.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let mut found = marks(file);
    if file.is("rs") {
        found.extend(ignored_tests(file));
        found.extend(exceptions(file));
        found.extend(chances(file));
    }
    if file.path.ends_with("/limits.rs") {
        found.extend(undocumented_limits(file));
    }
    if file.is("md") {
        found.extend(dead_links(file, exists));
    }
    found
}

fn marks(file: &TextFile) -> Vec<Breach> {
    let of_line = |(number, line)| {
        let place = format!("{}:{number}", file.path);
        let unfinished = words(line, &UNFINISHED).map(|mark| ("unfinished", mark));
        let traces = TRACES
            .into_iter()
            .filter(move |trace| str::contains(line, trace))
            .map(|trace| ("trace", trace));
        unfinished
            .chain(traces)
            .map(move |(rule, text)| Breach::new(rule, &place, format!("says {text}")))
            .collect::<Vec<_>>()
    };
    file.lines().flat_map(of_line).collect()
}

/// The marks that stand in the line as words of their own, not as part of a longer one.
fn words<'a>(line: &'a str, marks: &'a [&'static str]) -> impl Iterator<Item = &'static str> + 'a {
    marks.iter().copied().filter(|mark| {
        line.match_indices(mark).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let after = line.get(at + mark.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

/// A test is skipped only with the name of what is missing.
fn ignored_tests(file: &TextFile) -> Vec<Breach> {
    file.lines()
        .filter(|(_, line)| line.trim() == "#[ignore]")
        .map(|(number, _)| {
            Breach::new(
                "skipped test",
                format!("{}:{number}", file.path),
                "skipped without a reason",
            )
        })
        .collect()
}

/// Exceptions in the product from the lints that have none. Tests may: they end by panicking.
fn exceptions(file: &TextFile) -> Vec<Breach> {
    let product = file.path.starts_with("src-tauri/crates/") && file.path.contains("/src/");
    if !product || file.path.ends_with("/tests.rs") || file.path.contains("/tests/") {
        return Vec::new();
    }
    let code = file
        .lines()
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(number, line)| {
        NO_EXCEPTION
            .iter()
            .filter(move |lint| line.contains(**lint))
            .map(move |lint| {
                Breach::new(
                    "exception",
                    format!("{}:{number}", file.path),
                    format!("from {lint}"),
                )
            })
    })
    .collect()
}

/// A `select!` without `biased;` polls its branches in an order of chance.
fn chances(file: &TextFile) -> Vec<Breach> {
    let played = |name: &&str| file.path.starts_with(&format!("src-tauri/crates/{name}/src/"));
    if !PLAYED.iter().any(played) {
        return Vec::new();
    }
    let next = file.lines().skip(1);
    let pairs = file.lines().zip(next);
    let unordered = pairs
        .filter(|((_, line), (_, next))| line.trim_end().ends_with("select! {") && next.trim() != "biased;");
    let breach = |((number, _), _)| {
        let place = format!("{}:{number}", file.path);
        Breach::new("chance", place, "a select! that does not begin with biased;")
    };
    unordered.map(breach).collect()
}

/// A limit without its reason is a number that nobody may change.
fn undocumented_limits(file: &TextFile) -> Vec<Breach> {
    let mut documented = false;
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        let line = line.trim_start();
        if line.contains("const ") && !line.starts_with("//") && !documented {
            found.push(Breach::new(
                "limit",
                format!("{}:{number}", file.path),
                "stands without its reason",
            ));
        }
        documented = line.starts_with("///") || (documented && line.starts_with("#["));
    }
    found
}

fn dead_links(file: &TextFile, exists: &dyn Fn(&str) -> bool) -> Vec<Breach> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    file.lines()
        .flat_map(|(number, line)| links(line).map(move |link| (number, link)))
        .filter(|(_, link)| !link.contains("://") && !link.starts_with('#') && !link.starts_with("mailto:"))
        .filter(|(_, link)| !exists(&joined(folder, link.split('#').next().unwrap_or(link))))
        .map(|(number, link)| Breach::new("dead link", format!("{}:{number}", file.path), link))
        .collect()
}

/// The targets of the Markdown links and pictures in a line.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(link, _)| link.trim()))
}

/// `link` as seen from `folder`, below the root.
fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
