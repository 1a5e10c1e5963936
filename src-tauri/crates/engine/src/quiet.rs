//! Quiet hours: a time of day in which messages below critical wait. Owns the calendar of it, also over the days on
//! which clocks are changed; waiting is the deliverer's. Tested below.

use jiff::civil::{Date, Time as Civil};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use tidegate_meter::{Time, Zone};

/// From one time of day to another, in a zone. An end before the start lies on the next day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct QuietHours {
    start: Civil,
    end: Civil,
    zone: Zone,
}

/// A text that is no time of day, a zone that does not exist, or a span that is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QuietError {
    /// The start is no time of day.
    #[error("the start is no time of day such as 22:30")]
    Start,
    /// The end is no time of day.
    #[error("the end is no time of day such as 07:00")]
    End,
    /// The zone does not exist.
    #[error("unknown time zone: use an IANA name such as Asia/Shanghai, UTC, or an offset such as +08:00")]
    Zone,
    /// Start and end are the same.
    #[error("quiet hours that begin and end at the same time would be none, or the whole day")]
    Empty,
}

/// As it is stored and shown.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    start: String,
    end: String,
    zone: String,
}

impl TryFrom<Stored> for QuietHours {
    type Error = QuietError;

    fn try_from(stored: Stored) -> Result<Self, QuietError> {
        Self::new(&stored.start, &stored.end, &stored.zone)
    }
}

impl From<QuietHours> for Stored {
    fn from(hours: QuietHours) -> Self {
        Self {
            start: hours.start(),
            end: hours.end(),
            zone: hours.zone.name().to_owned(),
        }
    }
}

impl QuietHours {
    /// From `22:30` to `07:00` in a zone.
    pub fn new(start: &str, end: &str, zone: &str) -> Result<Self, QuietError> {
        let start = time_of_day(start).ok_or(QuietError::Start)?;
        let end = time_of_day(end).ok_or(QuietError::End)?;
        let zone = zone.parse().map_err(|_| QuietError::Zone)?;
        if start == end {
            return Err(QuietError::Empty);
        }
        Ok(Self { start, end, zone })
    }

    /// The first minute: `22:30`.
    #[must_use]
    pub fn start(&self) -> String {
        self.start.strftime("%H:%M").to_string()
    }

    /// The first minute after it: `07:00`.
    #[must_use]
    pub fn end(&self) -> String {
        self.end.strftime("%H:%M").to_string()
    }

    /// The zone.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// When the quiet that holds at `now` ends; `None` when it is not quiet. Told by instants, not by what a clock on
    /// the wall shows: an hour that comes twice is quiet once.
    #[must_use]
    pub fn ends(&self, now: Time) -> Option<Time> {
        let tz = self.zone.jiff();
        let today = tz.to_datetime(Timestamp::from_millisecond(now.ms()).ok()?).date();
        let yesterday = today.checked_sub(1.day()).ok()?;
        [yesterday, today].into_iter().find_map(|day| {
            let (start, end) = self.span(day, tz)?;
            (start <= now && now < end).then_some(end)
        })
    }

    /// The quiet that begins on a day.
    fn span(&self, day: Date, tz: &TimeZone) -> Option<(Time, Time)> {
        let last = if self.end > self.start {
            day
        } else {
            day.checked_add(1.day()).ok()?
        };
        Some((instant(day, self.start, tz)?, instant(last, self.end, tz)?))
    }
}

/// A time of day that is skipped counts from when the clock goes on, one that comes twice is its first.
pub(crate) fn instant(day: Date, at: Civil, tz: &TimeZone) -> Option<Time> {
    let zoned = day.to_datetime(at).to_zoned(tz.clone()).ok()?;
    Some(Time::from_ms(zoned.timestamp().as_millisecond()))
}

