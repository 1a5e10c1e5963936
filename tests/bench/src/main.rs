//! `tidegate-bench`: speed and memory as ratios against a control in the same run.
//!
//! Owns the benches (one file each), the harness that compares a subject with its control, and the table in
//! `docs/performance.md`. Measures the shipped code in processes of their own; never changes the product. Budgets stand
//! in `budgets`; a missed one ends the run with 1.
//!
//! `tidegate-bench [--write FILE] [NAME…]` runs the named benches, or all. `tidegate-bench role …` is how it starts
//! itself as the other processes of a bench.

mod budgets;
mod child;
mod cloud;
#[path = "../../../src-tauri/crates/cli/src/heap.rs"]
mod heap;
mod machine;
mod process;
mod report;
mod role;
mod stats;
mod stopwatch;

mod chart;
mod cycle;
mod daemon;
mod day;
mod desk;
mod door;
mod idle;
mod intent;
mod link;
mod past;
mod quota;
mod reload;
mod script;
mod series;
mod spec;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use cloud::Kind;
use report::Row;

/// A bench: its name, and what runs it.
type Bench = (&'static str, fn() -> anyhow::Result<Vec<Row>>);

/// All benches, cheapest first.
const BENCHES: [Bench; 18] = [
    ("script", script::run),
    ("spec", spec::run),
    ("intent", intent::run),
    ("link", link::run),
    ("chart", chart::run),
    ("series", series::run),
    ("quotas", quota::run),
    ("day", day::run),
    ("cycle", || cycle::run(Kind::Packages)),
    ("balances", || cycle::run(Kind::Balances)),
    ("door", door::run),
    ("reload", reload::run),
    ("idle", idle::run),
    ("daemon", daemon::run),
    ("tray", || desk::run("tray")),
    ("window", || desk::run("window")),
    ("memory", || desk::run("memory")),
    ("quiet", || desk::run("quiet")),
];

fn main() -> anyhow::Result<ExitCode> {
    heap::settle();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("role", rest)) = arguments
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        role::play(rest)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (file, names) = options(&arguments)?;
    let mut rows = Vec::new();
    for (name, run) in BENCHES {
        if names.is_empty() || names.contains(&name) {
            rows.extend(run().with_context(|| format!("bench {name}"))?);
        }
    }
    let text = report::render(&rows, &machine::described());
    std::io::stdout().write_all(text.as_bytes())?;
    // A part of the benches does not replace the table of all of them.
    if let Some(file) = file.filter(|_| names.is_empty()) {
        report::write_into(&file, &text)?;
    }
    let missed = rows.iter().any(|row| !row.holds());
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn options(arguments: &[String]) -> anyhow::Result<(Option<PathBuf>, Vec<&str>)> {
    let mut file = None;
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--write" {
            file = Some(PathBuf::from(rest.next().context("--write takes a file")?));
        } else if BENCHES.iter().any(|(name, _)| name == argument) {
            names.push(argument.as_str());
        } else {
            bail!("no bench is called {argument}");
        }
    }
    Ok((file, names))
}
