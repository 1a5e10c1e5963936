//! When reports are sent, and where: what a person sets. Owns its checks, each with the field it is about.

use jiff::civil::{Time as Civil, Weekday};
use serde::{Deserialize, Serialize};
use tidegate_meter::ChannelId;

use crate::quiet::time_of_day;

/// The days of the week as they are written, Monday first.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// When reports are sent, and where. As long as there is neither a device nor a subscription none is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct ReportSettings {
    /// Every day.
    pub daily: bool,
    /// At this time of day in the user's zone. From noon on a report tells of its own day up to then, before noon of the
    /// whole day before.
    pub at: Civil,
    /// Every week on this day.
    pub weekly: Option<Weekday>,
    /// Where they go; empty: every channel that takes what is worth knowing.
    pub channels: Vec<ChannelId>,
    /// Not on a day without any flow, alert or action.
    pub quiet_when_idle: bool,
}

/// A setting that is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReportSettingsError {
    /// The time is none.
    #[error("report.at: not a time of day; use one such as 23:55")]
    At,
    /// The day is none.
    #[error("report.weekly: not a day of the week; use mon, tue, wed, thu, fri, sat, sun, or null for never")]
    Weekly,
}

impl Default for ReportSettings {
    fn default() -> Self {
        Self {
            daily: true,
            at: Civil::constant(23, 55, 0, 0),
            weekly: None,
            channels: Vec::new(),
            quiet_when_idle: false,
        }
    }
}

impl ReportSettings {
    /// From what was typed: `23:55`, `sun`.
    pub fn new(at: &str, weekly: Option<&str>) -> Result<Self, ReportSettingsError> {
        let named = |word: &str| {
            WEEKDAYS
                .iter()
                .find(|(name, _)| *name == word)
                .map(|found| found.1)
        };
        let weekly = weekly.map(|word| named(word).ok_or(ReportSettingsError::Weekly));
        Ok(Self {
            at: time_of_day(at).ok_or(ReportSettingsError::At)?,
            weekly: weekly.transpose()?,
            ..Self::default()
        })
    }

    /// The time of day: `23:55`.
    #[must_use]
    pub fn at(&self) -> String {
        self.at.strftime("%H:%M").to_string()
    }

    /// The day of the week: `sun`.
    #[must_use]
    pub fn weekly(&self) -> Option<&'static str> {
        let weekly = self.weekly?;
        let found = WEEKDAYS.iter().find(|(_, day)| *day == weekly);
        found.map(|(name, _)| *name)
    }
}

/// As it is stored and shown.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    daily: bool,
    at: String,
    weekly: Option<String>,
    channels: Vec<ChannelId>,
    quiet_when_idle: bool,
}

impl TryFrom<Stored> for ReportSettings {
    type Error = ReportSettingsError;

    fn try_from(stored: Stored) -> Result<Self, ReportSettingsError> {
        Ok(Self {
            daily: stored.daily,
            channels: stored.channels,
            quiet_when_idle: stored.quiet_when_idle,
            ..Self::new(&stored.at, stored.weekly.as_deref())?
        })
    }
}

impl From<ReportSettings> for Stored {
    fn from(settings: ReportSettings) -> Self {
        Self {
            daily: settings.daily,
            at: settings.at(),
            weekly: settings.weekly().map(str::to_owned),
            channels: settings.channels,
            quiet_when_idle: settings.quiet_when_idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_what_was_set() {
        let set = ReportSettings {
            quiet_when_idle: true,
            ..ReportSettings::new("08:05", Some("sun")).expect("settings")
        };
        let stored = serde_json::to_value(&set).expect("JSON");
        assert_eq!(stored["at"], "08:05");
        assert_eq!(stored["weekly"], "sun");
        assert_eq!(
            serde_json::from_value::<ReportSettings>(stored).expect("read"),
            set
        );
    }

    #[test]
    fn what_is_no_time_or_day_is_refused_by_its_field() {
        for at in ["24:00", "7:00", "", "23:55:00", "noon"] {
            assert_eq!(
                ReportSettings::new(at, None),
                Err(ReportSettingsError::At),
                "{at}"
            );
        }
        for day in ["sunday", "SUN", ""] {
            let refused = ReportSettings::new("23:55", Some(day));
            assert_eq!(refused, Err(ReportSettingsError::Weekly), "{day}");
        }
        let told = ReportSettingsError::At.to_string();
        assert!(told.starts_with("report.at") && told.contains("23:55"));
    }
}
