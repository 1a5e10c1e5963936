//! The calendar of reports: of which days one tells, and when it is due, also over the days on which clocks are changed.
//! Pure; knows no store and no clock.

use jiff::civil::{Date, Time as Civil};
use jiff::{Span as Days, ToSpan};
use tidegate_channels::report::ReportKind;
use tidegate_meter::{Span, Time, Zone};

use super::settings::ReportSettings;
use crate::quiet::instant;

/// From this hour on a report tells of its own day; before it, of the day before, which is over by then.
const NOON: i8 = 12;
/// How far back the newest hour of a report can lie: a week, and a day on each side.
const SEARCH_DAYS: i64 = 9;

/// The hour and zone of reports.
#[derive(Clone, Copy)]
pub(super) struct Calendar<'a> {
    pub(super) settings: &'a ReportSettings,
    pub(super) zone: &'a Zone,
}

/// One report that was, is, or will be due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Due {
    pub(super) kind: ReportKind,
    /// The last day that it tells of.
    pub(super) day: Date,
    /// When.
    pub(super) at: Time,
}

impl Calendar<'_> {
    /// Whether reports of a kind are sent at all.
    pub(super) const fn sends(&self, kind: ReportKind) -> bool {
        match kind {
            ReportKind::Daily => self.settings.daily,
            ReportKind::Weekly => self.settings.weekly.is_some(),
        }
    }

    /// The newest report of a kind that is due at `now`.
    pub(super) fn newest(&self, kind: ReportKind, now: Time) -> Option<Due> {
        let today = self.zone.date_of(now);
        let back = (0..=SEARCH_DAYS).filter_map(|days| today.checked_sub(days.days()).ok());
        back.filter_map(|day| self.sent_on(kind, day))
            .find(|due| due.at <= now)
    }

    /// The next one after `now`.
    pub(super) fn next(&self, kind: ReportKind, now: Time) -> Option<Due> {
        let today = self.zone.date_of(now);
        let ahead = (0..=SEARCH_DAYS).filter_map(|days| today.checked_add(days.days()).ok());
        ahead
            .filter_map(|day| self.sent_on(kind, day))
            .find(|due| due.at > now)
    }

    /// The report that tells of a day, or of the week that ends with it.
    pub(super) fn of_day(&self, kind: ReportKind, day: Date) -> Option<Due> {
        let sent_on = if self.tells_of_the_day_before() {
            day.tomorrow().ok()?
        } else {
            day
        };
        let at = self.settings.at;
        Some(Due {
            kind,
            day,
            at: instant(sent_on, at, self.zone.jiff())?,
        })
    }

    /// The report that is sent on a day, if one is.
    fn sent_on(&self, kind: ReportKind, day: Date) -> Option<Due> {
        let is_its_day = kind == ReportKind::Daily || self.settings.weekly == Some(day.weekday());
        if !self.sends(kind) || !is_its_day {
            return None;
        }
        let told = if self.tells_of_the_day_before() {
            day.yesterday().ok()?
        } else {
            day
        };
        self.of_day(kind, told)
    }

    fn tells_of_the_day_before(&self) -> bool {
        self.settings.at.hour() < NOON
    }
}

/// The days of a report as instants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reach {
    pub(super) kind: ReportKind,
    pub(super) from: Date,
    pub(super) through: Date,
    pub(super) window: Span,
    /// To the end of the last day.
    pub(super) whole: bool,
}

impl Reach {
    /// From the first instant of its first day to `until`, or to the end of its last day where that comes first.
    pub(super) fn new(kind: ReportKind, through: Date, until: Time, zone: &Zone) -> Option<Self> {
        let from = first_day(kind, through)?;
        let (first, last) = (zone.span_of(from)?, zone.span_of(through)?);
        Some(Self {
            kind,
            from,
            through,
            window: Span {
                start: first.start,
                end: until.clamp(last.start, last.end),
            },
            whole: until >= last.end,
        })
    }

    /// The same days before it, to the same time of their last day.
    pub(super) fn before(&self, zone: &Zone) -> Option<Self> {
        let back = Days::new().days(self.kind.days());
        let through = self.through.checked_sub(back).ok()?;
        let last = zone.span_of(through)?;
        let until = if self.whole {
            last.end
        } else {
            instant(through, self.clock(zone), zone.jiff())?
        };
        Self::new(self.kind, through, until, zone)
    }

