//! Every text a person reads in a message, in zh-CN and en. Owns the words; never decides what is said.

use std::fmt;

use tidegate_guard::{Contract, IntentState, Why};
use tidegate_meter::{ByteBase, Lang, Reason, Time, Zone};

use crate::Message;

/// One line of a message: what it tells, and the telling. `Display` joins them as the language does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What it tells: `Left`, `As of`; empty for a plain line.
    pub label: &'static str,
    /// The telling. Plain text that may hold names from outside: a channel escapes it.
    pub text: String,
    lang: Lang,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = match self.lang {
            Lang::Zh => "：",
            Lang::En => ": ",
        };
        match self.label {
            "" => f.write_str(&self.text),
            label => write!(f, "{label}{colon}{}", self.text),
        }
    }
}

/// What a message says in one line.
#[must_use]
pub fn title(message: &Message, lang: Lang) -> String {
    let _ = lang;
    format!("{message:?}")
}

/// What a message says: what, how much, as of when, what Tidegate did or will do, what a person can do.
#[must_use]
pub fn lines(message: &Message, lang: Lang, zone: &Zone, now: Time) -> Vec<Line> {
    let _ = (zone, now);
    vec![Line {
        label: "",
        text: format!("{message:?}"),
        lang,
    }]
}

/// The one sentence about a guard: what is left, when it runs out, and what the guard does or why it does nothing.
#[must_use]
pub fn why(why: &Why, base: ByteBase, lang: Lang, zone: &Zone, now: Time) -> String {
    let _ = (base, lang, zone, now);
    format!("{why:?}")
}

/// Why there is no truth, in a few words.
#[must_use]
pub fn blind_reason(reason: Reason, lang: Lang) -> &'static str {
    let _ = lang;
    reason.name()
}

/// Where an action stands, in a few words.
#[must_use]
pub fn intent_state(state: IntentState, lang: Lang) -> &'static str {
    let _ = lang;
    state.name()
}

/// How far a guard can overshoot its line, in one sentence.
#[must_use]
pub fn contract(contract: &Contract, base: ByteBase, lang: Lang) -> String {
    let _ = (base, lang);
    format!("{contract:?}")
}
