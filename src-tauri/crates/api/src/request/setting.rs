//! A partial change of the settings: what is not named stays.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::ReportSettings;
use crate::response::{GuardDefaults, LanguageChoice, QuietHoursView, ThemeChoice};

/// What of the settings changes; a field that is not named stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields)]
pub struct SettingsChange {
    /// The language of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageChoice>,
    /// The look of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeChoice>,
    /// Quiet hours; null ends them.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(type = "QuietHoursView | null")]
    pub quiet_hours: Option<Option<QuietHoursView>>,
    /// When reports are sent, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportSettings>,
    /// What a new guard begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard_defaults: Option<GuardDefaults>,
    /// Whether the desktop starts the program at login; refused where there is no desktop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at_login: Option<bool>,
    /// Whether the first run is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcomed: Option<bool>,
}

/// A field that is there, even when it is null.
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
