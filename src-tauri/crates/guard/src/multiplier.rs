//! By how much a node's bytes are billed: its multiplier (倍率), which stands in its name alone. Owns reading it, exactly,
//! to three decimals; a name that says two different things says nothing. Tested in `tests/allowance/multipliers.rs`.

use std::fmt;
use std::str::FromStr;

/// A factor of thousandths, above 0 and at most 100.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Multiplier(u32);

/// A text that is no multiplier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a multiplier is a number above 0 and at most 100, with at most three decimals: 1.5")]
pub struct MultiplierError;

const THOUSAND: u32 = 1000;
const MOST: u32 = 100 * THOUSAND;
/// With an `x` before them these name kinds of machines.
const MACHINES: [&str; 2] = ["64", "86"];

impl Multiplier {
    /// Once.
    pub const ONE: Self = Self(THOUSAND);

    /// What the name of a node says: `[1.5x]`, `x0.2`, `2倍`, `倍率:2`, `0.5×`, `|3.0X|`. `None` when it says nothing, or
    /// two different things.
    #[must_use]
    pub fn in_name(name: &str) -> Option<Self> {
        let letters: Vec<char> = name.chars().collect();
        let mut found: Option<Self> = None;
        let mut at = 0;
        while let Some((number, end)) = number_at(&letters, at) {
            if let Some(read) = beside(&letters, number, end) {
                if found.is_some_and(|known| known != read) {
                    return None;
                }
                found = Some(read);
            }
            at = end;
        }
        found
    }

    /// Bytes as they are billed, rounded down; `None` when that does not fit.
    #[must_use]
    pub fn of(self, bytes: u64) -> Option<u64> {
        let product = u128::from(bytes).checked_mul(u128::from(self.0))?;
        u64::try_from(product / u128::from(THOUSAND)).ok()
    }
}

impl FromStr for Multiplier {
    type Err = MultiplierError;

    fn from_str(text: &str) -> Result<Self, MultiplierError> {
        thousandths(text.trim()).ok_or(MultiplierError)
    }
}

impl fmt::Display for Multiplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / THOUSAND, self.0 % THOUSAND);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{rest:03}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

fn thousandths(text: &str) -> Option<Multiplier> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 3 || whole.len() > 3 {
        return None;
    }
    let raw: u32 = format!("{whole}{fraction:0<3}").parse().ok()?;
    (raw > 0 && raw <= MOST).then_some(Multiplier(raw))
}

/// The next number from `from` on: where it begins, and where it ends.
fn number_at(letters: &[char], from: usize) -> Option<(usize, usize)> {
    let is_digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let start = (from..letters.len()).find(|at| is_digit(*at))?;
    let mut end = start;
    while is_digit(end) || (letters.get(end) == Some(&'.') && is_digit(end + 1)) {
        end += 1;
    }
    Some((start, end))
}

/// What a number means by its neighbours.
fn beside(letters: &[char], start: usize, end: usize) -> Option<Multiplier> {
    let before = letters.get(..start)?;
    let after = letters.get(end..)?;
    let number: String = letters.get(start..end)?.iter().collect();
    // A point before it makes it the end of another number.
    if before.last() == Some(&'.') {
        return None;
    }
    let behind = is_behind(after) && !ends_in_word(before);
    let in_front = is_in_front(before) && !begins_word(after) && !MACHINES.contains(&number.as_str());
    (behind || in_front).then(|| thousandths(&number)).flatten()
}

/// `x`, `×`, `倍` or `倍率` right behind the number, and no word that goes on.
fn is_behind(after: &[char]) -> bool {
    match after {
        ['倍', ..] => true,
        [sign, rest @ ..] if is_times(*sign) => !begins_word(rest),
        _ => false,
    }
}

/// `x`, `×` or `倍率:` right before the number, and no word or number that it ends.
fn is_in_front(before: &[char]) -> bool {
    match before {
        [rest @ .., sign] if is_times(*sign) => !ends_in_word(rest),
        _ => {
            let name: String = before.iter().collect();
            let name = name.trim_end_matches([' ', ':', '：', '=']);
            name.ends_with("倍率") || name.ends_with("倍数")
        }
    }
}

const fn is_times(sign: char) -> bool {
    matches!(sign, 'x' | 'X' | '×' | '✕')
}

fn begins_word(after: &[char]) -> bool {
    match after {
        [first, ..] if first.is_ascii_alphanumeric() => true,
        ['.', second, ..] => second.is_ascii_digit(),
        _ => false,
    }
}

fn ends_in_word(before: &[char]) -> bool {
    before.last().is_some_and(char::is_ascii_alphanumeric)
}
