//! The tables of `docs/predictive.md`, rewritten whole between two marks, never by hand.

use std::fmt::Write as _;

use super::billing::Lie;
use super::lies::LieRow;
use super::score::{Row, Tally, percentile};

/// The command that makes the tables.
pub const COMMAND: &str = "make predictive";

const BEGIN: &str = "<!-- predictive: begin -->";
const END: &str = "<!-- predictive: end -->";
const HOUR: i64 = 3600;

/// Puts the tables into the document, in place of those that are there; `None` when it has no place for them.
#[must_use]
pub fn page(document: &str, rows: &[Row], lies: &[LieRow]) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let tables = format!("{}\n{}\n{}", overshoot(rows), notice(rows), told(lies));
    Some(format!("{before}{BEGIN}\n{tables}{END}{after}"))
}

/// Overshoot beyond the package and stops that were not needed.
fn overshoot(rows: &[Row]) -> String {
    let mut text = String::from(
        "| behind | Mbit/s | signal | dry | naive, 10 GB: beyond, p95, false | naive, our line | ours, line only | ours, 10 GB \
         | ours | promised | broken | left at the stop |\n|---|---:|---|---:|---|---|---|---|---|---:|---:|---:|\n",
    );
    for row in rows {
        let ours = &row.ours;
        let _written = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.lag.name,
            row.mbit,
            if row.fast { "yes" } else { "no" },
            ours.dry,
            scored(&row.ten),
            scored(&row.naive),
            scored(&row.headroom),
            scored(&row.small),
            scored(ours),
            ours.promised,
            ours.broken,
            percentile(&ours.early, 50).map_or_else(|| "–".to_owned(), tenths),
        );
    }
    let sum = |of: fn(&Row) -> &Tally| rows.iter().fold(Tally::default(), |sum, row| sum.with(of(row)));
    let ours = sum(|row| &row.ours);
    let _written = writeln!(
        text,
        "| all | | | {} | {} | {} | {} | {} | {} | {} | {} | |",
        ours.dry,
        scored(&sum(|row| &row.ten)),
        scored(&sum(|row| &row.naive)),
        scored(&sum(|row| &row.headroom)),
        scored(&sum(|row| &row.small)),
        scored(&ours),
        ours.promised,
        ours.broken,
    );
    text
}

/// `3, 12.4 GB, 0`: worlds beyond the package, by how much in the worst twentieth, false stops.
fn scored(tally: &Tally) -> String {
    let worst = percentile(&tally.beyond, 95).map_or_else(|| "–".to_owned(), gigabytes);
    format!("{}, {worst}, {}", tally.over(), tally.false_stops)
}

/// The time of warning.
fn notice(rows: &[Row]) -> String {
    let mut text = String::from(
        "| behind | Mbit/s | signal | naive, 10 GB: middle, worst twentieth | naive, our line | ours |\n\
         |---|---:|---|---|---|---|\n",
    );
    for row in rows {
        let _written = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            row.lag.name,
            row.mbit,
            if row.fast { "yes" } else { "no" },
            warned(&row.ten),
            warned(&row.naive),
            warned(&row.ours),
        );
    }
    text
}

fn warned(tally: &Tally) -> String {
    let at = |percent| percentile(&tally.notice, percent).map_or_else(|| "–".to_owned(), hours);
    let silent = usize::try_from(tally.dry)
        .unwrap_or_default()
        .saturating_sub(tally.notice.len());
    let silent = if silent == 0 {
        String::new()
    } else {
        format!(", {silent} never")
    };
    format!("{}, {}{silent}", at(50), at(5))
}

/// Lies.
fn told(rows: &[LieRow]) -> String {
    let mut text = String::from(
        "| told | looks | worlds | stopped: naive, 10 GB | ours, line only | ours |\n|---|---:|---:|---:|---:|---:|\n",
    );
    for row in rows {
        let lie = match row.lie {
            Lie::Zero => "nothing left",
            Lie::Frozen => "the number of before",
            Lie::Unit => "a 1024th",
        };
        let _written = writeln!(
            text,
            "| {lie} | {} | {} | {} | {} | {} |",
            row.looks, row.worlds, row.naive, row.headroom, row.ours
        );
    }
    text
}

/// `12.4 GB`.
fn gigabytes(bytes: i64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

/// `2.1 %`.
fn tenths(permille: i64) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// `12.5 h`; behind the end of the package it is negative.
fn hours(seconds: i64) -> String {
    let tenths = seconds.abs() * 10 / HOUR;
    let sign = if seconds < 0 && tenths > 0 { "−" } else { "" };
    format!("{sign}{}.{} h", tenths / 10, tenths % 10)
}
