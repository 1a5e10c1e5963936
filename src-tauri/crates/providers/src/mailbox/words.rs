//! Words in a text. Owns how a text is folded before words are looked for, and where a word ends: Latin words stand
//! alone ("top up" is not in "laptop upgrade"), Chinese ones stand anywhere. Tested below.

use std::ops::Range;

/// A text in which words are looked for: lower case, half-width, one space between words, nothing invisible.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Folded(String);

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        for letter in text.chars().map(half_width).flat_map(char::to_lowercase) {
            if is_invisible(letter) {
                continue;
            }
            if !letter.is_whitespace() && !letter.is_control() {
                folded.push(letter);
            } else if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        folded.truncate(folded.trim_end().len());
        Self(folded)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Where a word stands, every time; the word is folded.
    pub(super) fn places<'a>(&'a self, word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let found = self.0.match_indices(word).map(move |(at, _)| at..at + word.len());
        found.filter(move |place| !word.is_empty() && stands_alone(&self.0, place))
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.places(word).next().is_some()
    }
}

/// A full-width letter, digit or sign as its usual form.
fn half_width(letter: char) -> char {
    match u32::from(letter) {
        0x3000 => ' ',
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(letter),
        0xffe5 => '¥',
        0x2212 => '-',
        _ => letter,
    }
}

/// Signs that a reader cannot see; they would hide a word from us, or a mail from its reader.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Whether neither end of the place cuts a Latin word or a number.
fn stands_alone(text: &str, place: &Range<usize>) -> bool {
    let inside = text.get(place.clone()).unwrap_or_default();
    let before = text.get(..place.start).and_then(|text| text.chars().next_back());
    let after = text.get(place.end..).and_then(|text| text.chars().next());
    !both_latin(before, inside.chars().next()) && !both_latin(inside.chars().next_back(), after)
}

fn both_latin(left: Option<char>, right: Option<char>) -> bool {
    left.is_some_and(is_latin) && right.is_some_and(is_latin)
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || matches!(letter, '\u{c0}'..='\u{24f}')
}

/// How many of the words a text holds, each once; a word within another that was counted does not count.
pub(super) fn count(text: &Folded, words: &[String]) -> usize {
    let mut places: Vec<Range<usize>> = words.iter().filter_map(|word| text.places(word).next()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.len()));
    let mut counted: Vec<Range<usize>> = Vec::new();
    for place in places {
        let apart = |other: &Range<usize>| other.end <= place.start || place.end <= other.start;
        if counted.iter().all(apart) {
            counted.push(place);
        }
    }
    counted.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_words_stand_alone() {
        let text = Folded::new("Your laptop upgrade is here");
        assert!(!text.has("top up"));
        assert!(Folded::new("Please top up.").has("top up"));
        assert!(Folded::new("请TOP-UP或Top\r\n up充值").has("top up"));
        assert!(!Folded::new("unsuspended").has("suspended"));
    }

    #[test]
    fn chinese_words_stand_anywhere_in_any_width() {
        assert!(Folded::new("您的账户余额\u{200b}不足").has("余额不足"));
        assert_eq!(Folded::new("ＡＢＣ　１２３￥").as_str(), "abc 123¥");
    }

    #[test]
    fn a_word_within_a_counted_word_does_not_count() {
        let words = [
            "past due".to_owned(),
            "past due balance".to_owned(),
            "unpaid".to_owned(),
        ];
        assert_eq!(count(&Folded::new("your past due balance"), &words), 1);
        assert_eq!(count(&Folded::new("past due balance, unpaid, unpaid"), &words), 2);
    }
}
