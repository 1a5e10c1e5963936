//! What a click asks for, and the word by which a line of the menu names it.
//!
//! A panel draws a menu at its own pace: what a person clicks may stand in the menu before the last one. So a line carries
//! its deed's own word and never its place: a click means what its label said, or nothing, but never another line.

use std::borrow::Cow;

use tidegate_api::words::RowId;

/// What a person asked for in the tray or on a notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    /// Opens the window at this page.
    Open(Cow<'static, str>),
    /// Looks at every account now.
    Refresh,
    /// Lengthens the countdown of an action by two hours.
    Hold(RowId),
    /// Ends the countdown of an action.
    StopNow(RowId),
    /// No automatic action for so long.
    Pause(Span),
    /// Automatic actions again.
    Resume,
    /// Ends the program.
    Quit,
}

/// For how long automatic actions pause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Span {
    /// One hour.
    Hour,
    /// Until the next midnight of this machine.
    Tomorrow,
    /// As long as the guard allows.
    Resumed,
}

impl Deed {
    /// Opens one of the window's own pages.
    pub(super) const fn open(page: &'static str) -> Self {
        Self::Open(Cow::Borrowed(page))
    }

    /// Its word, `hold <action>` for one; [`Self::of_word`] reads it.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Open(page) => format!("open {page}"),
            Self::Refresh => "refresh".to_owned(),
            Self::Hold(action) => format!("hold {action}"),
            Self::StopNow(action) => format!("stop-now {action}"),
            Self::Pause(Span::Hour) => "pause hour".to_owned(),
            Self::Pause(Span::Tomorrow) => "pause tomorrow".to_owned(),
            Self::Pause(Span::Resumed) => "pause resumed".to_owned(),
            Self::Resume => "resume".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The deed of a word; `None` for any other text.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let (verb, what) = word.split_once(' ').unwrap_or((word, ""));
        Some(match (verb, what) {
            ("open", page) => Self::Open(Cow::Owned(page.to_owned())),
            ("refresh", "") => Self::Refresh,
            ("hold", action) => Self::Hold(action.parse().ok()?),
            ("stop-now", action) => Self::StopNow(action.parse().ok()?),
            ("pause", "hour") => Self::Pause(Span::Hour),
            ("pause", "tomorrow") => Self::Pause(Span::Tomorrow),
            ("pause", "resumed") => Self::Pause(Span::Resumed),
            ("resume", "") => Self::Resume,
            ("quit", "") => Self::Quit,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use tidegate_api::words::Time;

    use super::*;

    #[test]
    fn every_deed_is_read_back_from_its_word_and_no_two_share_one() {
        let [first, second] = [1, 2].map(|seed| RowId::new(Time::from_ms(0), [seed; 10]));
        let deeds = [
            Deed::open("/"),
            Deed::open("/settings"),
            Deed::Refresh,
            Deed::Hold(first),
            Deed::Hold(second),
            Deed::StopNow(first),
            Deed::Pause(Span::Hour),
            Deed::Pause(Span::Tomorrow),
            Deed::Pause(Span::Resumed),
            Deed::Resume,
            Deed::Quit,
        ];
        for (at, deed) in deeds.iter().enumerate() {
            assert_eq!(Deed::of_word(&deed.word()).as_ref(), Some(deed));
            let twin = deeds
                .iter()
                .skip(at + 1)
                .find(|other| other.word() == deed.word());
            assert_eq!(twin, None);
        }
    }

    #[test]
    fn what_is_no_deeds_word_asks_for_nothing() {
        for word in [
            "",
            "4",
            "deed-4",
            "hold",
            "hold x",
            "pause",
            "pause year",
            "quit now",
        ] {
            assert_eq!(Deed::of_word(word), None, "{word:?}");
        }
    }
}
