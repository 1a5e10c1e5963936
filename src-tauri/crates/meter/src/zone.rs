//! A time zone by name. Owns parsing of zone names and its calendar days; calendar windows stand in `window`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Span, Time};

/// A time zone: an IANA name (`Asia/Shanghai`), `UTC`, or a fixed offset (`+05:45`).
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: jiff::tz::TimeZone,
}

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}: use an IANA name such as Asia/Shanghai, UTC, or an offset such as +08:00")]
pub struct ZoneError(String);

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            zone: jiff::tz::TimeZone::UTC,
        }
    }

    /// A fixed offset of whole minutes east of UTC; outside ±25 h it is clamped to UTC.
    #[must_use]
    pub fn fixed(minutes_east: i32) -> Self {
        let offset =
            jiff::tz::Offset::from_seconds(minutes_east.saturating_mul(60)).unwrap_or(jiff::tz::Offset::UTC);
        let sign = if minutes_east < 0 { '-' } else { '+' };
        let minutes = minutes_east.unsigned_abs();
        Self {
            name: format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
            zone: offset.to_time_zone(),
        }
    }

    /// China's billing zone: Huawei, Volcengine and Aliyun close their days and months in it.
    #[must_use]
    pub fn beijing() -> Self {
        Self::fixed(480)
    }

    /// The zone's name as given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone for calendar arithmetic.
    #[must_use]
    pub const fn jiff(&self) -> &jiff::tz::TimeZone {
        &self.zone
    }

    /// The calendar day around an instant.
    #[must_use]
    pub fn date_of(&self, at: Time) -> Date {
        at.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// A calendar day from its first instant, which is not always midnight, to the first of the next one; `None` at the
    /// ends of representable time.
    #[must_use]
    pub fn span_of(&self, day: Date) -> Option<Span> {
        Some(Span {
            start: self.first_of(day)?,
            end: self.first_of(day.tomorrow().ok()?)?,
        })
    }

    fn first_of(&self, day: Date) -> Option<Time> {
        let zoned = day.to_zoned(self.zone.clone()).ok()?;
        Some(Time::from_jiff(zoned.start_of_day().ok()?.timestamp()))
    }
}

fn fixed_minutes(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let part = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    let east = hours * 60 + minutes;
    // No zone lies further than 14 h from UTC.
    (minutes < 60 && east <= 14 * 60).then_some(sign * east)
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        if let Some(minutes) = fixed_minutes(text) {
            return Ok(Self::fixed(minutes));
        }
        let zone = jiff::tz::TimeZone::get(text).map_err(|_| ZoneError(text.chars().take(48).collect()))?;
        Ok(Self {
            name: text.to_owned(),
            zone,
        })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
