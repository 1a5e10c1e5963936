//! A report as a page: verdict, figures, sections, chart, footer. Made once from the facts and written twice, as text and
//! as HTML, so that neither says less than the other.

use crate::page::Tone;

/// The whole page.
pub(super) struct Sheet {
    /// What it is, and of when.
    pub(super) heading: String,
    /// The first sentence.
    pub(super) verdict: Remark,
    /// Whatever else needs a person, and how the report came about.
    pub(super) remarks: Vec<Remark>,
    /// The large numbers.
    pub(super) figures: Vec<Figure>,
    /// The last days as bars.
    pub(super) chart: Option<Chart>,
    /// The rest, by subject.
    pub(super) sections: Vec<Section>,
    /// What it is about itself.
    pub(super) footer: Vec<String>,
}

/// A sentence and how much it matters.
pub(super) struct Remark {
    pub(super) tone: Tone,
    pub(super) text: String,
}

/// A large number.
pub(super) struct Figure {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) details: Vec<String>,
    /// Not worth a large number.
    pub(super) minor: bool,
}

/// Rows about one subject.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
}

/// A row.
pub(super) struct Row {
    pub(super) tone: Tone,
    /// May come from outside.
    pub(super) name: String,
    pub(super) value: String,
    pub(super) details: Vec<String>,
    /// How full its bar is, in percent.
    pub(super) share: Option<u64>,
}

/// Bars, oldest first.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) bars: Vec<Bar>,
    /// What it says in words.
    pub(super) notes: Vec<String>,
    /// The names of its two colours.
    pub(super) proxy: &'static str,
    pub(super) direct: &'static str,
}

/// A day: heights of 0 to [`Chart::STEPS`]; `None` where nothing was watched.
pub(super) struct Bar {
    pub(super) heights: Option<(u64, u64)>,
    /// The day and its amounts, for whoever points at it.
    pub(super) told: String,
}

impl Chart {
    /// The height of the highest bar.
    pub(super) const STEPS: u64 = 64;
}

impl Row {
    pub(super) const fn new(name: String, value: String) -> Self {
        Self {
            tone: Tone::Info,
            name,
            value,
            details: Vec::new(),
            share: None,
        }
    }
}
