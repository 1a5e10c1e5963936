//! One row per budget, the table of them, and its place in the document.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::rounds::{Pairs, Rounds};
use crate::stats;

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
    /// Its lowest and highest, and of how many rounds.
    pub spread: String,
    /// What it may be, with its unit.
    pub budget: String,
    /// The number that counts, and its most, both in the same unit.
    pub counts: (u64, u64),
}

impl Row {
    /// A row without a control: the value itself has a budget. Nothing about it varies from run to run.
    pub(crate) fn exact(what: &str, value: u64, most: u128, unit: &str) -> Self {
        Self {
            spread: "—".to_owned(),
            ..Self::absolute(what, &Rounds::from_iter([value]), most, unit)
        }
    }

    /// A row without a control: the middle value has a budget.
    pub(crate) fn absolute(what: &str, rounds: &Rounds, most: u128, unit: &str) -> Self {
        let shown = |value| format!("{value} {unit}");
        let value = rounds.median();
        Self {
            what: what.to_owned(),
            subject: shown(value),
            control: "—".to_owned(),
            measured: shown(value),
            spread: rounds.spread(|value| value.to_string()),
            budget: format!("≤ {most} {unit}"),
            counts: (value, u64::try_from(most).unwrap_or(u64::MAX)),
        }
    }

    /// A row whose ratio of subject and control has a budget, in thousandths; `shown` writes a value with its unit. The
    /// ratio is the middle one of the rounds'.
    pub(crate) fn ratio(
        what: &str,
        pairs: &Pairs,
        shown: impl Fn(u64) -> String,
        of: &str,
        most: u64,
    ) -> Self {
        let ratios = pairs.ratios();
        Self {
            what: what.to_owned(),
            subject: shown(pairs.subjects.median()),
            control: format!("{}, {of}", shown(pairs.controls.median())),
            measured: stats::shown(ratios.median()),
            spread: ratios.spread(stats::shown),
            budget: format!("≤ {}", stats::shown(most)),
            counts: (ratios.median(), most),
        }
    }

    /// A row whose subject may be so much beyond its control, both in the same unit.
    pub(crate) fn beyond(
        what: &str,
        pairs: &Pairs,
        shown: impl Fn(u64) -> String,
        of: &str,
        most: u64,
    ) -> Self {
        let beyond = pairs.beyond();
        Self {
            what: what.to_owned(),
            subject: shown(pairs.subjects.median()),
            control: format!("{}, {of}", shown(pairs.controls.median())),
            measured: format!("{} beyond", shown(beyond.median())),
            spread: beyond.spread(|value| value.to_string()),
            budget: format!("≤ {}", shown(most)),
            counts: (beyond.median(), most),
        }
    }

    /// A row of nanoseconds, told in microseconds, whose middle one has a budget.
    pub(crate) fn micros(what: &str, rounds: &Rounds, most: Duration) -> Self {
        let micros = rounds.map(|nanos| nanos.div_ceil(1000));
        Self::absolute(what, &micros, most.as_micros(), "µs")
    }

    /// The same row, with a remark beside the subject.
    pub(crate) fn remarked(mut self, remark: &str) -> Self {
        self.subject = format!("{} ({remark})", self.subject);
        self
    }

    /// Whether the budget holds.
    pub(crate) const fn holds(&self) -> bool {
        self.counts.0 <= self.counts.1
    }
}

/// The table below a sentence that says what it was measured by and on.
pub(crate) fn table(rows: &[Row], head: &str) -> String {
    let mut text = format!(
        "{head}\n\n\
         | what | measured | control | ratio or value | lowest–highest (rounds) | budget | holds |\n\
         |---|---|---|---|---|---|---|\n"
    );
    text.extend(rows.iter().map(line));
    text
}

/// One row of the table.
pub(crate) fn line(row: &Row) -> String {
    let holds = if row.holds() { "yes" } else { "**no**" };
    format!(
        "| {} | {} | {} | {} | {} | {} | {holds} |\n",
        row.what, row.subject, row.control, row.measured, row.spread, row.budget
    )
}

/// Puts `text` between the markers of that name in the document.
pub(crate) fn write_into(file: &Path, text: &str, name: &str) -> anyhow::Result<()> {
    let document = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let replaced =
        replaced(&document, text, name).with_context(|| format!("{}: no markers", file.display()))?;
    fs::write(file, replaced)?;
    Ok(())
}

fn replaced(document: &str, text: &str, name: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name}: begin -->"), format!("<!-- {name}: end -->"));
    let (before, rest) = document.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n\n{text}\n{end}{after}"))
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
            spread: "1.4–1.7 (7)".to_owned(),
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
        let text = table(&[row((1500, 1300))], "on a machine");
        assert!(
            text.contains("| a thing | 3 ms | 2 ms | 1.5 | 1.4–1.7 (7) | ≤ 1.3 | **no** |"),
            "{text}"
        );
    }

    #[test]
    fn the_table_replaces_only_what_stands_between_the_markers() {
        let document = "# Title\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nrest\n";
        let once = replaced(document, "new", "bench");
        let expected = "# Title\n<!-- bench: begin -->\n\nnew\n<!-- bench: end -->\nrest\n";
        assert_eq!(once.as_deref(), Some(expected));
        assert_eq!(
            once.as_deref().and_then(|text| replaced(text, "new", "bench")),
            once
        );
        assert_eq!(replaced(document, "new", "endurance"), None);
    }
}
