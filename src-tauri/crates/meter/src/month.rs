//! A calendar month of a provider's bill. Owns its text (`2026-03`) and order; which month an instant belongs to depends
//! on the zone that the provider bills in. Tested in `tests/vocabulary/months.rs`.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Time, Zone};

/// A month, `YYYY-MM` in text, JSON and the database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Date,
}

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no month: use YYYY-MM such as 2026-03")]
pub struct MonthError(String);

impl Month {
    /// The month around an instant, in the zone that the provider bills in.
    #[must_use]
    pub fn of(at: Time, zone: &Zone) -> Self {
        let local = at.to_jiff().to_zoned(zone.jiff().clone());
        Self {
            first: local.date().first_of_month(),
        }
    }

    /// The month before; the very first one has none and stays.
    #[must_use]
    pub fn previous(self) -> Self {
        let before = self.first.checked_sub(1.month());
        Self {
            first: before.unwrap_or(self.first),
        }
    }

    /// The month after; the very last one has none and stays.
    #[must_use]
    pub fn next(self) -> Self {
        let after = self.first.checked_add(1.month());
        Self {
            first: after.unwrap_or(self.first),
        }
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> Date {
        self.first
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let bad = || MonthError(text.chars().take(16).collect());
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(bad());
        }
        let (year, month) = (
            year.parse().map_err(|_| bad())?,
            month.parse().map_err(|_| bad())?,
        );
        let first = Date::new(year, month, 1).map_err(|_| bad())?;
        Ok(Self { first })
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
