//! The program itself: its settings, its backups, its demonstration.

use serde::{Deserialize, Serialize};
use tidegate_guard::ActionKind;
use tidegate_meter::{AccountId, GuardId, Time};
use ts_rs::TS;

use crate::request::ReportSettings;

/// A language, or the system's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
pub enum LanguageChoice {
    /// As the system.
    #[default]
    #[serde(rename = "system")]
    System,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// Whether the newest text of the followed configuration was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConfigFileState {
    /// It guards.
    Good,
    /// It has mistakes: the last good one guards on.
    Refused,
}

/// The followed configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ConfigFileView {
    /// The file's name without its folder; `environment` where variables are the configuration.
    pub name: String,
    /// Whether its newest text was taken.
    pub state: ConfigFileState,
    /// Its first mistake in one line, when it was not.
    pub error: Option<String>,
    /// The line of the mistake.
    pub line: Option<usize>,
    /// The field of the mistake.
    pub field: Option<String>,
    /// When it was read last.
    #[ts(type = "string")]
    pub read_at: Time,
    /// Texts taken since the start.
    #[ts(type = "number")]
    pub applied: u64,
    /// Texts refused since the start.
    #[ts(type = "number")]
    pub refused: u64,
}

/// A look, or the system's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The time of day in which messages below critical wait until it ends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHoursView {
    /// First minute, `22:30`.
    pub start: String,
    /// First minute after it, `07:00`; before the start: the next day.
    pub end: String,
    /// The zone: an IANA name such as `Asia/Shanghai`, `UTC`, or an offset such as `+08:00`.
    pub zone: String,
}

/// What a new guard begins with, in the text forms of the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GuardDefaults {
    /// Thresholds.
    pub steps: Vec<String>,
    /// The line.
    pub limit: Option<String>,
    /// What the line asks for.
    #[ts(type = "\"warn\" | \"stop\"")]
    pub action: ActionKind,
    /// Before an automatic action.
    pub countdown: String,
}

/// The settings as they stand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SettingsView {
    /// The language of the program.
    pub language: LanguageChoice,
    /// The look of the window.
    pub theme: ThemeChoice,
    /// When reports are sent, and where. None is as long as there is neither a device nor a subscription.
    pub report: ReportSettings,
    /// Quiet hours, if any.
    pub quiet_hours: Option<QuietHoursView>,
    /// What a new guard begins with.
    pub guard_defaults: GuardDefaults,
    /// Whether the desktop starts the program at login; null where there is no desktop, or it does not say.
    pub start_at_login: Option<bool>,
    /// Whether the first run is over.
    pub welcomed: bool,
    /// Whether the demonstration is on.
    pub demo: bool,
    /// The program's folder.
    pub data_folder: String,
    /// Where secrets live: `keychain`, `file`, `environment`, `memory`.
    pub vault: String,
    /// The zone of the user, where nothing else is said.
    pub zone: String,
}

/// A copy of the database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BackupView {
    /// Its name; a restore names it.
    pub name: String,
    /// When it was made.
    #[ts(type = "string")]
    pub at: Time,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What a restore did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RestoredView {
    /// The backup of the state that stood before.
    pub kept: String,
    /// Guards that were armed in the backup and only watch now.
    #[ts(type = "Array<string>")]
    pub disarmed: Vec<GuardId>,
}

/// The demonstration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DemoView {
    /// Whether it runs.
    pub on: bool,
    /// Its account.
    #[ts(type = "string | null")]
    pub account: Option<AccountId>,
    /// Its armed guard.
    #[ts(type = "string | null")]
    pub guard: Option<GuardId>,
    /// When its package runs dry if nobody steps in.
    #[ts(type = "string | null")]
    pub dry_at: Option<Time>,
}
