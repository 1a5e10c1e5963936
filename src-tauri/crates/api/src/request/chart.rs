//! What is asked of one meter over time.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, Lang, MeterId, Time};
use ts_rs::TS;

use super::Item;

/// History of one meter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct HistoryAsked {
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
    /// At most so many points; older spans are told by their rollups.
    pub points: u32,
}

/// A meter over time with all that is drawn on it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ChartAsked {
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
    /// At most so many points, 4 to 2000; lowest and highest of every stretch are kept.
    pub points: u32,
    /// Of the texts.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// What a draft of a guard would have done.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct WhatIfAsked {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// On which meter, whatever the draft names.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// The draft.
    #[ts(type = "GuardItem")]
    pub guard: Item,
    /// How far back, 1 to 90.
    pub days: u32,
    /// Of the texts.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}
