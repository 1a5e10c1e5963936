//! How a report speaks: amounts, shares, changes, days and instants as text, in the report's own zone and as of when it was
//! made, so that an old one still reads as it was.

use std::time::Duration;

use jiff::civil::{Date, Weekday};
use tidegate_meter::{ByteBase, Lang, Quantity, Time};

use super::texts as t;
use crate::catalogue::text::Text;
use crate::catalogue::voice::Voice;
use crate::page::clean;
use crate::report::{ReportFacts, ReportKind};

/// Longest name of a device, node or subscription in a report, in characters: a name is data, and one row.
const NAME_CHARS: usize = 60;

/// A report and the language it is told in.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) facts: &'a ReportFacts,
    pub(super) voice: Voice<'a>,
}

impl<'a> Teller<'a> {
    pub(super) const fn new(facts: &'a ReportFacts, lang: Lang) -> Self {
        Self {
            facts,
            voice: Voice {
                lang,
                zone: &facts.zone,
                now: facts.made_at,
            },
        }
    }

    pub(super) const fn word(self, text: Text) -> &'static str {
        self.voice.word(text)
    }

    pub(super) fn say(self, text: Text, values: &[(&str, &str)]) -> String {
        self.voice.say(text, values)
    }

    /// The text for a count, `one` where a language has a form of its own for it.
    pub(super) fn count(self, text: Text, one: Text, n: usize) -> String {
        text.count(one, self.voice.lang, n)
    }

    /// A name from outside, on one line and not too long.
    pub(super) fn name(self, name: &str) -> String {
        clean(name, NAME_CHARS)
    }

    pub(super) fn amount(self, quantity: Quantity) -> String {
        self.voice.amount(quantity, ByteBase::Binary)
    }

    pub(super) fn bytes(self, count: u64) -> String {
        self.amount(Quantity::bytes(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    pub(super) fn seconds(self, seconds: u64) -> String {
        self.voice.span(Duration::from_secs(seconds))
    }

    /// A signed amount, a gain with its sign.
    pub(super) fn signed(self, quantity: Quantity) -> String {
        if quantity.raw() > 0 {
            format!("+{}", self.amount(quantity))
        } else {
            self.amount(quantity)
        }
    }

    /// `+18%`, `−4%`, `±0%`, `about 12 times`.
    pub(super) fn change(self, now: u64, before: u64) -> String {
        let (now, before) = (i128::from(now), i128::from(before));
        if before == 0 {
            return if now == 0 {
                "±0%".to_owned()
            } else {
                self.word(t::FROM_NOTHING).to_owned()
            };
        }
        if now >= before * 10 {
            return self.say(t::TIMES, &[("n", &(now / before).to_string())]);
        }
        let percent = ((now - before) * 200 + before).div_euclid(before * 2);
        match percent {
            0 => "±0%".to_owned(),
            1.. => format!("+{percent}%"),
            _ => format!("−{}%", percent.unsigned_abs()),
        }
    }

    /// `2026-11-20`.
    pub(super) fn date(self, date: Date) -> String {
        date.strftime("%Y-%m-%d").to_string()
    }

    /// `11-20 Fri`, as the language orders it.
    pub(super) fn day(self, date: Date) -> String {
        let weekday = self.word(weekday(date.weekday()));
        let date = date.strftime("%m-%d").to_string();
        self.say(t::DAY, &[("date", &date), ("weekday", weekday)])
    }

    /// One day, or from one to another.
    pub(super) fn days(self, from: Date, through: Date) -> String {
        if from == through {
            return self.day(from);
        }
        let (from, through) = (self.day(from), self.day(through));
        self.say(t::DAYS, &[("from", &from), ("through", &through)])
    }

    /// The date of an instant.
    pub(super) fn date_of(self, at: Time) -> String {
        self.date(self.local(at).date())
    }

    /// `14:02` on the report's only day, `11-19 14:02` on any other.
    pub(super) fn at(self, at: Time) -> String {
        let local = self.local(at);
        let same = self.facts.kind == ReportKind::Daily && local.date() == self.facts.through;
        let form = if same { "%H:%M" } else { "%m-%d %H:%M" };
        local.strftime(form).to_string()
    }

    /// `2026-11-20 23:55`; the end of a day as `24:00`.
    pub(super) fn bound(self, at: Time, ends: bool) -> String {
        let local = self.local(at);
        if ends && self.facts.whole {
            return format!("{} 24:00", self.date(self.facts.through));
        }
        local.strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The time of day of an instant.
    pub(super) fn clock(self, at: Time) -> String {
        self.local(at).strftime("%H:%M").to_string()
    }

    /// From one count of days to another.
    pub(super) fn range(self, least: u32, most: u32) -> String {
        match (least, most) {
            (_, 0) => self.word(t::DAYS_NONE).to_owned(),
            (least, most) if least == most => self.whole_days(most),
            (least, most) => self.say(
                t::DAYS_RANGE,
                &[("least", &least.to_string()), ("most", &most.to_string())],
            ),
        }
    }

    pub(super) fn whole_days(self, days: u32) -> String {
        let text = if days == 1 { t::DAY_ONE } else { t::DAYS_ONE };
        self.say(text, &[("n", &days.to_string())])
    }

    /// Names in a row.
    pub(super) fn names(self, names: &[String]) -> String {
        names.join(self.word(t::AND))
    }

    fn local(self, at: Time) -> jiff::Zoned {
        at.to_jiff().to_zoned(self.facts.zone.jiff().clone())
    }
}

/// A part of a whole in whole percent, cut towards less: `99%` is never all. Nothing of nothing is `None`.
pub(super) fn percent(part: u64, whole: u64) -> Option<u64> {
    let share = u128::from(part.min(whole)) * 100;
    share
        .checked_div(u128::from(whole))
        .and_then(|share| u64::try_from(share).ok())
}

/// The same as text; a part that is there is never `0%`.
pub(super) fn share(part: u64, whole: u64) -> String {
    match percent(part, whole) {
        None => "—".to_owned(),
        Some(0) if part > 0 => "<1%".to_owned(),
        Some(share) => format!("{share}%"),
    }
}

const fn weekday(weekday: Weekday) -> Text {
    match weekday {
        Weekday::Monday => t::MON,
        Weekday::Tuesday => t::TUE,
        Weekday::Wednesday => t::WED,
        Weekday::Thursday => t::THU,
        Weekday::Friday => t::FRI,
        Weekday::Saturday => t::SAT,
        Weekday::Sunday => t::SUN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_cut_and_never_hides_a_part_or_a_gap() {
        assert_eq!(share(0, 100), "0%");
        assert_eq!(share(1, 1000), "<1%");
        assert_eq!(share(999, 1000), "99%");
        assert_eq!(share(5, 0), "—");
        assert_eq!(share(u64::MAX, u64::MAX), "100%");
    }
}