    /// Only the last hour at most of its last day is missing: it may be compared with whole days.
    pub(super) fn is_nearly_whole(&self, zone: &Zone) -> bool {
        let last = zone.span_of(self.through);
        self.whole
            || last.is_some_and(|last| last.end.since(self.window.end) <= crate::limits::REPORT_NEARLY_WHOLE)
    }

    fn clock(&self, zone: &Zone) -> Civil {
        let end = self.window.end.to_jiff().to_zoned(zone.jiff().clone());
        end.time()
    }
}

/// The first day of a report.
pub(super) fn first_day(kind: ReportKind, through: Date) -> Option<Date> {
    through.checked_sub(Days::new().days(kind.days() - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("an instant")
    }

    fn on(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn due(hour: &str, weekly: Option<&str>, zone: &str, kind: ReportKind, now: &str) -> (String, String) {
        let settings = ReportSettings::new(hour, weekly).expect("settings");
        let zone: Zone = zone.parse().expect("a zone");
        let calendar = Calendar {
            settings: &settings,
            zone: &zone,
        };
        let due = calendar.newest(kind, at(now)).expect("a report");
        (due.day.to_string(), due.at.to_string())
    }

    #[test]
    fn an_evening_report_tells_of_its_own_day() {
        // 23:55 in Shanghai is 15:55Z.
        let shanghai = |now| due("23:55", None, "Asia/Shanghai", ReportKind::Daily, now).0;
        assert_eq!(shanghai("2026-11-20T15:54:59Z"), "2026-11-19");
        assert_eq!(shanghai("2026-11-20T15:55:00Z"), "2026-11-20");
        assert_eq!(shanghai("2026-11-20T16:10:00Z"), "2026-11-20");
    }

    #[test]
    fn a_morning_report_tells_of_the_day_before() {
        let shanghai = |now| due("00:10", None, "Asia/Shanghai", ReportKind::Daily, now).0;
        assert_eq!(shanghai("2026-11-20T16:09:00Z"), "2026-11-19");
        assert_eq!(shanghai("2026-11-20T16:10:00Z"), "2026-11-20");
    }

    #[test]
    fn a_weekly_report_ends_with_its_day() {
        let sunday = |now| due("23:55", Some("sun"), "UTC", ReportKind::Weekly, now).0;
        assert_eq!(sunday("2026-11-22T23:54:00Z"), "2026-11-15");
        assert_eq!(sunday("2026-11-22T23:55:00Z"), "2026-11-22");
        let monday = due(
            "08:00",
            Some("mon"),
            "UTC",
            ReportKind::Weekly,
            "2026-11-23T08:00:00Z",
        );
        assert_eq!(
            monday.0, "2026-11-22",
            "sent on Monday morning, of the week before"
        );
    }

    #[test]
    fn an_hour_that_clocks_skip_comes_when_they_go_on_and_one_that_comes_twice_comes_once() {
        // Berlin skips 02:00-03:00 on 2026-03-29 and shows it twice on 2026-10-25.
        let berlin = |now| due("02:30", None, "Europe/Berlin", ReportKind::Daily, now);
        assert_eq!(berlin("2026-03-29T01:30:00Z").0, "2026-03-28");
        assert_eq!(berlin("2026-03-29T01:29:00Z").0, "2026-03-27");
        assert_eq!(berlin("2026-10-25T00:30:00Z").1, "2026-10-25T00:30:00Z");
        assert_eq!(berlin("2026-10-25T02:30:00Z").1, "2026-10-25T00:30:00Z");
    }

    #[test]
    fn a_day_is_as_long_as_its_clocks_say() {
        let berlin: Zone = "Europe/Berlin".parse().expect("a zone");
        let hours = |day: &str| {
            let reach = Reach::new(ReportKind::Daily, on(day), at("2027-01-01T00:00:00Z"), &berlin);
            let window = reach.expect("a day").window;
            window.end.since(window.start).as_secs() / 3600
        };
        assert_eq!(
            [hours("2026-03-28"), hours("2026-03-29"), hours("2026-10-25")],
            [24, 23, 25]
        );
    }

    #[test]
    fn the_day_before_is_cut_at_the_same_time_of_day() {
        let zone: Zone = "Asia/Shanghai".parse().expect("a zone");
        let until = at("2026-11-20T15:55:00Z");
        let reach = Reach::new(ReportKind::Daily, on("2026-11-20"), until, &zone).expect("a day");
        assert!(!reach.whole && reach.is_nearly_whole(&zone));
        let before = reach.before(&zone).expect("the day before");
        assert_eq!(before.window.end, at("2026-11-19T15:55:00Z"));
        assert_eq!(before.through, on("2026-11-19"));
    }
}
