//! A report in words. Owns the order of what is told, the verdict, and the three forms: a whole page as text and as HTML
//! for mail and window, and a few lines for chats, whose readers want the verdict and the numbers.
//!
//! Never fetches and never decides; the same facts always read the same. Tested by the snapshots of `tests/report.rs`.

mod concerns;
mod guarding;
mod html;
mod plain;
mod sheet;
mod short;
mod subscriptions;
mod teller;
pub(crate) mod texts;
mod traffic;

use tidegate_meter::Lang;

use self::sheet::{Remark, Section, Sheet};
use self::teller::Teller;
use self::texts as t;
use super::Line;
use crate::page::Tone;
use crate::report::{ReportAlert, ReportFacts, ReportKind};

/// A report, written out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportText {
    /// Its headline: date, proxy bytes, what is left, how many things need a person. Names nobody's subscription.
    pub subject: String,
    /// All of it in plain text.
    pub text: String,
    /// All of it as one page: no script, nothing remote.
    pub html: String,
}

/// A report written out in a language; `footer` is one more line at its end.
#[must_use]
pub fn write(facts: &ReportFacts, lang: Lang, footer: Option<&str>) -> ReportText {
    let teller = Teller::new(facts, lang);
    let mut sheet = sheet(teller);
    sheet.footer.extend(footer.map(str::to_owned));
    ReportText {
        subject: subject(facts, lang),
        text: plain::write(teller, &sheet),
        html: html::write(teller, &sheet),
    }
}

/// The headline.
pub(super) fn subject(facts: &ReportFacts, lang: Lang) -> String {
    let teller = Teller::new(facts, lang);
    let proxy = facts
        .traffic
        .as_ref()
        .map(|traffic| match (traffic.sum, traffic.before) {
            (None, _) => teller.word(t::SUBJECT_BLIND).to_owned(),
            (Some(sum), before) => {
                let now = traffic::total(sum.proxy);
                let bytes = teller.bytes(now);
                let change = before.map(|before| teller.change(now, traffic::total(before.proxy)));
                change.map_or_else(
                    || teller.say(t::SUBJECT_PROXY, &[("bytes", &bytes)]),
                    |change| teller.say(t::SUBJECT_PROXY_CHANGE, &[("bytes", &bytes), ("change", &change)]),
                )
            }
        });
    let least = facts
        .subscriptions
        .iter()
        .filter_map(subscriptions::left_share)
        .min();
    let left = least.map(|share| teller.say(t::SUBJECT_LEFT, &[("share", &format!("{share}%"))]));
    let alarms = concerns::alarms(teller);
    let alarm = (alarms > 0).then(|| teller.say(t::SUBJECT_ALARM, &[("n", &alarms.to_string())]));
    let parts = [Some(heading(teller)), proxy, left, alarm];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The lines of the short form.
pub(super) fn lines(facts: &ReportFacts, lang: Lang) -> Vec<Line> {
    short::lines(Teller::new(facts, lang))
}

/// The colour of the short form: the verdict's.
pub(crate) fn tone(facts: &ReportFacts) -> Tone {
    concerns::worst(facts)
}

fn heading(teller: Teller<'_>) -> String {
    let facts = teller.facts;
    let title = match facts.kind {
        ReportKind::Daily => t::DAILY,
        ReportKind::Weekly => t::WEEKLY,
    };
    let days = teller.days(facts.from, facts.through);
    teller.say(t::HEADING, &[("title", teller.word(title)), ("days", &days)])
}

fn sheet(teller: Teller<'_>) -> Sheet {
    let (verdict, others) = concerns::verdict(teller);
    let mut remarks: Vec<Remark> = others;
    remarks.extend(concerns::notes(teller));
    let mut sections: Vec<Section> = subscriptions::section(teller).into_iter().collect();
    sections.extend(traffic::sections(teller));
    sections.extend(guarding::sections(teller));
    Sheet {
        heading: heading(teller),
        verdict,
        remarks,
        figures: traffic::figures(teller),
        chart: traffic::chart(teller),
        sections,
        footer: about(teller),
    }
}

/// What the report says of itself: its span, how it was made, the end of the audit chain.
fn about(teller: Teller<'_>) -> Vec<String> {
    let facts = teller.facts;
    let mut lines = vec![window(teller)];
    if !facts.whole {
        let end = teller.clock(facts.window.end);
        lines.push(teller.say(t::WINDOW_OPEN, &[("end", &end)]));
    }
    let at = teller.at(facts.made_at);
    lines.push(teller.say(t::MADE, &[("version", &facts.version), ("at", &at)]));
    if let Some(mark) = guarding::audit(teller, usize::MAX) {
        let label = teller.word(t::LABEL_AUDIT);
        let colon = teller.word(super::words::COLON);
        lines.push(format!("{label}{colon}{mark}"));
        lines.push(teller.word(t::AUDIT_WHY).to_owned());
    }
    lines
}

fn window(teller: Teller<'_>) -> String {
    let facts = teller.facts;
    let start = teller.bound(facts.window.start, false);
    let end = teller.bound(facts.window.end, true);
    let values = [
        ("zone", facts.zone.name()),
        ("start", start.as_str()),
        ("end", end.as_str()),
    ];
    teller.say(t::WINDOW, &values)
}

/// What an alert said.
fn title_of(teller: Teller<'_>, alert: &ReportAlert) -> String {
    alert.said.as_ref().map_or_else(
        || teller.word(t::ALERT_UNREADABLE).to_owned(),
        |said| crate::page::clean(&super::title(said, teller.voice.lang), crate::limits::TITLE_CHARS),
    )
}

/// What clears an alert: the next step that it named.
fn next_of(teller: Teller<'_>, alert: &ReportAlert) -> Option<String> {
    let said = alert.said.as_ref()?;
    let lines = super::lines(said, teller.voice.lang, teller.voice.zone, teller.voice.now);
    let next = lines.into_iter().find(Line::is_next)?;
    Some(crate::page::clean(&next.text, crate::limits::QUOTE_CHARS))
}
