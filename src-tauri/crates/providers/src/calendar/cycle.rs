//! A cycle and the two texts it is written as: `cycle = "monthly"`, `day = "31"`.

use std::fmt;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::error::{CycleError, DayForm};
use super::limits::{EVERY_DAYS_MAX, EVERY_MONTHS_MAX};
use super::parse_date;

/// How a renewal repeats. Every value is valid: out-of-range days cannot be made.
/// Stored and sent as its two texts, `{cycle, day}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Cycle {
    /// Every week on this day.
    Weekly(Weekday),
    /// Every month on this day; a shorter month's last day instead, without forgetting the day.
    Monthly(DayOfMonth),
    /// Every year on this day; 28 February where a year has no 29th.
    Yearly(DayOfYear),
    /// Every so many days, first on `anchor`.
    EveryDays {
        /// The distance in days.
        every: Every,
        /// The first due date; nothing is due before it.
        anchor: Date,
    },
    /// Every so many months on the anchor's day, first on `anchor`.
    EveryMonths {
        /// The distance in months.
        every: Every,
        /// The first due date; its day is kept, clamped to a shorter month's end.
        anchor: Date,
    },
    /// Due once, then never again: something that expires.
    Once(Date),
    /// A trial that begins to cost money on this date.
    Trial(Date),
}

/// A cycle as it is written.
#[derive(Clone, Serialize, Deserialize)]
struct Written {
    cycle: String,
    day: String,
}

impl TryFrom<Written> for Cycle {
    type Error = CycleError;

    fn try_from(written: Written) -> Result<Self, CycleError> {
        Self::parse(&written.cycle, &written.day)
    }
}

impl From<Cycle> for Written {
    fn from(cycle: Cycle) -> Self {
        Self {
            cycle: cycle.cycle_text(),
            day: cycle.day_text(),
        }
    }
}

/// A day of a month, 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DayOfMonth(i8);

/// A month and a day that exist in a leap year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DayOfYear {
    month: i8,
    day: i8,
}

/// A distance between due dates: at least 1, at most what [`super::limits`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Every(u16);

impl DayOfMonth {
    /// The day of a month, if there is one of this number.
    #[must_use]
    pub fn new(day: i8) -> Option<Self> {
        (1..=31).contains(&day).then_some(Self(day))
    }

    /// 1 to 31.
    #[must_use]
    pub fn get(self) -> i8 {
        self.0
    }
}

impl DayOfYear {
    /// The month and day, if a leap year has them.
    #[must_use]
    pub fn new(month: i8, day: i8) -> Option<Self> {
        /// Any leap year: 29 February exists.
        const LEAP: i16 = 2024;
        Date::new(LEAP, month, day).ok().map(|_| Self { month, day })
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }

    /// 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.day
    }
}

impl Every {
    fn within(count: u16, max: u16) -> Option<Self> {
        (1..=max).contains(&count).then_some(Self(count))
    }

    /// The number of days or months.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Cycle {
    /// Reads a cycle from its two texts.
    ///
    /// | cycle | day |
    /// |---|---|
    /// | `weekly` | `1` to `7`, Monday is 1 |
    /// | `monthly` | `1` to `31` |
    /// | `yearly` | `MM-DD` |
    /// | `every N days`, `every N months` | the first due date, `YYYY-MM-DD` |
    /// | `once`, `trial` | the date, `YYYY-MM-DD` |
    ///
    /// # Errors
    /// [`CycleError`] names the field that is wrong and what is allowed there.
    pub fn parse(cycle: &str, day: &str) -> Result<Self, CycleError> {
        let fits = |form| move || CycleError::Day(form);
        let date = || parse_date(day).ok_or_else(fits(DayForm::Date));
        match cycle {
            "weekly" => weekday(day).map(Self::Weekly).ok_or_else(fits(DayForm::Weekday)),
            "monthly" => day_of_month(day)
                .map(Self::Monthly)
                .ok_or_else(fits(DayForm::DayOfMonth)),
            "yearly" => day_of_year(day)
                .map(Self::Yearly)
                .ok_or_else(fits(DayForm::DayOfYear)),
            "once" => date().map(Self::Once),
            "trial" => date().map(Self::Trial),
            _ => match every(cycle).ok_or(CycleError::Cycle)? {
                (every, Step::Days) => Ok(Self::EveryDays {
                    every,
                    anchor: date()?,
                }),
                (every, Step::Months) => Ok(Self::EveryMonths {
                    every,
                    anchor: date()?,
                }),
            },
        }
    }

    /// The `cycle` text that [`Cycle::parse`] reads.
    #[must_use]
    pub fn cycle_text(&self) -> String {
        match self {
            Self::Weekly(_) => "weekly".to_owned(),
            Self::Monthly(_) => "monthly".to_owned(),
            Self::Yearly(_) => "yearly".to_owned(),
            Self::EveryDays { every, .. } => format!("every {} days", every.get()),
            Self::EveryMonths { every, .. } => format!("every {} months", every.get()),
            Self::Once(_) => "once".to_owned(),
            Self::Trial(_) => "trial".to_owned(),
        }
    }

    /// The `day` text that [`Cycle::parse`] reads.
    #[must_use]
    pub fn day_text(&self) -> String {
        match self {
            Self::Weekly(weekday) => weekday.to_monday_one_offset().to_string(),
            Self::Monthly(day) => day.get().to_string(),
            Self::Yearly(day) => format!("{:02}-{:02}", day.month, day.day),
            Self::EveryDays { anchor, .. } | Self::EveryMonths { anchor, .. } => anchor.to_string(),
            Self::Once(date) | Self::Trial(date) => date.to_string(),
        }
    }
}

/// Both texts, as a log or an error shows them: `monthly 31`.
impl fmt::Display for Cycle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.cycle_text(), self.day_text())
    }
}

/// What "every N …" counts.
enum Step {
    Days,
    Months,
}

/// Reads `every 90 days`, `every 1 month`.
fn every(cycle: &str) -> Option<(Every, Step)> {
    let (count, unit) = cycle.strip_prefix("every ")?.split_once(' ')?;
    let count = digits(count)?;
    match unit {
        "day" | "days" => Some((Every::within(count, EVERY_DAYS_MAX)?, Step::Days)),
        "month" | "months" => Some((Every::within(count, EVERY_MONTHS_MAX)?, Step::Months)),
        _ => None,
    }
}

fn weekday(day: &str) -> Option<Weekday> {
    Weekday::from_monday_one_offset(digits(day)?).ok()
}

fn day_of_month(day: &str) -> Option<DayOfMonth> {
    DayOfMonth::new(digits(day)?)
}

fn day_of_year(day: &str) -> Option<DayOfYear> {
    let (month, day) = day.split_once('-')?;
    if month.len() != 2 || day.len() != 2 {
        return None;
    }
    DayOfYear::new(digits(month)?, digits(day)?)
}

/// A number of ASCII digits only: the standard parser would also take a sign.
fn digits<N: std::str::FromStr>(text: &str) -> Option<N> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}
