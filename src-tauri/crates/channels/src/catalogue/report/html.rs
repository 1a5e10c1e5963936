//! A report as one page of HTML for mail and window: styles inline, no script, no image, nothing remote.
//!
//! The chart is built of table cells: Gmail takes SVG out of a mail, Outlook for Windows draws neither SVG nor the height
//! of a `div`, and both draw a cell's height and colour. The one style sheet only turns colours over in the dark; a client
//! that drops it shows the page in light. Every name is escaped here and nowhere else.

use std::fmt::Write as _;

use super::sheet::{Bar, Chart, Figure, Remark, Row, Section, Sheet};
use super::teller::Teller;
use super::texts as t;
use crate::marks::html as escape;
use crate::page::Tone;

const FONT: &str =
    "font-family:-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif";
const INK: &str = "#16232b";
const DIM: &str = "#56656e";
const LINE: &str = "#dfe6ea";
const PAPER: &str = "#ffffff";
const GROUND: &str = "#f1f5f6";
/// Deep water: proxy.
const DEEP: &str = "#0b7285";
/// Its lighter sister: direct.
const SHALLOW: &str = "#8fc1c9";

/// The same colours turned over. `!important` stands against the inline ones.
const DARK: &str = "@media (prefers-color-scheme:dark){\
.g{background:#0e171c!important}.p{background:#16232b!important}.i{color:#e6eef1!important}\
.d{color:#9fb0b9!important}.l{border-color:#2b3b44!important}.k{background:#26363f!important}\
.w{color:#f0b75a!important}.c{color:#ff8f8a!important}.o{color:#6fcf97!important}.a{color:#c3a6f5!important}\
.b{background:#1f9fb5!important}.s{background:#7fb4bd!important}}";

/// The whole page.
pub(super) fn write(teller: Teller<'_>, sheet: &Sheet) -> String {
    let lang = match teller.voice.lang {
        tidegate_meter::Lang::Zh => "zh-CN",
        tidegate_meter::Lang::En => "en",
    };
    let mut body = head(sheet);
    body.push_str(&figures(&sheet.figures));
    body.extend(sheet.chart.as_ref().map(chart));
    body.extend(sheet.sections.iter().map(section));
    body.push_str(&about(teller, &sheet.footer));
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{}</title><style>{DARK}</style></head>\
         <body class=\"g\" style=\"margin:0;padding:16px 8px;background:{GROUND};{FONT}\">\
         <table class=\"p l\" role=\"presentation\" align=\"center\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"max-width:640px;margin:0 auto;background:{PAPER};border:1px solid {LINE};border-radius:10px\">{body}</table>\
         </body></html>\n",
        escape(&sheet.heading)
    )
}

/// One band over the whole width.
fn band(style: &str, inner: &str) -> String {
    format!("\n<tr><td class=\"l\" style=\"padding:16px 24px;{style}\">{inner}</td></tr>")
}

fn head(sheet: &Sheet) -> String {
    let mut inner = format!(
        "<div class=\"d\" style=\"font-size:14px;color:{DIM}\">{}</div>",
        escape(&sheet.heading)
    );
    let (class, colour) = colours(sheet.verdict.tone);
    let _ = write!(
        inner,
        "<div class=\"{class}\" style=\"margin-top:8px;font-size:20px;line-height:1.45;font-weight:600;color:{colour}\">{}</div>",
        escape(&sheet.verdict.text)
    );
    inner.extend(sheet.remarks.iter().map(remark));
    band("", &inner)
}

fn remark(remark: &Remark) -> String {
    let (class, colour) = match remark.tone {
        Tone::Info => ("d", DIM),
        tone => colours(tone),
    };
    format!(
        "<div class=\"{class}\" style=\"margin-top:12px;padding-left:12px;border-left:3px solid {colour};color:{colour}\">\
         <span class=\"i\" style=\"font-size:14px;line-height:1.5;color:{INK}\">{}</span></div>",
        escape(&remark.text)
    )
}

fn figures(figures: &[Figure]) -> String {
    if figures.is_empty() {
        return String::new();
    }
    let (minor, major): (Vec<&Figure>, Vec<&Figure>) = figures.iter().partition(|figure| figure.minor);
    let mut inner: String = major.into_iter().map(figure).collect();
    inner.extend(minor.into_iter().map(less));
    band(&format!("border-top:1px solid {LINE}"), &inner)
}

fn figure(figure: &Figure) -> String {
    let details: String = figure
        .details
        .iter()
        .map(|detail| {
            format!(
                "<div class=\"d\" style=\"font-size:12px;line-height:1.6;color:{DIM}\">{}</div>",
                escape(detail)
            )
        })
        .collect();
    format!(
        "<div style=\"display:inline-block;vertical-align:top;min-width:240px;margin:0 16px 8px 0\">\
         <div class=\"d\" style=\"font-size:14px;color:{DIM}\">{}</div>\
         <div class=\"i\" style=\"font-size:32px;line-height:1.3;color:{INK};font-variant-numeric:tabular-nums\">{}</div>{details}</div>",
        escape(figure.label),
        escape(&figure.value)
    )
}

/// What is seldom worth a glance, in one line.
fn less(figure: &Figure) -> String {
    format!(
        "<div class=\"d\" style=\"font-size:12px;line-height:1.8;color:{DIM}\">{}&nbsp; \
         <span class=\"i\" style=\"font-size:14px;color:{INK}\">{}</span>&nbsp; {}</div>",
        escape(figure.label),
        escape(&figure.value),
        escape(&figure.details.join(" · "))
    )
}

