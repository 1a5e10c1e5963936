//! How a message speaks: its language, its zone and the instant it is told at. Owns spans, instants and ages as text.

use std::time::Duration;

use tidegate_meter::{ByteBase, Lang, Quantity, Time, Unit, Zone};

use super::Line;
use super::text::Text;
use super::words as w;

/// The surroundings of a telling.
#[derive(Clone, Copy)]
pub(crate) struct Voice<'a> {
    /// The language.
    pub(crate) lang: Lang,
    /// The zone in which instants are shown.
    pub(crate) zone: &'a Zone,
    /// The instant it is told at: ages count from here.
    pub(crate) now: Time,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

impl Voice<'_> {
    /// A text without places.
    pub(crate) const fn word(self, text: Text) -> &'static str {
        text.of(self.lang)
    }

    /// A text with its places filled.
    pub(crate) fn say(self, text: Text, values: &[(&str, &str)]) -> String {
        text.say(self.lang, values)
    }

    /// A labelled line.
    pub(crate) fn line(self, label: Text, text: impl Into<String>) -> Line {
        Line {
            label: label.of(self.lang),
            text: text.into(),
            lang: self.lang,
        }
    }

    /// A line without a label.
    pub(crate) fn plain(self, text: impl Into<String>) -> Line {
        Line::plain(text.into(), self.lang)
    }

    /// An amount as people read it.
    pub(crate) fn amount(self, quantity: Quantity, base: ByteBase) -> String {
        amount_text(quantity, base, self.lang)
    }

    /// A span.
    pub(crate) fn span(self, span: Duration) -> String {
        span_text(span, self.lang)
    }

    /// An instant with the zone's offset.
    pub(crate) fn at(self, at: Time) -> String {
        let local = at.to_jiff().to_zoned(self.zone.jiff().clone());
        local.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    }

    /// How far an instant is from now.
    pub(crate) fn age(self, at: Time) -> String {
        let (past, future) = (self.now.since(at), at.since(self.now));
        if past >= Duration::from_secs(1) {
            self.say(w::AGO, &[("span", &self.span(past))])
        } else if future >= Duration::from_secs(1) {
            self.say(w::AHEAD, &[("span", &self.span(future))])
        } else {
            self.word(w::JUST_NOW).to_owned()
        }
    }

    /// An instant and how far it is from now.
    pub(crate) fn at_with_age(self, at: Time) -> String {
        self.say(w::AT_WITH_AGE, &[("at", &self.at(at)), ("age", &self.age(at))])
    }

    /// Clauses joined to one sentence.
    pub(crate) fn sentence(self, clauses: &[String]) -> String {
        let mut text = clauses.join(self.word(w::SEMICOLON));
        text.push_str(self.word(w::STOP_SIGN));
        text
    }
}

/// A span in its two largest units: `3 days 4 hours`. The smaller unit is dropped from ten of the larger one on.
pub(crate) fn span_text(span: Duration, lang: Lang) -> String {
    let seconds = span.as_secs();
    let (large, small) = match seconds {
        DAY.. => (
            part(seconds / DAY, w::DAY, w::DAYS, lang),
            (seconds % DAY / HOUR, w::HOUR, w::HOURS),
        ),
        HOUR.. => (
            part(seconds / HOUR, w::HOUR, w::HOURS, lang),
            (seconds % HOUR / MINUTE, w::MINUTE, w::MINUTES),
        ),
        MINUTE.. => (
            part(seconds / MINUTE, w::MINUTE, w::MINUTES, lang),
            (seconds % MINUTE, w::SECOND, w::SECONDS),
        ),
        _ => return part(seconds, w::SECOND, w::SECONDS, lang),
    };
    let many =
        seconds >= 10 * DAY || (10 * HOUR..DAY).contains(&seconds) || (10 * MINUTE..HOUR).contains(&seconds);
    let (count, one, more) = small;
    if count == 0 || many {
        large
    } else {
        format!("{large} {}", part(count, one, more, lang))
    }
}

/// An amount as people read it; units that are words are in their language, the others are signs.
pub(crate) fn amount_text(quantity: Quantity, base: ByteBase, lang: Lang) -> String {
    match (quantity.unit(), u64::try_from(quantity.raw())) {
        (Unit::Days, Ok(days)) => part(days, w::DAY, w::DAYS, lang),
        (Unit::Credits, _) => {
            let text = tidegate_meter::human(quantity, base);
            w::CREDITS.say(lang, &[("n", text.split(' ').next().unwrap_or(&text))])
        }
        _ => tidegate_meter::human(quantity, base),
    }
}

/// A count of one unit, in the right number.
pub(crate) fn part(count: u64, one: Text, more: Text, lang: Lang) -> String {
    let text = if count == 1 { one } else { more };
    text.say(lang, &[("n", &count.to_string())])
}
