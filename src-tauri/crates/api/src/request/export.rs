//! What can be exported.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, MeterId};
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
