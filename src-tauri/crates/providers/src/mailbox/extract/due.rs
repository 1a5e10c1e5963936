//! Dates in a text. Owns their patterns: year first, or the month in letters, or a number of days. A date such as
//! 03/04/2026 can be read in two ways and is none; neither is one without a year.

use jiff::ToSpan;
use jiff::civil::Date;
use regex::{Captures, Regex};

use super::super::limits;
use super::Due;
use super::near::{Anchors, Found, Same};

/// What a date is called.
pub(super) const ANCHORS: Anchors = Anchors {
    leading: &[
        "到期",
        "过期",
        "截止",
        "有效期至",
        "将于",
        "將於",
        "到期日",
        "请在",
        "请于",
        "最晚",
        "期限",
        "还有",
        "剩余",
        "剩餘",
        "expire",
        "expires",
        "expired",
        "expiration",
        "expiring",
        "due",
        "before",
        "by",
        "until",
        "deadline",
        "renew",
        "renews",
        "renewal",
        "within",
    ],
    following: &[
        "到期", "过期", "截止", "前", "之前", "内", "后", "停机", "暂停", "释放", "續費", "续费", "expire",
        "expires", "due", "until",
    ],
    spoiling: &[
        "注册",
        "创建",
        "开通",
        "发送",
        "下单",
        "registered",
        "created",
        "sent",
        "issued",
        "since",
        "invoice date",
    ],
};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const MONTH: &str = "(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
const DAY: &str = "(?<day>[0-9]{1,2})(?:st|nd|rd|th)?";
const YEAR: &str = "(?<year>[0-9]{4})";

pub(super) struct Patterns {
    full: [Regex; 3],
    relative: Regex,
}

impl Same for Due {
    fn same(&self, other: &Self) -> bool {
        self.day == other.day
    }
}

impl Patterns {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            full: [
                Regex::new(&format!(
                    r"{YEAR}\s?[-/.年]\s?(?<month>[0-9]{{1,2}})\s?[-/.月]\s?(?<day>[0-9]{{1,2}})(?:\s?日)?"
                ))?,
                Regex::new(&format!(r"{DAY}(?: of)?[\s-]{MONTH}\.?,?[\s-]{YEAR}"))?,
                Regex::new(&format!(r"{MONTH}\.?\s{DAY},?\s{YEAR}"))?,
            ],
            relative: Regex::new(
                r"(?<days>[0-9]{1,3})\s?(?:个)?(?:天|日(?:内|后|後)|days?)(?<ago>以?前| ago)?",
            )?,
        })
    }

    /// Every date in full.
    pub(super) fn full(&self, text: &str) -> Vec<Found<Due>> {
        let captures = self.full.iter().flat_map(|pattern| pattern.captures_iter(text));
        captures
            .filter_map(|captures| found(text, &captures, full))
            .collect()
    }

    /// Every number of days, counted from the day the mail came in.
    pub(super) fn relative(&self, text: &str, received: Date) -> Vec<Found<Due>> {
        let captures = self.relative.captures_iter(text);
        captures
            .filter_map(|captures| found(text, &captures, |captures| ahead(captures, received)))
            .collect()
    }
}

fn found(
    text: &str,
    captures: &Captures<'_>,
    day: impl Fn(&Captures<'_>) -> Option<Date>,
) -> Option<Found<Due>> {
    let place = captures.get(0)?.range();
    let before = text.get(..place.start)?.chars().next_back();
    let after = text.get(place.end..)?.chars().next();
    let part_of_more =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-' | '月' | '.');
    if before.is_some_and(part_of_more) || after.is_some_and(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Found {
        value: Due {
            day: day(captures)?,
            raw: text.get(place.clone())?.trim().to_owned(),
        },
        place,
    })
}

fn full(captures: &Captures<'_>) -> Option<Date> {
    let month = captures.name("month")?.as_str();
    let named = MONTHS
        .iter()
        .zip(1_i8..)
        .find(|(name, _)| **name == month)
        .map(|(_, number)| number);
    let month = named.or_else(|| month.parse().ok())?;
    let day = captures.name("day")?.as_str().parse().ok()?;
    let year: i16 = captures.name("year")?.as_str().parse().ok()?;
    Date::new(year, month, day).ok()
}

fn ahead(captures: &Captures<'_>, received: Date) -> Option<Date> {
    if captures.name("ago").is_some() {
        return None;
    }
    let days: i64 = captures.name("days")?.as_str().parse().ok()?;
    if days > limits::DAYS_AHEAD {
        return None;
    }
    received.checked_add(days.days()).ok()
}
