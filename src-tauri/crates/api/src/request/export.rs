//! What is asked of history: a trend, statistics, a page of an export.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, Lang, MeterId, Time};
use ts_rs::TS;

/// How finely readings are exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each reading: of the last 90 days.
    #[default]
    Raw,
    /// By the hour: of the last two years.
    Hour,
    /// By the day in UTC: all there ever was.
    Day,
}

/// What is exported.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Exported {
    /// The readings of one meter, oldest first.
    Readings {
        /// Whose.
        #[ts(type = "string")]
        account: AccountId,
        /// Which.
        #[ts(type = "string")]
        meter: MeterId,
        /// How finely.
        #[serde(default)]
        #[ts(optional, as = "Option<Every>")]
        every: Every,
    },
    /// Alerts, newest first.
    Alerts,
    /// Deliveries, newest first.
    Deliveries,
    /// Actions, newest first.
    Actions,
}

/// A meter and a span.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct TrendAsked {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Which.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
    /// Of the texts.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// A span.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct StatisticsAsked {
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
}

/// A page of an export.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ExportAsked {
    /// What.
    pub what: Exported,
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
    /// The `next` of the page before; null for the first.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub after: Option<String>,
    /// Of the titles.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}
