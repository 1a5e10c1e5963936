//! Amounts of money in a text. Owns their patterns and what a currency sign means. A number without a currency, a range,
//! a broken thousands separator, a multiple such as 万: none of these is an amount.

use std::ops::Range;

use regex::{Captures, Regex};
use tidegate_meter::{Currency, Quantity, Unit};

use super::Amount;
use super::near::{Anchors, Found, Same};

/// What an amount is called.
pub(super) const ANCHORS: Anchors = Anchors {
    leading: &[
        "余额",
        "餘額",
        "可用额度",
        "金额",
        "金額",
        "欠费",
        "欠費",
        "欠款",
        "应付",
        "應付",
        "应缴",
        "待支付",
        "账单总额",
        "balance",
        "amount due",
        "amount",
        "total due",
        "outstanding",
        "past due",
        "overdue",
        "owe",
        "owed",
        "invoice of",
        "payment of",
        "charge of",
        "应还",
    ],
    following: &[
        "余额",
        "餘額",
        "欠费",
        "欠費",
        "欠款",
        "remaining",
        "left",
        "due",
        "past due",
        "overdue",
        "outstanding",
    ],
    spoiling: &[
        "低于",
        "低於",
        "不足",
        "少于",
        "小于",
        "满",
        "滿",
        "送",
        "充值",
        "优惠",
        "優惠",
        "券",
        "阈值",
        "预警值",
        "超过",
        "上限",
        "below",
        "less than",
        "under",
        "threshold",
        "up to",
        "at least",
        "minimum",
        "limit",
        "coupon",
        "off",
        "fell from",
    ],
};

const NUMBER: &str = r"(?<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)";
const BEFORE_IT: &str = r"us\$|hk\$|nt\$|ca\$|au\$|a\$|c\$|s\$|\$|usd|eur|€|gbp|£|cny|rmb|hkd|jpy|¥";
const AFTER_IT: &str =
    r"美元|港元|港币|欧元|日元|英镑|元|usd|cny|rmb|eur|gbp|hkd|jpy|cad|aud|sgd|twd|krw|inr|€|£";
/// Behind a number these make it another one.
const MULTIPLES: &[char] = &['万', '萬', '千', '百', '亿', '億', '%', '‰', 'k', 'm', 'b'];

/// A currency as it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Exact(Currency),
    /// Yuan or yen.
    Yuan,
    /// Of some country.
    Dollar,
}

pub(super) struct Patterns {
    prefixed: Regex,
    suffixed: Regex,
}

/// A number with a currency on one side.
struct Part {
    place: Range<usize>,
    number: Range<usize>,
    sign: Sign,
    text: String,
}

impl Same for Amount {
    fn same(&self, other: &Self) -> bool {
        self.quantity == other.quantity
    }
}

impl Patterns {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            prefixed: Regex::new(&format!(
                r"(?<minus>-)?\s?(?<currency>{BEFORE_IT})\s?(?<inner>-)?{NUMBER}"
            ))?,
            suffixed: Regex::new(&format!(r"(?<minus>-)?{NUMBER}\s?(?<currency>{AFTER_IT})"))?,
        })
    }

    /// Every amount of a folded text.
    pub(super) fn all(&self, text: &str, hint: Option<Currency>) -> Vec<Found<Amount>> {
        let prefixed = parts(&self.prefixed, text);
        let suffixed = parts(&self.suffixed, text);
        // A sign in front of it that made no amount with it contradicts what stands behind.
        let alone = suffixed.iter().filter(|part| {
            let front = text.get(..part.place.start).unwrap_or_default();
            let signed = front.trim_end().ends_with(['$', '€', '£', '¥']);
            !signed && prefixed.iter().all(|other| other.number != part.number)
        });
        let mut all: Vec<Found<Amount>> = alone.filter_map(|part| amount(text, part, None, hint)).collect();
        all.extend(prefixed.iter().filter_map(|part| {
            let behind = suffixed.iter().find(|other| other.number == part.number);
            amount(text, part, behind, hint)
        }));
        all.sort_by_key(|found| found.place.start);
        all
    }
}

fn parts(pattern: &Regex, text: &str) -> Vec<Part> {
    pattern
        .captures_iter(text)
        .filter_map(|captures| part(&captures, text))
        .collect()
}

fn part(captures: &Captures<'_>, text: &str) -> Option<Part> {
    let number = captures.name("number")?;
    let whole = captures.get(0)?;
    let written = whole.as_str();
    let place = whole.start() + (written.len() - written.trim_start().len())..whole.end();
    let minus = captures.name("minus").is_some() || captures.name("inner").is_some();
    let sign = if minus { "-" } else { "" };
    let part = Part {
        number: number.range(),
        sign: sign_of(captures.name("currency")?.as_str())?,
        text: format!("{sign}{}", number.as_str().replace(',', "")),
        place,
    };
    stands_alone(text, &part).then_some(part)
}

