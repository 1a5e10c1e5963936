//! Every text a person reads in a message, in zh-CN and en. Owns the words, the order of
//! a message's lines and the sentence of a guard; never decides what is told, and never claims an outcome that the
//! message does not prove. One file per layer: `text` (the form), `words`, `sentences`, `judgement` (the texts), `voice`
//! (instants, spans, amounts), `why`, `tell`, `deed` (the choice); `renewals`, `mail`, `leak` and `closure` hold
//! both for what they tell, and `report` a page of its own. Tested by `tests/messages.rs`.

mod closure;
mod deed;
mod judgement;
mod leak;
mod mail;
mod renewals;
pub mod report;
pub(crate) mod sentences;
mod tell;
pub(crate) mod text;
pub(crate) mod voice;
mod why;
mod words;

use std::fmt;
use std::time::Duration;

use tidegate_guard::{ActionKind, Belt, Contract, Forecast, IntentState, Piece, PieceState, PieceWhy, Why};
use tidegate_meter::{ByteBase, Lang, MailKind, Quantity, Reason, TargetKind, Time, Zone};

pub use self::text::Text;
use self::voice::Voice;
use crate::{Message, Repeats};

/// One line of a message: what it tells, and the telling. `Display` joins them as the language does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What it tells: `Left`, `As of`; empty for a plain line.
    pub label: &'static str,
    /// The telling. Plain text that may hold names from outside: a channel escapes it.
    pub text: String,
    lang: Lang,
}

impl Line {
    /// A line without a label.
    pub(crate) const fn plain(text: String, lang: Lang) -> Self {
        Self {
            label: "",
            text,
            lang,
        }
    }

    /// What stands between label and text.
    pub(crate) const fn colon(&self) -> &'static str {
        words::COLON.of(self.lang)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.label {
            "" => f.write_str(&self.text),
            label => write!(f, "{label}{}{}", self.colon(), self.text),
        }
    }
}

/// What a message says in one line.
#[must_use]
pub fn title(message: &Message, lang: Lang) -> String {
    tell::title(message, lang)
}

/// What a message says: what, how much, as of when, what Tidegate did or will do, what a person can do.
/// Instants are shown in `zone`; ages count from `now`.
#[must_use]
pub fn lines(message: &Message, lang: Lang, zone: &Zone, now: Time) -> Vec<Line> {
    tell::lines(message, Voice { lang, zone, now })
}

/// The one sentence about a guard: what is left, when it runs out, and what the guard does or why it does nothing.
#[must_use]
pub fn why(why: &Why, base: ByteBase, lang: Lang, zone: &Zone, now: Time) -> String {
    why::sentence(why, base, Voice { lang, zone, now })
}

/// One restriction that blocks an action, in a few words.
#[must_use]
pub fn belt(belt: &Belt, lang: Lang, zone: &Zone, now: Time) -> String {
    why::belt(belt, Voice { lang, zone, now })
}

/// Why there is no truth, in a few words.
#[must_use]
pub fn blind_reason(reason: Reason, lang: Lang) -> &'static str {
    words::reason(reason).of(lang)
}

/// What a mail is about, in a few words.
#[must_use]
pub fn mail_kind(kind: MailKind, lang: Lang) -> &'static str {
    mail::kind(kind).of(lang)
}

/// Why a mailbox cannot be read, in a few words.
#[must_use]
pub fn mailbox_reason(reason: Reason, lang: Lang) -> &'static str {
    mail::why(reason).of(lang)
}

/// What a person can do where a mailbox cannot be read, in a few words.
#[must_use]
pub fn mailbox_next(reason: Reason, lang: Lang) -> &'static str {
    mail::next(reason).of(lang)
}

/// What a person can do where there is no truth, in a few words.
#[must_use]
pub fn blind_next(reason: Reason, lang: Lang) -> &'static str {
    words::reason_next(reason).of(lang)
}

/// Where an action stands, in a few words.
#[must_use]
pub fn intent_state(state: IntentState, lang: Lang) -> &'static str {
    words::intent(state).of(lang)
}

/// How far a guard can overshoot its line, in one sentence.
#[must_use]
pub fn contract(contract: &Contract, base: ByteBase, lang: Lang) -> String {
    why::contract(contract, base, lang)
}

/// A span as people say it, in its two largest units.
#[must_use]
pub fn span(span: Duration, lang: Lang) -> String {
    voice::span_text(span, lang)
}

/// An instant in `zone` with its offset and how far it is from `now`.
#[must_use]
pub fn at(at: Time, lang: Lang, zone: &Zone, now: Time) -> String {
    Voice { lang, zone, now }.at_with_age(at)
}

/// How far an instant is from `now`: `12 minutes ago`, `in 3 hours`.
#[must_use]
pub fn age(at: Time, lang: Lang, zone: &Zone, now: Time) -> String {
    Voice { lang, zone, now }.age(at)
}

/// An amount as people read it, units that are words in their language.
#[must_use]
pub fn amount(amount: Quantity, base: ByteBase, lang: Lang) -> String {
    voice::amount_text(amount, base, lang)
}

/// When a meter runs out, or what is still awaited before that can be said; one clause.
#[must_use]
pub fn forecast(forecast: &Forecast, lang: Lang, zone: &Zone, now: Time) -> String {
    why::forecast(forecast, Voice { lang, zone, now })
}

/// The verb of an action on a kind of target: `stop`, `disable`.
#[must_use]
pub fn verb(action: ActionKind, kind: TargetKind, lang: Lang) -> &'static str {
    words::verb(action, kind).of(lang)
}

/// A piece of a sub-account by name: `access key AK…`.
#[must_use]
pub fn piece(piece: &Piece, lang: Lang) -> String {
    closure::piece(piece, lang)
}

/// How far a piece of a disable (`Stop`) or restore (`Start`) is, in a few words.
#[must_use]
pub fn piece_state(action: ActionKind, state: PieceState, lang: Lang) -> &'static str {
    closure::state(action, state).of(lang)
}

/// Why a piece failed or was left alone, in a few words.
#[must_use]
pub fn piece_why(why: &PieceWhy, lang: Lang) -> String {
    closure::why(why, lang)
}

/// What goes on although a sub-account is closed, one sentence each.
#[must_use]
pub fn survives(lang: Lang) -> Vec<&'static str> {
    closure::survives().iter().map(|text| text.of(lang)).collect()
}

/// How often something falls due, in a few words: `every month on day 31`.
#[must_use]
pub fn repeats(repeats: Repeats, lang: Lang) -> String {
    renewals::repeats(repeats, lang)
}

/// Why nothing was guarding, in a few words.
#[must_use]
pub fn lapse_cause(cause: &str, lang: Lang) -> String {
    words::lapse(cause).0.say(lang, &[("cause", cause)])
}

impl Line {
    /// Whether it tells what Tidegate did, does or will do.
    #[must_use]
    pub fn is_deed(&self) -> bool {
        self.label == words::LABEL_TIDEGATE.of(self.lang)
    }

    /// Whether it tells what a person can do.
    #[must_use]
    pub fn is_next(&self) -> bool {
        self.label == words::LABEL_YOU.of(self.lang)
    }
}