fn chart(chart: &Chart) -> String {
    let bars: String = chart.bars.iter().map(bar).collect();
    let notes = chart.notes.join(" · ");
    let swatch = |class: &str, colour: &str, name: &str| {
        format!(
            "<span class=\"{class}\" style=\"display:inline-block;width:10px;height:10px;background:{colour}\">&nbsp;</span>&nbsp;{}&nbsp;&nbsp;",
            escape(name)
        )
    };
    let inner = format!(
        "<div class=\"d\" style=\"font-size:14px;color:{DIM}\">{}</div>\
         <table role=\"img\" aria-label=\"{}\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:8px 0;table-layout:fixed\">\
         <tr>{bars}</tr></table>\
         <div class=\"d\" style=\"font-size:12px;line-height:1.6;color:{DIM}\">{}{}{}</div>",
        escape(&chart.title),
        escape(&format!("{}: {notes}", chart.title)),
        swatch("b", DEEP, chart.proxy),
        swatch("s", SHALLOW, chart.direct),
        escape(&notes)
    );
    band(&format!("border-top:1px solid {LINE}"), &inner)
}

/// A day: direct upon proxy, both from the ground up. A day that was not watched has a dashed ground instead.
fn bar(bar: &Bar) -> String {
    let told = escape(&bar.told);
    let height = Chart::STEPS;
    let Some((proxy, direct)) = bar.heights else {
        return format!(
            "<td class=\"l\" title=\"{told}\" valign=\"bottom\" height=\"{height}\" \
             style=\"height:{height}px;border-bottom:1px dashed {DIM};font-size:0;line-height:0\">&nbsp;</td>"
        );
    };
    format!(
        "<td class=\"l\" title=\"{told}\" valign=\"bottom\" height=\"{height}\" \
         style=\"height:{height}px;padding:0 1px;vertical-align:bottom;border-bottom:1px solid {LINE};font-size:0;line-height:0\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\">{}{}</table></td>",
        block(direct, "s", SHALLOW),
        block(proxy, "b", DEEP)
    )
}

fn block(height: u64, class: &str, colour: &str) -> String {
    if height == 0 {
        return String::new();
    }
    format!(
        "<tr><td class=\"{class}\" height=\"{height}\" bgcolor=\"{colour}\" \
         style=\"height:{height}px;background:{colour};font-size:0;line-height:0\">&nbsp;</td></tr>"
    )
}

fn section(section: &Section) -> String {
    let rows: String = section.rows.iter().map(row).collect();
    let notes: String = section
        .notes
        .iter()
        .map(|note| {
            format!(
                "<div class=\"d\" style=\"margin-top:8px;font-size:12px;line-height:1.6;color:{DIM}\">{}</div>",
                escape(note)
            )
        })
        .collect();
    let inner = format!(
        "<div class=\"i\" style=\"font-size:16px;font-weight:600;color:{INK}\">{}</div>\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin-top:4px\">{rows}</table>{notes}",
        escape(section.title)
    );
    band(&format!("border-top:1px solid {LINE}"), &inner)
}

fn row(row: &Row) -> String {
    let (class, colour) = colours(row.tone);
    let details: Vec<String> = row.details.iter().map(|detail| escape(detail)).collect();
    let details = if details.is_empty() {
        String::new()
    } else {
        format!(
            "<tr><td class=\"d\" colspan=\"2\" style=\"padding:2px 0 4px;font-size:12px;line-height:1.6;color:{DIM}\">{}</td></tr>",
            details.join(" · ")
        )
    };
    format!(
        "\n<tr><td class=\"i\" style=\"padding-top:8px;font-size:14px;line-height:1.5;color:{INK};word-break:break-word\">{}</td>\
         <td class=\"{class}\" align=\"right\" style=\"padding:8px 0 0 16px;font-size:14px;line-height:1.5;color:{colour};\
         font-variant-numeric:tabular-nums\">{}</td></tr>{}{details}",
        escape(&row.name),
        escape(&row.value),
        row.share.map(level).unwrap_or_default()
    )
}

/// A thin bar under a row. A cell without width would still be drawn, so an empty side has none.
fn level(share: u64) -> String {
    let share = share.min(100);
    let cell = |width: u64, class: &str, colour: &str| {
        if width == 0 {
            return String::new();
        }
        format!(
            "<td class=\"{class}\" width=\"{width}%\" height=\"4\" bgcolor=\"{colour}\" \
             style=\"height:4px;background:{colour};font-size:0;line-height:0\">&nbsp;</td>"
        )
    };
    format!(
        "<tr><td colspan=\"2\" style=\"padding-top:4px\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\">\
         <tr>{}{}</tr></table></td></tr>",
        cell(share, "b", DEEP),
        cell(100 - share, "k", LINE)
    )
}

fn about(teller: Teller<'_>, footer: &[String]) -> String {
    let lines: Vec<String> = footer.iter().map(|line| escape(line)).collect();
    let inner = format!(
        "<div class=\"d\" style=\"font-size:12px;line-height:1.7;color:{DIM};word-break:break-word\">{}<br>{}</div>",
        escape(teller.word(t::SECTION_ABOUT)),
        lines.join("<br>")
    );
    band(&format!("border-top:1px solid {LINE}"), &inner)
}

/// The class that turns a colour over in the dark, and the colour. Each stands at 4.5 to 1 on its ground.
const fn colours(tone: Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Info => ("i", INK),
        Tone::Warning => ("w", "#8a5a00"),
        Tone::Critical => ("c", "#b3261e"),
        Tone::Acting => ("a", "#6a37b8"),
        Tone::Good => ("o", "#1b6b3a"),
    }
}
