//! A message as it is told: title, tone, lines, footer. Owns what every channel shares of the look and the cutting to
//! size; the platform's own form stands in its channel.

use std::borrow::Borrow;

use tidegate_guard::Severity;
use tidegate_meter::{Lang, Time, Zone};

use crate::catalogue::voice::Voice;
use crate::catalogue::{self, Line, sentences};
use crate::{Delivery, Message, limits};

/// The colour of a message, by meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    /// Worth knowing.
    Info,
    /// Worth a look today.
    Warning,
    /// Money or service is at stake.
    Critical,
    /// An action is in flight: neither good nor bad yet.
    Acting,
    /// Something ended well: resolved, or proved.
    Good,
}

/// A message, ready to be put into a platform's form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Page {
    /// One line.
    pub(crate) title: String,
    /// Its colour.
    pub(crate) tone: Tone,
    /// What it says.
    pub(crate) lines: Vec<Line>,
    /// Id, time, repeat marker, the platform's keyword. Never cut.
    pub(crate) footer: String,
    lang: Lang,
}

impl Page {
    /// Tells a delivery at `now`.
    pub(crate) fn of(delivery: &Delivery, keyword: Option<&str>, lang: Lang, zone: &Zone, now: Time) -> Self {
        let lines = catalogue::lines(&delivery.message, lang, zone, now);
        Self {
            title: clean(&catalogue::title(&delivery.message, lang), limits::TITLE_CHARS),
            tone: tone(&delivery.message, delivery.severity),
            lines: lines.into_iter().map(cleaned).collect(),
            footer: footer(delivery, keyword, Voice { lang, zone, now }),
            lang,
        }
    }

    /// Its language.
    pub(crate) const fn lang(&self) -> Lang {
        self.lang
    }

    /// The same message with only its first lines, and a line that counts the rest.
    pub(crate) fn cut(&self, kept: usize) -> Self {
        let hidden = self.lines.len().saturating_sub(kept);
        let mut page = self.clone();
        if hidden > 0 {
            page.lines.truncate(kept);
            let more = sentences::MORE_LINES.say(self.lang, &[("n", &hidden.to_string())]);
            page.lines.push(Line::plain(more, self.lang));
        }
        page
    }

    /// As plain text, one line each.
    pub(crate) fn plain(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::to_string).collect();
        format!("{}\n{}\n{}", self.title, lines.join("\n"), self.footer)
    }

    /// The longest form that `render` makes within `bytes`; whole lines are dropped from the end, so that a character
    /// is never broken. With all lines gone it is what it is: title and footer are bounded.
    pub(crate) fn fit(&self, bytes: usize, render: impl Fn(&Self) -> Vec<u8>) -> Vec<u8> {
        self.fit_by(bytes, <[u8]>::len, render)
    }

    /// The same for any measure of a form: bytes, characters, UTF-16 units.
    pub(crate) fn fit_by<T, S: ?Sized>(
        &self,
        most: usize,
        size: impl Fn(&S) -> usize,
        render: impl Fn(&Self) -> T,
    ) -> T
    where
        T: Borrow<S>,
    {
        let whole = render(self);
        if size(whole.borrow()) <= most {
            return whole;
        }
        let (mut fits, mut too_many) = (0, self.lines.len());
        while too_many.saturating_sub(fits) > 1 {
            let middle = usize::midpoint(fits, too_many);
            if size(render(&self.cut(middle)).borrow()) <= most {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        render(&self.cut(fits))
    }
}

/// By what happened first, a report by its verdict, by how loud it is second: a proved stop is good news however critical its cause.
fn tone(message: &Message, severity: Severity) -> Tone {
    match message {
        Message::ActionPlanned { .. }
        | Message::ActionSent { .. }
        | Message::ActionUnknown { given_up: false, .. } => Tone::Acting,
        Message::ActionVerified { .. }
        | Message::StepResolved { .. }
        | Message::BlindResolved { .. }
        | Message::RenewalSettled { .. }
        | Message::MailboxRead { .. }
        | Message::LeakResolved { .. } => Tone::Good,
        Message::Report { report } => catalogue::report::tone(report),
        _ => match severity {
            Severity::Info => Tone::Info,
            Severity::Warning => Tone::Warning,
            Severity::Critical => Tone::Critical,
        },
    }
}

fn footer(delivery: &Delivery, keyword: Option<&str>, voice: Voice<'_>) -> String {
    let at = voice.at(delivery.decided_at);
    let mut parts = vec![voice.say(sentences::FOOTER, &[("id", &delivery.id.short()), ("at", &at)])];
    if delivery.repeat {
        parts.push(voice.word(sentences::REPEAT).to_owned());
    }
    parts.extend(keyword.map(|word| clean(word, limits::KEYWORD_CHARS)));
    parts.join(" · ")
}

fn cleaned(mut line: Line) -> Line {
    line.text = clean(&line.text, limits::LINE_CHARS);
    line
}

/// One line of at most `chars` characters: control characters and line breaks become spaces, a longer text ends in `…`.
/// Direction marks are dropped: with them a name can make a card read backwards.
pub(crate) fn clean(text: &str, chars: usize) -> String {
    let mut out = String::new();
    for (index, c) in text.chars().filter(|c| !is_direction_mark(*c)).enumerate() {
        if index >= chars {
            out.push('…');
            break;
        }
        out.push(if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            ' '
        } else {
            c
        });
    }
    out
}

const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
