//! `tidegate-bench`: speed and memory as ratios against a control in the same run.
//!
//! Owns the benches (one file each), the harness that compares a subject with its control, and the table in
//! `docs/performance.md`. Measures the shipped code in processes of their own; never changes the product. Budgets stand
//! in `budgets`; a missed one ends the run with 1.
//!
//! `tidegate-bench [--quick] [--write FILE] [NAME…]` runs the named benches, or all; `--list` names them. With `--quick`
//! each takes little of everything: then only whether it runs through counts, as the test beside says of every one.
//! `tidegate-bench endurance ACCOUNTS DAYS MINUTES [--write FILE]` lives through so much. `tidegate-bench role …` is how it starts
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
mod rounds;
mod size;
mod stats;
mod stopwatch;

mod bytes;
mod chart;
mod cycle;
mod daemon;
mod day;
mod desk;
mod door;
mod endure;
mod flows;
mod idle;
mod intent;
mod link;
mod lived;
mod past;
mod quota;
mod reload;
mod replay;
mod script;
mod series;
mod simulator;
mod spec;
mod start;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use cloud::Kind;
use report::Row;

/// A bench: its name, and what runs it.
type Bench = (&'static str, fn() -> anyhow::Result<Vec<Row>>);

/// All benches, cheapest first.
const BENCHES: [Bench; 24] = [
    ("script", script::run),
    ("spec", spec::run),
    ("intent", intent::run),
    ("link", link::run),
    ("chart", chart::run),
    ("series", series::run),
    ("bytes", bytes::run),
    ("replay", replay::run),
    ("quotas", quota::run),
    ("flows", flows::run),
    ("agent", flows::agent),
    ("day", day::run),
    ("simulator", simulator::run),
    ("cycle", || cycle::run(Kind::Packages)),
    ("balances", || cycle::run(Kind::Balances)),
    ("door", door::run),
    ("reload", reload::run),
    ("idle", idle::run),
    ("start", start::run),
    ("daemon", daemon::run),
    ("tray", || desk::run("tray")),
    ("window", || desk::run("window")),
    ("memory", || desk::run("memory")),
    ("quiet", || desk::run("quiet")),
];

fn main() -> anyhow::Result<ExitCode> {
    heap::settle();
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == size::FLAG) {
        arguments.remove(0);
        size::be_quick();
    }
    if let Some(("role", rest)) = arguments
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        role::play(rest)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.first().is_some_and(|first| first == "--list") {
        let mut out = std::io::stdout().lock();
        BENCHES.iter().try_for_each(|(name, _)| writeln!(out, "{name}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(("endurance", rest)) = arguments
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        return endurance(rest);
    }
    let (file, names) = options(&arguments)?;
    let mut rows = Vec::new();
    for (name, run) in BENCHES {
        if names.is_empty() || names.contains(&name) {
            let measured = run().with_context(|| format!("bench {name}"))?;
            // Told at once: what follows may fail, and an hour of measuring would be lost.
            let told: String = measured.iter().map(report::line).collect();
            std::io::stderr().write_all(told.as_bytes())?;
            rows.extend(measured);
        }
    }
    let head = format!(
        "Measured by `make bench` on: {}. Each value is the middle one of its rounds.",
        machine::described()
    );
    let text = report::table(&rows, &head);
    std::io::stdout().write_all(text.as_bytes())?;
    // A part of the benches does not replace the table of all of them.
    if let Some(file) = file.filter(|_| names.is_empty() && !size::is_quick()) {
        report::write_into(&file, &text, "bench")?;
    }
    // What a quick run measures says nothing.
    let missed = !size::is_quick() && rows.iter().any(|row| !row.holds());
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// `endurance ACCOUNTS DAYS MINUTES [--write FILE]`: by hand, since it takes long.
fn endurance(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ([accounts, days, minutes], file) = match words.as_slice() {
        [accounts, days, minutes] => ([accounts, days, minutes], None),
        [accounts, days, minutes, "--write", file] => ([accounts, days, minutes], Some(Path::new(*file))),
        _ => bail!(
            "endurance takes the accounts, the days, the minutes between two looks, and perhaps --write FILE"
        ),
    };
    let (lived, rows) = endure::run(accounts.parse()?, days.parse()?, minutes.parse()?)?;
    let text = report::table(
        &rows,
        &format!(
            "Lived through by `make endurance`: {lived}, on {}.",
            machine::described()
        ),
    );
    std::io::stdout().write_all(text.as_bytes())?;
    if let Some(file) = file {
        report::write_into(file, &text, "endurance")?;
    }
    let holds = rows.iter().all(Row::holds);
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
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