/// Whether nothing around the number makes it part of a longer one, of a word or of a range.
fn stands_alone(text: &str, part: &Part) -> bool {
    let before = text.get(..part.place.start).unwrap_or_default();
    let after = text.get(part.number.end..).unwrap_or_default();
    !goes_on(after) && !has_begun(before) && !ends_in_a_word(text, part.place.end)
}

/// The number goes on behind its digits: more digits, a multiple, a range.
fn goes_on(after: &str) -> bool {
    let mut letters = after.chars();
    match (letters.next(), letters.next()) {
        (Some(',' | '.'), Some(digit)) => digit.is_ascii_digit(),
        (Some(next), following) => {
            let is_word = following.is_some_and(|letter| letter.is_ascii_alphabetic());
            next.is_ascii_digit() || is_range(next) || (MULTIPLES.contains(&next) && !is_word)
        }
        (None, _) => false,
    }
}

/// Something before belongs to it: a digit, a letter, a range.
fn has_begun(before: &str) -> bool {
    before.chars().next_back().is_some_and(|last| {
        last.is_ascii_alphanumeric()
            || is_range(last)
            || (matches!(last, '.' | ',') && is_within_number(before))
    })
}

/// A letter or digit follows at once: "usd850x" is a name.
fn ends_in_a_word(text: &str, end: usize) -> bool {
    let last = text.get(..end).and_then(|front| front.chars().next_back());
    let next = text.get(end..).and_then(|rest| rest.chars().next());
    let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    is_word(last) && is_word(next)
}

const fn is_range(letter: char) -> bool {
    matches!(letter, '~' | '〜' | '–' | '—' | '-' | '至')
}

/// "1,2" before a number: its first digits are part of something that is no number.
fn is_within_number(before: &str) -> bool {
    before
        .chars()
        .rev()
        .nth(1)
        .is_some_and(|letter| letter.is_ascii_digit())
}

fn amount(text: &str, part: &Part, behind: Option<&Part>, hint: Option<Currency>) -> Option<Found<Amount>> {
    let currency = currency(part.sign, behind.map(|other| other.sign), hint)?;
    let place = part.place.start..behind.map_or(part.place.end, |other| other.place.end.max(part.place.end));
    Some(Found {
        value: Amount {
            quantity: Quantity::parse(&part.text, Unit::Money(currency)).ok()?,
            raw: text.get(place.clone())?.to_owned(),
        },
        place,
    })
}

/// What the signs before and behind a number mean together; `None` where they contradict each other or say too little.
fn currency(sign: Sign, behind: Option<Sign>, hint: Option<Currency>) -> Option<Currency> {
    match (sign, behind) {
        (Sign::Exact(one), None) => Some(one),
        (Sign::Exact(one), Some(Sign::Exact(other))) => (one == other).then_some(one),
        (Sign::Yuan, None) => hint.filter(|hint| ["CNY", "JPY"].contains(&hint.code())),
        (Sign::Yuan, Some(Sign::Exact(exact))) => ["CNY", "JPY"].contains(&exact.code()).then_some(exact),
        (Sign::Dollar, None) => Some(hint.filter(is_dollar).unwrap_or(Currency::USD)),
        (Sign::Dollar, Some(Sign::Exact(exact))) => is_dollar(&exact).then_some(exact),
        (_, Some(Sign::Yuan | Sign::Dollar)) => None,
    }
}

fn is_dollar(currency: &Currency) -> bool {
    ["USD", "HKD", "TWD", "CAD", "AUD", "SGD", "NZD"].contains(&currency.code())
}

fn sign_of(written: &str) -> Option<Sign> {
    let code = match written {
        "¥" => return Some(Sign::Yuan),
        "$" => return Some(Sign::Dollar),
        "us$" | "美元" => "USD",
        "hk$" | "港元" | "港币" => "HKD",
        "nt$" => "TWD",
        "ca$" | "c$" => "CAD",
        "au$" | "a$" => "AUD",
        "s$" => "SGD",
        "€" | "欧元" => "EUR",
        "£" | "英镑" => "GBP",
        "元" | "rmb" => "CNY",
        "日元" => "JPY",
        code => return code.to_ascii_uppercase().parse().ok().map(Sign::Exact),
    };
    code.parse().ok().map(Sign::Exact)
}
