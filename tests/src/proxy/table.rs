//! The accuracy table of `docs/proxy-accounting.md`: rewritten whole between two marks, never by hand.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;

use super::{Core, Score};

/// The command that makes the table.
pub const COMMAND: &str = "make accuracy";

const BEGIN: &str = "<!-- accuracy: begin -->";
const END: &str = "<!-- accuracy: end -->";

/// The table in Markdown.
#[must_use]
pub fn table(scores: &[Score]) -> String {
    let mut text = String::from(
        "| kernel | workload | log | bytes passed | bytes counted | node error | estimated | counted twice | restarts |\n\
         |---|---|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for score in scores {
        let (plan, log) = (score.plan, if score.plan.logs { "yes" } else { "no" });
        let _written = writeln!(
            text,
            "| {} | {}, {} s | {log} | {} | {} | {} | {} | {} | {} |",
            Core::name(plan.core),
            plan.workload.word(),
            plan.seconds,
            grouped(score.passed),
            percent(score.counted),
            percent(score.node_error),
            percent(score.estimated),
            score.double,
            score.restarts,
        );
    }
    text
}

/// Puts the table into the document, in place of the one that is there.
///
/// # Errors
/// The document cannot be read or written, or has no place for it.
pub fn write(document: &Path, scores: &[Score]) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(document)?;
    let (before, rest) = text
        .split_once(BEGIN)
        .context("the mark where the table begins")?;
    let (_, after) = rest.split_once(END).context("the mark where the table ends")?;
    let new = format!("{before}{BEGIN}\n{}{END}{after}", table(scores));
    Ok(std::fs::write(document, new)?)
}

/// `99.97 %`.
fn percent(parts: u64) -> String {
    format!("{}.{:02} %", parts / 100, parts % 100)
}

/// `12 345 678`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == first {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
