//! The form of a text: both languages side by side, with named places. A text with one language does not compile; the
//! tests below refuse one whose languages have different places. Owns filling; never the words.

use tidegate_meter::Lang;

/// One text in both languages. `{name}` is a place.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Simplified Chinese.
    pub(crate) zh: &'static str,
    /// English.
    pub(crate) en: &'static str,
}

impl Text {
    /// Both languages, with the same places.
    #[must_use]
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }

    /// The text as it stands, for those without places.
    #[must_use]
    pub const fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    /// The text with its places filled, in one pass: a value that looks like a place stays what it is.
    #[must_use]
    pub fn say(self, lang: Lang, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.of(lang);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                break;
            };
            let value = values.iter().find(|(key, _)| *key == name);
            out.push_str(value.map_or("…", |(_, value)| value));
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// The text for a count; `one` where the language has a form of its own for it.
    #[must_use]
    pub fn count(self, one: Self, lang: Lang, n: usize) -> String {
        let text = if n == 1 { one } else { self };
        text.say(lang, &[("n", &n.to_string())])
    }
}

/// Declares texts as constants, and a list of them for the tests.
macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        $(pub(crate) const $name: $crate::catalogue::text::Text = $crate::catalogue::text::Text { zh: $zh, en: $en };)*
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, $crate::catalogue::text::Text)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use texts;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalogue::{closure, judgement, leak, mail, renewals, report, sentences, words};

    fn all() -> impl Iterator<Item = (&'static str, Text)> {
        [
            words::ALL,
            sentences::ALL,
            judgement::ALL,
            closure::ALL,
            renewals::ALL,
            mail::ALL,
            leak::ALL,
            report::texts::ALL,
            crate::hook::refusals::ALL,
            crate::feishu::refusals::ALL,
            crate::dingtalk::refusals::ALL,
            crate::wecom::refusals::ALL,
            crate::telegram::refusals::ALL,
            crate::slack::refusals::ALL,
            crate::webhook::refusals::ALL,
            crate::smtp::refusals::ALL,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .map(|part| part.split_once('}').expect("a place is closed").0)
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_places() {
        for (name, text) in all() {
            assert_eq!(places(text.zh), places(text.en), "{name}");
        }
    }

    #[test]
    fn chinese_is_chinese_and_english_is_not() {
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for (name, text) in all() {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{name}");
            assert!(!han(text.en), "{name}: {}", text.en);
            let words = places(text.zh)
                .iter()
                .fold(text.zh.to_owned(), |rest, place| rest.replace(place, ""));
            let only_signs = !words.chars().any(char::is_alphabetic);
            assert!(only_signs || han(text.zh), "{name}: {}", text.zh);
        }
    }

    #[test]
    fn a_value_that_looks_like_a_place_is_not_filled_again() {
        let text = Text {
            zh: "{a}和{b}",
            en: "{a} and {b}",
        };
        assert_eq!(text.say(Lang::En, &[("a", "{b}"), ("b", "two")]), "{b} and two");
    }
}