/// `22:30`, and nothing looser: what is typed is what is shown.
pub(crate) fn time_of_day(text: &str) -> Option<Civil> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i8>().ok()).flatten()
    };
    Civil::new(part(hours)?, part(minutes)?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("an instant")
    }

    fn hours(start: &str, end: &str, zone: &str) -> QuietHours {
        QuietHours::new(start, end, zone).expect("quiet hours")
    }

    #[test]
    fn a_night_ends_in_the_morning_of_its_zone() {
        let night = hours("22:30", "07:00", "Asia/Shanghai");
        assert_eq!(
            night.ends(at("2026-11-20T14:30:00Z")),
            Some(at("2026-11-20T23:00:00Z"))
        );
        assert_eq!(
            night.ends(at("2026-11-20T22:59:59Z")),
            Some(at("2026-11-20T23:00:00Z"))
        );
        assert_eq!(night.ends(at("2026-11-20T23:00:00Z")), None);
        assert_eq!(night.ends(at("2026-11-20T14:29:59Z")), None);
    }

    #[test]
    fn an_afternoon_lies_within_one_day() {
        let rest = hours("12:00", "14:00", "UTC");
        assert_eq!(
            rest.ends(at("2026-11-20T13:00:00Z")),
            Some(at("2026-11-20T14:00:00Z"))
        );
        assert_eq!(rest.ends(at("2026-11-20T14:00:00Z")), None);
    }

    #[test]
    fn the_night_of_the_spring_change_is_an_hour_shorter() {
        // Berlin goes from 02:00 to 03:00 on 2026-03-29: 22:00 is 21:00Z, 07:00 is 05:00Z.
        let night = hours("22:00", "07:00", "Europe/Berlin");
        assert_eq!(
            night.ends(at("2026-03-28T21:00:00Z")),
            Some(at("2026-03-29T05:00:00Z"))
        );
        assert_eq!(night.ends(at("2026-03-29T05:00:00Z")), None);
    }

    #[test]
    fn an_end_that_the_spring_change_skips_comes_when_the_clock_goes_on() {
        // 02:30 does not exist on that day: the clock shows 03:30 half an hour after 02:00.
        let night = hours("22:00", "02:30", "Europe/Berlin");
        assert_eq!(
            night.ends(at("2026-03-28T23:00:00Z")),
            Some(at("2026-03-29T01:30:00Z"))
        );
    }

    #[test]
    fn an_hour_that_comes_twice_in_autumn_is_quiet_once() {
        // Berlin shows 02:30 twice on 2026-10-25: at 00:30Z and at 01:30Z.
        let night = hours("22:00", "02:30", "Europe/Berlin");
        assert_eq!(
            night.ends(at("2026-10-25T00:15:00Z")),
            Some(at("2026-10-25T00:30:00Z"))
        );
        assert_eq!(night.ends(at("2026-10-25T01:15:00Z")), None);
    }

    #[test]
    fn what_is_stored_is_what_was_set() {
        let night = hours("22:30", "07:05", "Asia/Shanghai");
        let stored = serde_json::to_value(&night).expect("JSON");
        assert_eq!(
            stored,
            serde_json::json!({ "start": "22:30", "end": "07:05", "zone": "Asia/Shanghai" })
        );
        assert_eq!(
            serde_json::from_value::<QuietHours>(stored).expect("read back"),
            night
        );
    }

    #[test]
    fn what_is_no_span_is_refused_by_its_field() {
        assert_eq!(QuietHours::new("24:00", "07:00", "UTC"), Err(QuietError::Start));
        assert_eq!(QuietHours::new("7:00", "08:00", "UTC"), Err(QuietError::Start));
        assert_eq!(QuietHours::new("22:00", "07:60", "UTC"), Err(QuietError::End));
        assert_eq!(
            QuietHours::new("22:00", "07:00", "Mars/Base"),
            Err(QuietError::Zone)
        );
        assert_eq!(QuietHours::new("22:00", "22:00", "UTC"), Err(QuietError::Empty));
    }
}
