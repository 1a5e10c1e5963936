//! One row per budget, the table of them, and its place in the document.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::stats;

/// Between these lines of the document the table stands.
const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

/// One budget with what was measured.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What is measured.
    pub what: String,
    /// The subject, with its unit.
    pub subject: String,
    /// What it is compared with, with its unit.
    pub control: String,
    /// The number that counts, with its unit.
    pub measured: String,
    /// What it may be, with its unit.
    pub budget: String,
    /// The number that counts, and its most, both in the same unit.
    pub counts: (u64, u64),
}

impl Row {
    /// A row without a control: the value itself has a budget.
    pub(crate) fn absolute(what: &str, value: u64, most: u128, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            subject: format!("{value} {unit}"),
            control: "—".to_owned(),
            measured: format!("{value} {unit}"),
            budget: format!("≤ {most} {unit}"),
            counts: (value, u64::try_from(most).unwrap_or(u64::MAX)),
        }
    }

    /// A row whose ratio of subject and control has a budget, in thousandths; `shown` writes a value with its unit.
    pub(crate) fn ratio(
        what: &str,
        (subject, control): (u64, u64),
        shown: impl Fn(u64) -> String,
        of: &str,
        most: u64,
    ) -> Self {
        let ratio = stats::permille(subject, control);
        Self {
            what: what.to_owned(),
            subject: shown(subject),
            control: format!("{}, {of}", shown(control)),
            measured: stats::shown(ratio),
            budget: format!("≤ {}", stats::shown(most)),
            counts: (ratio, most),
        }
    }

    /// Whether the budget holds.
    pub(crate) const fn holds(&self) -> bool {
        self.counts.0 <= self.counts.1
    }
}

/// The table with its machine and command.
pub(crate) fn render(rows: &[Row], machine: &str) -> String {
    let mut text = format!(
        "Measured by `make bench` on: {machine}.\n\n\
         | what | measured | control | ratio or value | budget | holds |\n\
         |---|---|---|---|---|---|\n"
    );
    for row in rows {
        let holds = if row.holds() { "yes" } else { "**no**" };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {holds} |\n",
            row.what, row.subject, row.control, row.measured, row.budget
        ));
    }
    text
}

/// Puts `text` between the markers of the document.
pub(crate) fn write_into(file: &Path, text: &str) -> anyhow::Result<()> {
    let document = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let replaced = replaced(&document, text).with_context(|| format!("{}: no markers", file.display()))?;
    fs::write(file, replaced)?;
    Ok(())
}

fn replaced(document: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(counts: (u64, u64)) -> Row {
        Row {
            what: "a thing".to_owned(),
            subject: "3 ms".to_owned(),
            control: "2 ms".to_owned(),
            measured: "1.5".to_owned(),
            budget: "≤ 1.3".to_owned(),
            counts,
        }
    }

    #[test]
    fn a_budget_holds_up_to_and_with_its_most() {
        assert!(row((1300, 1300)).holds());
        assert!(!row((1301, 1300)).holds());
    }

    #[test]
    fn a_miss_stands_out_in_the_table() {
        let text = render(&[row((1500, 1300))], "a machine");
        assert!(
            text.contains("| a thing | 3 ms | 2 ms | 1.5 | ≤ 1.3 | **no** |"),
            "{text}"
        );
    }

    #[test]
    fn the_table_replaces_only_what_stands_between_the_markers() {
        let document = format!("# Title\n{BEGIN}\nold\n{END}\nrest\n");
        let once = replaced(&document, "new");
        assert_eq!(
            once.as_deref(),
            Some(format!("# Title\n{BEGIN}\n\nnew\n{END}\nrest\n").as_str())
        );
        assert_eq!(once.as_deref().and_then(|text| replaced(text, "new")), once);
        assert_eq!(replaced("no markers", "new"), None);
    }
}
