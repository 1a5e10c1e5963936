//! A report as plain text: complete by itself, for clients that show no HTML and people who want none.

use super::sheet::{Chart, Figure, Row, Section, Sheet};
use super::teller::Teller;
use super::texts as t;
use crate::catalogue::words as w;

/// Eighths of a line, from nothing to all.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A day that was not watched.
const GAP: char = '·';

/// The whole page.
pub(super) fn write(teller: Teller<'_>, sheet: &Sheet) -> String {
    let mut blocks = vec![sheet.heading.clone(), sheet.verdict.text.clone()];
    blocks.extend(concerns(sheet));
    blocks.extend(figures(teller, &sheet.figures));
    blocks.extend(sheet.chart.as_ref().map(chart));
    blocks.extend(sheet.sections.iter().map(|section| block(teller, section)));
    let about = lines(sheet.footer.iter().map(|line| format!("- {line}")));
    blocks.push(format!("{}\n{about}", titled(teller.word(t::SECTION_ABOUT))));
    blocks.join("\n\n") + "\n"
}

fn concerns(sheet: &Sheet) -> Option<String> {
    let all = sheet.remarks.iter().map(|remark| format!("- {}", remark.text));
    (!sheet.remarks.is_empty()).then(|| lines(all))
}

fn figures(teller: Teller<'_>, figures: &[Figure]) -> Option<String> {
    let line = |figure: &Figure| {
        let colon = teller.word(w::COLON);
        let details = figure.details.join(teller.word(w::SEMICOLON));
        if details.is_empty() {
            format!("{}{colon}{}", figure.label, figure.value)
        } else {
            let semicolon = teller.word(w::SEMICOLON);
            format!("{}{colon}{}{semicolon}{details}", figure.label, figure.value)
        }
    };
    let all = lines(figures.iter().map(line));
    (!figures.is_empty()).then(|| format!("{}\n{all}", titled(teller.word(t::SECTION_TRAFFIC))))
}

fn chart(chart: &Chart) -> String {
    let bars: String = chart.bars.iter().map(|bar| eighth(bar.heights)).collect();
    let bars = bars.trim_end().to_owned();
    let notes = chart.notes.iter().map(|note| format!("  {note}"));
    format!(
        "{} · {} + {}\n  {bars}\n{}",
        chart.title,
        chart.proxy,
        chart.direct,
        lines(notes)
    )
}

fn eighth(heights: Option<(u64, u64)>) -> char {
    let Some((proxy, direct)) = heights else {
        return GAP;
    };
    let eighths = (proxy + direct).saturating_mul(8).div_ceil(Chart::STEPS).min(8);
    usize::try_from(eighths)
        .ok()
        .and_then(|at| BARS.get(at))
        .copied()
        .unwrap_or(GAP)
}

fn block(teller: Teller<'_>, section: &Section) -> String {
    let rows = section.rows.iter().map(|row| entry(teller, row));
    let notes = section.notes.iter().map(|note| format!("  {note}"));
    format!("{}\n{}", titled(section.title), lines(rows.chain(notes)))
}

fn entry(teller: Teller<'_>, row: &Row) -> String {
    let head = format!("- {}{}{}", row.name, teller.word(w::COLON), row.value);
    let details = row.details.iter().map(|detail| format!("    {detail}"));
    lines([head].into_iter().chain(details))
}

fn titled(title: &str) -> String {
    format!("── {title} ──")
}

fn lines(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("\n")
}
