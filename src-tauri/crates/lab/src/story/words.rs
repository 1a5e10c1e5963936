//! A thing said in both languages. Owns how spans, amounts and moments read in a story.

use std::time::Duration;

use tidegate_meter::{ByteBase, Lang, Quantity, Time, print_span};

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Both {
    zh: String,
    en: String,
}

pub(super) fn both(zh: impl Into<String>, en: impl Into<String>) -> Both {
    Both {
        zh: zh.into(),
        en: en.into(),
    }
}

/// What reads the same in both.
pub(super) fn same(text: impl Into<String>) -> Both {
    let text = text.into();
    both(text.clone(), text)
}

impl Both {
    pub(super) fn tell(self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    pub(super) fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// `40m`, `1d2h`.
pub(super) fn span(seconds: u64) -> String {
    print_span(Duration::from_secs(seconds))
}

/// `200 GiB`, cut.
pub(super) fn bytes(count: i64) -> String {
    Quantity::bytes(count).human(ByteBase::Binary)
}

pub(super) fn amount(quantity: Option<Quantity>) -> Both {
    match quantity {
        Some(quantity) => same(quantity.human(ByteBase::Binary)),
        None => both("不知道", "unknown"),
    }
}

/// Where in the run it is: day and time since the beginning.
pub(super) fn moment(start: Time, at: Time, lang: Lang) -> String {
    let seconds = at.since(start).as_secs();
    let day = seconds / 86_400 + 1;
    let rest = seconds % 86_400;
    let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    match lang {
        Lang::Zh => format!("第{day}天 {clock}"),
        Lang::En => format!("day {day} {clock}"),
    }
}
